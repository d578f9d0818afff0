package desk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

const (
	// parallel is how many units of a kind a node works on at once: most of the time each waits for its vendor.
	parallel = 16
	// asking is how many connections are asked at once whose they are.
	asking = 16
	// others is how long a unit is left alone that this node's configuration does not name: while nodes are brought to another
	// configuration one after the other, one that knows it takes it meanwhile.
	others = 10 * time.Second
)

// news are the space connections to be read soon because something was said about them.
type news struct {
	mu     sync.Mutex
	spaces map[string]bool
}

func (n *news) of(space string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.spaces == nil {
		n.spaces = map[string]bool{}
	}
	n.spaces[space] = true
}

func (n *news) has(space string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.spaces[space]
}

// Join is Connect for a node that stays: connections whose organisation is known are asked when it first works on them. A node
// that is one of many, or was killed and comes again, begins at once however many connections there are.
func (d *Desk) Join(ctx context.Context) error { return d.join(ctx, false) }

// join writes what is configured and not there yet, and asks connections whose they are: all, or only those of which nobody knows.
func (d *Desk) join(ctx context.Context, all bool) error {
	if err := d.fellBack(ctx); err != nil {
		return err
	}
	rows, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	known := map[string]store.Connection{}
	for _, c := range rows {
		known[c.Name] = c
	}
	names := slices.Concat(slices.Sorted(maps.Keys(d.c.Spaces)), slices.Sorted(maps.Keys(d.c.Doors)))
	now := names
	if !all {
		now = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			same := d.same(name, known[name]) && known[name].Organisation != ""
			d.gate.doubt(name, same)
			return same
		})
	}
	answers := d.ask(ctx, now)
	for i, name := range now { // in their order: of two that are one organisation the second is refused
		bad, err := d.keepConnection(ctx, name, known[name])
		if bad == nil && err == nil {
			bad, err = d.pin(ctx, name, known[name], answers[i])
		}
		if err != nil {
			return err
		}
		d.gate.doubt(name, false)
		d.gate.put(name, bad)
	}
	if err := d.saveIntegrations(ctx); err != nil {
		return err
	}
	if err := d.saveEndpoints(ctx); err != nil {
		return err
	}
	if err := d.tellClosed(ctx); err != nil {
		return err
	}
	return d.usable()
}

// same says whether a connection is kept as it is configured.
func (d *Desk) same(name string, known store.Connection) bool {
	row, _ := d.row(name)
	return known.Name == name && known.Side == row.Side && known.System == row.System && known.Managed == d.c.Managed
}

// keepConnection writes a connection that is not kept as it is configured. Bad is why it is refused.
func (d *Desk) keepConnection(ctx context.Context, name string, known store.Connection) (bad, err error) {
	if d.same(name, known) {
		return nil, nil
	}
	row, _ := d.row(name)
	row.Managed = d.c.Managed
	return apart(d.ws.SaveConnection(ctx, row))
}

// answer is what a connection says of whose it is.
type answer struct {
	whose cardea.Organisation
	err   error
}

// ask asks connections whose they are, several at once.
func (d *Desk) ask(ctx context.Context, names []string) []answer {
	out := make([]answer, len(names))
	turns := make(chan struct{}, asking)
	var all sync.WaitGroup
	for i, name := range names {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			_, describe := d.row(name)
			out[i].whose, out[i].err = describe(ctx)
		})
	}
	all.Wait()
	return out
}

// connect keeps a connection and pins whose it is. Bad is why nothing may go through it; err is the store's.
func (d *Desk) connect(ctx context.Context, pinned string, c store.Connection,
	describe func(context.Context) (cardea.Organisation, error),
) (bad, err error) {
	c.Managed = d.c.Managed
	if bad, err = apart(d.ws.SaveConnection(ctx, c)); bad != nil || err != nil {
		return bad, err
	}
	var a answer
	a.whose, a.err = describe(ctx)
	c.Organisation = pinned
	return d.pin(ctx, c.Name, c, a)
}

