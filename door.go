package cardea

import "time"

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
}

// Account is a person's user at the door system.
type Account struct {
	ID       AccountID `json:"id"`
	Name     string    `json:"name,omitempty"`
	Email    string    `json:"email,omitempty"`
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
	Ref     string    `json:"ref,omitempty"`
	Window  Window    `json:"window"` // Forever where the vendor holds no validity
	// Foreign edges are members that are no plain accounts (teams, guests, links) or carry another role: never touched.
	Foreign string `json:"foreign,omitempty"`
	Mails   Mails  `json:"mails,omitempty"` // for Grant only: whether the vendor is to tell the person
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
	NeedsEmail      bool          `json:"needs_email"`
	InvitesOnCreate bool          `json:"invites_on_create"` // an account cannot be staged silently
	Profile         []string      `json:"profile,omitempty"` // fields that can be changed later: first, last, email, phone
}

// Link is the remembered pair of a person and an account.
type Link struct {
	Person  PersonID  `json:"person"`
	Account AccountID `json:"account"`
	How     string    `json:"how"` // created, external, email, decided
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
