package brivo

import (
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// remove takes a record out, with what hangs on it. A user's cards stay in the account's bank; passes and invitations end (4).
func (s state) remove(name string, id int64) []change {
	t := s[name]
	old := t.rows[id]
	t.drop(id)
	out := []change{{name, old, nil}}
	hangs := func(in string, fits func(row) bool) {
		for _, r := range s[in].all(fits) {
			out = append(out, s.remove(in, idOf(r["id"]))...)
		}
	}
	switch name {
	case "users":
		for _, c := range s["credentials"].all(by("userId", id)) {
			s.unassign(c)
		}
		for _, i := range s["invitations"].all(by("userId", id)) {
			if text(i, "status") == pending {
				s["invitations"].put(with(i, row{"status": cancelled}))
			}
		}
	case "groups":
		for _, u := range s["users"].all(nil) {
			if ids := groupsOf(u); slices.Contains(ids, id) {
				out = append(out, s.setGroups(u, without(ids, id)))
			}
		}
		hangs("permissions", by("groupId", id))
	case "access_points":
		hangs("permissions", by("accessPointId", id))
	case "sites":
		hangs("access_points", by("siteId", id))
	case "schedules":
		hangs("permissions", by("scheduleId", id))
	case "custom_fields":
		for _, u := range s["users"].all(nil) {
			bag := twin.As[map[string]any](u["customFields"])
			if _, has := bag[digits(id)]; has {
				s["users"].put(with(u, row{"customFields": with(bag, row{digits(id): nil})}))
			}
		}
	}
	return out
}

// unassign takes a credential off its user: a card goes back to the bank, a pass is no more.
func (s state) unassign(c row) {
	if text(c, "kind") == kindPass {
		s["credentials"].drop(idOf(c["id"]))
		return
	}
	s["credentials"].put(with(c, row{"userId": nil, "effectiveFrom": nil, "effectiveTo": nil}))
}

// setGroups changes what groups a user is in.
func (s state) setGroups(u row, ids []int64) change {
	slices.Sort(ids)
	next := with(u, row{"groups": listOf(slices.Compact(ids))})
	s["users"].put(next)
	return change{"users", u, next}
}

func without(ids []int64, id int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(other int64) bool { return other == id })
}

// byExternalID is the user with a given external id; nil = none.
func (s state) byExternalID(external string) row {
	if external == "" {
		return nil
	}
	for _, id := range s["users"].order {
		if r := s["users"].rows[id]; text(r, "externalId") == external {
			return r
		}
	}
	return nil
}
