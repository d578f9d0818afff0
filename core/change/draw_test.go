package change_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

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
