package change_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// carry does operations as a door system and the ledger would.
func carry(in change.Input, ops []cardea.Operation) change.Input {
	in.Edges, in.Ledger = slices.Clone(in.Edges), slices.Clone(in.Ledger)
	for _, o := range ops {
		e := cardea.Edge{Group: o.Group, Account: o.Account, Window: o.Window, Guest: o.Guest, Attributes: o.Attributes}
		mine := func(x cardea.Edge) bool { return x.Group == o.Group && x.Account == o.Account }
		ours := func(x cardea.LedgerRow) bool { return x.Group == o.Group && x.Account == o.Account }
		at := slices.IndexFunc(in.Edges, mine)
		row := cardea.LedgerRow{
			Group: o.Group, Account: o.Account, Person: o.Person, Window: o.Window, Reasons: o.Reasons, PutAt: in.Now, Op: o.Key,
		}
		switch o.Verb {
		case cardea.VerbAdd:
			if !in.Limits.Timed {
				e.Window = cardea.Forever
			}
			in.Edges = append(in.Edges, e)
			if o.Person != "" {
				in.Ledger = append(in.Ledger, row)
			}
		case cardea.VerbRemove, cardea.VerbClean:
			in.Edges, in.Ledger = slices.DeleteFunc(in.Edges, mine), slices.DeleteFunc(in.Ledger, ours)
		case cardea.VerbRetime:
			in.Edges[at].Window = o.Window
			in.Ledger = append(slices.DeleteFunc(in.Ledger, ours), row)
		case cardea.VerbReprofile:
			in.Edges[at].Attributes = o.Attributes
		case cardea.VerbLock, cardea.VerbUnlock:
			in.Edges[at].Shut = o.Verb == cardea.VerbLock
		case cardea.VerbAdopt:
			in.Ledger = append(in.Ledger, row)
		}
	}
	slices.SortFunc(in.Edges, func(a, b cardea.Edge) int { return strings.Compare(string(a.Account), string(b.Account)) })
	return in
}

func doneAt(at cardea.Instant, ops []cardea.Operation) []change.Done {
	var out []change.Done
	for _, o := range ops {
		out = append(out, change.Done{Op: o, At: at})
	}
	return out
}

func whys(i change.Inverse) []string {
	var out []string
	for _, l := range i.Left {
		out = append(out, string(l.Op.Verb)+": "+l.Why)
	}
	return out
}

