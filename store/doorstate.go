package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// DoorState is what is known of a door connection.
type DoorState struct {
	Groups   []cardea.Group     // sorted by id
	Accounts []cardea.Account   // sorted by id
	Edges    []cardea.Edge      // sorted by group, account
	Links    []cardea.Link      // sorted by person, account
	Ledger   []cardea.LedgerRow // open rows, sorted by group, account
	// Decisions are what operators said of who is who, those that stand: all of the door's.
	Decisions []cardea.Decision
	ReadAt    cardea.Instant // the last read that brought every account, 0 = never
	// EdgesAt says when each group's edges were last read whole, 0 = never.
	EdgesAt map[cardea.GroupID]cardea.Instant
}

// DoorState returns everything known of a door connection.
func (w *Workspace) DoorState(ctx context.Context, door string) (DoorState, error) {
	var d DoorState
	err := w.snapshot(ctx, "reading the state of "+door, func(q *gen.Queries) error {
		if err := w.doorBasics(ctx, q, door, &d); err != nil {
			return err
		}
		accounts, err := q.Accounts(ctx, gen.AccountsParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		for _, r := range accounts {
			d.Accounts = append(d.Accounts, account(gen.AccountsOfRow(r)))
		}
		edges, err := q.Edges(ctx, gen.EdgesParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		for _, r := range edges {
			d.Edges = append(d.Edges, edge(gen.EdgesOfRow(r)))
		}
		links, err := q.Links(ctx, gen.LinksParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		for _, r := range links {
			d.Links = append(d.Links, link(gen.LinksOfRow(r)))
		}
		rows, err := q.OpenLedger(ctx, gen.OpenLedgerParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		open, err := ledgerRows(rows)
		d.Ledger = append(d.Ledger, open...)
		return err
	})
	d.sort()
	return d, err
}

// DoorStateOf returns all groups, and of the rest what can matter to these people: accounts linked to them, in the
// ledger for them, bearing their id, or bearing the e-mail that the space side knows; and the links, edges and open
// ledger rows of those accounts.
func (w *Workspace) DoorStateOf(ctx context.Context, door string, people []cardea.PersonID) (DoorState, error) {
	var d DoorState
	err := w.snapshot(ctx, "reading what concerns these people of "+door, func(q *gen.Queries) error {
		if err := w.doorBasics(ctx, q, door, &d); err != nil {
			return err
		}
		ids, err := w.accountsOf(ctx, q, door, people)
		if err != nil {
			return err
		}
		chunks, err := set(ids)
		return each(chunks, err, func(b string) error { return w.doorPart(ctx, q, door, b, &d) })
	})
	d.sort()
	return d, err
}

// doorBasics are the groups and when they were read.
func (w *Workspace) doorBasics(ctx context.Context, q *gen.Queries, door string, d *DoorState) error {
	whole, err := q.WholeRead(ctx, gen.WholeReadParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return err
	}
	if len(whole) > 0 {
		d.ReadAt = cardea.Instant(whole[0])
	}
	if d.Decisions, err = w.decisions(ctx, q, door, true); err != nil {
		return err
	}
	groups, err := q.Groups(ctx, gen.GroupsParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return err
	}
	d.EdgesAt = make(map[cardea.GroupID]cardea.Instant, len(groups))
	for _, r := range groups {
		g := cardea.Group{ID: cardea.GroupID(r.ID), Name: r.Name, Place: r.Place, Unit: cardea.UnitState(r.Unit)}
		d.Groups = append(d.Groups, g)
		d.EdgesAt[g.ID] = cardea.Instant(r.EdgesAt)
	}
	return nil
}

func (w *Workspace) accountsOf(
	ctx context.Context, q *gen.Queries, door string, people []cardea.PersonID,
) ([]string, error) {
	type row struct {
		Connection string `json:"c"`
		Kind       string `json:"k"`
		ID         string `json:"i"`
	}
	at := make([]row, len(people))
	for i, p := range people {
		c, k, _ := p.Split()
		at[i] = row{clean(c), string(k.Kind), clean(k.ID)}
	}
	once := map[cardea.PersonID]bool{}
	names, rows := []string{}, []row{}
	for i, p := range people {
		if !once[p] {
			once[p] = true
			names, rows = append(names, clean(string(p))), append(rows, at[i])
		}
	}
	var out []string
	chunks, err := objects(len(rows), func(i int) (string, any) { return names[i], rows[i] })
	err = each(chunks, err, func(b string) error {
		ids, err := q.AccountIDsOfPeople(ctx, gen.AccountIDsOfPeopleParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		out = append(out, ids...)
		return err
	})
	return out, err
}

// doorPart adds the accounts of one set of ids with all that hangs on them.
func (w *Workspace) doorPart(ctx context.Context, q *gen.Queries, door, ids string, d *DoorState) error {
	accounts, err := q.AccountsOf(ctx, gen.AccountsOfParams{WorkspaceID: w.id, Door: clean(door), Bulk: ids})
	if err != nil {
		return err
	}
	for _, r := range accounts {
		d.Accounts = append(d.Accounts, account(r))
	}
	edges, err := q.EdgesOf(ctx, gen.EdgesOfParams{WorkspaceID: w.id, Door: clean(door), Bulk: ids})
	if err != nil {
		return err
	}
	for _, r := range edges {
		d.Edges = append(d.Edges, edge(r))
	}
	links, err := q.LinksOf(ctx, gen.LinksOfParams{WorkspaceID: w.id, Door: clean(door), Bulk: ids})
	if err != nil {
		return err
	}
	for _, r := range links {
		d.Links = append(d.Links, link(r))
	}
	rows, err := q.OpenLedgerOf(ctx, gen.OpenLedgerOfParams{WorkspaceID: w.id, Door: clean(door), Bulk: ids})
	if err != nil {
		return err
	}
	open, err := ledgerRows(rows)
	d.Ledger = append(d.Ledger, open...)
	return err
}

func (d *DoorState) sort() {
	slices.SortFunc(d.Groups, func(a, b cardea.Group) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(d.Accounts, func(a, b cardea.Account) int { return cmp.Compare(a.ID, b.ID) })
	d.share()
	slices.SortFunc(d.Edges, func(a, b cardea.Edge) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	slices.SortFunc(d.Links, func(a, b cardea.Link) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Account, b.Account))
	})
	slices.SortFunc(d.Ledger, func(a, b cardea.LedgerRow) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
}

func account(r gen.AccountsOfRow) cardea.Account {
	return cardea.Account{
		ID: cardea.AccountID(r.ID), Name: r.Name, Email: r.Email, External: r.External, Shut: r.Shut, Staff: r.Staff, Phone: r.Phone,
	}
}

func edge(r gen.EdgesOfRow) cardea.Edge {
	return cardea.Edge{
		Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), Ref: r.Ref, Foreign: r.Alien,
		Window: cardea.Window{From: cardea.Instant(r.ValidFrom), Until: cardea.Instant(r.ValidUntil)},
		Shut:   r.Shut, Guest: r.Guest, Attributes: cardea.Attributes{Profile: r.Profile, TimeGroup: r.TimeGroup},
	}
}

func link(r gen.LinksOfRow) cardea.Link {
	return cardea.Link{Person: cardea.PersonID(r.Person), Account: cardea.AccountID(r.Account), How: r.How}
}

// Clone returns a state whose lists can be changed without changing these.
func (d *DoorState) Clone() DoorState {
	o := *d
	o.Groups, o.Accounts, o.Edges = slices.Clone(d.Groups), slices.Clone(d.Accounts), slices.Clone(d.Edges)
	o.Links, o.Ledger, o.EdgesAt = slices.Clone(d.Links), slices.Clone(d.Ledger), maps.Clone(d.EdgesAt)
	return o
}
