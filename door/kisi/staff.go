package kisi

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// staffAge is how old the staff may be for reading single accounts; a full read of accounts reads it anew.
const staffAge = time.Hour

// staff says of each account why it is never touched without a person's word (RULES.md STAFF).
type staff struct {
	why map[cardea.AccountID]string
	at  time.Time
}

// staffNow returns the staff, read anew unless what was read last is younger than maxAge. Errors: those of the lists, and
// Retry when one of them did not come whole: an unknown role is no reason to take someone for nobody.
func (s *System) staffNow(ctx context.Context, maxAge time.Duration) (map[cardea.AccountID]string, error) {
	s.mu.Lock()
	known := s.staff
	s.mu.Unlock()
	now := s.now()
	if known.why != nil && now.Sub(known.at) < maxAge {
		return known.why, nil
	}
	why, err := s.readStaff(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staff = staff{why: why, at: now}
	return why, nil
}

func (s *System) readStaff(ctx context.Context) (map[cardea.AccountID]string, error) {
	why := map[cardea.AccountID]string{}
	teams := map[int64]string{}
	for _, q := range []url.Values{
		{"role_id": {roleManager}}, {"applies_to_type": {onPlace}}, {"applies_to_type": {onAll}},
	} {
		err := s.whole(ctx, listing{path: "/role_assignments", query: q, limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
			a, bad := assignmentOf(raw)
			if a.role == "" || (a.user == 0 && a.team == 0 && bad != nil) {
				return bad
			}
			if !a.staffly() {
				return nil
			}
			if a.user != 0 {
				why[accountIn(ofUser, a.user)] = says(a)
			}
			if a.team != 0 {
				teams[a.team] = says(a)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for team, role := range teams {
		q := url.Values{"team_id": {number(team)}, "member_type": {ofUser}}
		err := s.whole(ctx, listing{path: "/team_memberships", query: q, limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
			f, _, bad := rowOf(raw)
			if bad != nil {
				return bad
			}
			who, ok1 := f.Text("member_type")
			id, ok2 := f.ID("member_id")
			if !ok1 || !ok2 {
				return &object.Flaw{Why: "the team membership does not say whose it is"}
			}
			if who == ofUser || who == "" {
				why[accountIn(ofUser, id)] = role + " through a team"
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var me object.Fields
	if err := s.get(ctx, "/user", &me); err != nil {
		return nil, err
	}
	id, ok := me.ID("id")
	if !ok {
		return nil, cardea.Errorf(cardea.Retry, "%s: GET /user does not say who we are", s.client.Name())
	}
	why[accountIn(ofUser, id)] = "the account behind the connection"
	return why, nil
}

// says words why an assignment makes its holder staff.
func says(a assignment) string {
	switch a.on {
	case onAll:
		return "holds " + a.role + " in the organisation"
	case onPlace:
		return "holds " + a.role + " at a place"
	}
	return "holds " + a.role + " in a group"
}

// whole reads a list of which nothing may be missing (door.Whole).
func (s *System) whole(ctx context.Context, l listing, row func(json.RawMessage) *object.Flaw) error {
	return door.Whole(s.client.Name()+": the list "+l.path, row, func(page door.Page) error { return s.list(ctx, l, page) })
}
