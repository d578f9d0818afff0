package desk

import (
	"time"

	"github.com/cardea-access/cardea"
)

// Integration is what an operator asked for, in names: one space connection, one door connection, what maps to what.
// Resolve turns it into cardea.Settings once names have become ids.
type Integration struct {
	Name    string
	Space   string
	Door    string
	Zone    string
	Enabled bool
	Observe bool   // it looks on: only groups that somebody took over are written
	Where   string // file:line, for messages

	Locations []Named
	Sites     []Site
	Mappings  []Mapping
	Groups    []GroupWish

	Interval, Sweep, Horizon, Lead, Lag time.Duration // Sweep 0 = auto

	Approve  cardea.Approve
	Mails    cardea.Mails
	Brake    cardea.Brake
	Prefix   string
	Quiet    *cardea.Quiet // hours in which the vendor writes to nobody
	Follow   []string      // profile fields that follow the space system
	Visitors bool
	Teams    bool
	PassTail bool
	// CancelledOut says that the day of a cancellation is the first without access.
	CancelledOut bool
	// PassGate says what becomes of members without a valid pass.
	PassGate string // on, report, off
	// PassGateBookings says that it is about what members booked too.
	PassGateBookings bool
	// PausedKept says that a paused agreement gives what it gives all the same.
	PausedKept bool
	// Units says that rented units open: each for the groups of its own access permissions, unless a mapping names it.
	Units bool
	// Stored says that the store has its mappings and what is said of groups, and not the configuration file; else MappedAt is
	// where they stand in the file.
	Stored   bool
	MappedAt string
	// Pushed says that the space connection pushes who may pass, so that mappings of pushes alone decide. New sets it.
	Pushed bool `json:"-"`
	// WhyNoGroup says of a name why the door system has no group of it (door.Explains); nil = it says nothing. New sets it.
	WhyNoGroup func(name string) string `json:"-"`
}

// Named is a name that a system must know, and where the operator wrote it.
type Named struct {
	Text  string
	Where string
}

// Site holds an operator's own facts of one location.
type Site struct {
	Location Named
	Settings cardea.LocationSettings
}

// Mapping ties a named item to named groups.
type Mapping struct {
	Kind      cardea.ItemKind
	Item      Named
	Groups    []Named
	Hours     *cardea.Hours
	Always    bool
	Lead, Lag *time.Duration
	Slots     bool
	Trim      bool
}

// GroupWish is what the operator says of one access group.
type GroupWish struct {
	Group Named
	Mode  cardea.Mode
	Keep  []cardea.Keep
	// Expire is how long entries outlive the space system's silence, 0 = for ever.
	Expire time.Duration
}
