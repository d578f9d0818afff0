package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
)

// acts are what can happen, with how often: what its step does at the space system, at the door by hand, between the two, and
// what people ask of Cardea. A step's numbers choose among what there is.
func acts() map[string]struct {
	often int
	do    func(g *game, s move)
} {
	type act = struct {
		often int
		do    func(g *game, s move)
	}
	return map[string]act{
		"agree": {4, (*game).agree}, "end": {3, (*game).end}, "extend": {2, (*game).extend}, "cancel": {2, (*game).cancel},
		"renew": {3, (*game).renew}, "desk": {2, (*game).moveDesk}, "book": {4, (*game).book}, "rebook": {3, (*game).rebook},
		"pass": {1, (*game).pass}, "use": {2, (*game).use}, "status": {2, (*game).status}, "email": {1, (*game).email},
		"swap": {1, (*game).swap}, "leave": {1, (*game).leave}, "join": {1, (*game).join}, "team": {1, (*game).teamDeal},
		"stranger": {3, (*game).stranger}, "unhand": {3, (*game).unhand}, "putback": {2, (*game).putBack},
		"delaccount": {1, (*game).deleteAccount}, "disable": {1, (*game).disable}, "rename": {1, (*game).rename},
		"fault": {6, (*game).fault}, "broken": {1, (*game).breakRecord}, "calm": {5, (*game).calm}, "wait": {12, (*game).wait},
		"sync": {26, func(g *game, _ move) { g.sync(context.Background()) }}, "preview": {2, (*game).preview},
		"apply": {3, (*game).apply}, "crash": {5, (*game).crash}, "release": {3, (*game).release}, "block": {2, (*game).block},
		"unblock": {1, (*game).unblock}, "freeze": {1, (*game).freeze}, "thaw": {2, (*game).thaw}, "undo": {2, (*game).undo},
		"config": {2, (*game).configure}, "restart": {1, (*game).restart},
	}
}

// oneOf chooses one of the keys of a map.
func oneOf[V any](m map[string]V, n int) string {
	keys := sortedKeys(m)
	if len(keys) == 0 {
		return ""
	}
	return keys[n%len(keys)]
}

// change makes a change of the town, and the same at the space system.
func (g *game) change(f func(w *town)) {
	was := g.w.clone()
	f(g.w)
	if p := patchOf(was, g.w); p != "" {
		g.r.patch(p)
	}
}

func (g *game) id(kind string) string {
	g.made++
	return fmt.Sprint(kind, g.made)
}

func (g *game) member(n int) string {
	members := map[string]human{}
	for id, p := range g.w.people {
		if !p.visitor {
			members[id] = p
		}
	}
	return oneOf(members, n)
}

func daysFrom(n int) string { return dayOf(time.Now().AddDate(0, 0, n)) }

func (g *game) agree(s move) {
	d := deal{id: g.id("d"), who: g.member(s.A), plan: []string{"hot", "owl", "desk"}[s.B%3], from: daysFrom(s.C%3 - 1)}
	if s.C%4 == 0 {
		d.to = daysFrom(s.B % 5)
	}
	if d.plan == "desk" {
		d.desk = []string{"office", "inner", "outer"}[s.C%3]
	}
	g.change(func(w *town) { w.deals[d.id] = d })
}

func (g *game) teamDeal(s move) {
	d := deal{id: g.id("d"), company: []string{"globex", "initech"}[s.A%2], plan: []string{"hot", "owl"}[s.B%2]}
	d.from = daysFrom(-s.C % 2)
	g.change(func(w *town) { w.deals[d.id] = d })
}

func (g *game) edit(n int, f func(*deal)) {
	if id := oneOf(g.w.deals, n); id != "" {
		g.change(func(w *town) {
			d := w.deals[id]
			f(&d)
			w.deals[id] = d
		})
	}
}

func (g *game) end(s move) {
	g.edit(s.A, func(d *deal) { d.to = max(daysFrom(s.B%3-1), d.from) })
}

func (g *game) extend(s move) {
	g.edit(s.A, func(d *deal) { d.to = []string{"", daysFrom(1), daysFrom(7)}[s.B%3] })
}

func (g *game) moveDesk(s move) {
	g.edit(s.A, func(d *deal) { d.desk = []string{"", "office", "inner", "outer"}[s.B%4] })
}

func (g *game) cancel(s move) {
	g.change(func(w *town) { delete(w.deals, oneOf(w.deals, s.A)) })
}

func (g *game) renew(s move) {
	id := oneOf(g.w.deals, s.A)
	if id == "" {
		return
	}
	g.change(func(w *town) {
		d := w.deals[id]
		delete(w.deals, id)
		d.id = g.id("d")
		w.deals[d.id] = d
	})
}

func minutes(ns ...int) (out []time.Duration) {
	for _, n := range ns {
		out = append(out, time.Duration(n)*time.Minute)
	}
	return out
}

