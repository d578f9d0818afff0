package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// wantGrant is what was decided for a person and a group: every window that touches `over`, and by which rules.
type wantGrant struct {
	Person  string        `yaml:"person"` // as the world file calls them
	Group   string        `yaml:"group"`
	Over    *window       `yaml:"over"` // default: the next seven days
	Windows []window      `yaml:"windows"`
	Rules   []cardea.Rule `yaml:"rules"`
}

// wantAnswer is what explain says.
type wantAnswer struct {
	Person  string         `yaml:"person"`
	Group   string         `yaml:"group"`
	At      *when          `yaml:"at"` // default: now
	Answer  string         `yaml:"answer"`
	Rule    cardea.Rule    `yaml:"rule"`    // of the consideration that the answer rests on
	Verdict cardea.Verdict `yaml:"verdict"` // its verdict
	Record  string         `yaml:"record"`  // its record, as the world file calls it
	Says    string         `yaml:"says"`    // part of the sentence
	Turn    string         `yaml:"turn"`    // part of what would change the answer
	Door    string         `yaml:"door"`    // part of what the door is said to show
	Asks    []string       `yaml:"asks"`    // the questions asked of it, in their order
	Also    []wantWord     `yaml:"also"`    // other considerations
}

type wantWord struct {
	Rule    cardea.Rule    `yaml:"rule"`
	Verdict cardea.Verdict `yaml:"verdict"`
	Record  string         `yaml:"record"`
}

// look compares what is to be seen with what is.
func (p *player) look(one *step) {
	p.t.Helper()
	p.lookAtGroups(one)
	p.lookAtRun(one)
	if len(one.Grants) > 0 {
		p.lookAtGrants(one.Grants)
	}
	for _, w := range one.Explain {
		p.lookAtAnswer(w)
	}
}

