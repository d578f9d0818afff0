package change_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// door is a door system in memory: what applying operations would leave behind.
type door struct {
	in   change.Input
	made int
}

// clone copies what operations change.
func (d *door) clone() *door {
	c := *d
	c.in.Links, c.in.Fresh = slices.Clone(d.in.Links), slices.Clone(d.in.Fresh)
	c.in.Missing = slices.Clone(d.in.Missing)
	c.in.Accounts = slices.Clone(d.in.Accounts)
	c.in.Edges = slices.Clone(d.in.Edges)
	c.in.Ledger = slices.Clone(d.in.Ledger)
	c.in.Past.Removals = slices.Clone(d.in.Past.Removals)
	return &c
}

// apply does one operation, as the loop and a connector would.
func (d *door) apply(o cardea.Operation) {
	if o.Held != nil {
		panic("a held operation was applied")
	}
	account := o.Account
	if account == "" && o.Verb == cardea.VerbAdd {
		for _, l := range d.in.Links {
			if l.Person == o.Person {
				account = l.Account
			}
		}
		if account == "" {
			panic("an edge before its account")
		}
	}
	row := cardea.LedgerRow{Group: o.Group, Account: account, Person: o.Person, Window: o.Window,
		Reasons: o.Reasons, PutAt: d.in.Now}
	switch o.Verb {
	case cardea.VerbCreate:
		d.create(o)
	case cardea.VerbLink:
		d.in.Fresh = slices.DeleteFunc(d.in.Fresh, func(l cardea.Link) bool { return l == *o.Link })
	case cardea.VerbAdopt:
		d.write(row)
	case cardea.VerbAdd, cardea.VerbRetime:
		d.drop(o.Group, account)
		w := o.Window
		if !d.in.Limits.Timed {
			w = cardea.Forever
		}
		d.in.Edges = append(d.in.Edges, cardea.Edge{Group: o.Group, Account: account, Window: w})
		d.write(row)
	case cardea.VerbRemove, cardea.VerbClean:
		d.drop(o.Group, account)
		d.close(o.Group, account)
		if !o.Cause.Positive() {
			d.in.Past.Removals = append(d.in.Past.Removals, change.Removal{Group: o.Group, At: d.in.Now})
		}
	case cardea.VerbForget:
		d.close(o.Group, account)
	}
}

// create makes the account and pairs everyone who was waiting for it.
func (d *door) create(o cardea.Operation) {
	d.made++
	id := cardea.AccountID(fmt.Sprintf("new%d", d.made))
	d.in.Accounts = append(d.in.Accounts, cardea.Account{ID: id, Email: o.New.Email})
	d.in.Missing = slices.DeleteFunc(d.in.Missing, func(a cardea.NewAccount) bool {
		mine := a.Person == o.Person || a.Email != "" && a.Email == o.New.Email
		if mine {
			d.in.Links = append(d.in.Links, cardea.Link{Person: a.Person, Account: id, How: "created"})
		}
		return mine
	})
}

func (d *door) write(row cardea.LedgerRow) {
	d.close(row.Group, row.Account)
	d.in.Ledger = append(d.in.Ledger, row)
}

func (d *door) close(g cardea.GroupID, a cardea.AccountID) {
	d.in.Ledger = slices.DeleteFunc(d.in.Ledger, func(r cardea.LedgerRow) bool { return r.Group == g && r.Account == a })
}

func (d *door) drop(g cardea.GroupID, a cardea.AccountID) {
	d.in.Edges = slices.DeleteFunc(d.in.Edges, func(e cardea.Edge) bool {
		return e.Group == g && e.Account == a && e.Foreign == ""
	})
}

// run plans and applies what goes.
func (d *door) run() cardea.Changeset {
	cs, _ := change.Plan(d.in)
	for _, o := range cs.Going() {
		d.apply(o)
	}
	return cs
}

var (
	groupNames = []cardea.GroupID{"A", "B", "C", "D", "E"}
	causes     = []cardea.Cause{
		cardea.CauseEnded, cardea.CauseCancelled, cardea.CauseDeleted, cardea.CauseMoved, cardea.CauseLeft, cardea.CauseLocked,
		cardea.CauseBlocked, cardea.CauseGate, cardea.CauseVanished, cardea.CauseOutOfScope, cardea.CauseStale,
	}
	noon = cardea.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
)

