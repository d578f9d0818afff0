package readtest

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/wiretest"
)

// System is what the systems of both sides do.
type System interface {
	Describe(ctx context.Context) (cardea.Organisation, error)
	Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error
}

// Rig is what is asked here of the rig of a side; the sides' own Rigs say what the fields mean.
type Rig struct {
	Open         func(t *testing.T, o Options) *Bench
	Begin        time.Time
	Organisation string
	Kinds        []cardea.Kind
	Page         map[cardea.Kind]int
	Paged        cardea.Kind // one whose listing has pages
	Floor        map[cardea.Kind]int
	Grade        map[cardea.Kind]cardea.Grade
	RestsOn      map[cardea.Kind][]cardea.Kind
	Rate         wire.Rate
	Refused      int
	Span         cardea.Window // for which bookings are asked
}

// Options say what a check wants of its world.
type Options struct {
	// Kind and Rows: exactly so many rows of that listing, the floor among them, and of the other kinds what they need. Bookings lie
	// within a week of Begin. Without a Kind it is a small world, of which each side says what it holds.
	Kind cardea.Kind
	Rows int
	// ReadOnly is the connector's read-only mode.
	ReadOnly bool
	// WrongSecret gives the connector credentials that the vendor refuses.
	WrongSecret bool
	// Line goes between the connector and the vendor: o.Line.Around(transport).
	Line *wiretest.Line
}

// Bench is a System at work, and the vendor's side of it.
type Bench struct {
	System  System
	Writes  func() int
	Expire  func()
	Secrets func() []string
	Said    func() string
	// Truthful compares a listing that came with what the vendor holds.
	Truthful func(*cardea.Pages) error
	// Strike adds a trouble to come, for the pages of a listing.
	Strike func(cardea.Kind, Trouble)
}

// Effect is what a trouble does. The words are those of the sandbox.
type Effect string

// The effects.
const (
	Refuse   Effect = "error"      // answer Status; the vendor does nothing
	Empty    Effect = "empty"      // 200 with an empty list
	Truncate Effect = "truncate"   // a page with Rows rows; with no Rows the answer breaks off in its middle
	Drop     Effect = "drop-after" // the vendor does it, then the connection is cut without an answer
)

// Trouble is one to come.
type Trouble struct {
	Effect Effect
	Status int
	Rows   *int
	Skip   int // so many matching requests pass first
	Times  int // 0 = for ever
}
