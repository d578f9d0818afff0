package desk_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// waiting is a removal that a guard holds.
func waiting(group, who string, code cardea.HoldCode) cardea.Operation {
	o := cardea.Operation{
		Verb: cardea.VerbRemove, Group: cardea.GroupID(group), Account: cardea.AccountID(who), Cause: cardea.CauseVanished,
		Window: cardea.Forever, Held: &cardea.Hold{Code: code, Why: "too many"},
	}
	o.Key = cardea.KeyOf("kisi", o)
	return o
}

// TestWhatWaitsDoesSoSinceTheFirstOfUnbrokenRuns plays runs of everybody and of a few by what they leave in the store.
func TestWhatWaitsDoesSoSinceTheFirstOfUnbrokenRuns(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		h := newHouse(t, s)
		if err := h.Connect(ctx); err != nil {
			t.Fatal(err)
		}
		minute := 0
		run := func(people int, ops ...cardea.Operation) {
			t.Helper()
			minute++
			began := start + cardea.Instant(minute)*cardea.Minute
			c := cardea.Changeset{Door: "kisi", MadeAt: began, Operations: ops, Hash: cardea.HashOf(ops)}
			id := began.String()
			if err := h.ws.SaveChangeset(ctx, id, c, nil); err != nil {
				t.Fatal(err)
			}
			if err := h.ws.SaveRun(ctx, store.Run{
				ID: id, Unit: "kisi", Kind: store.WakeKeep, Started: began, Ended: began, Changeset: c.Hash,
				Counts: map[string]int{"_people": people},
			}); err != nil {
				t.Fatal(err)
			}
		}
		a, b, late := waiting("g1", "a", cardea.HeldBrake), waiting("g2", "b", cardea.HeldBrake), waiting("g3", "c", cardea.HeldWatch)
		run(0, a, b)    // 1
		run(0, a)       // 2: b waits no more
		run(1, b)       // 3: and does again
		run(0, a, b)    // 4
		run(2)          // 5: of others
		run(0, a, b)    // 6
		run(0, b, a)    // 7
		run(1, late)    // 8
		run(0, a, b)    // 9: late waits no more
		run(1, late, a) // 10: and does again
		got := map[cardea.GroupID]cardea.Instant{}
		holds, err := h.Holds(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range holds {
			got[one.Group] = (one.Since - start) / cardea.Minute
		}
		if len(got) != 3 || got["g1"] != 1 || got["g2"] != 3 || got["g3"] != 10 {
			t.Errorf("waiting since %v", got)
		}
		if i := slices.IndexFunc(holds, func(one desk.Hold) bool { return !one.Releasable }); i != 2 {
			t.Errorf("what cannot be released stands at %d", i)
		}
		run(0, b)
		if holds, err = h.Holds(ctx, "kisi"); err != nil || len(holds) != 1 || holds[0].Group != "g2" {
			t.Errorf("%v %+v", err, holds)
		}
		if _, err = h.Holds(ctx, "kissi"); cardea.ClassOf(err) != cardea.NotFound {
			t.Error(err)
		}
	})
}

func holdIn(id, door, group, name string, ops ...cardea.Operation) desk.Hold {
	h := desk.Hold{ID: id, Door: door, Group: cardea.GroupID(group), GroupName: name, Code: cardea.HeldBrake, Releasable: true}
	for _, o := range ops {
		h.Operations = append(h.Operations, say.Operation{Operation: o, GroupName: name, Email: string(o.Account) + "@x.test"})
	}
	return h
}

func TestAChoiceOfHoldsIsWhatWasNamedAndNoMore(t *testing.T) {
	t.Parallel()
	a, b, c := waiting("1", "a", cardea.HeldBrake), waiting("1", "b", cardea.HeldBrake), waiting("2", "a", cardea.HeldBrake)
	shut := holdIn("w", "kisi", "4", "Yard", waiting("4", "a", cardea.HeldWatch))
	shut.Code, shut.Releasable = cardea.HeldWatch, false
	done := holdIn("d", "kisi", "5", "Roof", waiting("5", "a", cardea.HeldBrake))
	done.Released = true
	holds := []desk.Hold{
		holdIn("x", "kisi", "1", "Gate", a, b), holdIn("y", "kisi", "2", "Floor", c), holdIn("z", "kisi", "3", "floor", waiting("3", "a", cardea.HeldBrake)), shut, done,
	}
	for _, one := range []struct {
		what         string
		choice       desk.HoldChoice
		chosen, left int // operations
		class        cardea.Class
	}{
		{"all", desk.HoldChoice{All: true}, 4, 1, ""},
		{"a group", desk.HoldChoice{Group: " gate"}, 2, 0, ""},
		{"a group by id", desk.HoldChoice{Group: "id:2"}, 1, 0, ""},
		{"a name of two groups", desk.HoldChoice{Group: "Floor"}, 0, 0, cardea.Rejected},
		{"a person", desk.HoldChoice{Person: "A@x.test"}, 3, 1, ""},
		{"a person in a group", desk.HoldChoice{Person: "b@x.test", Group: "Gate"}, 1, 0, ""},
		{"a person who is not in that group", desk.HoldChoice{Person: "b@x.test", Group: "id:2"}, 0, 0, ""},
		{"an account", desk.HoldChoice{Person: "id:b"}, 1, 0, ""},
		{"a guard", desk.HoldChoice{Code: cardea.HeldWatch}, 0, 1, ""},
		{"a hold", desk.HoldChoice{IDs: []string{"x"}}, 2, 0, ""},
		{"a hold and a person", desk.HoldChoice{IDs: []string{"x", "y"}, Person: "a@x.test"}, 2, 0, ""},
		{"a hold that is no more", desk.HoldChoice{IDs: []string{"x", "q"}}, 0, 0, cardea.NotFound},
		{"nobody that waits", desk.HoldChoice{Person: "q@x.test"}, 0, 0, cardea.NotFound},
		{"nothing", desk.HoldChoice{}, 0, 0, cardea.Rejected},
		{"all and something", desk.HoldChoice{All: true, Group: "Gate"}, 0, 0, cardea.Rejected},
	} {
		chosen, left, err := one.choice.Of(holds)
		if err != nil && cardea.ClassOf(err) != one.class || err == nil && one.class != "" {
			t.Errorf("%s: %v", one.what, err)
		}
		if n, m := operations(chosen), operations(left); n != one.chosen || m != one.left {
			t.Errorf("%s: %d chosen, %d left", one.what, n, m)
		}
	}
	if len(holds[0].Operations) != 2 {
		t.Error("choosing changed what was shown")
	}
}

func operations(holds []desk.Hold) (n int) {
	for _, h := range holds {
		n += len(h.Operations)
	}
	return n
}