// inAndOut is group A with a1 in it by right, a2 there though its time was over, and a3 to come; staff s1 is there too.
func inAndOut() change.Input {
	in := plain()
	for _, n := range []string{"1", "2", "3"} {
		in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + n), Account: cardea.AccountID("a" + n)})
		in.Accounts = append(in.Accounts, cardea.Account{ID: cardea.AccountID("a" + n), Email: n + "@x.test"})
	}
	in.Accounts = append(in.Accounts, cardea.Account{ID: "s1", Staff: "owner"})
	in.Wanted = []cardea.Grant{grant("1", standing()), grant("3", standing())}
	in.Edges = []cardea.Edge{edge("a1", standing()), edge("a2", standing()), edge("s1", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{
		row("a1", "1", standing(), in.Wanted[0].Reasons), row("a2", "2", standing(), because(cardea.RulePlan, "m-2", standing())),
	}
	return in
}

func TestUndoIsTheInverseOfARun(t *testing.T) {
	t.Parallel()
	for _, timed := range []bool{true, false} {
		in := inAndOut()
		in.Limits.Timed = timed
		if !timed {
			for i := range in.Edges {
				in.Edges[i].Window = cardea.Forever
			}
		}
		cs, _ := change.Plan(in)
		after := carry(in, cs.Going())
		if cmp.Equal(after.Edges, in.Edges) {
			t.Fatal("the run changed nothing")
		}
		after.Now++
		inverse := change.Undo(doneAt(in.Now, cs.Going()), after)
		if len(inverse.Left) > 0 || len(inverse.Changeset.Operations) != 2 {
			t.Fatalf("timed %v: %+v, left %v", timed, inverse.Changeset.Operations, whys(inverse))
		}
		before := carry(after, inverse.Changeset.Operations)
		if d := cmp.Diff(in.Edges, before.Edges); d != "" {
			t.Errorf("timed %v: the edges are not as before: %s", timed, d)
		}
		// The records still ask for the same: now it waits, and only until it is released.
		before.Undone, before.Released = map[cardea.OpKey]change.Undone{}, map[cardea.OpKey]bool{}
		for _, of := range inverse.Of {
			for _, key := range change.Repeats(before, of) {
				before.Undone[key] = change.Undone{Who: "ada", At: noon}
			}
		}
		again, _ := change.Plan(before)
		if len(again.Going()) > 0 || len(again.Held()) != 2 {
			t.Errorf("timed %v: the next plan has %+v", timed, again.Operations)
		}
		for _, o := range again.Held() {
			if o.Held.Code != cardea.HeldUndone || !strings.Contains(o.Held.Why, "undone by ada on 23 November 2026") {
				t.Errorf("held as %+v", o.Held)
			}
			before.Released[o.Key] = true
		}
		if released, _ := change.Plan(before); len(released.Going()) != 2 {
			t.Errorf("released, it still waits: %+v", released.Held())
		}
		// Other facts are another matter.
		before.Released, before.Cause = nil, always(cardea.CauseBlocked)
		if blocked, _ := change.Plan(before); len(blocked.Going()) != 1 || blocked.Going()[0].Cause != cardea.CauseBlocked {
			t.Errorf("a block waits for what was undone: %+v", blocked.Operations)
		}
	}
}

func TestUndoingTwiceIsTheRunAgain(t *testing.T) {
	t.Parallel()
	in := inAndOut()
	cs, _ := change.Plan(in)
	after := carry(in, cs.Going())
	first := change.Undo(doneAt(in.Now, cs.Going()), after)
	before := carry(after, first.Changeset.Operations)
	second := change.Undo(doneAt(in.Now, first.Changeset.Operations), before)
	if d := cmp.Diff(after.Edges, carry(before, second.Changeset.Operations).Edges); d != "" || len(second.Left) > 0 {
		t.Errorf("left %v, and not as after the run: %s", whys(second), d)
	}
	for _, of := range second.Of {
		if keys := change.Repeats(before, of); len(keys) > 0 {
			t.Errorf("no record asks for %s again", of.Verb)
		}
	}
}

func TestUndoLeavesWhatChangedSince(t *testing.T) {
	t.Parallel()
	in := inAndOut()
	cs, _ := change.Plan(in)
	ops := cs.Going()
	for name, c := range map[string]struct {
		edit func(*change.Input)
		want string
	}{
		"gone by hand": {func(in *change.Input) {
			in.Edges = slices.DeleteFunc(in.Edges, func(e cardea.Edge) bool { return e.Account == "a3" })
		}, "add: it is gone already"},
		"back by hand": {func(in *change.Input) { in.Edges = append(in.Edges, edge("a2", standing())) }, "remove: it is there again already"},
		"other times": {func(in *change.Input) {
			for i := range in.Edges {
				if in.Edges[i].Account == "a3" {
					in.Edges[i].Window = window(0, hour)
				}
			}
		}, "add: it was changed since"},
		"not ours": {func(in *change.Input) {
			in.Ledger = slices.DeleteFunc(in.Ledger, func(r cardea.LedgerRow) bool { return r.Account == "a3" })
		}, "add: it is not ours any more"},
		"given anew": {func(in *change.Input) {
			for i := range in.Ledger {
				in.Ledger[i].PutAt = noon + hour
			}
		}, "add: it was taken away and given again since"},
		"staff": {func(in *change.Input) { in.Accounts[2].Staff = "admin" }, "add: it is a staff account (admin), which is changed by hand only"},
		"foreign": {func(in *change.Input) {
			for i := range in.Edges {
				in.Edges[i].Foreign = "team"
			}
		}, "add: the entry is not ours to change: team"},
		"watched":      {func(in *change.Input) { in.Policies = map[cardea.GroupID]cardea.Policy{"A": {Mode: cardea.Watch}} }, "add: the group is only watched now"},
		"frozen":       {func(in *change.Input) { in.Frozen = map[cardea.GroupID]string{"A": "frozen by ada"} }, "add: frozen by ada"},
		"blocked":      {func(in *change.Input) { in.Cause = always(cardea.CauseBlocked) }, "remove: the person is blocked"},
		"barred":       {func(in *change.Input) { in.Blocked = map[cardea.AccountID]cardea.PersonID{"a2": "p"} }, "remove: the person is blocked"},
		"another's":    {func(in *change.Input) { in.Links[1].Person = "rnd/person:9" }, "remove: the account is somebody else's now"},
		"account gone": {func(in *change.Input) { in.Accounts = slices.Delete(slices.Clone(in.Accounts), 1, 2) }, "remove: the account is gone"},
		"disputed":     {func(in *change.Input) { in.Disputed = map[cardea.AccountID]string{"a2": "two people"} }, "remove: two people"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := carry(in, ops)
			after.Links, after.Accounts = slices.Clone(after.Links), slices.Clone(after.Accounts)
			c.edit(&after)
			inverse := change.Undo(doneAt(in.Now, ops), after)
			if !slices.Contains(whys(inverse), c.want) {
				t.Errorf("left %q, want %q", whys(inverse), c.want)
			}
			if n := len(inverse.Changeset.Operations) + len(inverse.Left); n != len(ops) {
				t.Errorf("%d operations of %d are accounted for", n, len(ops))
			}
		})
	}
}

