package scim

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// readEdges reads the edges of the scope: of its groups, or of every group for those of its accounts.
func (s *System) readEdges(ctx context.Context, want cardea.Scope, p *cardea.Pages) error {
	var ids []string
	var told map[string]membership
	if len(want.Groups) > 0 {
		for _, g := range want.Groups {
			ids = append(ids, string(g))
		}
	} else {
		told = map[string]membership{}
		var err error
		if ids, err = s.every(ctx, told); err != nil {
			return err
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found, err := s.members(ctx, ids, told)
	return s.addEdges(want, ids, found, err, p)
}

// addEdges hands on what is known, and fails the collection for what is not.
func (s *System) addEdges(want cardea.Scope, ids []string, found map[string]membership, err error, p *cardea.Pages) error {
	var hidden []string
	for _, id := range ids {
		m, read := found[id]
		if !read {
			continue
		}
		if !m.there && len(want.Groups) > 0 {
			p.Missing(cardea.Group{ID: cardea.GroupID(id)}.Key())
		}
		if !m.known {
			hidden = append(hidden, id)
		}
		var records []cardea.Record
		for _, one := range m.members {
			e := one.edge(id)
			if len(want.Accounts) == 0 || slices.Contains(want.Accounts, e.Account) {
				records = append(records, e)
			}
		}
		for _, raw := range m.broken {
			(&object.Flaw{Why: fmt.Sprintf("a member of group %s has no id that can be read", id)}).Note(p, raw)
		}
		p.Add(records, cardea.Mark{Ended: true})
	}
	if err != nil {
		return err
	}
	if len(hidden) > 0 {
		return s.hides(hidden)
	}
	p.Count(len(p.Records()))
	return nil
}

// hides is the error of groups whose members the server does not show.
func (s *System) hides(groups []string) error {
	return cardea.Errorf(cardea.Rejected, "%s: the server does not show the members of %d groups, such as %s, and has not shown "+
		"those of any other; what is not shown is not taken for empty. Let the credentials read members of groups; if really "+
		"nobody is in any group, put somebody into one", s.client.Name(), len(groups), groups[0])
}

func (s *System) readSomeEdges(ctx context.Context, edges []cardea.Edge, p *cardea.Pages) error {
	var ids []string
	for _, e := range edges {
		ids = append(ids, string(e.Group))
	}
	slices.Sort(ids)
	found, err := s.members(ctx, slices.Compact(ids), nil)
	if err != nil {
		return err
	}
	for _, e := range edges {
		m := found[string(e.Group)]
		at := slices.IndexFunc(m.members, func(one member) bool { return one.edge(string(e.Group)).Account == e.Account })
		switch {
		case at >= 0:
			p.Add([]cardea.Record{m.members[at].edge(string(e.Group))}, cardea.Mark{Ended: true})
		case !m.known || len(m.broken) > 0:
			return s.hides([]string{string(e.Group)})
		default:
			p.Missing(e.Key())
		}
	}
	p.Count(len(p.Records()))
	return nil
}
