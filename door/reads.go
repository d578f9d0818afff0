package door

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// Reads is how a connector reads each kind of record: all of them, or some by id. Its Read is System.Read for every vendor
// whose collections can be asked for one by one.
type Reads struct {
	Groups       func(ctx context.Context, p *cardea.Pages) error
	SomeGroups   func(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error
	Accounts     func(ctx context.Context, p *cardea.Pages) error
	SomeAccounts func(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error
	Edges        func(ctx context.Context, want cardea.Scope, p *cardea.Pages) error
	SomeEdges    func(ctx context.Context, es []cardea.Edge, p *cardea.Pages) error
}

// Read reads what the scope wants. Each collection stands on its own: one that fails is ended with Fail. An error is returned
// only when the credentials are refused for all of them.
func (r Reads) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if len(want.Keys) > 0 {
		return r.single(ctx, want, into)
	}
	if want.Wants(cardea.KindGroup) {
		p := into.Open(cardea.KindGroup)
		p.End(r.Groups(ctx, p))
	}
	if want.Wants(cardea.KindAccount) {
		p := into.Open(cardea.KindAccount)
		if len(want.Accounts) > 0 {
			p.End(r.SomeAccounts(ctx, want.Accounts, p))
		} else {
			p.End(r.Accounts(ctx, p))
		}
	}
	if want.Wants(cardea.KindEdge) {
		p := into.Open(cardea.KindEdge)
		p.End(r.Edges(ctx, want, p))
	}
	return into.Refused()
}

// single reads single records, each whole.
func (r Reads) single(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	var (
		groups   []cardea.GroupID
		accounts []cardea.AccountID
		edges    []cardea.Edge
	)
	for _, k := range want.Keys {
		switch k.Kind {
		case cardea.KindGroup:
			groups = append(groups, cardea.GroupID(k.ID))
		case cardea.KindAccount:
			accounts = append(accounts, cardea.AccountID(k.ID))
		case cardea.KindEdge:
			if g, a, ok := strings.Cut(k.ID, "/"); ok {
				edges = append(edges, cardea.Edge{Group: cardea.GroupID(g), Account: cardea.AccountID(a)})
			}
		default: // a space system's
		}
	}
	if len(groups) > 0 {
		p := into.Open(cardea.KindGroup)
		p.End(r.SomeGroups(ctx, groups, p))
	}
	if len(accounts) > 0 {
		p := into.Open(cardea.KindAccount)
		p.End(r.SomeAccounts(ctx, accounts, p))
	}
	if len(edges) > 0 {
		p := into.Open(cardea.KindEdge)
		p.End(r.SomeEdges(ctx, edges, p))
	}
	return into.Refused()
}

// Each reads single records of one kind: one that the vendor does not know (NotFound) is Missing; one that cannot be read, or is
// another than the one asked for, is Bad under the key that it was asked for by. It stops at any other error.
func Each[ID ~string](
	ids []ID, p *cardea.Pages, one func(id ID) (cardea.Record, json.RawMessage, *object.Flaw, error),
) error {
	for _, id := range ids {
		key := cardea.Key{Kind: p.Kind(), ID: string(id)}
		r, raw, bad, err := one(id)
		switch {
		case cardea.ClassOf(err) == cardea.NotFound:
			p.Missing(key)
			continue
		case err != nil:
			return err
		}
		if bad == nil && r.Key() != key {
			bad = &object.Flaw{Why: "another " + string(key.Kind) + " than the one asked for came"}
		}
		if bad != nil {
			(&object.Flaw{Why: bad.Why, Who: []cardea.Key{key}}).Note(p, raw)
			continue
		}
		p.Add([]cardea.Record{r}, cardea.Mark{Ended: true})
	}
	p.Count(len(ids) - len(p.MissingOnes()))
	return nil
}
