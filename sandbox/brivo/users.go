package brivo

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func userRoutes(add adder) {
	add("GET /users", (*Vendor).listUsers)
	add("POST /users", (*Vendor).createUser)
	add("GET /users/{id}", (*Vendor).getUser)
	add("GET /users/{text}/external", (*Vendor).getByExternalID)
	add("PUT /users/{id}", func(v *Vendor, c *call) { v.updateUser(c, true) })
	add("PATCH /users/{id}", func(v *Vendor, c *call) { v.updateUser(c, false) })
	add("DELETE /users/{id}", (*Vendor).deleteUser)
	add("GET /users/{id}/suspended", (*Vendor).getSuspended)
	add("PUT /users/{id}/suspended", (*Vendor).putSuspended)
	add("POST /users/{id}/revoke-credentials", (*Vendor).revokeCredentials)
	add("GET /users/{id}/groups", (*Vendor).listUserGroups)
	add("POST /users/{id}/groups", (*Vendor).changeGroups)
	add("GET /users/{id}/custom-fields", (*Vendor).listUserFields)
	add("PUT /users/{id}/custom-fields/{id}", (*Vendor).putUserField)
	add("DELETE /users/{id}/custom-fields/{id}", (*Vendor).deleteUserField)
}

// listUsers is ordered by last name whatever its case (1.1).
func (v *Vendor) listUsers(c *call) {
	rows := v.state["users"].all(nil)
	folded := make(map[float64]string, len(rows))
	for _, u := range rows {
		folded[twin.As[float64](u["id"])] = strings.ToLower(text(u, "lastName"))
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Compare(folded[twin.As[float64](a["id"])], folded[twin.As[float64](b["id"])])
	})
	fields := map[string]field{
		"id": {"eq ne", func(_ *Vendor, r row, op, value string) bool {
			return (digits(idOf(r["id"])) == value) == (op == "eq")
		}},
		"firstname": contains(of("firstName")), "lastname": contains(of("lastName")),
		"user_status": {"eq", func(v *Vendor, r row, _, value string) bool { return v.status(r) == value }},
	}
	for _, f := range v.state["custom_fields"].all(nil) {
		id := digits(idOf(f["id"]))
		fields["cf_"+id] = field{"eq exact", func(v *Vendor, r row, op, value string) bool {
			has := text(twin.As[map[string]any](r["customFields"]), id)
			if op == "eq" && text(f, "fieldType") == "TEXT" {
				return has != "" && v.within(has, value)
			}
			return has == value
		}}
	}
	v.page(c, rows, fields, v.showListed)
}

// status: active needs a credential valid today and a group (1.2); deleted is dead.
func (v *Vendor) status(u row) string {
	switch {
	case flag(u, "suspended"):
		return "suspended"
	case len(groupsOf(u)) > 0 && v.canBadge(u):
		return "active"
	}
	return "unaffiliated"
}

// canBadge: some credential, or a PIN, is valid now.
func (v *Vendor) canBadge(u row) bool {
	if text(u, "pin") != "" && v.open(u) {
		return true
	}
	return slices.ContainsFunc(v.credentialsOf(u), v.open)
}

// open says whether the effective dates of a PIN or a credential hold now.
func (v *Vendor) open(r row) bool {
	from, err := twin.ParseStamp(text(r, "effectiveFrom"))
	if err == nil && v.now().Before(from) {
		return false
	}
	to, err := twin.ParseStamp(text(r, "effectiveTo"))
	return err != nil || v.now().Before(to)
}

