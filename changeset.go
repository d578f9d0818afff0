package cardea

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Cause says why an edge changes. For removals the causes are those of RULES.md 4.
type Cause string

// Causes of an addition or change, and of a removal.
const (
	CauseGranted    Cause = "granted"
	CauseExtended   Cause = "window" // the window changed in place
	CauseAdopted    Cause = "adopted"
	CauseEnded      Cause = "ended"
	CauseCancelled  Cause = "cancelled"
	CauseDeleted    Cause = "deleted"
	CauseMoved      Cause = "moved"
	CauseLeft       Cause = "left"
	CauseLocked     Cause = "locked"
	CauseBlocked    Cause = "blocked"
	CauseGate       Cause = "gate"
	CauseVanished   Cause = "vanished"
	CauseOutOfScope Cause = "out-of-scope"
	CauseUnmapped   Cause = "unmapped"
	CauseStray      Cause = "stray"
	CauseStale      Cause = "stale"
	CauseExpired    Cause = "expired"     // a native window is over; the edge is no access any more and is cleaned away
	CauseUndone     Cause = "undone"      // a person undid what a run did
	CauseLeaving    Cause = "leaving"     // a person takes an integration away, and all that is ours through it
	CauseProfile    Cause = "profile"     // the person's name, address or phone changed, and the account follows
	CauseHandedOver Cause = "handed-over" // somebody else keeps the entry from now on: it stays
)

// Positive says whether the cause is something known, and not something absent. Positive removals never wait for the
// brake.
func (c Cause) Positive() bool {
	switch c {
	case CauseEnded, CauseCancelled, CauseDeleted, CauseMoved, CauseLeft, CauseLocked, CauseBlocked, CauseExpired, CauseUndone,
		CauseLeaving, CauseHandedOver:
		return true
	case CauseGranted, CauseExtended, CauseAdopted, CauseGate, CauseVanished, CauseOutOfScope, CauseUnmapped, CauseStray, CauseStale,
		CauseProfile:
	}
	return false
}

// Verb is what an operation does.
type Verb string

// The verbs.
const (
	VerbCreate Verb = "create" // an account for a person; the adds that follow use it
	VerbLink   Verb = "link"   // remember a pair; writes nothing at the door system
	VerbAdopt  Verb = "adopt"  // take an edge into the ledger; writes nothing at the door system
	VerbAdd    Verb = "add"
	VerbRetime Verb = "retime" // replace the window of an edge
	VerbRemove Verb = "remove"
	VerbClean  Verb = "clean"  // remove an edge whose native window is over
	VerbForget Verb = "forget" // close a ledger row whose edge is gone; writes nothing at the door system
	VerbLock   Verb = "lock"   // shut an edge without taking it away (door.Lockable)
	VerbUnlock Verb = "unlock"

	VerbReprofile Verb = "reprofile" // give an edge other attributes (door.Profiled)

	VerbUpdate Verb = "update-account" // give an account its person's name, address or phone (door.Rewritable)

	VerbAddUnit    Verb = "add-unit"    // make a rentable unit (door.Units)
	VerbRenameUnit Verb = "rename-unit" // waits until a person releases it, as the next does
	VerbDeleteUnit Verb = "delete-unit"
)

// Writes says whether the verb changes the door system.
func (v Verb) Writes() bool {
	return v == VerbCreate || v == VerbAdd || v == VerbRetime || v == VerbRemove || v == VerbClean ||
		v == VerbLock || v == VerbUnlock || v == VerbReprofile || v == VerbUpdate || v.OfUnit()
}

// OfUnit says whether the verb is about a unit and not about somebody's entry.
func (v Verb) OfUnit() bool { return v == VerbAddUnit || v == VerbRenameUnit || v == VerbDeleteUnit }

// OpKey identifies an operation across plans: approvals and releases attach to it.
type OpKey string

// Operation is one step of a changeset.
type Operation struct {
	Attributes

	Key     OpKey       `json:"key"`
	Verb    Verb        `json:"verb"`
	Group   GroupID     `json:"group,omitempty"`
	Account AccountID   `json:"account,omitempty"` // empty until the person's account is made
	Person  PersonID    `json:"person,omitempty"`  // empty for strays
	Window  Window      `json:"window"`            // add, retime: the new one; remove, clean: the one that goes
	Was     *Edge       `json:"was,omitempty"`     // retime, remove, clean, adopt: the edge as it was when planned
	New     *NewAccount `json:"new,omitempty"`     // create, update-account; add, where Limits.NamesEdges
	Fields  []string    `json:"fields,omitempty"`  // update-account: what of New the account is given
	Not     []AccountID `json:"not,omitempty"`     // create: accounts that an operator said are not the person's
	Unit    *Unit       `json:"unit,omitempty"`    // add-unit, rename-unit, delete-unit
	Guest   bool        `json:"guest,omitempty"`   // add: beside the unit's tenant
	Link    *Link       `json:"link,omitempty"`
	Cause   Cause       `json:"cause"`
	Reasons []Reason    `json:"reasons,omitempty"` // why: of the grant, or of the ledger row that ends
	// Due is when it may be done at the earliest, Deadline when it must be confirmed.
	Due      Instant `json:"due"`
	Deadline Instant `json:"deadline"`
	Mails    Mails   `json:"mails,omitempty"`
	Held     *Hold   `json:"held,omitempty"` // nil = goes
	// MassAdd marks additions that come because a mapping or scope changed (brake on additions).
	MassAdd bool `json:"mass_add,omitempty"`
	// Fact is from when on the change was owed: the last of when it was due, when the reading that brought its reason or that
	// reason's end began, and for an addition when its window opens. 0 = nobody noted it. What is not confirmed then is late.
	Fact Instant `json:"fact,omitempty"`
	// Resent says that it was sent once more because the door system did not show it; its mails were sent the first time.
	Resent bool `json:"resent,omitempty"`
}

