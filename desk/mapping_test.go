package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// gainers and losers are who gains or loses which group by an edit.
func gainers(i desk.Impact) (gain, lose, held []string) {
	for _, p := range i.People {
		for _, a := range p.Gains {
			gain = append(gain, p.Name+" "+a.Name)
		}
		for _, a := range p.Loses {
			lose = append(lose, p.Name+" "+a.Name)
			if a.Held != nil {
				held = append(held, string(a.Held.Code))
			}
		}
	}
	return gain, lose, held
}

func row(kind cardea.ItemKind, item string, groups ...string) desk.Mapping {
	m := desk.Mapping{Kind: kind, Item: desk.Named{Text: item, Where: "test"}}
	for _, g := range groups {
		m.Groups = append(m.Groups, desk.Named{Text: g, Where: "test"})
	}
	return m
}

// TestMappingImpactIsThatOfAllIntegrations has Floor given by one for the plan Hot desk and by two for Office: ann has both plans.
func TestMappingImpactIsThatOfAllIntegrations(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		records := slices.Concat(member("ann", "hot"), member("bob", "hot"))
		office := member("ann", "office")[1].(cardea.Agreement)
		office.ID = "m-ann-2"
		h := newHouse(t, s, append(records, office)...)
		ctx := t.Context()
		if r, err := h.Sync(ctx, nil); err != nil || r.Standing() != desk.InStep {
			t.Fatalf("%v %+v", err, r)
		}
		for _, c := range []struct {
			name             string
			edit             desk.Edit
			gain, lose, held string
		}{
			{"one of two reasons", desk.Edit{Map: []desk.Mapping{row(cardea.ItemPlans, "Hot desk", "General")}}, "", "bob Doe Floor", "unmapped"},
			{"a further group", desk.Edit{Map: []desk.Mapping{row(cardea.ItemPlans, "id:hot", "General", "Floor", "Other")}},
				"ann Doe Other, bob Doe Other", "", ""},
			{"the last mapping of a group", desk.Edit{Unmap: []desk.Mapping{row(cardea.ItemPlans, "hot desk")}},
				"", "ann Doe General, bob Doe Floor, bob Doe General", "unmapped unmapped unmapped"},
			{"as it is", desk.Edit{Map: []desk.Mapping{row(cardea.ItemPlans, "Hot desk", "Floor", "General")}}, "", "", ""},
		} {
			i, err := h.DiffMappings(ctx, "one", c.edit)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			gain, lose, held := gainers(i)
			slices.Sort(lose)
			if strings.Join(gain, ", ") != c.gain || strings.Join(lose, ", ") != c.lose || strings.Join(held, " ") != c.held {
				t.Errorf("%s: gain %q, lose %q, held %q: %+v", c.name, gain, lose, held, i.Operations)
			}
		}
		_, err := h.SetMappings(ctx, "one", desk.Edit{Unmap: []desk.Mapping{row(cardea.ItemPlans, "Hot desk")}}, "", "olga")
		if cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("what the file has was saved: %v", err)
		}
	})
}

// TestMappingImpactSeesWhoIsInAGroupThatNobodyMappedYet has a stranger in a group that is mapped for the first time.
func TestMappingImpactSeesWhoIsInAGroupThatNobodyMappedYet(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ann", "hot")...)
		h.door.Put("stranger@x.test", cardea.Window{From: cardea.Always, Until: cardea.Never}, "Other")
		ctx := t.Context()
		if r, err := h.Sync(ctx, nil); err != nil || r.Standing() != desk.InStep {
			t.Fatalf("%v %+v", err, r)
		}
		i, err := h.DiffMappings(ctx, "one", desk.Edit{Map: []desk.Mapping{row(cardea.ItemPlans, "Hot desk", "General", "Floor", "Other")}})
		if err != nil {
			t.Fatal(err)
		}
		gain, _, _ := gainers(i)
		stray := slices.ContainsFunc(i.Operations, func(o say.Operation) bool { return o.Cause == cardea.CauseStray })
		if strings.Join(gain, ", ") != "ann Doe Other" || !stray {
			t.Errorf("%q %+v", gain, i.Operations)
		}
	})
}
