package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

func TestPass(t *testing.T) {
	t.Parallel()
	pass := func(change func(p *cardea.Pass)) cardea.Pass {
		p := cardea.Pass{ID: "1", Person: "ana", Team: "acme", Type: "day", Location: "lon", HalfCount: 4,
			From: day("2026-11-20"), Until: day("2026-11-30")}
		change(&p)
		return p
	}
	both := []cardea.PersonID{person("ana"), person("ben")}
	for _, c := range []struct {
		name    string
		pass    cardea.Pass
		noTail  bool
		at      string
		want    []cardea.PersonID
		verdict cardea.Verdict // of ana
	}{
		{"the team holds it", pass(func(*cardea.Pass) {}), false, midday, both, cardea.Yes},
		{"personal", pass(func(p *cardea.Pass) { p.Personal = true }), false, midday, both[:1], cardea.Yes},
		{"nobody's team", pass(func(p *cardea.Pass) { p.Team = "" }), false, midday, both[:1], cardea.Yes},
		{"half a pass left", pass(func(p *cardea.Pass) { p.HalfUsed = 3 }), false, midday, both, cardea.Yes},
		{"used up", pass(func(p *cardea.Pass) { p.HalfUsed = 4 }), false, midday, nil, cardea.UsedUp},
		{"the last one used this morning", pass(func(p *cardea.Pass) { p.HalfUsed, p.UsedOn = 4, at("2026-11-23T08:10:00Z") }),
			false, "2026-11-23T23:59:59Z", both, cardea.Yes},
		{"the last one used yesterday", pass(func(p *cardea.Pass) { p.HalfUsed, p.UsedOn = 4, at("2026-11-22T08:10:00Z") }),
			false, midday, nil, cardea.UsedUp},
		{"without a tail", pass(func(p *cardea.Pass) { p.HalfUsed, p.UsedOn = 4, at("2026-11-23T08:10:00Z") }), true, midday,
			nil, cardea.UsedUp},
		{"pending", pass(func(p *cardea.Pass) { p.From = day("2026-11-24") }), false, midday, nil, cardea.NotYet},
		{"expired", pass(func(p *cardea.Pass) { p.Until = day("2026-11-22") }), false, midday, nil, cardea.Ended},
		{"used today, after its validity", pass(func(p *cardea.Pass) {
			p.Until, p.UsedOn = day("2026-11-21"),
				at("2026-11-23T08:00:00Z")
		}),
			false, midday, both, cardea.Yes},
		{"no end", pass(func(p *cardea.Pass) { p.Until = cardea.Day{} }), false, "2030-01-01", both, cardea.Yes},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := small()
			d.Passes = []cardea.Pass{c.pass}
			s := settings(mapped(cardea.ItemPasses, "day", "g"))
			s.PassTail = !c.noTail
			x := decide.New(d, s)
			wantPeople(t, x, "g", c.at, c.want...)
			e := x.Explain(person("ana"), "g", at(c.at))
			if len(e.Considered) == 0 || e.Considered[0].Verdict != c.verdict || e.Considered[0].Rule != cardea.RuleDayPass {
				t.Errorf("considered: %+v, want %s", e.Considered, c.verdict)
			}
		})
	}
}

func TestAnyPassTakesThoseWithoutAMappingOfTheirOwn(t *testing.T) {
	t.Parallel()
	d := small()
	d.Passes = []cardea.Pass{
		{ID: "1", Person: "ana", Type: "evening", HalfCount: 2}, {ID: "2", Person: "ben", Type: "day", HalfCount: 2}, {ID: "3",
			Person: "dee", HalfCount: 2},
	}
	x := decide.New(d, settings(mapped(cardea.ItemPasses, "*", "g"), mapped(cardea.ItemPasses, "evening", "e")))
	wantPeople(t, x, "g", midday, person("ben"), person("dee"))
	wantPeople(t, x, "e", midday, person("ana"))
	for _, g := range x.Grants(span("2026-11-23", "2026-11-24")) {
		if g.Group == "g" && g.Reasons[0].Item != cardea.Anything {
			t.Errorf("item: %q", g.Reasons[0].Item)
		}
	}
	wantVerdict(t, x, person("ana"), midday, cardea.RuleDayPass, "1", cardea.NotMapped)
}

func TestScopeOfAPassIsItsAgreementsElseItsHoldersHome(t *testing.T) {
	t.Parallel()
	d := small()
	d.Agreements = []cardea.Agreement{agreement("a", "dee", "", "hot")} // London
	d.Passes = []cardea.Pass{{ID: "1", Person: "dee", HalfCount: 2, Agreement: "a"}, {ID: "2", Person: "dee", HalfCount: 2,
		Type: "t"}}
	s := settings(mapped(cardea.ItemPasses, "*", "g"), mapped(cardea.ItemPasses, "t", "h"))
	s.Locations = []string{"lon"}
	x := decide.New(d, s)
	wantPeople(t, x, "g", midday, person("dee"))
	wantPeople(t, x, "h", midday) // New York is her home
}