// HoldCode says which guard holds an operation.
type HoldCode string

// The guards.
const (
	HeldBrake       HoldCode = "brake"
	HeldApproval    HoldCode = "approval"
	HeldFirstStrays HoldCode = "first-strays" // approve: auto, strays of a group's first run
	HeldUnmapped    HoldCode = "unmapped"
	HeldEvidence    HoldCode = "evidence"  // a collection that can feed the group is not complete
	HeldWatch       HoldCode = "watch"     // the group is only reported
	HeldDisputed    HoldCode = "disputed"  // whose account this is, is not settled
	HeldBlink       HoldCode = "blink"     // one read would take it from unusually many people
	HeldUnits       HoldCode = "units"     // a unit would be renamed or deleted
	HeldUndone      HoldCode = "undone"    // a person undid this very operation
	HeldFrozen      HoldCode = "frozen"    // an operator froze the integration
	HeldFought      HoldCode = "contested" // somebody else keeps undoing what is done in the group
	HeldFresh       HoldCode = "fresh"     // the record that ends is read again first
	HeldCrowded     HoldCode = "crowded"   // the account is in as many groups as the door system allows
	HeldObserved    HoldCode = "observed"  // an integration of the group observes: it decides, reports and writes nothing
)

// Hold says why an operation waits and what would release it, in a sentence.
type Hold struct {
	Code HoldCode `json:"code"`
	Why  string   `json:"why"`
}

// Issue is something an operator should know; it stops nothing but what it names.
type Issue struct {
	Code    string    `json:"code"` // stable, kebab-case: no-email, shared-account, two-accounts, account-shut ...
	Person  PersonID  `json:"person,omitempty"`
	Account AccountID `json:"account,omitempty"`
	Group   GroupID   `json:"group,omitempty"`
	Record  *Key      `json:"record,omitempty"`
	Text    string    `json:"text"` // what is the matter and what to do
	// Mend is a command line that mends it, or a link; empty where only a person at the vendor can. It is filled in where
	// issues are told, from one table by code, and not stored.
	Mend string `json:"mend,omitempty"`
	// Minor issues are worth knowing and need no mending: a vendor's habit, a setting that may be meant.
	Minor bool `json:"minor,omitempty"`
}

// Changeset turns edges into grants. Operations stand in the order in which they are to be applied.
type Changeset struct {
	Door       string      `json:"door"` // connection
	MadeAt     Instant     `json:"made_at"`
	Operations []Operation `json:"operations"`
	Issues     []Issue     `json:"issues,omitempty"`
	Hash       string      `json:"hash"` // over the sorted keys of all operations, held ones too
}

// Going returns the operations that are not held.
func (c Changeset) Going() []Operation {
	return c.filter(func(o Operation) bool { return o.Held == nil })
}

// Held returns the operations that wait for a person.
func (c Changeset) Held() []Operation {
	return c.filter(func(o Operation) bool { return o.Held != nil })
}

func (c Changeset) filter(keep func(Operation) bool) []Operation {
	var out []Operation
	for _, o := range c.Operations {
		if keep(o) {
			out = append(out, o)
		}
	}
	return out
}

// KeyOf makes an operation's key.
func KeyOf(door string, o Operation) OpKey {
	who := string(o.Account)
	if who == "" {
		who = string(o.Person)
	}
	text := make([]byte, 0, 256)
	for _, part := range [...]string{door, string(o.Group), who, string(o.Verb), string(o.Cause)} {
		text = append(append(text, part...), 0)
	}
	text = strconv.AppendInt(text, int64(o.Window.From), 10)
	text = strconv.AppendInt(append(text, 0), int64(o.Window.Until), 10)
	if o.Attributes != (Attributes{}) {
		text = append(append(append(append(text, 0), o.Profile...), 0), o.TimeGroup...)
	}
	if o.Unit != nil {
		text = append(append(append(append(text, 0), o.Unit.Was...), 0), o.Unit.Number...)
	}
	if o.Verb == VerbUpdate && o.New != nil {
		for _, f := range o.Fields {
			text = append(append(append(append(text, 0), f...), '='), o.New.Field(f)...)
		}
	}
	sum := sha256.Sum256(text)
	return OpKey(hex.EncodeToString(sum[:16]))
}

// HashOf makes a changeset's hash.
func HashOf(ops []Operation) string {
	keys := make([]string, len(ops))
	for i, o := range ops {
		keys[i] = string(o.Key)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return hex.EncodeToString(sum[:])
}

// LedgerRow says that we put an edge there, or adopted it, and why.
type LedgerRow struct {
	Group   GroupID   `json:"group"`
	Account AccountID `json:"account"`
	Person  PersonID  `json:"person"`
	Adopted bool      `json:"adopted,omitempty"`
	Window  Window    `json:"window"` // as last confirmed
	Reasons []Reason  `json:"reasons,omitempty"`
	PutAt   Instant   `json:"put_at"`
	Op      OpKey     `json:"op,omitempty"`
	// Closed rows are history: "no longer, since when".
	EndedAt Instant `json:"ended_at,omitempty"` // 0 = open
	Ended   Cause   `json:"ended,omitempty"`
}