func (g *game) book(s move) {
	from := time.Now().Truncate(5 * time.Minute).Add(minutes(0, 5, 30, 120, 1440)[s.B%5])
	v := slot{id: g.id("b"), host: g.member(s.A), from: from, until: from.Add(minutes(30, 90)[s.C%2])}
	if other := g.member(s.C); other != v.host {
		v.members = []string{other}
	}
	v.guests = [][]string{nil, {"v1"}, {"v1", "v2"}}[s.B%3]
	g.change(func(w *town) { w.slots[v.id] = v })
}

func (g *game) rebook(s move) {
	id := oneOf(g.w.slots, s.A)
	if id == "" {
		return
	}
	g.change(func(w *town) {
		v := w.slots[id]
		by := minutes(-30, 15, 60, 600)[s.C%4]
		switch s.B % 5 {
		case 0:
			v.off = true
		case 1:
			delete(w.slots, id)
			return
		case 2:
			v.guests = nil
		case 3:
			v.from, v.until = v.from.Add(by), v.until.Add(by)
		default:
			v.until = v.until.Add(max(by, 0))
		}
		w.slots[id] = v
	})
}

func (g *game) pass(s move) {
	v := ticket{id: g.id("t"), who: g.member(s.A), count: 1 + s.B%2, end: daysFrom(s.C % 4)}
	g.change(func(w *town) { w.tickets[v.id] = v })
}

func (g *game) use(s move) {
	id := oneOf(g.w.tickets, s.A)
	if id == "" || g.w.tickets[id].used >= g.w.tickets[id].count || g.w.tickets[id].end < dayOf(time.Now()) {
		return
	}
	g.change(func(w *town) {
		v := w.tickets[id]
		v.used, v.lastUse = v.used+1, dayOf(time.Now())
		w.tickets[id] = v
	})
	now := time.Now().UTC()
	g.r.patch(fmt.Sprintf("officernd: {checkins: [{_id: %s, member: %s, location: london, pass: %s, start: %s, end: %s, "+
		"resourceType: hotdesk, source: admin}]}", g.id("c"), g.w.tickets[id].who, id, now.Format(time.RFC3339),
		now.Add(time.Minute).Format(time.RFC3339)))
}

func (g *game) person(who string, f func(*human)) {
	if who == "" {
		return
	}
	g.change(func(w *town) {
		p := w.people[who]
		f(&p)
		w.people[who] = p
	})
}

func (g *game) status(s move) {
	g.person(g.member(s.A), func(p *human) { p.status = []string{"", "former", "contact"}[s.B%3] })
}

func (g *game) join(s move) {
	g.person(g.member(s.A), func(p *human) { p.company = []string{"", "globex", "initech"}[s.B%3] })
}

func (g *game) email(s move) {
	g.person(g.member(s.A), func(p *human) { p.email = g.id("new") + "@x.test" })
}

func (g *game) swap(s move) {
	a, b := g.member(s.A), g.member(s.B)
	if a == b {
		return
	}
	g.change(func(w *town) {
		p, q := w.people[a], w.people[b]
		p.email, q.email = q.email, p.email
		w.people[a], w.people[b] = p, q
	})
}

// leave deletes somebody's record with all that hangs on it.
func (g *game) leave(s move) {
	who := g.member(s.A)
	if s.B%2 == 0 || len(g.w.people) < 9 || who == g.broken {
		return
	}
	g.change(func(w *town) {
		delete(w.people, who)
		for id, d := range w.deals {
			if d.who == who {
				delete(w.deals, id)
			}
		}
		for id, v := range w.slots {
			if v.host == who || slices.Contains(v.members, who) {
				delete(w.slots, id)
			}
		}
		for id, v := range w.tickets {
			if v.who == who {
				delete(w.tickets, id)
			}
		}
	})
}

// byHand changes the door system as somebody with its app would.
func (g *game) byHand(format string, args ...any) {
	g.r.patch("kisi: " + fmt.Sprintf(format, args...))
	g.observe(true)
}

func (g *game) put(account, group string) {
	for _, e := range g.places {
		if e.account == account && e.group == group {
			return // one assignment per user and group
		}
	}
	next := 100_000 + len(g.ever)
	for g.ever[fmt.Sprint(next)].id != "" {
		next++
	}
	g.byHand(`{role_assignments: [{id: %d, assignee_type: User, assignee_id: "%s", applies_to_type: Group, applies_to_id: "%s", `+
		"role_id: group_basic}]}",
		next, account, group)
}

func (g *game) stranger(s move) {
	account := []string{"3", "4", "5"}[s.A%3]
	if _, there := g.users()[account]; !there {
		return
	}
	g.put(account, []string{gGeneral, gNight, gBuilding, gFloor, gLounge, gCleaners}[s.B%6])
}

func (g *game) unhand(s move) {
	id := oneOf(g.places, s.A*7+s.B)
	if e := g.places[id]; id != "" && e.account != "1" {
		g.lost = append(g.lost, e)
		g.byHand("{role_assignments: [{id: %s, delete: true}]}", id)
	}
}

