package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Directory returns everything a space connection said, gone and unsure records included, lists sorted by id.
func (w *Workspace) Directory(ctx context.Context, connection string) (cardea.Directory, error) {
	rows, err := w.s.queries().Directory(ctx, gen.DirectoryParams{WorkspaceID: w.id, Connection: clean(connection)})
	if err != nil {
		return cardea.Directory{}, classed("reading the directory of "+connection, err)
	}
	return directory(connection, rows)
}

// DirectoryOf returns what can matter to these people: themselves, their teams, agreements, bookings and passes that
// name either, assignments of those agreements, and the resources, parents, floors, locations and plans these lead to. A
// visitor's host is there too, without what the host holds. It costs by the size of the answer and never scans.
func (w *Workspace) DirectoryOf(ctx context.Context, connection string, people []cardea.Key) (cardea.Directory, error) {
	// Chunks of people share teams and rooms, so that a record may come twice.
	seen := map[cardea.Key]bool{}
	var all []gen.DirectoryRow
	chunks, err := keyBulk(people)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().DirectoryOf(ctx, gen.DirectoryOfParams{WorkspaceID: w.id, Connection: clean(connection), Bulk: b})
		if err != nil {
			return classed("reading what concerns these people of "+connection, err)
		}
		for _, r := range rows {
			if k := (cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}); !seen[k] {
				seen[k] = true
				all = append(all, gen.DirectoryRow(r))
			}
		}
		return nil
	})
	if err != nil {
		return cardea.Directory{}, err
	}
	return directory(connection, all)
}

// directory sorts in Go: the order of texts differs between engines and between their collations.
func directory(connection string, rows []gen.DirectoryRow) (cardea.Directory, error) {
	slices.SortFunc(rows, func(a, b gen.DirectoryRow) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind))
	})
	d := cardea.Directory{Connection: connection}
	for _, r := range rows {
		k := cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}
		rec, err := record(k.Kind, r.Body)
		if err != nil {
			return cardea.Directory{}, err
		}
		switch v := rec.(type) {
		case cardea.Person:
			d.People = append(d.People, v)
		case cardea.Team:
			d.Teams = append(d.Teams, v)
		case cardea.Location:
			d.Locations = append(d.Locations, v)
		case cardea.Floor:
			d.Floors = append(d.Floors, v)
		case cardea.Resource:
			d.Resources = append(d.Resources, v)
		case cardea.Plan:
			d.Plans = append(d.Plans, v)
		case cardea.Agreement:
			d.Agreements = append(d.Agreements, v)
		case cardea.Assignment:
			d.Assignments = append(d.Assignments, v)
		case cardea.Booking:
			d.Bookings = append(d.Bookings, v)
		case cardea.Pass:
			d.Passes = append(d.Passes, v)
		}
		if r.GoneAt != 0 {
			d.Gone = append(d.Gone, cardea.Gone{Key: k, Cause: cardea.Cause(r.GoneCause), Since: cardea.Instant(r.GoneAt)})
		}
		if r.Unsure {
			d.Unsure = append(d.Unsure, k)
		}
	}
	slices.SortFunc(d.Gone, func(a, b cardea.Gone) int { return compareKeys(a.Key, b.Key) })
	slices.SortFunc(d.Unsure, compareKeys)
	return d, nil
}

// People finds people and visitors by a part of their name or e-mail, whatever the case: an e-mail or name that is equal
// first, then what begins so, then by name; those that are gone last. An empty query finds everybody; a limit below 1 is
// no limit.
func (w *Workspace) People(ctx context.Context, connection, query string, limit int) ([]cardea.Person, error) {
	part := foldSearch(query)
	hits, err := w.search(ctx, clean(connection), part)
	if err != nil {
		return nil, classed("searching the people of "+connection, err)
	}
	slices.SortFunc(hits, func(a, b gen.SearchPeopleRow) int {
		return cmp.Or(cmp.Compare(rank(a, part), rank(b, part)), cmp.Compare(a.Search, b.Search),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	keys, place := make([]cardea.Key, len(hits)), make(map[cardea.Key]int, len(hits))
	for i, h := range hits {
		keys[i] = cardea.Key{Kind: cardea.Kind(h.Kind), ID: h.ID}
		place[keys[i]] = i
	}
	records, err := w.Facts(ctx, connection, keys)
	if err != nil {
		return nil, err
	}
	out := make([]cardea.Person, 0, len(records))
	for _, r := range records {
		if p, ok := r.(cardea.Person); ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Person) int { return cmp.Compare(place[a.Key()], place[b.Key()]) })
	return out, nil
}

func (w *Workspace) search(ctx context.Context, connection, part string) ([]gen.SearchPeopleRow, error) {
	if part != "" {
		return w.s.queries().SearchPeople(ctx, gen.SearchPeopleParams{WorkspaceID: w.id, Connection: connection, Part: part})
	}
	rows, err := w.s.queries().AllPeople(ctx, gen.AllPeopleParams{WorkspaceID: w.id, Connection: connection})
	out := make([]gen.SearchPeopleRow, len(rows))
	for i, r := range rows {
		out[i] = gen.SearchPeopleRow(r)
	}
	return out, err
}

// searchable is how much of a name or address is searched: the text stands in an index, whose rows have a limit.
const searchable = 200

// searchText is what a person is found by: name and e-mail on lines of their own.
func searchText(p cardea.Person) string {
	return foldSearch(p.Name) + "\n" + foldSearch(p.Email)
}

func rank(r gen.SearchPeopleRow, part string) int {
	name, email, _ := strings.Cut(r.Search, "\n")
	switch {
	case r.GoneAt != 0:
		return 3
	case name == part || email == part:
		return 0
	case strings.HasPrefix(name, part) || strings.HasPrefix(email, part):
		return 1
	}
	return 2
}
