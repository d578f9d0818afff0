package scim

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// membersByList reads all groups with what they show of their members, and returns the ids of all that came. What is wanted
// of them is told: ids, or every one when ids is nil. A server that cannot do that is asked group by group.
func (s *System) membersByList(ctx context.Context, ids []string, told map[string]membership) ([]string, error) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var came []string
	var views []json.RawMessage
	take := func(raw json.RawMessage) *object.Flaw {
		g, bad := groupOf(raw)
		if g.ID == "" {
			return bad
		}
		s.listed(g)
		s.own(raw)
		came = append(came, string(g.ID))
		if ids == nil || wanted[string(g.ID)] {
			views = append(views, raw)
		}
		return nil
	}
	var err error
	if !s.knows().listsHide {
		err = s.whole(ctx, listing{path: "/Groups"}, take)
	}
	switch cardea.ClassOf(err) {
	case cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown: // too large an answer is among them
		s.learn(func(k *learnt) { k.listsHide = true })
		came, views, err = nil, nil, nil
	case cardea.Retry:
		if ids != nil {
			err = nil // it came short; what came is good
		}
	case cardea.Auth, cardea.Throttled:
	}
	for _, raw := range views { // only now every nested group is known
		if v := s.viewOf(raw); v.says == some {
			told[v.group] = membership{view: v, known: true, sure: true}
		}
	}
	return came, err
}

// every returns the ids of all groups, and tells the members that a list shows.
func (s *System) every(ctx context.Context, told map[string]membership) ([]string, error) {
	if !s.knows().listsHide {
		ids, err := s.membersByList(ctx, nil, told)
		if err != nil || !s.knows().listsHide {
			return ids, err
		}
	}
	var ids []string
	l := listing{path: "/Groups"}
	if !s.knows().noLessGroups {
		l.query = url.Values{"excludedAttributes": {"members"}}
	}
	err := s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
		_, id, bad := rowOf(raw)
		ids = append(ids, id)
		return bad
	})
	if cardea.ClassOf(err) == cardea.Rejected && l.query != nil {
		s.learn(func(k *learnt) { k.noLessGroups = true })
		return s.every(ctx, told)
	}
	return ids, err
}

// membersByUser turns the users' "groups" (RFC 7643 4.1.2) around: members by group, direct ones only. It is nil where no
// user has any, which says nothing.
func (s *System) membersByUser(ctx context.Context) (map[string][]member, error) {
	var out map[string][]member
	take := func(raw json.RawMessage) *object.Flaw {
		f, id, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		groups, ok := f.values("groups")
		if !ok {
			return &object.Flaw{Why: "the groups of a user cannot be read"}
		}
		for _, g := range groups {
			in, ok := g.text("value")
			kind, _ := g.text("type")
			if !ok || in == "" {
				return &object.Flaw{Why: "a group of a user has no id"}
			}
			if out == nil {
				out = map[string][]member{}
			}
			if kind != "indirect" {
				out[in] = append(out[in], member{id: id, raw: adding([]string{id}).add[0]})
			}
		}
		return nil
	}
	err := s.whole(ctx, listing{path: "/Users", query: url.Values{"attributes": {"userName,groups"}}}, take)
	if cardea.ClassOf(err) == cardea.Rejected {
		err = s.whole(ctx, listing{path: "/Users"}, take)
	}
	return out, err
}