func (g *game) putBack(move) {
	if len(g.lost) == 0 {
		return
	}
	e := g.lost[len(g.lost)-1]
	g.lost = g.lost[:len(g.lost)-1]
	if _, there := g.users()[e.account]; there {
		g.put(e.account, e.group)
	}
}

func (g *game) deleteAccount(s move) {
	users := g.users()
	id := oneOf(users, s.A)
	if id == "1" || s.B%2 == 0 {
		return
	}
	g.killed[users[id]]++
	g.byHand("{users: [{id: %s, delete: true}]}", id)
}

func (g *game) disable(s move) {
	id := oneOf(g.users(), s.A)
	if id == "1" {
		return
	}
	g.shut[id] = !g.shut[id]
	g.byHand("{users: [{id: %s, access_enabled: %v}]}", id, !g.shut[id])
}

func (g *game) rename(s move) {
	group := townMapped[s.A%len(townMapped)]
	g.byHand("{groups: [{id: %s, name: Renamed %s %d}]}", group, group, s.B)
}

// fault breaks something at a vendor.
func (g *game) fault(s move) {
	lists := []string{
		"members", "memberships", "assignments", "bookings", "companies", "passes", "visitors", "plans", "resources", "locations",
	}
	f := sandbox.Fault{Method: "GET", Times: []int{0, 0, 1, 3}[s.C%4]}
	vendor := "officernd"
	f.Path = "*/" + lists[s.B%len(lists)] + "?*"
	switch s.A % 12 {
	case 0, 1:
		f.Status = 503
	case 2, 3:
		f.Effect = sandbox.EffectEmpty
	case 4:
		f.Effect, f.Rows = sandbox.EffectTruncate, new(s.C%2)
	case 5:
		f.Effect, f.DelayMS = sandbox.EffectSlow, 20_000
	case 6:
		f.Status, f.RetryAfter = 429, 30
	case 7:
		if err := g.expire(); err != nil {
			g.r.t.Error(err)
		}
		return
	case 8:
		vendor, f.Path = "kisi", []string{"/users", "/groups", "/role_assignments"}[s.B%3]
		f.Effect = []sandbox.Effect{sandbox.EffectError, sandbox.EffectEmpty, sandbox.EffectTruncate}[s.C%3]
		if f.Effect == sandbox.EffectTruncate {
			f.Rows = new(1)
		}
	case 9:
		vendor, f.Path, f.Method, f.Effect = "kisi", "", []string{"POST", "DELETE"}[s.B%2], sandbox.EffectDropAfter
	case 10:
		vendor, f.Path, f.Method, f.Status = "kisi", "", []string{"POST", "DELETE"}[s.B%2], []int{503, 429, 500}[s.C%3]
	default:
		g.doorUp = false
		g.deaf.Store(true)
		return
	}
	if vendor == "kisi" {
		g.doorUp = false
	} else {
		g.spaceUp = false
	}
	g.r.fault(vendor, f)
}

func (g *game) expire() error {
	const route = "http://sandbox/_sandbox/officernd/expire"
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, route, http.NoBody)
	if err != nil {
		return err
	}
	res, err := g.r.vendors.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

func (g *game) breakRecord(s move) { g.broken = g.member(s.A) }

func (g *game) calm(move) {
	g.r.clear()
	g.deaf.Store(false)
	g.broken, g.spaceUp, g.doorUp = "", true, true
}

func (g *game) wait(s move) {
	time.Sleep([]time.Duration{
		time.Minute, 16 * time.Minute, 16 * time.Minute, 16 * time.Minute, 2 * time.Hour, 9 * time.Hour, 26 * time.Hour, 50 * time.Hour,
	}[s.A%8])
}

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

// crash kills a run at one of its calls, or where it keeps something, and starts Cardea again.
func (g *game) crash(s move) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &cut{at: 1 + (s.A*10+s.B)%40, after: s.C%2 == 0, cancel: cancel}
	inner := g.witness(g.r.vendors.Transport())
	g.r.shut()
	switch {
	case g.file != "" && s.C%4 > 1:
		c.at += 10
		c.commits(g.r.t, g.file)
		g.r.set.transport = c.mute(inner)
	default:
		writes := s.C%3 > 0
		if writes {
			c.at = 1 + c.at%8
		}
		g.r.set.transport = c.calls(inner, writes)
	}
	if err := g.r.start(); err == nil {
		g.sync(ctx)
		g.r.shut()
	} else {
		g.texts = append(g.texts, err.Error())
	}
	g.crashed, g.ranOK = c.dead.Load(), false
	if g.file != "" {
		commits.files.Delete(g.file)
	}
	time.Sleep(time.Minute + time.Second)
	g.r.set.transport = inner
	g.r.open()
	g.observe(false)
}

func (g *game) restart(move) { g.reopen(g.r.set.transport) }

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