func TestUndoSetsBackTimesLocksAndProfiles(t *testing.T) {
	t.Parallel()
	was := edge("a1", window(-hour, 2*hour))
	was.Profile = "Gate"
	for name, c := range map[string]struct {
		op   func(*cardea.Operation)
		want cardea.Verb
		why  string
	}{
		"times": {func(o *cardea.Operation) { o.Verb, o.Window = cardea.VerbRetime, window(-hour, 5*hour) }, cardea.VerbRetime, ""},
		"times that were over": {func(o *cardea.Operation) {
			o.Verb, o.Window, o.Was.Window = cardea.VerbRetime, window(-hour, 5*hour), window(-2*hour, -hour)
		}, cardea.VerbRemove, ""},
		"a lock":                  {func(o *cardea.Operation) { o.Verb = cardea.VerbLock }, cardea.VerbUnlock, ""},
		"an unlocking":            {func(o *cardea.Operation) { o.Verb, o.Was.Shut = cardea.VerbUnlock, true }, cardea.VerbLock, ""},
		"a profile":               {func(o *cardea.Operation) { o.Verb, o.Profile = cardea.VerbReprofile, "All" }, cardea.VerbReprofile, ""},
		"a profile from nothing":  {func(o *cardea.Operation) { o.Verb, o.Profile, o.Was.Profile = cardea.VerbReprofile, "All", "" }, "", "default"},
		"an account":              {func(o *cardea.Operation) { o.Verb = cardea.VerbCreate }, "", "never deleted"},
		"a link":                  {func(o *cardea.Operation) { o.Verb = cardea.VerbLink }, "", "the link stays"},
		"an adoption":             {func(o *cardea.Operation) { o.Verb = cardea.VerbAdopt }, "", "it stays ours"},
		"a cleaning":              {func(o *cardea.Operation) { o.Verb = cardea.VerbClean }, "", "no access"},
		"a removal that was over": {func(o *cardea.Operation) { o.Verb, o.Was.Window = cardea.VerbRemove, window(-2*hour, -hour) }, "", "its time is over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := ana()
			e := was
			o := cardea.Operation{Group: "A", Account: "a1", Person: "rnd/person:ana", Window: was.Window, Was: &e, Cause: cardea.CauseExtended}
			c.op(&o)
			in.Edges, in.Ledger = []cardea.Edge{e}, []cardea.LedgerRow{row("a1", "ana", e.Window, nil)}
			after := carry(in, []cardea.Operation{o})
			inverse := change.Undo(doneAt(in.Now, []cardea.Operation{o}), after)
			if c.why != "" {
				if len(inverse.Left) != 1 || !strings.Contains(inverse.Left[0].Why, c.why) {
					t.Errorf("left %q, want %q", whys(inverse), c.why)
				}
				return
			}
			got := inverse.Changeset.Operations
			if len(got) != 1 || got[0].Verb != c.want || got[0].Cause != cardea.CauseUndone {
				t.Fatalf("%+v, left %v", got, whys(inverse))
			}
			if before := carry(after, got).Edges; c.want != cardea.VerbRemove && !cmp.Equal(before, in.Edges) {
				t.Errorf("not as before: %s", cmp.Diff(in.Edges, before))
			}
		})
	}
}

