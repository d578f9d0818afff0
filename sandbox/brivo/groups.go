package brivo

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Bounds of 4 and 5.
const (
	maxGroups    = 16
	maxGroupName = 35
)

func groupRoutes(add adder) {
	add("GET /groups", (*Vendor).listGroups)
	add("POST /groups", (*Vendor).createGroup)
	add("GET /groups/{id}", (*Vendor).getGroup)
	add("PUT /groups/{id}", (*Vendor).putGroup)
	add("DELETE /groups/{id}", (*Vendor).deleteGroup)
	add("GET /groups/{id}/users", (*Vendor).listMembers)
	add("PUT /groups/{id}/users/{id}", (*Vendor).addMember)
	add("DELETE /groups/{id}/users/{id}", (*Vendor).removeMember)
	doorRoutes(add)
}

func (v *Vendor) listGroups(c *call) {
	v.page(c, v.state["groups"].all(c.sees), map[string]field{"name": contains(of("name"))}, idAndName)
}

func idAndName(r row) row { return keep(r, "id", "name") }

func (v *Vendor) getGroup(c *call) {
	g := c.group()
	if g == nil {
		return
	}
	out := keep(g, "id", "name", "keypadUnlock", "immuneToAntipassback")
	if n, err := strconv.Atoi(text(g, "antipassbackResetTime")); err == nil {
		out["antipassbackResetTime"] = fmt.Sprintf("%02d:%02d", n/60, n%60)
	}
	c.reply(out)
}

func showWritten(g row) row {
	return keep(g, "id", "name", "keypadUnlock", "immuneToAntipassback", "excludedFromLockdown")
}

// takeGroup checks the body of POST and PUT. A name need not be unique.
func (v *Vendor) takeGroup(c *call) (row, bool) {
	body, ok := c.body(false)
	if !ok {
		return nil, false
	}
	name := text(body, "name")
	if name == "" {
		return nil, c.criteria()
	}
	if utf8.RuneCountInString(name) > maxGroupName {
		c.fail(http.StatusBadRequest, fmt.Sprintf("Group name must be at most %d characters", maxGroupName))
		return nil, false
	}
	out := row{"name": name}
	for _, f := range []string{"keypadUnlock", "immuneToAntipassback", "excludedFromLockdown"} {
		if x, named := body[f]; named {
			if _, ok := x.(bool); !ok {
				return nil, c.criteria()
			}
			out[f] = x
		}
	}
	if x, named := body["antipassbackResetTime"]; named { // a minute of the day as text; empty clears
		s, ok := x.(string)
		n, err := strconv.Atoi(s)
		if !ok || s != "" && (err != nil || n < 0 || n > 1440) {
			return nil, c.criteria()
		}
		out["antipassbackResetTime"] = s
	}
	return out, true
}

func (v *Vendor) createGroup(c *call) {
	if !c.full() {
		return
	}
	values, ok := v.takeGroup(c)
	if !ok {
		return
	}
	base := row{"keypadUnlock": false, "immuneToAntipassback": false, "excludedFromLockdown": false}
	g := v.state["groups"].add(with(base, values))
	c.done = append(c.done, change{"groups", nil, g})
	c.reply(showWritten(g))
}

func (v *Vendor) putGroup(c *call) {
	g := c.group()
	if g == nil || !c.full() {
		return
	}
	values, ok := v.takeGroup(c)
	if !ok {
		return
	}
	next := with(g, values)
	v.state["groups"].put(next)
	c.done = append(c.done, change{"groups", g, next})
	c.reply(showWritten(next))
}

func (v *Vendor) deleteGroup(c *call) {
	g := c.group()
	if g == nil || !c.full() {
		return
	}
	if flag(g, "multifamily") {
		c.fail(http.StatusPreconditionFailed, "Group belongs to a multifamily site")
		return
	}
	c.done = append(c.done, v.state.remove("groups", idOf(g["id"]))...)
	c.nothing()
}

// members are the users of a group.
func (v *Vendor) members(group int64) []row {
	id := any(float64(group))
	return v.state["users"].all(func(u row) bool { return slices.Contains(twin.As[[]any](u["groups"]), id) })
}

func (v *Vendor) listMembers(c *call) {
	if g := c.group(); g != nil {
		v.page(c, v.members(idOf(g["id"])), nil, func(u row) row {
			return keep(u, "id", "externalId", "firstName", "middleName", "lastName", "suspended")
		})
	}
}

func (v *Vendor) addMember(c *call) {
	g := c.group()
	if g == nil {
		return
	}
	u := c.pick("users", "User", 1)
	if u == nil {
		return
	}
	ids := groupsOf(u)
	switch full := len(ids) >= maxGroups; {
	case slices.Contains(ids, c.ids[0]):
		if v.switches.Is("re_add", "400") {
			c.fail(http.StatusBadRequest, "User is a member of the group already")
			return
		}
	case full && v.switches.Is("seventeenth", "412"):
		c.fail(http.StatusPreconditionFailed, tooMany)
		return
	case full:
		c.fail(http.StatusBadRequest, tooMany)
		return
	default:
		c.done = append(c.done, v.state.setGroups(u, append(ids, c.ids[0])))
	}
	c.nothing()
}

const tooMany = "User may not belong to more than 16 groups"

func (v *Vendor) removeMember(c *call) {
	g := c.group()
	if g == nil {
		return
	}
	u := c.pick("users", "User", 1)
	if u == nil {
		return
	}
	ids := groupsOf(u)
	switch {
	case slices.Contains(ids, c.ids[0]):
		c.done = append(c.done, v.state.setGroups(u, without(ids, c.ids[0])))
	case v.switches.Is("remove_absent", "404"):
		c.missing("User")
		return
	}
	c.nothing()
}

// listUserGroups has no pages (1.1); groups that the administrator may not know of are left out.
func (v *Vendor) listUserGroups(c *call) {
	if u := c.pick("users", "User", 0); u != nil {
		v.replyGroups(c, u)
	}
}

func (v *Vendor) replyGroups(c *call, u row) {
	mine := groupsOf(u)
	v.whole(c, v.state["groups"].all(func(g row) bool { return slices.Contains(mine, idOf(g["id"])) && c.sees(g) }), idAndName)
}

// changeGroups is the bulk call (4): all or nothing, what is so already is skipped, and groups that the administrator cannot
// see count among the sixteen.
func (v *Vendor) changeGroups(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	ids := groupsOf(u)
	for _, name := range []string{"removeGroups", "addGroups"} {
		list, ok := body[name].([]any)
		if !ok && body[name] != nil {
			c.criteria()
			return
		}
		for _, x := range list {
			if _, number := x.(float64); !number {
				c.criteria()
				return
			}
			id := idOf(x)
			if !c.sees(v.state["groups"].rows[id]) {
				c.missing("Group")
				return
			}
			ids = without(ids, id)
			if name == "addGroups" {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) > maxGroups {
		c.fail(http.StatusBadRequest, tooMany)
		return
	}
	slices.Sort(ids)
	if !slices.Equal(ids, groupsOf(u)) {
		ch := v.state.setGroups(u, ids)
		c.done = append(c.done, ch)
		u = ch.new
	}
	v.replyGroups(c, u)
}
