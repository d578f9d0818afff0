package spacetest

import (
	"net/http"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/readtest"
)

// Rig is one connector with its faked vendor, as the connector's own test gives it.
type Rig struct {
	// Open makes a world, its vendor and a System on it. It runs within a bubble of testing/synctest; its own troubles end
	// the test.
	Open func(t *testing.T, o Options) *Bench
	// Begin is when the time of each bubble begins; zero = the bubble's own beginning.
	Begin time.Time
	// Organisation is the id that Describe must pin.
	Organisation string
	// Kinds are what Collections must list, in any order.
	Kinds []cardea.Kind
	// Hooked says that the System must be a space.Hooked; Bench.Hook gives it something to check.
	Hooked bool
	// Page is how many rows a page of a listing has; a kind that is missing has no pages.
	Page map[cardea.Kind]int
	// Floor is how many rows of a kind are always there.
	Floor map[cardea.Kind]int
	// Grade is what a listing that came whole is worth; a kind that is missing is Complete.
	Grade map[cardea.Kind]cardea.Grade
	// RestsOn lists the kinds that cannot be read without the listing of another one.
	RestsOn map[cardea.Kind][]cardea.Kind
	// Classes are the statuses that mean something of their own at this vendor.
	Classes map[int]cardea.Class
	// Rate is what the connector keeps to; zero = no limit.
	Rate wire.Rate
	// Refused is how many calls of a burst the vendor may refuse although the rate is kept.
	Refused int
	// Lacks says why a check is left out: by its name, or by the part of it before the colon.
	Lacks map[string]string
}

// Options say what a check wants of its world. A small one has one record of each kind at least.
type Options = readtest.Options

// Bench is a System at work, and the vendor's side of it.
type Bench struct {
	System space.System
	// Truth are the ids of every record of a kind that the vendor holds.
	Truth func(cardea.Kind) []string
	// Writes is how many writes the vendor has received, whatever came of them. Tokens are none.
	Writes func() int
	// Fault adds a trouble to come.
	Fault func(Fault)
	// Expire ends every token at the vendor; nil where nothing expires.
	Expire func()
	// Secrets are the values that may stand in no error, log or record.
	Secrets []string
	// Said is everything that was logged and recorded.
	Said func() string
	// Nobody are ids in the vendor's form that it does not know, by kind; only of kinds of which the vendor says so.
	Nobody map[cardea.Kind]string
	// Person is somebody of the small world, and Holds what reading that person must bring at the least.
	Person cardea.Key
	Holds  []cardea.Key
	// Hook is an announcement as the vendor sends it now, with the records that it names; for space.Hooked.
	Hook func() (h http.Header, body []byte, names []cardea.Key)
}

// Effect is what a fault does. The words are those of the sandbox.
type Effect = readtest.Effect

// The effects.
const (
	Refuse   = readtest.Refuse
	Empty    = readtest.Empty
	Truncate = readtest.Truncate
	Drop     = readtest.Drop
)

// Fault is one trouble to come.
type Fault struct {
	Kind       cardea.Kind // the listing whose pages it strikes; "" = what Describe asks
	Single     bool        // it strikes reads of single records of the kind instead
	Effect     Effect
	Status     int
	RetryAfter int // seconds; 0 = no header
	Rows       *int
	Skip       int // so many matching requests pass first
	Times      int // 0 = for ever
}

// Run asks everything of the connector.
func Run(t *testing.T, rig Rig) {
	t.Helper()
	for _, k := range checks(rig.Kinds) {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			if why := readtest.Lacking(rig.Lacks, k.name); why != "" {
				t.Logf("left out: %s", why)
				return
			}
			if err := examine(t, rig, k); err != nil {
				t.Error(err)
			}
		})
	}
}

// reading is what both sides ask of a rig.
func (rig Rig) reading() readtest.Rig {
	begin := rig.Begin
	if begin.IsZero() {
		begin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return readtest.Rig{
		Open:  func(t *testing.T, o Options) *readtest.Bench { return rig.Open(t, o).reading() },
		Begin: rig.Begin, Organisation: rig.Organisation, Kinds: rig.Kinds, Page: rig.Page, Paged: rig.paged(), Floor: rig.Floor,
		Grade: rig.Grade, RestsOn: rig.RestsOn, Rate: rig.Rate, Refused: rig.Refused,
		Span: cardea.Window{From: cardea.At(begin.AddDate(0, 0, -7)), Until: cardea.At(begin.AddDate(0, 0, 8))},
	}
}

// paged is a kind whose listing has pages, people before others.
func (rig Rig) paged() cardea.Kind {
	if rig.Page[cardea.KindPerson] > 0 {
		return cardea.KindPerson
	}
	for _, k := range rig.Kinds {
		if rig.Page[k] > 0 {
			return k
		}
	}
	return rig.Kinds[0]
}

func (b *Bench) reading() *readtest.Bench {
	return &readtest.Bench{
		System: b.System, Writes: b.Writes, Expire: b.Expire, Secrets: func() []string { return b.Secrets }, Said: b.Said,
		Truthful: func(p *cardea.Pages) error { return same(p, b.Truth(p.Kind())) },
		Strike: func(k cardea.Kind, f readtest.Trouble) {
			b.Fault(Fault{Kind: k, Effect: f.Effect, Status: f.Status, Rows: f.Rows, Skip: f.Skip, Times: f.Times})
		},
	}
}