// whole seconds, as the docs promise; invitations and events have milliseconds (1).
func second(stamp string) string {
	t, err := twin.ParseStamp(stamp)
	if err != nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (v *Vendor) showUser(u row) row {
	out := keep(u, "id", "externalId", "firstName", "middleName", "lastName", "pin", "suspended", "bleTwoFactorExempt", "emails",
		"phoneNumbers")
	for _, f := range []string{"created", "updated", "effectiveFrom", "effectiveTo"} {
		out[f] = second(text(u, f))
	}
	fields := []any{}
	for _, f := range v.userFields(u) {
		fields = append(fields, f)
	}
	out["customFields"] = fields
	return shown(out)
}

func (v *Vendor) showListed(u row) row {
	out := v.showUser(u)
	if v.switches.Is("list_rows", "thin") {
		out = keep(out, "id", "externalId", "firstName", "lastName", "suspended")
	}
	if v.switches.Is("list_external_id", "hidden") {
		delete(out, "externalId")
	}
	return out
}

func (v *Vendor) createUser(c *call) {
	body, ok := c.body(false)
	if !ok {
		return
	}
	values, ok := v.takeUser(c, body, nil)
	if !ok {
		return
	}
	stamp := twin.Stamp(v.now())
	u := with(row{"created": stamp, "updated": stamp, "suspended": false, "bleTwoFactorExempt": false}, values)
	v.state["users"].add(u)
	c.done = append(c.done, change{"users", nil, u})
	c.reply(v.showUser(u))
}

func (v *Vendor) getUser(c *call) {
	if u := c.pick("users", "User", 0); u != nil {
		c.reply(v.showUser(u))
	}
}

func (v *Vendor) getByExternalID(c *call) {
	u := v.state.byExternalID(c.text)
	if u == nil {
		c.missing("User")
		return
	}
	c.reply(v.showUser(u))
}

// updateUser: PUT erases every optional field that is left out, PATCH keeps it (4).
func (v *Vendor) updateUser(c *call, whole bool) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	base := u
	if whole {
		base = keep(u, "id", "created", "suspended", "groups", "customFields")
		base["suspended"], base["bleTwoFactorExempt"] = u["suspended"], false
	} else if body, ok = v.patchNulls(c, body); !ok {
		return
	}
	values, ok := v.takeUser(c, body, base)
	if !ok {
		return
	}
	next := with(base, values)
	next["updated"] = twin.Stamp(v.now())
	v.state["users"].put(next)
	c.done = append(c.done, change{"users", u, next})
	c.reply(v.showUser(next))
}

// patchNulls does what a null or an empty text in a PATCH means.
func (v *Vendor) patchNulls(c *call, body row) (row, bool) {
	out := row{}
	for k, x := range body {
		switch {
		case x != nil && x != "":
			out[k] = x
		case v.switches.Is("patch_null", "400"):
			return nil, c.criteria()
		case v.switches.Is("patch_null", "clear"):
			out[k] = nil
		}
	}
	return out, true
}

func (v *Vendor) deleteUser(c *call) {
	if u := c.pick("users", "User", 0); u != nil && c.full() {
		c.done = append(c.done, v.state.remove("users", idOf(u["id"]))...)
		c.nothing()
	}
}

func (v *Vendor) getSuspended(c *call) {
	if u := c.pick("users", "User", 0); u != nil {
		c.reply(row{"id": u["id"], "suspended": flag(u, "suspended")})
	}
}

func (v *Vendor) putSuspended(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	to, ok := body["suspended"].(bool)
	if !ok {
		c.criteria()
		return
	}
	if to != flag(u, "suspended") {
		next := with(u, row{"suspended": to, "updated": twin.Stamp(v.now())})
		v.state["users"].put(next)
		c.done = append(c.done, change{"users", u, next})
	}
	c.reply(row{"id": u["id"], "suspended": to})
}

// revokeCredentials strips a suspended user of all credentials but faces (4). What its answer holds is not found: an empty
// object.
func (v *Vendor) revokeCredentials(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	if !flag(u, "suspended") {
		c.fail(http.StatusBadRequest, "User is not suspended")
		return
	}
	for _, cr := range v.state["credentials"].all(by("userId", idOf(u["id"]))) {
		if text(cr, "kind") != "face" {
			v.state.unassign(cr)
		}
	}
	for _, i := range v.invitationsOf(u) {
		if s := text(v.aged(i), "status"); s == pending || s == expired {
			v.cancel(i)
		}
	}
	if next := with(u, row{"pin": nil, "effectiveFrom": nil, "effectiveTo": nil}); text(u, "pin") != "" {
		v.state["users"].put(next)
	}
	c.reply(row{})
}
