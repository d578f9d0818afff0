// Package change says what differs: it turns what is at a door system into what was decided, as a list of operations
// that can be looked at, held, approved and applied.
//
//	Wanted (decide) --+
//	Links  (match)  --+--> per group: grants | edges | ledger, merged by account --> operations --> order --> filters
//	Accounts, Edges --+                                                              Changeset, and the instant of the
//	Ledger, policies -+                                                              next change
//
// Everything is pure: the same Input gives the same answer, and between Now and the returned instant it gives the same
// operations. What may wait is decided by filters over the finished list (filters.go); they hold operations and neither
// add nor remove any.
package change

import (
	"time"

	"github.com/cardea-access/cardea"
)

// Input is everything a plan rests on. Lists may come in any order; they are fastest sorted: Wanted by group and
// person, Links by person, Accounts by id, Edges and Ledger by group and account.
type Input struct {
	Now cardea.Instant
	// Beyond is the earliest opening after Now + Horizon that Wanted does not show yet; Never or 0 if there is none.
	Beyond cardea.Instant
	Door   string
	Wanted []cardea.Grant // of every integration that maps the door's groups, united
	// Everybody is the list, sorted, in which Nth of the grants counts. Without it people are found by name.
	Everybody []cardea.PersonID
	People    map[cardea.PersonID]cardea.Person

	// Links, Missing, Disputed and NoAccount are match's result. Fresh are those of Links that are not remembered yet;
	// each becomes a link operation.
	Links     []cardea.Link
	Fresh     []cardea.Link
	Missing   []cardea.NewAccount
	Disputed  map[cardea.AccountID]string
	NoAccount map[cardea.PersonID]string
	// Updates are what accounts are to be given because fields of the profile follow; Not are the accounts of which somebody
	// said that they are not the person's. Both are match's result.
	Updates []cardea.AccountUpdate
	Not     map[cardea.PersonID][]cardea.AccountID

	Accounts []cardea.Account
	Groups   []cardea.Group
	Edges    []cardea.Edge
	Ledger   []cardea.LedgerRow // open rows only

	// Attributes are what the edges of a group are to hold beside it. Those that are empty are left as they are.
	Attributes map[cardea.GroupID]cardea.Attributes
	// Units are the rentable units that there are to be, and those that are no longer: for systems that have units.
	Units []cardea.Unit

	Mapped   []cardea.GroupID // groups that a mapping names now
	Policies map[cardea.GroupID]cardea.Policy
	// Blocked are the accounts of people whom an operator blocked, and whose each is: nothing that is granted for them counts,
	// and nothing protects what they hold (RULES.md 2.8).
	Blocked map[cardea.AccountID]cardea.PersonID
	// Frozen are the groups to which an operator lets nothing be written, and why.
	Frozen map[cardea.GroupID]string

	// Observed are the groups in which an integration only looks on, and why: nothing at all is done there.
	Observed map[cardea.GroupID]string
	// Unlisted are groups whose entries nobody has listed: that one is not known does not say that it is not there.
	Unlisted map[cardea.GroupID]bool
	// Adopt says of a group whether entries that a grant explains become ours, where that is not as its mode has it.
	Adopt map[cardea.GroupID]bool

	Approve cardea.Approve // "" = first
	Mails   cardea.Mails
	// Quiet are the hours in which nobody is written to, nil = none.
	Quiet    *cardea.Quiet
	FirstRun bool // the integration's first changeset: no mails, no brake on additions

	Limits  cardea.Limits
	Horizon time.Duration
	Brake   cardea.Brake // all zero = cardea.DefaultBrake
	// Blind are the groups of which a collection that feeds them is not complete or is suspect, and why.
	Blind map[cardea.GroupID]string
	// Good is, of the groups in Blind, when all that feeds them was last known; 0 or nothing = never.
	Good map[cardea.GroupID]cardea.Instant
	// Term says what is known of the end of the agreement behind a reason; false = it has none, or is no longer there.
	// nil = every end is acted on at once.
	Term func(cardea.Reason) (Term, bool)
	// Places and Sides are the locations and the integrations that each group belongs to, for the brake: a group without an
	// entry belongs to no place, and to the run as a whole.
	Places map[cardea.GroupID][]string
	Sides  map[cardea.GroupID][]string
	// Cause says at Now why the person has no grant (any more), given reasons that were recorded for it.
	Cause    func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause
	Past     Past
	Released map[cardea.OpKey]bool // approved or released by a person
	// Undone are operations that a person undid: they wait until they are released.
	Undone map[cardea.OpKey]Undone

	// Only limits the plan to these people and their accounts; nil = everyone. An account that somebody outside Only
	// is linked to as well is left alone: name everyone who shares it.
	Only map[cardea.PersonID]bool

	look bool // situations are asked for
	seen *sight
}

// Past is what happened before, as far as the brake must know (RULES.md 5.4).
type Past struct {
	// Removals are the removals for absence that were applied; those older than the brake's window are ignored.
	Removals []Removal
	// Base is the largest number of edges in step in the brake's window, by group. A group without an entry counts what
	// is in step now.
	Base map[cardea.GroupID]int
	// Remapped are the groups whose mapping or scope changed since they were last in step: additions to them pass the
	// brake on additions.
	Remapped map[cardea.GroupID]bool
	// Seen says whether an earlier run held this very operation and a complete read has come since (RULES.md 5.3); nil =
	// nothing was seen.
	Seen func(cardea.OpKey) bool
	// Flips are the deviations of edges that were set right within the last day, Contested the groups that were found to be
	// contested and are not settled.
	Flips     []cardea.Flip
	Contested map[cardea.GroupID]Contest
	// Closed are ledger rows that ended, of edges that are there and not ours now. Called are groups as they were called when
	// they were mapped. Both only name situations.
	Closed []cardea.LedgerRow
	Called []cardea.Group
	// Named are groups that the configuration names: one that is gone is mapped no more, and is still missed.
	Named []cardea.GroupID
}

// Removal is one edge that was taken away for absence.
type Removal struct {
	Group cardea.GroupID
	At    cardea.Instant
}

// sight is what planning saw and the filters need to know beside the operations.
type sight struct {
	names  map[cardea.GroupID]string
	inStep map[cardea.GroupID]int // edges in step now; not the kept, foreign, expired or future ones
	coming map[cardea.GroupID]int // edges that will be counted so when the plan is done
	loses  map[cardea.OpKey]bool  // changes of a window that take access away
	brakes []cardea.Issue         // filled by the brake
	grows  cardea.Instant         // when an edge next counts that does not count now
	slides cardea.Instant         // when a hold of the brake may look different
	// about are, of accounts that are updated, the mapped groups they have to do with.
	about map[cardea.AccountID][]cardea.GroupID

	standings []cardea.Standing           // of what is not in step (situation.go)
	closed    map[entry]*cardea.LedgerRow // of Past.Closed
}

// policy returns a group's policy; one that was never named is exclusive and not ours yet.
func (in *Input) policy(g cardea.GroupID) cardea.Policy {
	p := in.Policies[g]
	if p.Mode == "" {
		p.Mode = cardea.Exclusive
	}
	return p
}

// mails is what additions tell the vendor (RULES.md MAILS).
func (in *Input) mails() cardea.Mails {
	switch {
	case in.FirstRun:
		return cardea.MailsNever
	case in.Mails == "":
		return cardea.MailsDefault
	}
	return in.Mails
}

// name is a group as an operator knows it.
func (in *Input) name(g cardea.GroupID) string {
	if in.seen != nil && in.seen.names[g] != "" {
		return in.seen.names[g]
	}
	return string(g)
}
