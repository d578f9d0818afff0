package change

import (
	"fmt"
	"testing"

	"github.com/cardea-access/cardea"
)

// crowd is an account in so many groups, with additions to others.
func crowd(has int, adds ...cardea.Operation) (cardea.Changeset, *Input) {
	in := &Input{Limits: cardea.Limits{GroupsPerPerson: 16}}
	in.seen = &sight{names: map[cardea.GroupID]string{}}
	for i := range has {
		in.Edges = append(in.Edges, cardea.Edge{Group: cardea.GroupID(fmt.Sprintf("old%d", i)), Account: "a"})
	}
	return cardea.Changeset{Operations: adds}, in
}

func adding(group string, due cardea.Instant) cardea.Operation {
	return cardea.Operation{Verb: cardea.VerbAdd, Group: cardea.GroupID(group), Account: "a", Person: "p", Due: due}
}

func TestHoldsWhatWouldPutAnAccountIntoTooManyGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		has  int
		want []bool // held, in the order of the additions
	}{
		{"room for all", 13, []bool{false, false, false}},
		{"the first to begin get what is left", 14, []bool{true, false, false}},
		{"no place left", 16, []bool{true, true, true}},
		{"more than allowed already", 19, []bool{true, true, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cs, in := crowd(c.has, adding("x", 30), adding("y", 20), adding("z", 10))
			for i, o := range crowded(cs, in).Operations {
				if held := o.Held != nil && o.Held.Code == cardea.HeldCrowded; held != c.want[i] {
					t.Errorf("%s: held %v, want %v", o.Group, held, c.want[i])
				}
			}
			if want := len(cs.Held()); len(in.seen.brakes) != want {
				t.Errorf("%d issues, want one for each of the %d that are held", len(in.seen.brakes), want)
			}
		})
	}
}

func TestCrowdedCountsNeitherHeldAdditionsNorOtherAccounts(t *testing.T) {
	t.Parallel()
	held := adding("h", 1)
	held.Held = &cardea.Hold{Code: cardea.HeldApproval}
	remove := cardea.Operation{Verb: cardea.VerbRemove, Group: "old0", Account: "a"}
	other := adding("y", 2)
	other.Account = "b"
	cs, in := crowd(15, held, remove, other, adding("z", 3))
	cs = crowded(cs, in)
	for _, o := range cs.Operations[1:] {
		if o.Held != nil {
			t.Errorf("%s of %s is held: %s", o.Group, o.Account, o.Held.Why)
		}
	}
	if cs.Operations[0].Held.Code != cardea.HeldApproval {
		t.Error("another guard's hold was replaced")
	}
	cs, in = crowd(16, adding("z", 3), remove)
	if cs = crowded(cs, in); cs.Operations[0].Held == nil {
		t.Error("a removal of the same changeset was taken for done: additions are sent first")
	}
}

func TestPeopleWithoutAnAccountAreCountedApart(t *testing.T) {
	t.Parallel()
	var ops []cardea.Operation
	for i := range 17 {
		o := adding(fmt.Sprintf("g%02d", i), 5)
		o.Account = ""
		ops = append(ops, o)
	}
	cs, in := crowd(0, ops...)
	if cs = crowded(cs, in); len(cs.Held()) != 1 || cs.Operations[16].Held == nil {
		t.Errorf("%d of 17 are held, want the last one", len(cs.Held()))
	}
	in.Limits.GroupsPerPerson = 0
	cs, _ = crowd(0, ops...)
	for i := range cs.Operations {
		cs.Operations[i].Held = nil
	}
	if cs = crowded(cs, in); len(cs.Held()) != 0 {
		t.Error("held where there is no limit")
	}
}