// decided are all grants around a span, worked out from what was read, as a run would.
func (p *player) decided(span cardea.Window) map[[2]string]cardea.Grant {
	p.t.Helper()
	ctx := context.Background()
	ins, err := integrations(p.set.file)
	if err != nil {
		p.t.Fatal(err)
	}
	var all [][]cardea.Grant
	names := map[cardea.GroupID]string{}
	for _, in := range ins {
		ws := p.app.store.In("default")
		dir, err := ws.Directory(ctx, in.Space)
		if err != nil {
			p.t.Fatal(err)
		}
		state, err := ws.DoorState(ctx, in.Door)
		if err != nil {
			p.t.Fatal(err)
		}
		remembered, err := ws.Resolved(ctx, in.Name)
		if err != nil {
			p.t.Fatal(err)
		}
		r, err := desk.Resolve(in, dir, state.Groups, remembered, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, g := range state.Groups {
			names[g.ID] = g.Name
		}
		all = append(all, decide.New(dir, r.Settings).Grants(span))
	}
	out := map[[2]string]cardea.Grant{}
	for _, g := range decide.Unite(all...) {
		_, key, _ := g.Person.Split()
		out[[2]string{key.ID, names[g.Group]}] = g
	}
	return out
}

func (p *player) lookAtGrants(want []wantGrant) {
	p.t.Helper()
	now := cardea.At(time.Now())
	for _, w := range want {
		span := cardea.Window{From: now, Until: now + 7*24*cardea.Hour}
		if w.Over != nil {
			span = w.Over.of(p.t, p.s.zone)
		}
		g := p.decided(span)[[2]string{sandbox.ID(w.Person), w.Group}]
		var got, wanted []string
		for _, one := range g.Windows {
			got = append(got, written(one, p.s.zone))
		}
		for _, one := range w.Windows {
			wanted = append(wanted, written(one.of(p.t, p.s.zone), p.s.zone))
		}
		if !slices.Equal(got, wanted) {
			p.errorf("grant of %s in %s is for %q, want %q", w.Person, w.Group, got, wanted)
		}
		var rules []cardea.Rule
		for _, r := range g.Reasons {
			rules = append(rules, r.Rule)
		}
		slices.Sort(rules)
		rules = slices.Compact(rules)
		slices.Sort(w.Rules)
		if len(w.Rules) > 0 && !slices.Equal(rules, w.Rules) {
			p.errorf("grant of %s in %s rests on %v, want %v", w.Person, w.Group, rules, w.Rules)
		}
	}
}

// person is a member's or visitor's id, as the world file calls them.
func (p *player) person(name string) cardea.PersonID {
	p.t.Helper()
	dir, err := p.app.store.In("default").Directory(context.Background(), "rnd")
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range dir.People {
		if dir.People[i].ID == sandbox.ID(name) {
			return cardea.PersonOf("rnd", dir.People[i].Key())
		}
	}
	p.t.Fatalf("%s: nobody called %q has been read", p.where, name)
	return ""
}

func (p *player) lookAtAnswer(w wantAnswer) {
	p.t.Helper()
	now := cardea.At(time.Now())
	at := now
	if w.At != nil {
		at = cardea.At(w.At.in(p.t, p.s.zone))
	}
	told := fmt.Sprintf("explain %s in %s at %s", w.Person, w.Group, written(cardea.Window{From: at, Until: cardea.Never}, p.s.zone))
	x, err := p.app.desk.Ask(context.Background(), string(p.person(w.Person)), w.Group, at)
	if err != nil {
		p.errorf("%s: %v", told, err)
		return
	}
	clock := say.Clock{Zone: p.s.zone, Now: now}
	if zone := p.app.desk.ZoneOf(context.Background(), x.Person.ID); zone != nil {
		clock.Zone = zone
	}
	a := say.Explanation(x, clock)
	var text strings.Builder
	if err := say.Write(&text, a); err != nil {
		p.t.Fatal(err)
	}
	bad := func(what, got, want string) {
		p.t.Helper()
		p.errorf("%s: %s is %q, want %q\n%s", told, what, got, want, text.String())
	}
	if a.Word != w.Answer {
		bad("the answer", a.Word, w.Answer)
	}
	if x.Explanation.Open != (w.Answer == "Yes") {
		bad("open", fmt.Sprint(x.Explanation.Open), w.Answer)
	}
	for part, in := range map[string]string{w.Says: a.Sentence, w.Turn: a.Change, w.Door: a.Door} {
		if !strings.Contains(in, part) {
			bad("what is said", in, part)
		}
	}
	p.lookAtFact(w, x.Explanation, bad)
	open := false
	decided := p.decided(cardea.Window{From: at, Until: at})
	for _, id := range p.oneAndTheSame(w.Person) {
		_, holds := decided[[2]string{id, w.Group}].At(at)
		open = open || holds
	}
	if open != x.Explanation.Open {
		bad("what a run would decide", fmt.Sprint(open), w.Answer)
	}
}

// oneAndTheSame are the ids of all people with a person's address: an account opens what any of them may open.
func (p *player) oneAndTheSame(name string) []string {
	p.t.Helper()
	dir, err := p.app.store.In("default").Directory(context.Background(), "rnd")
	if err != nil {
		p.t.Fatal(err)
	}
	fold := func(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
	out, email := []string{sandbox.ID(name)}, ""
	for i := range dir.People {
		if dir.People[i].ID == out[0] {
			email = fold(dir.People[i].Email)
		}
	}
	for i := range dir.People {
		if email != "" && fold(dir.People[i].Email) == email {
			out = append(out, dir.People[i].ID)
		}
	}
	return out
}

// lookAtFact compares the consideration that the answer rests on, and others.
func (p *player) lookAtFact(w wantAnswer, e cardea.Explanation, bad func(what, got, want string)) {
	p.t.Helper()
	f := cardea.Consideration{}
	switch {
	case e.Change != nil:
		f = *e.Change
	case len(e.Considered) > 0:
		f = e.Considered[0]
	}
	if w.Rule != "" && f.Rule != w.Rule {
		bad("the rule", string(f.Rule), string(w.Rule))
	}
	if w.Verdict != "" && f.Verdict != w.Verdict {
		bad("the verdict", string(f.Verdict), string(w.Verdict))
	}
	if w.Record != "" && f.Record.ID != sandbox.ID(w.Record) {
		bad("the record", f.Record.String(), w.Record+" ("+sandbox.ID(w.Record)+")")
	}
	var asks []string
	for _, s := range f.Steps {
		asks = append(asks, s.Asks)
	}
	if len(w.Asks) > 0 && !slices.Equal(asks, w.Asks) {
		bad("the questions", fmt.Sprint(asks), fmt.Sprint(w.Asks))
	}
	for _, also := range w.Also {
		if !slices.ContainsFunc(e.Considered, func(c cardea.Consideration) bool {
			return c.Rule == also.Rule && c.Verdict == also.Verdict && (also.Record == "" || c.Record.ID == sandbox.ID(also.Record))
		}) {
			bad("among what was considered", "nothing", fmt.Sprintf("%s %s %s", also.Rule, also.Verdict, also.Record))
		}
	}
}
