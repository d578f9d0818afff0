package kisi

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func (s state) userByEmail(email string) int64 {
	for _, id := range s["users"].order {
		if strings.EqualFold(text(s["users"].rows[id], "email"), email) {
			return id
		}
	}
	return 0
}

// holds says whether a validity is open at an instant: from valid_from on, until before valid_until. Null = unlimited.
func holds(r row, now time.Time) bool {
	from, err := twin.ParseStamp(text(r, "valid_from"))
	if err == nil && now.Before(from) {
		return false
	}
	until, err := twin.ParseStamp(text(r, "valid_until"))
	return err != nil || now.Before(until)
}

func expired(r row, now time.Time) bool {
	until, err := twin.ParseStamp(text(r, "valid_until"))
	return err == nil && !now.Before(until)
}

// enabled says whether a user's access works at all (2.1).
func enabled(u row) bool { return flag(u, "access_enabled") && flag(u, "scim_access_enabled") }

// onGroup goes through the assignments of a group.
func (s state) onGroup(group int64, do func(id int64, r row)) {
	s["role_assignments"].each(func(id int64, r row) {
		if text(r, "applies_to_type") == "Group" && idOf(r["applies_to_id"]) == group {
			do(id, r)
		}
	})
}

// assignees are the users that an assignment reaches: its user, or its team's members.
func (s state) assignees(r row) []int64 {
	id := idOf(r["assignee_id"])
	switch text(r, "assignee_type") {
	case "User":
		return []int64{id}
	case "Team":
		members := twin.As[[]any](s["teams"].rows[id]["members"])
		out := make([]int64, 0, len(members))
		for _, m := range members {
			out = append(out, idOf(m))
		}
		return out
	}
	return nil
}

// Groups is every group with who could pass it now, and with every edge.
func (v *Vendor) Groups() []twin.GroupState {
	v.mu.Lock()
	defer v.mu.Unlock()
	now, byGroup := v.now(), map[int64]*twin.GroupState{}
	order := v.state["groups"].order
	for _, id := range order {
		byGroup[id] = &twin.GroupState{
			ID: digits(id), Name: text(v.state["groups"].rows[id], "name"), Members: []string{}, All: []twin.EdgeSeen{},
		}
	}
	v.state["role_assignments"].each(func(id int64, r row) {
		if g := byGroup[idOf(r["applies_to_id"])]; g != nil && text(r, "applies_to_type") == "Group" {
			v.addEdge(g, id, r, now)
		}
	})
	out := make([]twin.GroupState, 0, len(order))
	for _, id := range order {
		g := byGroup[id]
		slices.Sort(g.Members)
		g.Members = slices.Compact(g.Members)
		out = append(out, *g)
	}
	return out
}

func (v *Vendor) addEdge(g *twin.GroupState, id int64, r row, now time.Time) {
	e := twin.EdgeSeen{
		ID: digits(id), Account: digits(idOf(r["assignee_id"])), From: text(r, "valid_from"), Until: text(r, "valid_until"),
		Enabled: true,
	}
	kind := text(r, "assignee_type")
	if kind != "User" {
		e.Account = strings.ToLower(kind) + ":" + e.Account
	}
	if kind == "Guest" {
		e.Email = text(v.state["guests"].rows[idOf(r["assignee_id"])], "email")
		if holds(r, now) {
			g.Members = append(g.Members, nameOr(e.Email, e.Account))
		}
	}
	for _, user := range v.state.assignees(r) {
		u := v.state["users"].rows[user]
		if kind == "User" {
			e.Email, e.Enabled = text(u, "email"), enabled(u)
		}
		if u != nil && enabled(u) && holds(r, now) {
			g.Members = append(g.Members, nameOr(text(u, "email"), "id:"+digits(user)))
		}
	}
	g.All = append(g.All, e)
}

func digits(id int64) string { return strconv.FormatInt(id, 10) }

func nameOr(email, other string) string {
	if email == "" {
		return other
	}
	return email
}