// windows draws a grant's windows around noon; some are open-ended, some have fractions of seconds.
func drawWindows(t *rapid.T) []cardea.Window {
	if rapid.IntRange(0, 3).Draw(t, "standing") == 0 {
		return []cardea.Window{{From: noon - 40*cardea.Hour, Until: cardea.Never}}
	}
	var ws []cardea.Window
	at := noon - cardea.Instant(rapid.IntRange(0, 20).Draw(t, "start"))*cardea.Hour
	for range rapid.IntRange(1, 3).Draw(t, "windows") {
		from := at + cardea.Instant(rapid.IntRange(1, 14).Draw(t, "gap"))*cardea.Hour
		at = from + cardea.Instant(rapid.IntRange(1, 10).Draw(t, "length"))*cardea.Hour
		if rapid.IntRange(0, 5).Draw(t, "fraction") == 0 {
			at += 300_000
		}
		ws = append(ws, cardea.Window{From: from, Until: at})
	}
	return ws
}

func drawReasons(t *rapid.T, n int, ws []cardea.Window) []cardea.Reason {
	rule := rapid.SampledFrom([]cardea.Rule{cardea.RulePlan, cardea.RuleBooking, cardea.RuleDayPass}).Draw(t, "rule")
	return []cardea.Reason{{
		Integration: "london", Rule: rule, Windows: ws,
		Record: cardea.Key{Kind: cardea.KindAgreement, ID: fmt.Sprint(n, rapid.IntRange(0, 2).Draw(t, "record"))},
	}}
}

// drawInput draws any door: people with and without accounts, shared ones, staff, strays, policies of every kind.
func drawInput(t *rapid.T) change.Input {
	in := change.Input{
		Now: noon, Beyond: cardea.Never, Door: "kisi", Horizon: 24 * time.Hour, Brake: cardea.DefaultBrake,
		People: map[cardea.PersonID]cardea.Person{}, Policies: map[cardea.GroupID]cardea.Policy{},
		Disputed: map[cardea.AccountID]string{}, NoAccount: map[cardea.PersonID]string{}, Blind: map[cardea.GroupID]string{},
		Approve: rapid.SampledFrom([]cardea.Approve{cardea.ApproveAuto, cardea.ApproveFirst, cardea.ApproveAlways}).Draw(t, "approve"),
		Past:    change.Past{Base: map[cardea.GroupID]int{}, Remapped: map[cardea.GroupID]bool{}},
		Limits:  cardea.Limits{Batch: 1, Timed: rapid.Bool().Draw(t, "timed"), InvitesOnCreate: rapid.Bool().Draw(t, "invites")},
	}
	in.Cause = func(p cardea.PersonID, g cardea.GroupID, was []cardea.Reason) cardea.Cause {
		n := len(was)
		for _, c := range string(p) + string(g) {
			n += int(c)
		}
		return causes[n%len(causes)]
	}
	for _, g := range groupNames {
		if rapid.IntRange(0, 9).Draw(t, "there") > 0 {
			in.Groups = append(in.Groups, cardea.Group{ID: g, Name: "Group " + string(g)})
		}
		if g != "E" || rapid.Bool().Draw(t, "mapped") {
			in.Mapped = append(in.Mapped, g)
		}
		in.Policies[g] = drawPolicy(t, g)
		in.Past.Base[g] = rapid.IntRange(0, 8).Draw(t, "base")
		in.Past.Remapped[g] = rapid.Bool().Draw(t, "remapped")
		if rapid.IntRange(0, 5).Draw(t, "blind") == 0 {
			in.Blind[g] = "memberships are incomplete"
		}
	}
	drawPeople(t, &in)
	drawEdges(t, &in)
	drawSilence(t, &in)
	return in
}

// drawSilence draws what was last heard of the groups, and of the agreements that end.
func drawSilence(t *rapid.T, in *change.Input) {
	in.Good, in.Places, in.Sides = map[cardea.GroupID]cardea.Instant{}, map[cardea.GroupID][]string{}, map[cardea.GroupID][]string{}
	for _, g := range groupNames {
		in.Good[g] = noon.Add(-time.Duration(rapid.IntRange(0, 8).Draw(t, "silent")) * time.Hour)
		in.Places[g] = []string{rapid.SampledFrom([]string{"London", "Lisbon"}).Draw(t, "place")}
		in.Sides[g] = []string{rapid.SampledFrom([]string{"london", "annex"}).Draw(t, "side")}
	}
	late := rapid.IntRange(-3, 3).Draw(t, "late")
	in.Term = func(r cardea.Reason) (change.Term, bool) {
		n := len(r.Windows)
		if n == 0 || r.Rule != cardea.RulePlan {
			return change.Term{}, false
		}
		ends := r.Windows[n-1].Until
		return change.Term{Ends: ends, Seen: ends.Add(time.Duration(late) * 3 * time.Minute), Until: ends.Add(15 * time.Minute)}, true
	}
}

