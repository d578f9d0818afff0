package cardea

import "time"

// ItemKind names what a mapping starts from.
type ItemKind string

// The kinds of items, as the configuration file spells them.
const (
	ItemPlans     ItemKind = "plans"
	ItemLocations ItemKind = "locations"
	ItemFloors    ItemKind = "floors"
	ItemResources ItemKind = "resources"
	ItemBookables ItemKind = "bookables"
	ItemPasses    ItemKind = "passes"
	ItemUnits     ItemKind = "units"
	// ItemPushes are what the space system itself names, by group: a mapping of Anything to the groups that it may name.
	ItemPushes ItemKind = "pushes"
)

// ItemKinds lists them in the order of the pages.
var ItemKinds = []ItemKind{
	ItemPlans, ItemLocations, ItemFloors, ItemResources, ItemBookables, ItemPasses, ItemUnits, ItemPushes,
}

// Anything is the item of a passes mapping that fits every pass without a mapping of its own.
const Anything = "*"

// Mapping ties one item to groups. Item and Groups are ids, resolved once from names.
type Mapping struct {
	Kind   ItemKind       `json:"kind"`
	Item   string         `json:"item"`
	Groups []GroupID      `json:"groups"`
	Hours  *Hours         `json:"hours,omitempty"`  // nil = the location's hours alone
	Always bool           `json:"always,omitempty"` // hours: always, closures still cut
	Lead   *time.Duration `json:"lead,omitempty"`
	Lag    *time.Duration `json:"lag,omitempty"`
	Slots  bool           `json:"slots,omitempty"`
	Trim   bool           `json:"trim,omitempty"`
}

// Settings is one integration as the rules see it: everything resolved, nothing left to look up.
type Settings struct {
	Integration string                      `json:"integration"`
	Zone        string                      `json:"zone,omitempty"`      // IANA, where a record has no location
	Locations   []string                    `json:"locations,omitempty"` // ids in scope, empty = all
	Sites       map[string]LocationSettings `json:"sites,omitempty"`     // by location id
	Lead        time.Duration               `json:"lead"`
	Lag         time.Duration               `json:"lag"`
	Visitors    bool                        `json:"visitors"`      // invited visitors get the room's groups
	TeamBooking bool                        `json:"team_bookings"` // a booking of a team without a person lets the team in
	PassTail    bool                        `json:"pass_tail"`     // a pass used today opens until the day's end
	// CancellationOut says that the day on which an agreement ends is not its last one but the first without access.
	CancellationOut bool `json:"cancellation_out,omitempty"`
	// PausedKeep says that an agreement gives what it gives while it is paused too.
	PausedKeep bool `json:"paused_keep,omitempty"`
	// PassGate says what becomes of what agreements give to members without a valid pass (RULES.md 2): "on" takes it away,
	// "report" says so; anything else is off.
	PassGate string `json:"passgate,omitempty"`
	// PassGateBookings says that the gate is about what bookings give to members as well. Visitors have no passes: they are let in.
	PassGateBookings bool `json:"passgate_bookings,omitempty"`
	// Pushed says that what the space system pushes decides: mappings of pushes give their groups and no others do (RULES.md PUSHED).
	Pushed   bool      `json:"pushed,omitempty"`
	Mappings []Mapping `json:"mappings"` // sorted by kind, item
	// Zones are the loaded time zones of every name that the settings or the directory use.
	Zones map[string]*time.Location `json:"-"`
}

// LocationSettings are an operator's own facts of a location.
type LocationSettings struct {
	Zone     string `json:"zone,omitempty"` // overrides the vendor's
	Hours    *Hours `json:"hours,omitempty"`
	Closures []Date `json:"closures,omitempty"` // sorted
	// Extra are opening hours on single dates that widen the location's hours, never a mapping's.
	Extra map[Date][]Span `json:"extra,omitempty"`
}

// Mode says whom a group belongs to (RULES.md EXCLUSIVE).
type Mode string

// The modes.
const (
	Exclusive Mode = "exclusive" // people without a grant go
	Shared    Mode = "shared"    // only edges in our ledger go
	Watch     Mode = "watch"     // report only
)

// Approve is how a group becomes ours.
type Approve string

// The ways (RULES.md 5.9).
const (
	ApproveAuto   Approve = "auto"
	ApproveFirst  Approve = "first"
	ApproveAlways Approve = "always"
)

// Keep names an account that stays in a group without a grant.
type Keep struct {
	Account string  `json:"account"` // e-mail, or id:N
	Note    string  `json:"note"`
	Until   Instant `json:"until"` // Never = no end
}

// Policy is what an operator said of one group.
type Policy struct {
	Group GroupID `json:"group"`
	Mode  Mode    `json:"mode"`
	Keep  []Keep  `json:"keep,omitempty"`
	// Ours says that the group's first changeset was approved; until then it is observed.
	Ours bool `json:"ours"`
	// Expire is how long the group's entries outlive the last good reading of what gives them, 0 = for ever (RULES.md 5.8).
	Expire time.Duration `json:"expire,omitempty"`
}

// Brake holds the numbers of RULES.md 5.4.
type Brake struct {
	Group       BrakeLimit    `json:"group"`
	Integration BrakeLimit    `json:"integration"`
	Add         BrakeLimit    `json:"add"`
	Window      time.Duration `json:"window"`
	// Location weighs the groups of one place together; AddLocation and AddIntegration do so with what comes.
	Location       BrakeLimit `json:"location"`
	AddLocation    BrakeLimit `json:"add_location"`
	AddIntegration BrakeLimit `json:"add_integration"`
}

// BrakeLimit holds a slice when more than Count go, or at least Min that are more than Percent. Count 0 = no such limit.
type BrakeLimit struct {
	Count   int `json:"count"`
	Min     int `json:"min"`
	Percent int `json:"percent"`
}

// DefaultBrake is RULES.md 5.4 as written. Where the rule gives no number a place is weighed as an integration is, and what
// comes is held from 51 entries on that are more than a quarter of those there: a bad mapping opens many doors to few each.
var DefaultBrake = Brake{
	Group:       BrakeLimit{Count: 10, Min: 3, Percent: 20},
	Integration: BrakeLimit{Min: 10, Percent: 20},
	Add:         BrakeLimit{Min: 26, Percent: 50},
	Window:      24 * time.Hour,

	Location:       BrakeLimit{Min: 10, Percent: 20},
	AddLocation:    BrakeLimit{Min: 51, Percent: 25},
	AddIntegration: BrakeLimit{Min: 51, Percent: 25},
}
