package brivo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// tally adds up several lists that make one collection. Only when every list gave a count is there a count of the whole.
type tally struct {
	p         *cardea.Pages
	uncounted bool
	short     bool // the last list
	total     int
}

func (t *tally) close() {
	if !t.uncounted {
		t.p.Count(t.total)
	}
}

// list reads one list to its end into the tally. edge turns a row into an entry; false = it is of no interest.
func (t *tally) list(ctx context.Context, s *System, l listing, edge func(id int64) (cardea.Edge, bool), broken *object.Flaw) error {
	last, left := 0, 0
	t.short = false
	err := s.list(ctx, l, func(rows []json.RawMessage, m cardea.Mark) bool {
		last = m.Total
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			id, ok := idIn(raw)
			if !ok {
				broken.Note(t.p, raw)
				t.short = true
				continue
			}
			e, wanted := edge(id)
			if !wanted {
				left++
				continue
			}
			records = append(records, e)
		}
		t.uncounted = t.uncounted || !m.Counted
		t.short = t.short || m.Short || !m.Counted
		m.Counted, m.Total = false, 0
		t.p.Add(records, m)
		return true
	})
	t.total += last - left
	return err
}

// readEdges reads the edges of the scope: of its accounts one by one, else group by group. There is no listing of all.
func (s *System) readEdges(ctx context.Context, want cardea.Scope, p *cardea.Pages) error {
	t := &tally{p: p}
	var err error
	switch {
	case len(want.Accounts) > 0:
		err = s.edgesOfAccounts(ctx, want, t)
	case len(want.Groups) > 0:
		err = s.edgesOfGroups(ctx, want.Groups, t)
	default:
		var every []cardea.GroupID
		err = s.whole(ctx, listing{path: "/groups"}, func(raw json.RawMessage) *object.Flaw {
			g, bad := groupOf(raw)
			every = append(every, g.ID)
			return bad
		})
		if err == nil {
			err = s.edgesOfGroups(ctx, every, t)
		}
	}
	if err != nil {
		return err
	}
	if len(p.Records()) == 0 && !t.uncounted { // no list at all is a whole answer too
		p.Add(nil, cardea.Mark{Ended: true})
	}
	t.close()
	return nil
}

// edgesOfAccounts reads what users are in; a user that is not there is in nothing. One whom the administrator may not see keeps the
// answer from being whole, and no more.
func (s *System) edgesOfAccounts(ctx context.Context, want cardea.Scope, t *tally) error {
	for _, a := range slices.Compact(slices.Sorted(slices.Values(want.Accounts))) {
		id, err := vendorID(string(a))
		if err != nil {
			return err
		}
		err = t.list(ctx, s, listing{path: "/users/" + number(id) + "/groups", whole: true}, func(group int64) (cardea.Edge, bool) {
			e := edgeOf(group, id)
			return e, len(want.Groups) == 0 || slices.Contains(want.Groups, e.Group)
		}, &object.Flaw{Why: "a group of the user has no number as its id"})
		if isForbidden(err) && len(want.Accounts) > 1 { // of the others it is known
			(&object.Flaw{Why: "the administrator behind the connection may not see what user " + string(a) + " is in"}).Note(t.p, nil)
			continue
		}
		if err != nil && cardea.ClassOf(err) != cardea.NotFound {
			return err
		}
		if !t.short && len(want.Groups) == 0 {
			s.mu.Lock()
			s.counted[a] = s.c.Now()
			s.mu.Unlock()
		}
	}
	return nil
}

// edgesOfGroups reads who is in groups. One that the administrator may not look into is withheld, alone; when he may look into
// none of several, it is the login that lacks the right. Errors: Rejected.
func (s *System) edgesOfGroups(ctx context.Context, groups []cardea.GroupID, t *tally) error {
	gone := gone{s: s}
	groups = slices.Compact(slices.Sorted(slices.Values(groups)))
	var hidden error
	seen := 0
	for _, g := range groups {
		id, err := vendorID(string(g))
		if err != nil {
			return err
		}
		err = t.list(ctx, s, listing{path: "/groups/" + number(id) + "/users"}, func(user int64) (cardea.Edge, bool) {
			return edgeOf(id, user), true
		}, &object.Flaw{Why: "a member of the group has no number as its id"})
		if refuses(err) {
			if err = gone.judge(ctx, g, err); errors.Is(err, errWithheld) {
				t.p.Withhold(g, err.Error())
				hidden = err
				continue
			}
			if err == nil {
				t.p.Missing(cardea.Group{ID: g}.Key())
			}
		}
		if err != nil {
			return err
		}
		seen++
	}
	if seen == 0 && len(groups) > 1 {
		return hidden
	}
	return nil
}

// readSomeEdges reads single entries by what their user is in.
func (s *System) readSomeEdges(ctx context.Context, edges []cardea.Edge, p *cardea.Pages) error {
	in := map[cardea.AccountID][]cardea.GroupID{}
	for _, e := range edges {
		if _, read := in[e.Account]; !read {
			groups, err := s.groupsOf(ctx, e.Account)
			if err != nil && cardea.ClassOf(err) != cardea.NotFound {
				return err
			}
			in[e.Account] = groups
		}
		if !slices.Contains(in[e.Account], e.Group) {
			p.Missing(e.Key())
			continue
		}
		group, err := vendorID(string(e.Group))
		if err != nil {
			return err
		}
		account, err := vendorID(string(e.Account))
		if err != nil {
			return err
		}
		p.Add([]cardea.Record{edgeOf(group, account)}, cardea.Mark{Ended: true})
	}
	p.Count(len(p.Records()))
	return nil
}

// groupsOf lists the groups of a user as far as the administrator sees them. Errors: NotFound, Retry when the list came short.
func (s *System) groupsOf(ctx context.Context, account cardea.AccountID) ([]cardea.GroupID, error) {
	id, err := vendorID(string(account))
	if err != nil {
		return nil, err
	}
	var out []cardea.GroupID
	err = s.whole(ctx, listing{path: "/users/" + number(id) + "/groups", whole: true}, func(raw json.RawMessage) *object.Flaw {
		g, ok := idIn(raw)
		if !ok {
			return &object.Flaw{Why: "a group has no number as its id"}
		}
		out = append(out, cardea.GroupID(number(g)))
		return nil
	})
	return out, err
}
