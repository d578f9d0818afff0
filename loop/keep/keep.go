package keep

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// Store is what keeping needs.
type Store interface {
	apply.Store
	Collections(ctx context.Context, connection string) ([]store.Collection, error)
	SaveRead(ctx context.Context, at cardea.Instant, who string, changes []store.ReadChange, marks []store.Mark, l *store.Lease) error
	Directory(ctx context.Context, connection string) (cardea.Directory, error)
	DirectoryOf(ctx context.Context, connection string, people []cardea.Key) (cardea.Directory, error)
	Pushes(ctx context.Context, connection string, people []cardea.Key) ([]cardea.Push, error)
	Dirty(ctx context.Context, door string) ([]cardea.PersonID, error)
	DirtyMarks(ctx context.Context, door string) (map[cardea.PersonID]int64, error)
	DoorStateOf(ctx context.Context, door string, people []cardea.PersonID) (store.DoorState, error)
	DirtySince(ctx context.Context, lease store.Lease) ([]cardea.PersonID, error)
	ClearDirty(ctx context.Context, lease store.Lease) error
	DoorState(ctx context.Context, door string) (store.DoorState, error)
	LedgerHistory(ctx context.Context, door string, person cardea.PersonID, group cardea.GroupID) ([]cardea.LedgerRow, error)
	Removals(ctx context.Context, door string, since cardea.Instant) ([]store.Removal, error)
	InStep(ctx context.Context, door string, since cardea.Instant) (map[cardea.GroupID]int, error)
	SaveInStep(ctx context.Context, door string, at cardea.Instant, m map[cardea.GroupID]int) error
	Policies(ctx context.Context, door string) (map[cardea.GroupID]cardea.Policy, error)
	SavePolicy(ctx context.Context, door string, p cardea.Policy) error
	Blocks(ctx context.Context) ([]cardea.Block, error)
	Freezes(ctx context.Context) ([]cardea.Freeze, error)
	Facts(ctx context.Context, connection string, keys []cardea.Key) ([]cardea.Record, error)
	Approved(ctx context.Context, door string) (map[cardea.OpKey]bool, error)
	AnyLedger(ctx context.Context, door string) (bool, error)
	DropApprovals(ctx context.Context, door string, keys []cardea.OpKey) error
	SaveReasons(ctx context.Context, door string, rows []cardea.LedgerRow, l *store.Lease) error
	SaveChangeset(ctx context.Context, run string, c cardea.Changeset, l *store.Lease) error
	SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error
	AddIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error
	lateStore
	SaveRun(ctx context.Context, r store.Run) error
	MarkWake(ctx context.Context, marks ...store.Mark) error
	Audit(ctx context.Context, n int) ([]store.AuditLine, error)
	RunsOf(ctx context.Context, unit, kind string, limit int) ([]store.Run, error)
	RunByID(ctx context.Context, id string) (store.Run, error)
	Rereads(ctx context.Context, connection string) ([]store.Reread, error)
	AskAgain(ctx context.Context, connection string, asks []store.Reread, at cardea.Instant) error
	RunOperations(ctx context.Context, id string) ([]store.OpRow, error)
	undoStore
	situationStore
}

var _ Store = (*store.Workspace)(nil)

// Integration is one space connection whose people get groups of the door organisation, with the rules for it.
type Integration struct {
	Settings cardea.Settings
	Space    string // connection
	Profiled bool   // its system gives one person several records of one address
}