func TestUndoDeletesAUnitOnlyWhenNobodyUsedIt(t *testing.T) {
	t.Parallel()
	in := plain()
	made := cardea.Operation{Verb: cardea.VerbAddUnit, Group: "101", Unit: &cardea.Unit{Number: "101", Group: "101"}}
	in.Groups = append(in.Groups, cardea.Group{ID: "101", Name: "101", Unit: cardea.UnitVacant})
	inverse := change.Undo(doneAt(noon, []cardea.Operation{made}), in)
	if h := inverse.Changeset.Held(); len(h) != 1 || h[0].Verb != cardea.VerbDeleteUnit || h[0].Held.Code != cardea.HeldUnits {
		t.Errorf("a vacant unit: %+v", inverse.Changeset.Operations)
	}
	in.Edges = []cardea.Edge{{Group: "101", Account: "a1"}}
	if inverse = change.Undo(doneAt(noon, []cardea.Operation{made}), in); len(inverse.Changeset.Operations) > 0 || len(inverse.Left) != 1 {
		t.Errorf("a unit with somebody in it: %+v", inverse.Changeset.Operations)
	}
}

// TestUndoneOnlyHolds draws keys that were undone: the plan has the same operations as without, and none goes that would
// not have gone.
func TestUndoneOnlyHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		in := inAndOut()
		without, _ := change.Plan(in)
		in.Undone = map[cardea.OpKey]change.Undone{"other": {}}
		for _, o := range without.Operations {
			if rapid.Bool().Draw(rt, "undone") {
				in.Undone[o.Key] = change.Undone{Who: "x", At: noon}
			}
		}
		with, _ := change.Plan(in)
		if with.Hash != without.Hash {
			rt.Fatalf("%d operations instead of %d", len(with.Operations), len(without.Operations))
		}
		for _, o := range with.Operations {
			if _, undone := in.Undone[o.Key]; undone != (o.Held != nil) {
				rt.Fatalf("%s of %s: undone %v, held %+v", o.Verb, o.Account, undone, o.Held)
			}
		}
	})
}

// TestUndoTakesNothingFromWhoIsKept undoes an addition, a prolongation, an unlocking and a shortening for an account on the
// keep-list: only the last, which gives, is undone. Once the entry in the list is over, or the person is blocked, all are.
func TestUndoTakesNothingFromWhoIsKept(t *testing.T) {
	t.Parallel()
	now := inAndOut().Now
	short, long := cardea.Window{From: 0, Until: now + cardea.Hour}, cardea.Window{From: 0, Until: now + 2*cardea.Hour}
	was := func(w cardea.Window) *cardea.Edge { return &cardea.Edge{Group: "A", Account: "a1", Window: w} }
	op := func(v cardea.Verb, w, before cardea.Window) cardea.Operation {
		o := cardea.Operation{Verb: v, Group: "A", Account: "a1", Person: "rnd/person:1", Window: w, Cause: cardea.CauseGranted}
		if v != cardea.VerbAdd {
			o.Was = was(before)
		}
		return o
	}
	for _, c := range []struct {
		did   cardea.Operation
		takes bool
	}{
		{op(cardea.VerbAdd, long, cardea.Window{}), true}, {op(cardea.VerbRetime, long, short), true},
		{op(cardea.VerbUnlock, long, long), true}, {op(cardea.VerbRetime, short, long), false},
	} {
		for list, free := range map[string]bool{"": true, "1@x.test": false, "id:a1": false, "id:a2": true, "over": true, "blocked": true} {
			in := inAndOut()
			in.Limits.Timed, in.Edges = true, []cardea.Edge{*was(c.did.Window)}
			in.Ledger = []cardea.LedgerRow{{Group: "A", Account: "a1", Person: "rnd/person:1", Window: c.did.Window, PutAt: 1}}
			p := cardea.Policy{Group: "A", Mode: cardea.Exclusive}
			switch list {
			case "":
			case "over":
				p.Keep = []cardea.Keep{{Account: "id:a1", Until: now - cardea.Hour}}
			case "blocked":
				p.Keep = []cardea.Keep{{Account: "id:a1", Until: cardea.Never}}
				in.Blocked = map[cardea.AccountID]cardea.PersonID{"a1": "rnd/person:1"}
			default:
				p.Keep = []cardea.Keep{{Account: list, Until: cardea.Never}}
			}
			if list == "blocked" && c.did.Verb != cardea.VerbAdd {
				continue // what is blocked gets nothing back, whatever the list says
			}
			in.Policies = map[cardea.GroupID]cardea.Policy{"A": p}
			got := change.Undo(doneAt(now, []cardea.Operation{c.did}), in)
			if want := free || !c.takes; (len(got.Changeset.Operations) == 1) != want {
				t.Errorf("%s %v, list %q: undone %d, left %v", c.did.Verb, c.did.Window, list, len(got.Changeset.Operations), whys(got))
			}
		}
	}
}