// pin keeps whose a connection is, where that is not known yet.
func (d *Desk) pin(ctx context.Context, name string, known store.Connection, a answer) (bad, err error) {
	switch {
	case a.err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case a.err != nil && known.Organisation != "": // the read or the run says what is the matter, and takes nothing away
		d.c.Log.Info("a connection does not say whose it is; what was known of it still holds", "connection", name, "error", a.err)
		return nil, nil
	case a.err != nil:
		return cardea.Errorf(cardea.ClassOf(a.err), "connection %s: %w", name, a.err), nil
	case a.whose.ID != "" && a.whose.ID == known.Organisation && a.whose.Name == known.OrganisationName &&
		(a.whose.Skew-known.Skew).Abs() < time.Second:
		return nil, nil
	}
	return apart(d.ws.Pin(ctx, name, a.whose))
}

// asked asks a pinned connection whose it is before this process first works on it.
func (d *Desk) asked(ctx context.Context, name string) error {
	if !d.gate.doubts(name) {
		return nil
	}
	rows, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	var known store.Connection
	if i := slices.IndexFunc(rows, func(c store.Connection) bool { return c.Name == name }); i >= 0 {
		known = rows[i]
	}
	row, describe := d.row(name)
	bad, err := d.connect(ctx, known.Organisation, row, describe)
	if err != nil {
		return err
	}
	d.gate.doubt(name, false)
	d.gate.put(name, bad)
	if bad == nil {
		return nil
	}
	if err := d.tellClosed(ctx); err != nil {
		return err
	}
	return bad
}

// doubt notes whether a connection is still to be asked whose it is.
func (g *gate) doubt(connection string, unsure bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unsure == nil {
		g.unsure = map[string]bool{}
	}
	if g.unsure[connection] = unsure; !unsure {
		delete(g.unsure, connection)
	}
}

func (g *gate) doubts(connection string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.unsure[connection]
}

// saveIntegrations keeps what is configured and not kept yet.
func (d *Desk) saveIntegrations(ctx context.Context) error {
	rows, err := d.ws.Integrations(ctx)
	if err != nil {
		return err
	}
	kept := map[string]store.Integration{}
	for _, in := range rows {
		kept[in.Name] = in
	}
	for _, in := range d.c.Integrations {
		row, err := d.integrationRow(in)
		if err != nil {
			return err
		}
		if was := kept[in.Name]; was.Name == row.Name && was.Space == row.Space && was.Door == row.Door &&
			was.Managed == row.Managed && string(was.Settings) == string(row.Settings) {
			continue
		}
		d.news.of(in.Space)
		err = d.ws.SaveIntegration(ctx, row)
		if err != nil && (cardea.ClassOf(err) != cardea.NotFound || d.waitsFor(in) == nil) {
			return err // without its connection it is saved when that opens
		}
	}
	return nil
}

func (d *Desk) integrationRow(in Integration) (store.Integration, error) {
	settings, err := json.Marshal(in)
	if err != nil {
		return store.Integration{}, cardea.Errorf(cardea.Rejected, "integration %s: %w", in.Name, err)
	}
	return store.Integration{
		Name: in.Name, Space: in.Space, Door: in.Door, Settings: settings, Managed: d.c.Managed,
	}, nil
}

func (d *Desk) saveIntegration(ctx context.Context, in Integration) error {
	row, err := d.integrationRow(in)
	if err != nil {
		return err
	}
	return d.ws.SaveIntegration(ctx, row)
}

// markReads sees to it that every space connection is read at its time: at once where something new was said about it, where
// nobody has planned to read it, or later than its interval. What another node has planned stays: a node that starts costs no
// vendor a call.
func (d *Desk) markReads(ctx context.Context) error {
	planned, err := d.ws.Planned(ctx, store.WakeRead)
	if err != nil {
		return err
	}
	var marks []store.Mark
	now := d.now()
	for space := range sorted(d.c.Spaces) {
		ins := d.at(store.SideSpace, space)
		if len(ins) == 0 {
			continue
		}
		interval := ins[0].Interval
		for _, in := range ins {
			interval = min(interval, in.Interval)
		}
		if at, is := planned[space]; !is || at > now.Add(interval) || d.news.has(space) {
			marks = append(marks, store.Mark{Unit: space, Kind: store.WakeRead, At: now})
		}
	}
	return d.ws.MarkWake(ctx, marks...)
}

// notOurs is when a unit is to be looked at again that this node does not know: never to be forgotten, for another may.
func (d *Desk) notOurs() cardea.Instant { return d.now().Add(others) }
