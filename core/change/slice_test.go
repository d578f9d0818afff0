package change_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// house is a door with n groups G00, G01, ... of size people each, all in step, at one place and of one integration.
func house(n, size int) change.Input {
	in := plain()
	in.Groups, in.Mapped = nil, nil
	in.Policies, in.Past.Base = map[cardea.GroupID]cardea.Policy{}, map[cardea.GroupID]int{}
	in.Places, in.Sides = map[cardea.GroupID][]string{}, map[cardea.GroupID][]string{}
	for i := range n {
		id := cardea.GroupID(fmt.Sprintf("G%02d", i))
		in.Groups = append(in.Groups, cardea.Group{ID: id, Name: "Group " + string(id)})
		in.Mapped = append(in.Mapped, id)
		in.Policies[id] = cardea.Policy{Group: id, Mode: cardea.Exclusive, Ours: true}
		in.Past.Base[id] = size
		in.Places[id], in.Sides[id] = []string{"London"}, []string{"london"}
		for j := range size {
			fill(&in, id, fmt.Sprintf("%02d-%02d", i, j), true)
		}
	}
	return in
}

// fill adds a person who has a grant for a group, and is in it or is yet to come.
func fill(in *change.Input, group cardea.GroupID, name string, there bool) {
	person, account := cardea.PersonID("rnd/person:"+name), cardea.AccountID("a"+name)
	in.Links = append(in.Links, cardea.Link{Person: person, Account: account})
	in.Accounts = append(in.Accounts, cardea.Account{ID: account})
	g := grant(name, standing())
	g.Group = group
	in.Wanted = append(in.Wanted, g)
	if there {
		e, r := edge(string(account), standing()), row(string(account), name, standing(), g.Reasons)
		e.Group, r.Group = group, group
		in.Edges, in.Ledger = append(in.Edges, e), append(in.Ledger, r)
	}
}

// lose takes the grants of the first n people of some groups away.
func lose(in *change.Input, n int, groups ...cardea.GroupID) {
	in.Cause = always(cardea.CauseVanished)
	for _, g := range groups {
		left := n
		kept := in.Wanted[:0:0]
		for _, w := range in.Wanted {
			if w.Group == g && left > 0 {
				left--
				continue
			}
			kept = append(kept, w)
		}
		in.Wanted = kept
	}
}

func brakes(cs cardea.Changeset) (out []string) {
	for _, i := range cs.Issues {
		if i.Code == "brake" {
			where := "group " + string(i.Group)
			if i.Group == "" && i.Record != nil {
				where = string(i.Record.Kind) + " " + i.Record.ID
			}
			out = append(out, where)
		}
	}
	return out
}

func TestABadMappingThatOpensManyDoorsToFewEachIsHeld(t *testing.T) {
	t.Parallel()
	come := func(groups, each int) (cardea.Changeset, change.Input) {
		in := house(groups, 10)
		in.Past.Remapped = map[cardea.GroupID]bool{}
		for i, g := range in.Mapped {
			in.Past.Remapped[g] = true
			for j := range each {
				fill(&in, g, fmt.Sprintf("new-%02d-%02d", i, j), false)
			}
		}
		cs, _ := change.Plan(in)
		return cs, in
	}
	cs, in := come(12, 8)
	if len(cs.Going()) != 0 || len(cs.Held()) != 96 || fmt.Sprint(brakes(cs)) != "[location London integration london]" {
		t.Fatalf("%d go, %d are held: %v", len(cs.Going()), len(cs.Held()), cs.Issues)
	}
	if why := cs.Held()[0].Held.Why; !strings.Contains(why, "96 entries, beside 120, would be let in at location London") ||
		!strings.Contains(why, "mapping or scope changed") || !strings.Contains(why, "Release") {
		t.Fatalf("it does not say what, why and what to do: %s", why)
	}
	in.Released = map[cardea.OpKey]bool{}
	for _, o := range cs.Operations[:60] {
		in.Released[o.Key] = true
	}
	if cs, _ := change.Plan(in); len(cs.Going()) != 96 {
		t.Fatalf("what is left after a release is little, and yet %d go", len(cs.Going()))
	}
	if cs, _ := come(12, 2); len(cs.Going()) != 24 {
		t.Fatalf("few are held: %v", cs.Issues)
	}
	if cs, _ := come(5, 10); len(cs.Going()) != 50 {
		t.Fatalf("fifty are held: %v", cs.Issues)
	}
	if cs, _ := come(1, 25); len(cs.Going()) != 25 {
		t.Fatalf("a single group is not judged by its own numbers: %v", cs.Issues)
	}
}

func TestAPlaceThatLosesMuchIsHeldWhereItsGroupsLoseLittle(t *testing.T) {
	t.Parallel()
	in := house(12, 6)
	for i, g := range in.Mapped {
		if i >= 6 {
			in.Places[g] = []string{"Lisbon"}
		}
	}
	in.Brake = cardea.DefaultBrake
	in.Brake.Integration = cardea.BrakeLimit{}
	lose(&in, 2, in.Mapped[:6]...) // twelve of thirty-six, two of each six
	cs, _ := change.Plan(in)
	if len(cs.Going()) != 0 || len(cs.Held()) != 12 || fmt.Sprint(brakes(cs)) != "[location London]" {
		t.Fatalf("%d go, %d are held: %v", len(cs.Going()), len(cs.Held()), cs.Issues)
	}
	in.Brake.Location = cardea.BrakeLimit{}
	if cs, _ := change.Plan(in); len(cs.Going()) != 12 {
		t.Fatalf("without the limit they are held: %v", cs.Issues)
	}
}

func TestIntegrationsOfOneDoorAreJudgedApart(t *testing.T) {
	t.Parallel()
	in := house(20, 6)
	in.Places = nil
	for i, g := range in.Mapped {
		switch {
		case i < 6:
			in.Sides[g] = []string{"annex"}
		case i == 6:
			in.Sides[g] = []string{"annex", "london"}
		}
	}
	lose(&in, 2, in.Mapped[:6]...)  // twelve of the annex's forty-two, of a hundred and twenty in all
	lose(&in, 1, in.Mapped[18:]...) // two of london's
	cs, _ := change.Plan(in)
	if len(cs.Going()) != 2 || len(cs.Held()) != 12 || fmt.Sprint(brakes(cs)) != "[integration annex]" {
		t.Fatalf("%d go, %d are held: %v", len(cs.Going()), len(cs.Held()), cs.Issues)
	}
	for _, o := range cs.Held() {
		if in.Sides[o.Group][0] != "annex" {
			t.Fatalf("the annex holds up %s", o.Group)
		}
	}
	lose(&in, 1, in.Mapped[6]) // of both: held with the annex
	if cs, _ := change.Plan(in); len(cs.Held()) != 13 {
		t.Fatalf("what two integrations map is not held with one of them: %v", cs.Issues)
	}
}
