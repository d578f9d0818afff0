package store

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// DoorChange is what one read of a door connection brought.
type DoorChange struct {
	Door          string
	At            cardea.Instant
	Groups        []cardea.Group
	GroupsWhole   bool // groups not in Groups go, with their edges
	Accounts      []cardea.Account
	AccountsWhole bool // accounts not in Accounts go, with those of their edges that are not in Edges
	// StaffAfter is how long after the first whole listing without it a second one ends that an account is staff. Nothing
	// else ends it: a list of roles that came empty says nothing of who has one.
	StaffAfter time.Duration
	Edges      []cardea.Edge
	EdgesOf    []cardea.GroupID   // read whole: edges of theirs not in Edges go
	AccountsOf []cardea.AccountID // whose edges were read whole
}

// SaveDoorRead writes what a read of the door side brought, in one transaction. Rows bear the number of the read that
// saw them: what a whole read did not see bears an older one.
func (w *Workspace) SaveDoorRead(ctx context.Context, c DoorChange, lease *Lease) error {
	return w.write(ctx, "saving a read of "+c.Door, lease, func(q *gen.Queries) error {
		n, err := q.NextDoorRead(ctx, gen.NextDoorReadParams{WorkspaceID: w.id, Door: clean(c.Door)})
		if err != nil {
			return err
		}
		d := doorSaver{ctx: ctx, q: q, ws: w.id, door: clean(c.Door), read: n}
		if err := d.put(c); err != nil {
			return err
		}
		if w.s.engine == postgres && max(len(c.Accounts), len(c.Edges)) > chunk {
			if err := q.AnalyzeDoors(ctx); err != nil {
				return err
			}
		}
		return d.drop(c)
	})
}

// doorSaver writes one door connection's rows within a transaction.
type doorSaver struct {
	ctx      context.Context //nolint:containedctx // lives as long as one call
	q        *gen.Queries
	ws, door string
	read     int64 // 0 = not by a read
}

// put writes what was seen.
func (d doorSaver) put(c DoorChange) error {
	if err := d.putGroups(c.Groups); err != nil {
		return err
	}
	if err := d.putAccounts(c.Accounts); err != nil {
		return err
	}
	return d.putEdges(c.Edges)
}

// drop takes away what a whole read did not see.
func (d doorSaver) drop(c DoorChange) error {
	if c.GroupsWhole {
		if err := d.dropGroups(); err != nil {
			return err
		}
	}
	if c.AccountsWhole {
		if err := d.dropAccounts(c.At); err != nil {
			return err
		}
		if err := d.endStaff(c); err != nil {
			return err
		}
	}
	return d.dropEdges(c)
}

func (d doorSaver) putGroups(gs []cardea.Group) error {
	type row struct {
		ID    string `json:"i"`
		Name  string `json:"n"`
		Place string `json:"p"`
		Unit  string `json:"u"`
	}
	rows := make([]row, len(gs))
	for i, g := range gs {
		rows[i] = row{clean(string(g.ID)), clean(g.Name), clean(g.Place), clean(string(g.Unit))}
	}
	chunks, err := bulk(rows, func(r row) string { return r.ID })
	return each(chunks, err, func(b string) error {
		return d.q.PutGroups(d.ctx, gen.PutGroupsParams{WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read})
	})
}

func (d doorSaver) dropGroups() error {
	lost, err := d.q.LostGroups(d.ctx, gen.LostGroupsParams{WorkspaceID: d.ws, Door: d.door, SeenRead: d.read})
	if err != nil {
		return err
	}
	chunks, err := set(lost)
	if err := each(chunks, err, func(b string) error {
		return d.q.DropEdgesOfGroups(d.ctx, gen.DropEdgesOfGroupsParams{WorkspaceID: d.ws, Door: d.door, Bulk: b})
	}); err != nil {
		return err
	}
	return d.q.DropLostGroups(d.ctx, gen.DropLostGroupsParams{WorkspaceID: d.ws, Door: d.door, SeenRead: d.read})
}

