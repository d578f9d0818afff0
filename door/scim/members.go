package scim

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// fewGroups are read one by one without trying whether a list brings their members.
const fewGroups = 3

// How often, and of how many groups, a server that has shown no members yet is asked whether it ever does.
const (
	proveAge    = 10 * time.Minute
	proveGroups = 10
)

// membership is what is known of one group's members.
type membership struct {
	view

	known bool // false = the server does not tell
	// sure: somebody's members were seen, of this group or of another. Without that a group that shows none may hide them all:
	// it counts as empty where it says so, but nobody is taken out of it and it is not written whole.
	sure bool
}

// certain says whether every member is known, so that whoever goes missing is noticed.
func (m membership) certain() bool { return m.sure && len(m.broken) == 0 }

// look reads one group with what can be known of its members.
func (s *System) look(ctx context.Context, group string) (membership, error) {
	found, err := s.members(ctx, []string{group}, nil)
	return found[group], err
}

// members reads the members of groups by the cheapest way that tells, beside what a list told already.
//
//	list with members  -> a group that shows some is done; one that shows none may only not show them
//	the group by id    -> some: done. None: empty, once the server has shown the members of any group
//	users' "groups"    -> where no group ever showed members
//	else               -> an explicit empty list is empty; an attribute left out is unknown
func (s *System) members(ctx context.Context, ids []string, told map[string]membership) (map[string]membership, error) {
	tried := told != nil
	if !tried {
		told = make(map[string]membership, len(ids))
	}
	if !tried && len(ids) > fewGroups && !s.knows().listsHide {
		tried = true
		if _, err := s.membersByList(ctx, ids, told); err != nil {
			return told, err
		}
	}
	var quiet []string
	var first error
	failed := 0
	for _, id := range ids {
		if _, done := told[id]; done {
			continue
		}
		v, err := s.group(ctx, id)
		if err != nil {
			// One group hinders no other, but a server that is down is left alone.
			if failed++; first == nil {
				first = err
			}
			if class := cardea.ClassOf(err); failed > 2 || class == cardea.Auth || class == cardea.Throttled || ctx.Err() != nil {
				return told, first
			}
			continue
		}
		if v.there && v.says != some {
			quiet = append(quiet, id)
		}
		if v.says == some && tried {
			s.learn(func(k *learnt) { k.listsHide = true }) // the list had its turn and did not show them
		}
		told[id] = membership{view: v, known: v.says == some || !v.there, sure: v.says == some || !v.there}
	}
	if len(quiet) == 0 {
		return told, first
	}
	if err := s.settle(ctx, quiet, told); first == nil {
		first = err
	}
	return told, first
}

// settle says what groups mean that showed no members.
func (s *System) settle(ctx context.Context, quiet []string, out map[string]membership) error {
	if err := s.prove(ctx, out); err != nil {
		return err
	}
	k := s.knows()
	var byUser map[string][]member
	if !k.shows {
		var err error
		if byUser, err = s.membersByUser(ctx); err != nil {
			return err
		}
	}
	for _, id := range quiet {
		m := out[id]
		switch {
		case k.shows:
			m.known, m.sure = true, true
		case byUser != nil:
			m.members, m.known, m.sure = byUser[id], true, true
		default:
			m.known = m.says == none && !k.blind
		}
		out[id] = m
	}
	return nil
}

// prove looks whether the server shows members of any group at all, if it has not done so yet.
func (s *System) prove(ctx context.Context, asked map[string]membership) error {
	if k := s.knows(); k.shows || !s.mayProve(k) {
		return nil
	}
	if shows, err := s.recall(ctx); shows || err != nil {
		return err
	}
	for id, m := range asked {
		if m.says == some { // from a list
			if v, err := s.group(ctx, id); err != nil || v.says == some {
				return err
			}
			break
		}
	}
	p, err := s.features(ctx)
	if err != nil {
		return err
	}
	a, err := s.page(ctx, listing{path: "/Groups"}, 1, p.page)
	if class := cardea.ClassOf(err); class == cardea.Rejected || class == cardea.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	var ids []string
	for _, raw := range a.rows {
		v := s.viewOf(raw)
		if _, done := asked[v.group]; done || !usable(v.group) {
			continue
		}
		if v.says == some {
			ids = slices.Insert(ids, 0, v.group) // the likeliest first
		} else {
			ids = append(ids, v.group)
		}
	}
	for _, id := range ids[:min(len(ids), proveGroups)] {
		v, err := s.group(ctx, id)
		if err != nil {
			return err
		}
		if v.says == some {
			return nil
		}
	}
	now := s.now()
	s.learn(func(k *learnt) { k.provedAt = now })
	return nil
}

// mayProve says whether it is time to look again.
func (s *System) mayProve(k learnt) bool {
	return k.provedAt.IsZero() || s.now().Sub(k.provedAt) >= proveAge
}
