package scim

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/cardea-access/cardea"
)

// shown says what a group's representation tells of its members. Absent is not none: an attribute that is left out may
// be unassigned, or not returned (RFC 7643 2.5, 7; RFC 7644 3.9).
type shown int

const (
	absent shown = iota
	none         // an explicit empty list
	some
)

// member is one value of a group's "members" (RFC 7643 4.2).
type member struct {
	id      string
	foreign string // why it is no plain account
	raw     json.RawMessage
}

// account names the member; what is no user gets a name that no user has.
func (m member) account(kind string) cardea.AccountID {
	if m.foreign == "" {
		return cardea.AccountID(m.id)
	}
	return cardea.AccountID(kind + ":" + m.id)
}

// edge is the member as an edge of the group.
func (m member) edge(group string) cardea.Edge {
	kind := "Member"
	if m.foreign == nested {
		kind = "Group"
	}
	return cardea.Edge{
		Group: cardea.GroupID(group), Account: m.account(kind), Window: cardea.Forever, Foreign: m.foreign,
	}
}

const nested = "a nested group, not a user"

// view is one group as one read showed it.
type view struct {
	group   string
	there   bool // false = the server has no such group
	says    shown
	members []member
	version string // ETag, "" = none
	broken  []json.RawMessage
	whole   map[string]json.RawMessage // the group as it came
}

// plain says whether an account is a direct member.
func (v view) plain(id string) bool {
	for _, m := range v.members {
		if m.id == id && m.foreign == "" {
			return true
		}
	}
	return false
}

// viewOf reads a group's members. Repeated members count once.
func (s *System) viewOf(raw json.RawMessage) view {
	v := view{there: true}
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil || json.Unmarshal(raw, &v.whole) != nil {
		v.broken = append(v.broken, raw)
		return v
	}
	v.group, _ = f.text("id")
	v.version, _ = f.object("meta").text("version")
	list := f.raw("members")
	if list == nil {
		if _, is := f["members"]; is {
			v.says = none // an explicit null (RFC 7643 2.5)
		}
		return v
	}
	var rows []json.RawMessage
	if json.Unmarshal(list, &rows) != nil {
		rows = []json.RawMessage{list}
	}
	v.says = none
	type key struct{ id, foreign string }
	seen := map[key]bool{}
	for _, r := range rows {
		m, ok := s.memberOf(r)
		if !ok {
			v.broken = append(v.broken, r)
			v.says = some
			continue
		}
		v.says = some
		if k := (key{m.id, m.foreign}); !seen[k] {
			seen[k] = true
			v.members = append(v.members, m)
		}
	}
	return v
}

// memberOf reads one member: its value, else the id at the end of its $ref. A nested group, any other kind of resource, and
// a resource of another server are foreign.
func (s *System) memberOf(raw json.RawMessage) (member, bool) {
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		id, ok := word(raw)
		if !ok || !usable(id) {
			return member{}, false
		}
		f = fields{"value": raw}
	}
	id, ok1 := f.text("value")
	ref, ok2 := f.text("$ref")
	kind, ok3 := f.text("type")
	endpoint, tail := target(ref)
	if id == "" {
		id = tail
	}
	if !ok1 || !ok2 || !ok3 || !usable(id) {
		return member{}, false
	}
	m := member{id: id, raw: raw}
	s.mu.Lock()
	known := s.groups[id]
	s.mu.Unlock()
	switch {
	case strings.EqualFold(kind, "Group"), kind == "" && strings.EqualFold(endpoint, "Groups"):
		m.foreign = nested
	case kind != "" && !strings.EqualFold(kind, "User"):
		m.foreign = "a " + kind + ", not a user"
	case ref != "" && s.strange(ref):
		m.foreign = "a member of another server"
	case kind == "" && endpoint != "" && !strings.EqualFold(endpoint, "Users"):
		m.foreign = "one of " + endpoint + ", not a user"
	case kind == "" && ref == "" && known:
		m.foreign = nested
	}
	return m, true
}

// group reads one group by its id with its members asked for. Where the server does not take that, or leaves them out then,
// it is asked for everything.
func (s *System) group(ctx context.Context, id string) (view, error) {
	k := s.knows()
	v, err := s.groupBy(ctx, id, !k.noAttributes)
	if cardea.ClassOf(err) == cardea.Rejected && !k.noAttributes {
		v, err = s.groupBy(ctx, id, false)
		if err == nil {
			s.learn(func(k *learnt) { k.noAttributes = true })
		}
	} else if err == nil && v.there && v.says == absent && !k.noAttributes && !k.shows && s.mayProve(k) {
		var full view
		if full, err = s.groupBy(ctx, id, false); err == nil && full.says != absent {
			s.learn(func(k *learnt) { k.noAttributes = true })
			v = full
		}
	}
	if err == nil && v.says == some {
		s.learn(func(k *learnt) { k.shows, k.blind = true, false })
		err = s.remember(ctx)
	}
	return v, err
}

func (s *System) groupBy(ctx context.Context, id string, asked bool) (view, error) {
	var query url.Values
	if asked {
		query = url.Values{"attributes": {"members"}}
	}
	if !usable(id) {
		return view{group: id}, nil
	}
	var raw json.RawMessage
	ans, err := s.get(ctx, "/Groups/"+url.PathEscape(id), query, &raw)
	if cardea.ClassOf(err) == cardea.NotFound {
		return view{group: id}, nil
	}
	if err != nil {
		return view{}, err
	}
	v := s.viewOf(raw)
	if v.group != "" && v.group != id {
		return view{}, cardea.Errorf(cardea.Retry, "%s: group %s was asked for and another came", s.client.Name(), id)
	}
	v.group = id
	if tag := ans.Header.Get("ETag"); tag != "" {
		v.version = tag
	}
	return v, nil
}
