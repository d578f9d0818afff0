package change_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func keys(cs cardea.Changeset) []cardea.OpKey {
	var out []cardea.OpKey
	for _, o := range cs.Operations {
		out = append(out, o.Key)
	}
	return out
}

func TestPlanningAgainAfterApplyingIsEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &door{in: drawInput(t)}
		d.run()
		if cs, _ := change.Plan(d.in); len(cs.Going()) > 0 {
			t.Fatalf("still going: %+v", cs.Going())
		}
	})
}

func TestAnyPrefixConvergesToTheSameEdges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := &door{in: drawInput(t)}
		cut := whole.clone()
		whole.run()

		first, _ := change.Plan(cut.in)
		going := first.Going()
		for _, o := range going[:rapid.IntRange(0, len(going)).Draw(t, "cut")] {
			cut.apply(o)
		}
		cut.run()
		// New accounts may have been numbered differently: they are named by their address.
		if want, got := named(whole), named(cut); !slices.Equal(want, got) {
			t.Fatalf("want %v\n got %v", want, got)
		}
	})
}

func named(d *door) []string {
	name := map[cardea.AccountID]string{}
	for _, a := range d.in.Accounts {
		name[a.ID] = a.Email
	}
	var out []string
	for _, e := range d.in.Edges {
		out = append(out, fmt.Sprint(e.Group, "/", cmp.Or(name[e.Account], string(e.Account)), e.Window, e.Foreign))
	}
	slices.Sort(out)
	return out
}

func TestShuffledInputGivesTheSameChangeset(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		want, next := change.Plan(in)
		in.Wanted, in.Links, in.Fresh = shuffle(t, in.Wanted), shuffle(t, in.Links), shuffle(t, in.Fresh)
		in.Missing, in.Accounts, in.Groups = shuffle(t, in.Missing), shuffle(t, in.Accounts), shuffle(t, in.Groups)
		in.Edges, in.Ledger, in.Mapped = shuffle(t, in.Edges), shuffle(t, in.Ledger), shuffle(t, in.Mapped)
		got, again := change.Plan(in)
		if got.Hash != want.Hash || again != next || !slices.Equal(keys(got), keys(want)) {
			t.Fatalf("want %v next %v\n got %v next %v", want, next, got, again)
		}
		for i := range got.Operations {
			if (got.Operations[i].Held == nil) != (want.Operations[i].Held == nil) {
				t.Fatalf("held differently: %+v, %+v", got.Operations[i], want.Operations[i])
			}
		}
	})
}

func shuffle[T any](t *rapid.T, s []T) []T {
	if len(s) == 0 {
		return s
	}
	return rapid.Permutation(s).Draw(t, "order")
}

func TestNothingChangesBeforeNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		want, next := change.Plan(in)
		if next <= in.Now {
			t.Fatalf("next %v is not after now", next)
		}
		end := min(next, in.Now+100*cardea.Hour)
		for _, at := range []cardea.Instant{
			end - 1, in.Now + 1, in.Now + cardea.Instant(rapid.Int64Range(0, int64(end-in.Now)-1).Draw(t, "at")),
		} {
			if at < in.Now || at >= end {
				continue
			}
			later := in
			later.Now = at
			got, _ := change.Plan(later)
			if got.Hash != want.Hash {
				t.Fatalf("at %v, before %v, the plan differs:\nwant %+v\n got %+v", at, next, want.Operations, got.Operations)
			}
			for _, o := range got.Operations {
				i := slices.IndexFunc(want.Operations, func(w cardea.Operation) bool { return w.Key == o.Key })
				if (o.Held == nil) != (want.Operations[i].Held == nil) {
					t.Fatalf("at %v, before %v, it is held differently: %+v, %+v", at, next, o, want.Operations[i])
				}
			}
		}
	})
}

func TestOnlyMappedGroupsAreTouched(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		cs, _ := change.Plan(in)
		for _, o := range cs.Operations {
			if o.Group == "" || slices.Contains(in.Mapped, o.Group) {
				continue
			}
			if o.Cause != cardea.CauseUnmapped || o.Held == nil || o.Verb != cardea.VerbRemove {
				t.Fatalf("group %s is not mapped: %+v", o.Group, o)
			}
		}
	})
}

func TestNoRemovalForAbsenceInABlindGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		in.Released = map[cardea.OpKey]bool{}
		first, _ := change.Plan(in)
		for _, o := range first.Operations {
			in.Released[o.Key] = true
		}
		for _, g := range groupNames {
			in.Blind[g] = "not read"
		}
		cs, _ := change.Plan(in)
		for _, o := range cs.Going() {
			if o.Verb == cardea.VerbRemove && !o.Cause.Positive() {
				t.Fatalf("removed without evidence: %+v", o)
			}
		}
	})
}

func TestStaffForeignAndKeptAreNeverRemoved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		staff := map[cardea.AccountID]bool{}
		for _, a := range in.Accounts {
			staff[a.ID] = a.Staff != ""
		}
		cs, _ := change.Plan(in)
		for _, o := range cs.Operations {
			takes := o.Verb == cardea.VerbRemove || o.Verb == cardea.VerbClean
			kept := len(in.Policies[o.Group].Keep) > 0 && o.Cause != cardea.CauseBlocked &&
				(o.Account == "a3" || o.Account == "a4" && listed(in, "a4"))
			if takes && (staff[o.Account] || kept || o.Was != nil && o.Was.Foreign != "") {
				t.Fatalf("taken: %+v", o)
			}
		}
	})
}

func listed(in change.Input, id cardea.AccountID) bool {
	return slices.ContainsFunc(in.Accounts, func(a cardea.Account) bool { return a.ID == id })
}

func TestOrderPutsAPersonsAdditionsBeforeTheirRemovals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cs, _ := change.Plan(drawInput(t))
		removed, made := map[cardea.AccountID]bool{}, map[cardea.PersonID]bool{}
		rest := false
		for _, o := range cs.Operations {
			switch o.Verb {
			case cardea.VerbCreate:
				made[o.Person] = true
			case cardea.VerbAdd:
				if removed[o.Account] {
					t.Fatalf("%s loses before it gains", o.Account)
				}
				if o.Account == "" && !made[o.Person] {
					t.Fatalf("an edge before its account: %+v", o)
				}
			case cardea.VerbRemove:
				removed[o.Account] = true
			case cardea.VerbLink, cardea.VerbAdopt, cardea.VerbForget, cardea.VerbClean:
				rest = true
				continue
			case cardea.VerbRetime:
			}
			if rest {
				t.Fatalf("%s after what can wait", o.Verb)
			}
		}
	})
}

func TestAStreamOfOnePersonChangesetsNeverGetsPastTheBrake(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "people")
		d := &door{in: inStep(n)}
		d.in.Past.Base = map[cardea.GroupID]int{"A": n}
		d.in.Cause = func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause { return cardea.CauseVanished }
		gone := 0
		for i := range n {
			d.in.Wanted = d.in.Wanted[:0:0]
			only := cardea.PersonID(fmt.Sprintf("rnd/person:%03d", i))
			d.in.Only = map[cardea.PersonID]bool{only: true}
			d.in.Now += cardea.Minute
			for _, o := range d.run().Going() {
				if o.Verb == cardea.VerbRemove {
					gone++
				}
			}
		}
		brake := cardea.DefaultBrake.Group
		if gone > brake.Count || gone >= brake.Min && gone*100 > brake.Percent*n || gone >= n {
			t.Fatalf("%d of %d went", gone, n)
		}
		if gone == 0 {
			t.Fatal("nobody went at all: the test shows nothing")
		}
	})
}

func TestFiltersOnlyHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		held, _ := change.Plan(in)
		open := in
		open.Approve, open.Blind, open.Disputed = cardea.ApproveAuto, nil, nil
		open.Policies = maps.Clone(in.Policies)
		for g, p := range open.Policies {
			p.Ours = true
			open.Policies[g] = p
		}
		free, _ := change.Plan(open)
		if held.Hash != free.Hash {
			t.Fatalf("guards changed the operations:\n%+v\n%+v", held.Operations, free.Operations)
		}
	})
}
