package store

import (
	"context"
	"strings"
	"unicode"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Called is an account that a search found, with the person it is linked to; several people on one account are several.
type Called struct {
	Account cardea.Account // id, name and e-mail alone
	Person  cardea.PersonID
}

// AccountsCalled finds accounts of a door connection by a part of their name or e-mail, at most 200: those that are linked to
// nobody first. It costs by how many accounts there are. An empty query finds nothing.
func (w *Workspace) AccountsCalled(ctx context.Context, door, query string) ([]Called, error) {
	folded := foldSearch(query)
	if folded == "" {
		return nil, nil
	}
	rows, err := w.s.queries().AccountsCalled(ctx, gen.AccountsCalledParams{
		WorkspaceID: w.id, Door: clean(door), Folded: folded, Typed: strings.TrimSpace(clean(query)), Titled: titled(folded),
	})
	if err != nil {
		return nil, classed("searching the accounts of "+door, err)
	}
	out := make([]Called, len(rows))
	for i, r := range rows {
		out[i] = Called{cardea.Account{ID: cardea.AccountID(r.ID), Name: r.Name, Email: r.Email}, cardea.PersonID(r.Person)}
	}
	return out, nil
}

// titled writes a folded text as names are written: "ana lopes" as "Ana Lopes".
func titled(folded string) string {
	first := true
	return strings.Map(func(r rune) rune {
		if first {
			r = unicode.ToTitle(r)
		}
		first = r == ' ' || r == '-'
		return r
	}, folded)
}