func drawPolicy(t *rapid.T, g cardea.GroupID) cardea.Policy {
	p := cardea.Policy{
		Group: g, Ours: rapid.IntRange(0, 3).Draw(t, "ours") > 0,
		Mode: rapid.SampledFrom([]cardea.Mode{cardea.Exclusive, cardea.Exclusive, cardea.Shared, cardea.Watch}).Draw(t, "mode"),
	}
	if rapid.IntRange(0, 2).Draw(t, "keeps") == 0 {
		p.Keep = []cardea.Keep{
			{Account: "id:a3", Until: noon + 5*cardea.Hour}, {Account: "a4@X.test", Until: cardea.Never},
			{Account: "id:a5", Until: noon - cardea.Hour},
		}
	}
	return p
}

func drawPeople(t *rapid.T, in *change.Input) {
	for n := range rapid.IntRange(1, 14).Draw(t, "people") {
		id := cardea.PersonID(fmt.Sprintf("rnd/person:%02d", n))
		in.People[id] = cardea.Person{ID: fmt.Sprint(n), Visitor: rapid.IntRange(0, 3).Draw(t, "visitor") == 0}
		switch rapid.IntRange(0, 5).Draw(t, "seat") {
		case 0:
			email := fmt.Sprintf("m%d@x.test", rapid.IntRange(0, 3).Draw(t, "email"))
			in.Missing = append(in.Missing, cardea.NewAccount{Person: id, Email: email})
		case 1:
			in.NoAccount[id] = "no e-mail"
		default:
			l := cardea.Link{Person: id, How: "email", Account: cardea.AccountID(fmt.Sprint("a", rapid.IntRange(0, 9).Draw(t, "account")))}
			in.Links = append(in.Links, l)
			if rapid.Bool().Draw(t, "fresh") {
				in.Fresh = append(in.Fresh, l)
			}
		}
		for _, g := range groupNames {
			if rapid.IntRange(0, 2).Draw(t, "granted") == 0 {
				ws := drawWindows(t)
				in.Wanted = append(in.Wanted, cardea.Grant{Person: id, Group: g, Windows: ws, Reasons: drawReasons(t, n, ws)})
			}
		}
	}
	slices.SortFunc(in.Wanted, func(a, b cardea.Grant) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Person, b.Person))
	})
}

func drawEdges(t *rapid.T, in *change.Input) {
	for n := range 12 {
		a := cardea.Account{ID: cardea.AccountID(fmt.Sprint("a", n)), Email: fmt.Sprintf("a%d@x.test", n)}
		if rapid.IntRange(0, 7).Draw(t, "staff") == 0 {
			a.Staff = "owner"
		}
		a.Shut = rapid.IntRange(0, 7).Draw(t, "shut") == 0
		if rapid.IntRange(0, 9).Draw(t, "listed") > 0 {
			in.Accounts = append(in.Accounts, a)
		}
		linked := slices.ContainsFunc(in.Links, func(l cardea.Link) bool { return l.Account == a.ID })
		if !linked && rapid.IntRange(0, 5).Draw(t, "disputed") == 0 {
			in.Disputed[a.ID] = "two accounts"
		}
		for _, g := range append(slices.Clone(groupNames), "Z") {
			if rapid.IntRange(0, 2).Draw(t, "edge") == 0 {
				e := cardea.Edge{Group: g, Account: a.ID, Window: cardea.Forever}
				if in.Limits.Timed {
					e.Window = drawWindows(t)[0]
				}
				if rapid.IntRange(0, 9).Draw(t, "foreign") == 0 {
					e.Foreign = "group_manager"
				}
				in.Edges = append(in.Edges, e)
			}
			if rapid.IntRange(0, 3).Draw(t, "row") == 0 && g != "Z" {
				ws := drawWindows(t)
				in.Ledger = append(in.Ledger, cardea.LedgerRow{Group: g, Account: a.ID, Window: ws[0], Reasons: drawReasons(t, n, ws),
					Person: cardea.PersonID(fmt.Sprintf("rnd/person:%02d", rapid.IntRange(0, 14).Draw(t, "of")))})
			}
		}
	}
}

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
