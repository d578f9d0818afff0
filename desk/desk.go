// Package desk has one method for each thing a person can ask: sync, preview, apply, explain, what is the state, what
// happened. The command line and the console call it; it parses nothing and prints nothing.
//
//	cmd, console --> Desk --+--> Resolve   names of the configuration -> ids, remembered
//	                        +--> loop/read, loop/keep   one read, one run
//	                        +--> store     what is known
package desk

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/outbox"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// Space is a connection to a space system.
type Space struct {
	System string // the register's name, for people
	Space  space.System
}

// Door is a connection to a door system.
type Door struct {
	System       string
	Door         door.System
	CallsPerHour int // its budget, which door_sweep: auto takes at most a tenth of
	// Consent is how the connection is made, where somebody has to consent to it at the vendor; nil = nobody has.
	Consent Consent
}

// Config is what a desk works with.
type Config struct {
	Store        *store.Store
	Workspace    string // empty = "default"
	Spaces       map[string]Space
	Doors        map[string]Door
	Integrations []Integration
	Webhooks     map[string]Webhook // who is told of events
	Courier      outbox.Sender      // tells them; needed where there are any
	Managed      string             // "file" when the configuration file names all this
	Now          func() time.Time
	Log          *slog.Logger
	Node         string                      // names this process in leases
	Life         time.Duration               // of leases: how long the units of a node that died wait; 0 = a minute
	Parallel     int                         // units of a kind that this node works on at once; 0 = 16
	Poll         time.Duration               // how long what another process asks for may go unseen; 0 = a second
	History      time.Duration               // how long runs, operations and closed issues are kept; 0 = 90 days
	Records      time.Duration               // how long bookings that are over and records that are gone are kept; 0 = 30 days
	Fit          func(context.Context) error // while it fails this node begins nothing new; nil = it never does
	Progress     func(Progress)              // nil = nobody looks
	Stepped      func(DoorRun)               // told of every run of a door while serving; nil = nobody listens
}

// Progress is how far a long work came. Total 0 = not known.
type Progress struct {
	Connection string
	What       string // person, booking, operation ...
	Done       int
	Total      int
}

// Desk serves one workspace.
type Desk struct {
	c     Config
	ws    *store.Workspace
	gate  gate
	news  news
	poked atomic.Pointer[func()] // ends the sleep of the loops, while there are any
	own   ownTimes
	polls polls
	// forgot says when what is over was last taken away here, by connection.
	forgot sync.Map
}

// New makes a desk. Nothing is read or written yet.
func New(c Config) *Desk {
	if c.Workspace == "" {
		c.Workspace = "default"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	c.History, c.Records = cmp.Or(c.History, keepHistory), cmp.Or(c.Records, keepRecords)
	c.Integrations = slices.Clone(c.Integrations)
	for i, in := range c.Integrations {
		if e, ok := c.Doors[in.Door].Door.(door.Explains); ok {
			c.Integrations[i].WhyNoGroup = e.WhyNoGroup
		}
		_, c.Integrations[i].Pushed = c.Spaces[in.Space].Space.(space.Pushed)
	}
	return &Desk{c: c, ws: c.Store.In(c.Workspace)}
}

func (d *Desk) now() cardea.Instant { return cardea.At(d.c.Now()) }

// Connect writes what is configured into the store, asks every connection whose it is, and pins that. One that does not answer
// is left for later when it is pinned. One that never was, or that is refused, is closed: the integrations that use it wait and
// are told of, the others go on. An error when nothing is left that could go on, and the store's.
func (d *Desk) Connect(ctx context.Context) error { return d.join(ctx, true) }

// apart tells what the store refuses from what it cannot do.
func apart(err error) (bad, failed error) {
	switch cardea.ClassOf(err) {
	case cardea.Conflict, cardea.Rejected, cardea.NotFound:
		return err, nil
	case cardea.Retry, cardea.Throttled, cardea.Auth, cardea.Unknown:
	}
	return nil, err
}

// sorted walks a map in the order of its keys.
func sorted[K ~string, V any](m map[K]V) func(yield func(K, V) bool) {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// chosen returns the enabled integrations of these names, all of them when none is named.
func (d *Desk) chosen(names []string) ([]Integration, error) {
	var out []Integration
	var known []string
	for _, in := range d.c.Integrations {
		known = append(known, in.Name)
		if in.Enabled && (len(names) == 0 || slices.Contains(names, in.Name)) {
			out = append(out, in)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, cardea.Errorf(cardea.NotFound, "there is no integration %q%s", n, Nearest(n, known))
		}
		if !slices.ContainsFunc(out, func(in Integration) bool { return in.Name == n }) {
			return nil, cardea.Errorf(cardea.Rejected, "integration %s is switched off: set enabled: true", n)
		}
	}
	if len(out) == 0 {
		return nil, cardea.Errorf(cardea.Rejected, "no integration is configured: name two connections and an integration in the file")
	}
	return out, nil
}
