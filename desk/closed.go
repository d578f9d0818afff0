package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Closed is a connection that nothing goes through, and the integrations that wait for it. The others go on.
type Closed struct {
	Connection   string   `json:"connection"`
	Integrations []string `json:"integrations"`
	Error        string   `json:"error"`
	// Refused says that a person has to mend the configuration; otherwise it did not answer, and is asked again.
	Refused bool `json:"refused"`
}

// gate knows which connections are closed, and why. It is never held while a vendor is asked.
type gate struct {
	mu     sync.Mutex
	why    map[string]error
	unsure map[string]bool // pinned, and not asked yet by this process
}

func (g *gate) closed(connection string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.why[connection]
}

// put says of a connection why it is closed, or with nil that it is open.
func (g *gate) put(connection string, why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.why == nil {
		g.why = map[string]error{}
	}
	if why == nil {
		delete(g.why, connection)
		return
	}
	g.why[connection] = why
}

func (g *gate) all() map[string]error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.why)
}

// waitsFor is why an integration is closed, nil when both its connections are open.
func (d *Desk) waitsFor(in Integration) error {
	return errors.Join(d.gate.closed(in.Space), d.gate.closed(in.Door))
}

// refused says whether an error is one that asking again does not mend.
func refused(err error) bool {
	switch cardea.ClassOf(err) {
	case cardea.Retry, cardea.Throttled, cardea.Auth:
		return false
	case cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown:
	}
	return true
}

// usable fails when no integration is left that could be kept.
func (d *Desk) usable() error {
	for _, in := range d.c.Integrations {
		if in.Enabled && d.waitsFor(in) == nil {
			return nil
		}
	}
	return joined(d.gate.all())
}

// joined are errors in the order of what they are about, a refusal first: it decides of which class the whole is.
func joined(by map[string]error) error {
	var first, rest []error
	for _, err := range sorted(by) {
		if refused(err) {
			first = append(first, err)
		} else {
			rest = append(rest, err)
		}
	}
	return errors.Join(append(first, rest...)...)
}

// closedOf are the closed connections of some integrations, sorted. An error when every one of them is closed.
func (d *Desk) closedOf(ins []Integration) ([]Closed, error) {
	by, whom, open := map[string]error{}, map[string][]string{}, false
	for _, in := range ins {
		open = open || d.waitsFor(in) == nil
		for _, name := range []string{in.Space, in.Door} {
			if err := d.gate.closed(name); err != nil {
				by[name] = err
				whom[name] = append(whom[name], in.Name)
			}
		}
	}
	if !open && len(by) > 0 {
		return nil, joined(by)
	}
	var out []Closed
	for name, err := range sorted(by) {
		out = append(out, Closed{Connection: name, Integrations: whom[name], Error: err.Error(), Refused: refused(err)})
	}
	return out, nil
}

// tellClosed keeps one issue for each closed connection.
func (d *Desk) tellClosed(ctx context.Context) error {
	var issues []cardea.Issue
	for name, err := range sorted(d.gate.all()) {
		var waiting []string
		for _, in := range d.c.Integrations {
			if in.Enabled && (in.Space == name || in.Door == name) {
				waiting = append(waiting, in.Name)
			}
		}
		text := err.Error() + "; nothing goes through it until that is mended"
		if len(waiting) > 0 {
			text += ", and " + say.And(waiting) + " waits"
		}
		issues = append(issues, cardea.Issue{
			Code: "connection-closed", Record: &cardea.Key{Kind: "connection", ID: name}, Text: text + ". Everything else goes on.",
		})
	}
	return d.ws.SaveIssues(ctx, "connections", issues, d.now())
}

// reopen asks a closed connection again whose it is. It fails for as long as it stays closed; what is open stays so.
func (d *Desk) reopen(ctx context.Context, name string) error {
	if d.gate.closed(name) == nil {
		return d.asked(ctx, name)
	}
	known, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	pinned := ""
	if i := slices.IndexFunc(known, func(c store.Connection) bool { return c.Name == name }); i >= 0 {
		pinned = known[i].Organisation
	}
	row, describe := d.row(name)
	bad, err := d.connect(ctx, pinned, row, describe)
	if err != nil {
		return err
	}
	d.gate.put(name, bad)
	if err := d.tellClosed(ctx); err != nil {
		return err
	}
	if bad != nil {
		return bad
	}
	d.c.Log.Info("a connection is open again", "connection", name)
	for _, in := range d.c.Integrations { // one that could not be saved without it
		if in.Space == name || in.Door == name {
			if err := d.saveIntegration(ctx, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// row is a connection as the store knows it, and what says whose it is.
func (d *Desk) row(name string) (store.Connection, func(context.Context) (cardea.Organisation, error)) {
	if s, ok := d.c.Spaces[name]; ok {
		return store.Connection{Name: name, Side: store.SideSpace, System: s.System}, s.Space.Describe
	}
	o := d.c.Doors[name]
	return store.Connection{Name: name, Side: store.SideDoor, System: o.System}, o.Door.Describe
}

// withheld says of which groups not everything is known because what gives them waits for a closed connection: nobody is taken
// out of them meanwhile.
func (d *Desk) withheld(in Integration, r Resolved) map[cardea.GroupID]string {
	why := d.gate.closed(in.Space)
	if why == nil {
		return nil
	}
	out := map[cardea.GroupID]string{}
	text := "integration " + in.Name + " gives it too and waits: " + why.Error()
	for _, g := range in.groups() {
		if id, ok := r.Names[shelfGroups+"\x00"+g]; ok {
			out[cardea.GroupID(id)] = text
		}
	}
	for _, m := range r.Settings.Mappings {
		for _, g := range m.Groups {
			out[g] = text
		}
	}
	return out
}

// groups are the names of the groups that an integration maps.
func (in Integration) groups() []string {
	var out []string
	for _, m := range in.Mappings {
		for _, g := range m.Groups {
			out = append(out, g.Text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
