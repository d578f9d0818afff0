package cardea

// Situation names how an edge, an account, a person or a group stands between the three snapshots: what is wanted (source),
// what is there (target) and what we put there (ledger).
type Situation string

// The situations of an edge. Each edge is in exactly one; InStep is the one that is not kept row by row: an entry of a mapped
// group that no open row speaks of is in step.
const (
	InStep   Situation = "in-step"   // there, and wanted, kept by a person's word, or past its own end and about to be cleaned away
	Missing  Situation = "missing"   // wanted, not there, and never put there for this time
	Stray    Situation = "stray"     // there, not wanted, and never ours
	TakenOut Situation = "taken-out" // wanted and ours, and removed by hand
	PutBack  Situation = "put-back"  // not wanted, was ours and ended, and there again
	ByHand   Situation = "by-hand"   // there and wanted, and made by somebody else
	Changed  Situation = "changed"   // ours, and its window was changed by hand
	Leaving  Situation = "leaving"   // ours, not wanted any more, and still there
)

// The situations of an account or person.
const (
	AccountGone    Situation = "account-gone"    // the linked account is not at the door system any more
	AccountRenamed Situation = "account-renamed" // its name or e-mail is not what it was when it was linked
	Disputed       Situation = "disputed"        // it is not settled whose account it is
)

// The situations of a group.
const (
	GroupGone    Situation = "group-gone"    // mapped, and not at the door system any more
	GroupRenamed Situation = "group-renamed" // its name is not what it was when it was mapped
	Contested    Situation = "contested"     // somebody else keeps undoing what we do there
)

// Situations lists them in the order in which they are told: of the edge, the account, the group.
var Situations = []Situation{
	InStep, Contested, TakenOut, PutBack, Stray, Changed, ByHand, Missing, Leaving,
	Disputed, AccountGone, AccountRenamed, GroupGone, GroupRenamed,
}

// Drift says whether somebody's hand at the door system led to it: those are noted in the audit log when they begin.
func (s Situation) Drift() bool {
	switch s {
	case Stray, TakenOut, PutBack, Changed, AccountGone, AccountRenamed, Disputed, GroupGone, GroupRenamed, Contested:
		return true
	case InStep, Missing, ByHand, Leaving:
	}
	return false
}

// Undoes says whether it is an edge that somebody made or took away against what was decided.
func (s Situation) Undoes() bool { return s == Stray || s == TakenOut || s == PutBack }

// OfEdge says whether it is the situation of an account in a group.
func (s Situation) OfEdge() bool {
	switch s {
	case InStep, Missing, Stray, TakenOut, PutBack, ByHand, Changed, Leaving:
		return true
	case AccountGone, AccountRenamed, Disputed, GroupGone, GroupRenamed, Contested:
	}
	return false
}

// Doing says what Cardea does about a situation.
type Doing string

// What Cardea does.
const (
	Reverts Doing = "reverts" // makes it what was decided: puts back, takes out
	Gives   Doing = "gives"   // adds what is missing
	Adopts  Doing = "adopts"  // takes it for its own
	Reports Doing = "reports" // tells of it and leaves it
	Waits   Doing = "waits"   // a guard holds what would be done
)

// Standing is one deviation: what is in a situation, since when, and what is done about it. An account alone (Group "") and a
// group alone (Account and Person "") stand too.
type Standing struct {
	Group     GroupID   `json:"group,omitempty"`
	Account   AccountID `json:"account,omitempty"`
	Person    PersonID  `json:"person,omitempty"`
	Situation Situation `json:"situation"`
	Detail    string    `json:"detail,omitempty"`
	Since     Instant   `json:"since,omitempty"` // 0 until it is kept
	Does      Doing     `json:"does"`
	Held      HoldCode  `json:"held,omitempty"` // the guard, when it waits
}

// Flip is one deviation of an edge that Cardea set right: at At, in this situation.
type Flip struct {
	Group   GroupID   `json:"group"`
	Account AccountID `json:"account"`
	At      Instant   `json:"at"`
}
