package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// Houses names the connections whose records people edit here, sorted.
func (d *Desk) Houses() []string {
	var out []string
	for name, s := range sorted(d.c.Spaces) {
		if _, ok := s.Space.(space.Editable); ok {
			out = append(out, name)
		}
	}
	return out
}

// House returns the records of a house connection, of these kinds or of all, in the order of cardea.Kinds and then by id.
// Nobody outside is asked. Errors: Rejected for a connection that is not ours to edit, and for what is no kind; NotFound.
func (d *Desk) House(ctx context.Context, connection string, kinds ...cardea.Kind) ([]cardea.Record, error) {
	if _, err := d.editable(connection); err != nil {
		return nil, err
	}
	for _, k := range kinds {
		if !slices.Contains(cardea.Kinds, k) {
			return nil, cardea.Errorf(cardea.Rejected, "there are no records of kind %q", k)
		}
	}
	var out []cardea.Record
	for _, k := range cardea.Kinds {
		if len(kinds) > 0 && !slices.Contains(kinds, k) {
			continue
		}
		records, err := d.ws.HouseRecords(ctx, connection, k)
		if err != nil {
			return nil, err
		}
		out = append(out, records...)
	}
	return out, nil
}

// editor is who edits in the audit log, until there are users.
const editor = "command line"

// SaveHouse puts and drops records of a house connection, all or none, with an audit line that says what was done, and has
// the connection read at once by whoever serves. Only this connection is looked at: no other needs to answer. Nothing to
// put or drop is a success and no audit line. What it is given is saved as it is; who calls has checked it.
// Errors: those of House, and the store's.
func (d *Desk) SaveHouse(ctx context.Context, connection string, put []cardea.Record, drop []cardea.Key, what string) error {
	s, err := d.editable(connection)
	if err != nil || len(put)+len(drop) == 0 {
		return err
	}
	known, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	row, pinned := store.Connection{Name: connection, Side: store.SideSpace, System: s.System}, ""
	if i := slices.IndexFunc(known, func(c store.Connection) bool { return c.Name == connection }); i >= 0 {
		pinned = known[i].Organisation
	}
	if bad, err := d.connect(ctx, pinned, row, s.Space.Describe); bad != nil || err != nil {
		return cmp.Or(err, bad)
	}
	if err := d.ws.SaveHouse(ctx, connection, put, drop, editor, what); err != nil {
		return err
	}
	if len(d.at(store.SideSpace, connection)) == 0 { // a unit of work that nobody needs has no row
		return nil
	}
	if err := d.ws.MarkWake(ctx, store.Mark{Unit: connection, Kind: store.WakeRead, At: d.now()}); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "the records were saved, but are read only when their interval is over: %w", err)
	}
	d.poke()
	return nil
}

// editable returns a connection whose records people edit here.
func (d *Desk) editable(connection string) (Space, error) {
	ours := d.Houses()
	names, nearest := ": none is configured; add one to the file, as in connections: {site: {system: house}}", ""
	if len(ours) > 0 {
		names, nearest = ": those that can be are "+strings.Join(ours, ", "), Nearest(connection, ours)
	}
	s, isSpace := d.c.Spaces[connection]
	other, isDoor := d.c.Doors[connection]
	switch {
	case slices.Contains(ours, connection):
		return s, nil
	case isSpace:
		return s, cardea.Errorf(cardea.Rejected, "%s is a connection to %s, whose records cannot be changed here%s", connection,
			s.System, names)
	case isDoor:
		return s, cardea.Errorf(cardea.Rejected, "%s is a door connection (%s), whose records cannot be changed here%s", connection,
			other.System, names)
	case nearest != "":
		return s, cardea.Errorf(cardea.NotFound, "there is no connection %q%s", connection, nearest)
	}
	return s, cardea.Errorf(cardea.NotFound, "there is no connection %q whose records can be changed here%s", connection, names)
}
