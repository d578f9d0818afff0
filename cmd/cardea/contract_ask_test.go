package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

func (g *game) preview(move) { g.show(context.Background()) }

// show previews; the answer is kept in told.
func (g *game) show(ctx context.Context) desk.Result {
	g.kind = "preview"
	g.seen = append(g.seen, g.w.clone())
	result, err := g.r.app.desk.Preview(ctx, nil)
	g.told(result, err)
	g.read()
	return result
}

// apply previews, and approves what was shown.
func (g *game) apply(move) {
	result := g.show(context.Background())
	if !g.ranOK || len(result.Doors) == 0 || result.Doors[0].Hash == "" {
		return
	}
	g.judge() // of the preview
	g.begin("apply")
	g.shown = map[cardea.OpKey]bool{}
	for _, o := range result.Doors[0].Operations {
		g.shown[o.Key], g.word[o.Key] = true, true
	}
	g.applied = true
	g.seen = append(g.seen, g.w.clone())
	result, err := g.r.app.desk.Apply(context.Background(), result.Doors[0].Hash, nil, "Ada")
	g.told(result, err)
	g.read()
}

func (g *game) release(s move) {
	holds, err := g.r.app.desk.Holds(context.Background(), "")
	if err != nil {
		g.texts = append(g.texts, err.Error())
		return
	}
	holds = slices.DeleteFunc(holds, func(h desk.Hold) bool { return !h.Releasable || h.Released })
	switch {
	case len(holds) == 0 || s.A%3 == 0: // none
		return
	case s.A%3 == 1:
		holds = holds[s.B%len(holds) : s.B%len(holds)+1]
	}
	for _, h := range holds {
		for _, o := range h.Operations {
			g.word[o.Key] = true
		}
	}
	g.applied = true
	if _, err := g.r.app.desk.Release(context.Background(), holds, "Ada"); err != nil {
		g.texts = append(g.texts, err.Error())
	}
}

func (g *game) block(s move) {
	who := g.member(s.A)
	if who == "" {
		return
	}
	b, err := g.r.app.desk.Block(context.Background(), string(g.w.personID(who, false)), "Lost their badge", 0, "Ada", s.B%4 == 0)
	if err == nil {
		g.blocked[who] = true
	}
	g.told(desk.Result{Doors: b.Doors}, err)
}

func (g *game) unblock(s move) {
	who := oneOf(g.blocked, s.A)
	if who == "" {
		return
	}
	b, err := g.r.app.desk.Unblock(context.Background(), string(g.w.personID(who, false)), "Ada", s.B%2 == 0)
	if err == nil {
		delete(g.blocked, who)
	}
	g.told(desk.Result{Doors: b.Doors}, err)
}

func (g *game) freeze(move) {
	if g.frozen {
		return
	}
	_, err := g.r.app.desk.Freeze(context.Background(), "", "Somebody looks at it", 0, "Ada")
	g.frozen = err == nil
	g.frozeAt = g.frozen
}

func (g *game) thaw(move) {
	if g.frozen {
		g.frozen = g.r.app.desk.Unfreeze(context.Background(), "", "Ada") != nil
	}
}

func (g *game) undo(s move) {
	runs, err := g.ws().Runs(context.Background(), 20)
	if err != nil {
		g.r.t.Error(err)
		return
	}
	runs = slices.DeleteFunc(runs, func(r store.Run) bool { return r.Kind != store.WakeKeep || r.Ended == 0 })
	if len(runs) == 0 {
		return
	}
	run := runs[s.A%min(len(runs), 3)].ID
	u, err := g.r.app.desk.Undo(context.Background(), run)
	if err == nil && u.Hash != "" {
		g.byWord = true
		u, err = g.r.app.desk.ApplyUndo(context.Background(), run, u.Hash, "Ada")
	}
	g.told(desk.Result{Doors: []desk.DoorRun{u.DoorRun}}, err)
	g.ranOK = false
}

// configure takes a mapping out of the file, or puts it in again, and starts Cardea anew.
func (g *game) configure(s move) {
	group := []string{gNight, gElephant}[s.A%2]
	m := &g.r.set.file.Integrations["london"].Mappings
	out := !g.w.unmapped[group]
	switch group {
	case gNight:
		owl := m.Plans["Night owl"]
		owl.Groups = slices.DeleteFunc(slices.Clone(owl.Groups), func(n config.Name) bool {
			return strings.HasPrefix(n.Text, "id:12") || n.Text == "Night"
		})
		if !out {
			owl.Groups = append(owl.Groups, config.Name{Text: "id:12"})
		}
	default:
		if m.Bookables == nil {
			m.Bookables = map[string]*config.Target{}
		}
		if delete(m.Bookables, "Elephant"); !out {
			m.Bookables["Elephant"] = &config.Target{
				Groups: []config.Name{{Text: "id:15"}},
				Lead:   config.Duration{Duration: 10 * time.Minute, Set: true}, Lag: config.Duration{Duration: 5 * time.Minute, Set: true},
			}
		}
	}
	g.w.unmapped[group] = out
	g.reopen(g.r.set.transport)
}
