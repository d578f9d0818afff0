package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// The sides of a connection.
const (
	SideSpace = "space"
	SideDoor  = "door"
)

// Connection is one account on one system. Organisation, OrganisationName and Skew are what Pin found; SaveConnection
// leaves them as they are.
type Connection struct {
	Name             string
	Side             string // SideSpace or SideDoor
	System           string // officernd, kisi ...
	Organisation     string // the vendor's tenant, "" until pinned
	OrganisationName string
	Settings         json.RawMessage // never a secret; nothing reads back as {}
	Managed          string          // "file" when the configuration file names it
	State            string
	Skew             time.Duration // their clock minus ours
}

// SaveConnection makes or changes a connection. Conflict when the name is taken by another side or system.
func (w *Workspace) SaveConnection(ctx context.Context, c Connection) error {
	settings, err := raw(c.Settings, "{}")
	if err != nil {
		return err
	}
	if c.Name == "" || c.System == "" || c.Side != SideSpace && c.Side != SideDoor {
		return cardea.Errorf(cardea.Rejected, "a connection needs a name, a system and a side (space or door): got %q, %q, %q",
			c.Name, c.System, c.Side)
	}
	return w.write(ctx, "saving the connection "+c.Name, nil, func(q *gen.Queries) error {
		n, err := q.PutConnection(ctx, gen.PutConnectionParams{
			WorkspaceID: w.id, Name: clean(c.Name), Side: c.Side, System: clean(c.System), Settings: settings,
			Managed: clean(c.Managed), State: clean(c.State),
		})
		if err == nil && n == 0 {
			return cardea.Errorf(cardea.Conflict, "there is another connection called %s, to another system: take another name",
				c.Name)
		}
		return err
	})
}

// Connections returns all of them, sorted by name.
func (w *Workspace) Connections(ctx context.Context) ([]Connection, error) {
	rows, err := w.s.queries().Connections(ctx, w.id)
	if err != nil {
		return nil, classed("reading the connections", err)
	}
	out := make([]Connection, len(rows))
	for i, r := range rows {
		out[i] = Connection{
			Name: r.Name, Side: r.Side, System: r.System, Organisation: r.Organisation, OrganisationName: r.OrganisationName,
			Settings: json.RawMessage(r.Settings), Managed: r.Managed, State: r.State,
			Skew: time.Duration(r.ClockSkew) * time.Microsecond,
		}
	}
	slices.SortFunc(out, func(a, b Connection) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Pin ties the connection to the vendor's tenant. Conflict when it is pinned to another one, or when another connection
// of the same system has this one; NotFound when there is no such connection.
func (w *Workspace) Pin(ctx context.Context, connection string, o cardea.Organisation) error {
	if o.ID == "" {
		return cardea.Errorf(cardea.Rejected, "the system behind the connection %s does not say which organisation it is", connection)
	}
	name, id := clean(connection), clean(o.ID)
	return w.write(ctx, "pinning the connection "+connection, nil, func(q *gen.Queries) error {
		c, err := q.Connection(ctx, gen.ConnectionParams{WorkspaceID: w.id, Name: name})
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return cardea.Errorf(cardea.NotFound, "there is no connection %s", connection)
		case err != nil:
			return err
		case c.Organisation != "" && c.Organisation != id && c.Organisation != clean(o.Was):
			return cardea.Errorf(cardea.Conflict, "the connection %s belongs to the organisation %s (%s), but its credentials now "+
				"lead to %s (%s): give it the credentials of the first, or make another connection",
				connection, c.Organisation, c.OrganisationName, o.ID, o.Name)
		}
		others, err := q.PinnedTo(ctx, gen.PinnedToParams{WorkspaceID: w.id, System: c.System, Organisation: id, Name: name})
		if err != nil {
			return err
		}
		if len(others) > 0 {
			return cardea.Errorf(cardea.Conflict, "the connections %s and %s are one organisation, %s (%s): remove one of them",
				others[0], connection, o.ID, o.Name)
		}
		_, err = q.PinConnection(ctx, gen.PinConnectionParams{
			WorkspaceID: w.id, Name: name, Organisation: id, OrganisationName: clean(o.Name), ClockSkew: o.Skew.Microseconds(), Was: clean(o.Was),
		})
		return err
	})
}
