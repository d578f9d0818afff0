package doortest

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
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
	// Abilities lists what the System can beyond door.System, in the words of this package, in any order.
	Abilities []Ability
	// Page is how many rows a page of a listing has; a kind that is missing has no pages.
	Page map[cardea.Kind]int
	// Floor is how many rows of a kind are always there, like the user behind an API key.
	Floor map[cardea.Kind]int
	// Grade is what a listing that came whole is worth; a kind that is missing is Complete.
	Grade map[cardea.Kind]cardea.Grade
	// RestsOn lists the kinds that cannot be read without the listing of another one.
	RestsOn map[cardea.Kind][]cardea.Kind
	// Classes are the statuses that mean something of their own at this vendor.
	Classes map[int]Meaning
	// Rate is what the connector keeps to; zero = no limit.
	Rate wire.Rate
	// Refused is how many calls of a burst the vendor may refuse although the rate is kept.
	Refused int
	// Lacks says why a check is left out: by its name, or by the part of it before the colon.
	Lacks map[string]string
}

// Options say what a check wants of its world.
// A small one has two groups that can be written to, the first of them with plain edges of two accounts.
type Options = readtest.Options

// Bench is a System at work, and the vendor's side of it.
type Bench struct {
	System door.System
	// Groups can be written to; two at least.
	Groups []cardea.GroupID
	// Truth is every plain edge that the vendor holds, whether or not its time has come: group, account and window, and
	// where the vendor has them Shut and Attributes.
	Truth func() []cardea.Edge
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
	// Nobody are ids in the vendor's form that it does not know, by kind.
	Nobody map[cardea.Kind]string
	// Profiles are two sets of attributes that the vendor has; for door.Profiled.
	Profiles []cardea.Attributes
}

// Ability names an interface of the door package beyond System.
type Ability string

// The abilities.
const (
	Timed    Ability = "timed"
	Profiled Ability = "profiled"
	// Rewritable systems have a Limits.Profile too.
	Rewritable Ability = "rewritable"
	Lockable   Ability = "lockable"
	Units      Ability = "units"
)

// Meaning is the class that a status has at a vendor, for reads and for writes.
type Meaning struct{ Read, Write cardea.Class }

// Call names requests that a fault strikes.
type Call string

// The calls.
const (
	OnDescribe Call = "describe"
	OnGroups   Call = "groups"   // pages of the listing of groups
	OnAccounts Call = "accounts" // pages of the listing of accounts
	OnEdges    Call = "edges"    // pages of the listing of edges
	OnCreate   Call = "create"   // the request that makes an account
	OnGrant    Call = "grant"    // the request that puts an edge
	OnRevoke   Call = "revoke"   // the request that takes an edge away
)

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
	On         Call
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
	for _, k := range checks() {
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
	paged := cardea.KindAccount
	if rig.Page[paged] == 0 {
		paged = cardea.KindEdge
	}
	return readtest.Rig{
		Open:  func(t *testing.T, o Options) *readtest.Bench { return rig.Open(t, o).reading() },
		Begin: rig.Begin, Organisation: rig.Organisation, Kinds: kinds, Page: rig.Page, Paged: paged, Floor: rig.Floor, Grade: rig.Grade,
		RestsOn: rig.RestsOn, Rate: rig.Rate, Refused: rig.Refused,
	}
}

func (b *Bench) reading() *readtest.Bench {
	return &readtest.Bench{
		System: b.System, Writes: b.Writes, Expire: b.Expire, Secrets: func() []string { return b.Secrets }, Said: b.Said,
		Truthful: func(p *cardea.Pages) error { return truthful(b, p) },
		Strike: func(k cardea.Kind, f readtest.Trouble) {
			b.Fault(Fault{On: listingOf[k], Effect: f.Effect, Status: f.Status, Rows: f.Rows, Skip: f.Skip, Times: f.Times})
		},
	}
}