// Keeper keeps one door connection. It may be used by several goroutines, but only one run may be under way at a time:
// whoever runs holds the wake row's lease.
type Keeper struct {
	Store  Store
	System door.System // may be nil for Plan with what is stored, and for Explain
	Door   string      // connection
	// Integrations are all that map groups of this door organisation: absence counts only when each was read.
	Integrations []Integration
	// Policies are mode and keep-list by group, as configured. Whether a group is ours is the store's to say.
	Policies map[cardea.GroupID]cardea.Policy
	Approve  cardea.Approve
	Mails    cardea.Mails
	// Quiet are the hours in which nobody is written to, nil = none.
	Quiet *cardea.Quiet
	// Follow are the fields of the profile that accounts are given when the person's change.
	Follow []string
	// Suppose, if any, changes what operators decided of who is who before a plan rests on it: for seeing what a decision
	// would do.
	Suppose func([]cardea.Decision) []cardea.Decision
	Horizon time.Duration
	Brake   cardea.Brake  // zero = cardea.DefaultBrake
	Limits  cardea.Limits // used when System is nil
	// Remapped are the groups whose mappings or scope are not those of the last run that settled them.
	Remapped map[cardea.GroupID]bool
	// Edited is when somebody last changed what is mapped: a run of everyone that began before it does not count.
	Edited cardea.Instant
	// Withheld are groups of which not everything that may give them can be known for now, and why.
	Withheld map[cardea.GroupID]string
	// Spared are the integrations that are left out for now, with the groups that they may give: what they gave is not unmapped.
	Spared map[string][]cardea.GroupID
	// Units are the rentable units that there are to be, Attributes what the entries of groups are to hold: for systems
	// that have such things.
	Units      []cardea.Unit
	Attributes map[cardea.GroupID]cardea.Attributes
	// Observed are the groups in which an integration only looks on, and why: nothing is done there. Halted are those to which
	// nothing but blocks and locks is written until somebody goes on with what was begun, and why.
	Observed, Halted map[cardea.GroupID]string
	// Lifted are groups that are looked at as though they were ours already.
	Lifted map[cardea.GroupID]bool
	// Adopt says of a group whether entries that a grant explains become ours, where that is not as its mode has it.
	Adopt map[cardea.GroupID]bool
	// Named are the groups that mappings name, those too that the door system does not have any more.
	Named []cardea.GroupID
	// Settled, if any, is told after a whole run which mapped groups have nothing waiting for a person.
	Settled func(ctx context.Context, groups []cardea.GroupID) error
	// Heard, if any, is told of every listing of the door side what it found: hooks should have told of it before.
	Heard func(ctx context.Context, found Swept) error
	// SweepEvery is how often the door side is listed whole, 0 = every 15 minutes.
	SweepEvery time.Duration
	// Pace is between two calls at the door system, 0 = nobody counts them.
	Pace  time.Duration
	Now   func() time.Time
	Lease *store.Lease
	// Rand spreads waiting times, nil = math/rand. Parallel is how many requests may be under way at once, 0 = 4.
	Rand     func() float64
	Parallel int
	// Listed and Progress, if any, are told how far a sweep and the operations are.
	Listed   func(kind cardea.Kind, records int)
	Progress func(apply.Progress)

	zones     sync.Map    // IANA name -> *time.Location
	overtakes *overtaking // nil = nobody overtakes a listing
}

const (
	defaultSweep    = 15 * time.Minute
	defaultParallel = 4
	// again is when a run that left something undone is followed by the next.
	again = time.Minute
)

func (k *Keeper) now() cardea.Instant { return cardea.At(k.Now()) }

func (k *Keeper) limits() cardea.Limits {
	if k.System == nil {
		return k.Limits
	}
	return k.System.Limits()
}

func (k *Keeper) brake() cardea.Brake {
	if k.Brake == (cardea.Brake{}) {
		return cardea.DefaultBrake
	}
	return k.Brake
}

func (k *Keeper) every() time.Duration {
	if k.SweepEvery <= 0 {
		return defaultSweep
	}
	return k.SweepEvery
}

// zone loads a time zone once.
func (k *Keeper) zone(name string) *time.Location {
	if z, ok := k.zones.Load(name); ok {
		if l, ok := z.(*time.Location); ok {
			return l
		}
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		l = nil // decide passes over it and says so
	}
	k.zones.Store(name, l)
	return l
}

// settings are an integration's settings with every zone that they or the directory name.
func (k *Keeper) settings(s cardea.Settings, d cardea.Directory) cardea.Settings {
	zones := make(map[string]*time.Location, len(s.Zones)+4)
	add := func(name string) {
		if _, has := zones[name]; has || name == "" {
			return
		}
		if l := k.zone(name); l != nil {
			zones[name] = l
		}
	}
	maps.Copy(zones, s.Zones)
	add(s.Zone)
	for _, site := range s.Sites {
		add(site.Zone)
	}
	for i := range d.Locations {
		add(d.Locations[i].Zone)
	}
	for i := range d.Bookings {
		add(d.Bookings[i].Zone)
	}
	s.Zones = zones
	return s
}

// failed says what could not be done with the store.
func failed(what string, err error) error { return fmt.Errorf("could not %s: %w", what, err) }