func (d doorSaver) dropAccounts(at cardea.Instant) error {
	lost, err := d.q.LostAccounts(d.ctx, gen.LostAccountsParams{WorkspaceID: d.ws, Door: d.door, SeenRead: d.read})
	if err != nil {
		return err
	}
	chunks, err := set(lost)
	if err := each(chunks, err, func(b string) error {
		return d.q.DropLostEdgesOfAccounts(d.ctx, gen.DropLostEdgesOfAccountsParams{
			WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read,
		})
	}); err != nil {
		return err
	}
	if err := d.q.DropLostAccounts(d.ctx, gen.DropLostAccountsParams{
		WorkspaceID: d.ws, Door: d.door, SeenRead: d.read,
	}); err != nil {
		return err
	}
	return d.q.SetWholeRead(d.ctx, gen.SetWholeReadParams{WorkspaceID: d.ws, Door: d.door, WholeAt: int64(at)})
}

func (d doorSaver) putAccounts(as []cardea.Account) error {
	type row struct {
		ID       string `json:"i"`
		Name     string `json:"n"`
		Email    string `json:"e"`
		Folded   string `json:"f"`
		External string `json:"x"`
		Shut     bool   `json:"s"`
		Staff    string `json:"t"`
		Phone    string `json:"p"`
	}
	rows := make([]row, len(as))
	for i, a := range as {
		rows[i] = row{
			clean(string(a.ID)), clean(a.Name), clean(a.Email), foldEmail(a.Email), clean(a.External), a.Shut, clean(a.Staff), clean(a.Phone),
		}
	}
	chunks, err := bulk(rows, func(r row) string { return r.ID })
	return each(chunks, err, func(b string) error {
		return d.q.PutAccounts(d.ctx, gen.PutAccountsParams{WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read})
	})
}

// endStaff takes the mark of staff from whom two listings show without it, and notes whom the first does.
func (d doorSaver) endStaff(c DoorChange) error {
	var plain []cardea.AccountID
	for _, a := range c.Accounts {
		if a.Staff == "" {
			plain = append(plain, a.ID)
		}
	}
	chunks, err := set(plain)
	return each(chunks, err, func(b string) error {
		if err := d.q.EndStaff(d.ctx, gen.EndStaffParams{
			WorkspaceID: d.ws, Door: d.door, Bulk: b, Until: int64(c.At.Add(-c.StaffAfter)),
		}); err != nil {
			return err
		}
		return d.q.DoubtStaff(d.ctx, gen.DoubtStaffParams{WorkspaceID: d.ws, Door: d.door, Bulk: b, At: int64(c.At)})
	})
}

func (d doorSaver) dropEdges(c DoorChange) error {
	groups, err := set(c.EdgesOf)
	if err := each(groups, err, func(b string) error {
		if err := d.q.DropLostEdgesOfGroups(d.ctx, gen.DropLostEdgesOfGroupsParams{
			WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read,
		}); err != nil {
			return err
		}
		return d.q.SetEdgesAt(d.ctx, gen.SetEdgesAtParams{WorkspaceID: d.ws, Door: d.door, Bulk: b, EdgesAt: int64(c.At)})
	}); err != nil {
		return err
	}
	accounts, err := set(c.AccountsOf)
	return each(accounts, err, func(b string) error {
		return d.q.DropLostEdgesOfAccounts(d.ctx, gen.DropLostEdgesOfAccountsParams{
			WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read,
		})
	})
}

func (d doorSaver) putEdges(es []cardea.Edge) error {
	type row struct {
		Group     string `json:"g"`
		Account   string `json:"a"`
		Ref       string `json:"r"`
		From      int64  `json:"f,string"`
		Until     int64  `json:"u,string"`
		Foreign   string `json:"x"`
		Shut      bool   `json:"s"`
		Guest     bool   `json:"w"`
		Profile   string `json:"p"`
		TimeGroup string `json:"t"`
	}
	rows := make([]row, len(es))
	for i, e := range es {
		rows[i] = row{
			clean(string(e.Group)), clean(string(e.Account)), clean(e.Ref), int64(e.Window.From), int64(e.Window.Until),
			clean(e.Foreign), e.Shut, e.Guest, clean(e.Profile), clean(e.TimeGroup),
		}
	}
	chunks, err := bulk(rows, func(r row) [2]string { return [2]string{r.Group, r.Account} })
	return each(chunks, err, func(b string) error {
		return d.q.PutEdges(d.ctx, gen.PutEdgesParams{WorkspaceID: d.ws, Door: d.door, Bulk: b, SeenRead: d.read})
	})
}
