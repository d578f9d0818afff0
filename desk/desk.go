// Package desk has one method for each thing a person can ask: sync, preview, apply, explain, what is the state, what
// happened. The command line and the console call it; it parses nothing and prints nothing.
//
//	cmd, console --> Desk --+--> Resolve   names of the configuration -> ids, remembered
//	                        +--> loop/read, loop/keep   one read, one run
//	                        +--> store     what is known
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
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
}

// Config is what a desk works with.
type Config struct {
	Store        *store.Store
	Workspace    string // empty = "default"
	Spaces       map[string]Space
	Doors        map[string]Door
	Integrations []Integration
	Managed      string // "file" when the configuration file names all this
	Now          func() time.Time
	Log          *slog.Logger
	Node         string         // names this process in leases
	Progress     func(Progress) // nil = nobody looks
	Stepped      func(DoorRun)  // told of every run of a door while serving; nil = nobody listens
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
	c  Config
	ws *store.Workspace
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
	c.Integrations = slices.Clone(c.Integrations)
	for i, in := range c.Integrations {
		if e, ok := c.Doors[in.Door].Door.(door.Explains); ok {
			c.Integrations[i].WhyNoGroup = e.WhyNoGroup
		}
	}
	return &Desk{c: c, ws: c.Store.In(c.Workspace)}
}

func (d *Desk) now() cardea.Instant { return cardea.At(d.c.Now()) }

// Connect writes what is configured into the store, asks every connection whose it is, and pins that. A connection that
// does not answer is noted and left for later unless it was never pinned.
func (d *Desk) Connect(ctx context.Context) error {
	known, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	pinned := map[string]string{}
	for _, c := range known {
		pinned[c.Name] = c.Organisation
	}
	var failed []error
	for name, s := range sorted(d.c.Spaces) {
		c := store.Connection{Name: name, Side: store.SideSpace, System: s.System}
		failed = append(failed, d.connect(ctx, pinned[name], c, s.Space.Describe))
	}
	for name, s := range sorted(d.c.Doors) {
		c := store.Connection{Name: name, Side: store.SideDoor, System: s.System}
		failed = append(failed, d.connect(ctx, pinned[name], c, s.Door.Describe))
	}
	for _, in := range d.c.Integrations {
		settings, err := json.Marshal(in)
		if err != nil {
			return cardea.Errorf(cardea.Rejected, "integration %s: %w", in.Name, err)
		}
		failed = append(failed, d.ws.SaveIntegration(ctx, store.Integration{
			Name: in.Name, Space: in.Space, Door: in.Door, Settings: settings, Managed: d.c.Managed,
		}))
	}
	return errors.Join(failed...)
}

func (d *Desk) connect(ctx context.Context, pinned string, c store.Connection,
	describe func(context.Context) (cardea.Organisation, error),
) error {
	c.Managed = d.c.Managed
	if err := d.ws.SaveConnection(ctx, c); err != nil {
		return err
	}
	o, err := describe(ctx)
	if err != nil {
		if pinned != "" { // the read or the run says what is the matter, and takes nothing away
			d.c.Log.Warn("a connection does not say whose it is; what was known of it still holds", "connection", c.Name, "error", err)
			return nil
		}
		return cardea.Errorf(cardea.ClassOf(err), "connection %s: %w", c.Name, err)
	}
	return d.ws.Pin(ctx, c.Name, o)
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
