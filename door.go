package cardea

import (
	"strings"
	"time"
)

// The collections of a door system, read through the same Intake.
const (
	KindGroup   Kind = "group"
	KindAccount Kind = "account"
	KindEdge    Kind = "edge"
)

// Group is an access group of the door system.
type Group struct {
	ID    GroupID `json:"id"`
	Name  string  `json:"name"`
	Place string  `json:"place,omitempty"` // the vendor's site, for telling apart equal names
	// Unit is the state of a rentable unit; empty for a group that is none.
	Unit UnitState `json:"unit,omitempty"`
}

// UnitState is what a door system says of a rentable unit.
type UnitState string

// The states of a unit.
const (
	UnitVacant UnitState = "vacant"
	UnitRented UnitState = "rented"
	UnitLocked UnitState = "locked" // nobody passes: overlocked, delinquent
)

// Attributes are what some door systems hold on an edge beside its group: where and when it opens. They are names of
// the door system's own; an empty one is the connection's default.
type Attributes struct {
	Profile   string `json:"profile,omitempty"`    // access profile: which doors and areas
	TimeGroup string `json:"time_group,omitempty"` // time schedule
}

// MetBy says whether what an edge holds is what these ask for. Nothing is asked of an empty one, and door systems write
// names in any case.
func (a Attributes) MetBy(has Attributes) bool {
	met := func(want, has string) bool {
		return want == "" || strings.EqualFold(strings.TrimSpace(want), strings.TrimSpace(has))
	}
	return met(a.Profile, has.Profile) && met(a.TimeGroup, has.TimeGroup)
}

// Over lays these over what an edge holds; empty ones leave what is there.
func (a Attributes) Over(has Attributes) Attributes {
	if a.Profile != "" {
		has.Profile = a.Profile
	}
	if a.TimeGroup != "" {
		has.TimeGroup = a.TimeGroup
	}
	return has
}

// Account is a person's user at the door system.
type Account struct {
	ID       AccountID `json:"id"`
	Name     string    `json:"name,omitempty"`
	Email    string    `json:"email,omitempty"`
	Phone    string    `json:"phone,omitempty"`    // where it can be changed later (Limits.Profile)
	External string    `json:"external,omitempty"` // our person id, where the vendor lets us keep it
	// Shut accounts pass no door whatever their edges say: disabled, suspended, blocked.
	Shut bool `json:"shut,omitempty"`
	// Staff says why the account is never touched without a person's word; empty = it is not staff.
	Staff string `json:"staff,omitempty"`
}

// Edge is account x group at the door system. Ref is the vendor's own handle, opaque to everyone but its connector.
type Edge struct {
	Group   GroupID   `json:"group"`
	Account AccountID `json:"account"`
	Window  Window    `json:"window"` // Forever where the vendor holds no validity
	// Foreign edges are members that are no plain accounts (teams, guests, links) or carry another role: never touched.
	Foreign string `json:"foreign,omitempty"`
	// Shut edges are there and open nothing because we locked them (door.Lockable). One that somebody else locked is
	// Foreign.
	Shut bool   `json:"shut,omitempty"`
	Ref  string `json:"ref,omitempty"`
	// Guest edges are those of people beside a unit's tenant, where the vendor tells the two apart.
	Guest bool `json:"guest,omitempty"`

	Attributes //nolint:embeddedstructfieldcheck // what is compared most stands first: plans read millions

	Mails Mails       `json:"mails,omitempty"` // for Grant only: whether the vendor is to tell the person
	Who   *NewAccount `json:"who,omitempty"`   // for Grant only, where Limits.NamesEdges: whom it is for
}

// Mails says whether the vendor's own mails go out: its default, always, never.
type Mails string

// The mail settings (RULES.md MAILS).
const (
	MailsDefault Mails = "default"
	MailsAlways  Mails = "always"
	MailsNever   Mails = "never"
)

// NewAccount is what a door system is told when a person's account is made (RULES.md PROFILE): never the company.
type NewAccount struct {
	Person   PersonID `json:"person"` // kept as external id where the vendor has a field for it
	Name     string   `json:"name"`
	First    string   `json:"first"`
	Last     string   `json:"last"`
	Email    string   `json:"email"`
	Phone    string   `json:"phone,omitempty"`
	Mails    Mails    `json:"mails"`
	Starting Instant  `json:"starting,omitempty"` // when the first grant begins
}

// Limits are what a door system can and cannot do, as far as planning must know.
type Limits struct {
	Batch           int           `json:"batch"`             // edges per Grant or Revoke call, at least 1
	Timed           bool          `json:"timed"`             // edges carry a validity window
	WindowsPerEdge  int           `json:"windows_per_edge"`  // 1 where Timed
	GroupsPerPerson int           `json:"groups_per_person"` // 0 = no limit
	Propagation     time.Duration `json:"propagation"`       // cloud to door
	// Settle is how long the vendor may take until what it was told well shows in its own listings; 0 = it shows at once. What
	// does not show yet and is younger is neither sent again nor called wrong.
	Settle          time.Duration `json:"settle,omitempty"`
	NeedsEmail      bool          `json:"needs_email"`
	InvitesOnCreate bool          `json:"invites_on_create"` // an account cannot be staged silently
	SendsMail       bool          `json:"sends_mail"`        // the vendor writes to people of its own accord
	Profile         []string      `json:"profile,omitempty"` // fields that can be changed later: first, last, email, phone
	Locks           bool          `json:"locks,omitempty"`   // edges can be shut without being taken away
	// NamesEdges says that the system keeps the person on each edge: an account is nothing apart from its edges.
	NamesEdges bool `json:"names_edges,omitempty"`
	// ByGroup says that the vendor does not list what one account is in: to know it every group is read, and one group costs less.
	ByGroup bool `json:"by_group,omitempty"`
	// SeedsGroups says that the system makes no group without somebody in it.
	SeedsGroups bool `json:"seeds_groups,omitempty"`
}

// Link is the remembered pair of a person and an account.
type Link struct {
	Person  PersonID  `json:"person"`
	Account AccountID `json:"account"`
	How     string    `json:"how"` // created, external, email, decided
	// Nth is a hint for who looks up many: the account's place in the list of accounts that the link was read with.
	// Whoever uses it checks that the list has the account there.
	Nth int32 `json:"-"`
}

// Key implements Record.
func (g Group) Key() Key { return Key{KindGroup, string(g.ID)} }

// Refs implements Record.
func (g Group) Refs() []Key { return nil }

// Key implements Record.
func (a Account) Key() Key { return Key{KindAccount, string(a.ID)} }

// Refs implements Record.
func (a Account) Refs() []Key { return nil }

// Key implements Record. An edge is named by group and account; its Ref may change.
func (e Edge) Key() Key { return Key{KindEdge, string(e.Group) + "/" + string(e.Account)} }

// Refs implements Record.
func (e Edge) Refs() []Key {
	return []Key{{KindGroup, string(e.Group)}, {KindAccount, string(e.Account)}}
}
