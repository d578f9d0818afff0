package saltoks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// routeUsers answers .../users/... ; the id in a path is the site user's (2.3).
func (v *Vendor) routeUsers(c *call, rest []string) {
	method := c.r.Method
	if len(rest) == 0 {
		switch method {
		case http.MethodGet:
			ids := slices.DeleteFunc(v.state.within("users", c.site), func(id string) bool {
				return v.switches.Is("new_listed", "late") && !v.known(v.state.get("users", id))
			})
			v.list(c, of(ids, userFields(), v.showUser))
		case http.MethodPost:
			v.createUser(c)
		default:
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	u, t := v.pick(c, "users", rest[0], "User")
	if t != nil {
		v.fail(c, t)
		return
	}
	id := text(u, "id")
	switch what := strings.Join(append([]string{method}, rest[1:]...), " "); what {
	case "GET":
		c.reply(v.showUser(id))
	case "PATCH":
		v.updateUser(c, u)
	case "DELETE":
		v.deleteUser(c, u)
	case "PATCH subscription":
		v.subscribe(c, u)
	case "PUT pin":
		v.newPIN(c, u)
	case "GET keys":
		keys := v.keysOf(u)
		v.list(c, listing{len(keys), func(i int) row { return keys[i] }, []string{"type", "key_identifier"}})
	case "GET activated_iqs":
		v.list(c, of(nil, iqFields(), v.showIQ))
	default:
		if len(rest) == 1 || len(rest) == 2 && slices.Contains([]string{"subscription", "pin", "keys", "activated_iqs"}, rest[1]) {
			c.plain(http.StatusMethodNotAllowed, "")
			return
		}
		c.plain(http.StatusNotFound, "")
	}
}

// createUser is POST .../users. With an e-mail the vendor invites, or attaches the account that has it; without a seat left the
// person is made all the same, suspended (0.4, 3).
func (v *Vendor) createUser(c *call) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	roles, t := v.rolesIn(c.site, body)
	switch {
	case t != nil:
		v.fail(c, t)
		return
	case body["role_ids"] == nil || len(roles) == 0:
		v.fail(c, invalid("role_ids is required"))
		return
	}
	for _, field := range []string{"first_name", "last_name"} {
		if s, isText := body[field].(string); !isText || strings.TrimSpace(s) == "" {
			v.fail(c, invalid(field+" is required"))
			return
		}
	}
	mail, t := mailIn(body)
	if t != nil {
		v.fail(c, t)
		return
	}
	made, t := settings(freshUser(), body)
	if t != nil {
		v.fail(c, t)
		return
	}
	person := v.state.byMail(mail)
	if there := v.state.at(c.site, text(person, "id")); there != nil {
		if v.switches.Is("duplicate_email", "existing") {
			c.reply(v.showUser(text(there, "id")))
			return
		}
		v.fail(c, invalid("A user with this email is on the site already"))
		return
	}
	if person == nil {
		person = freshPerson()
		person["id"], person["first_name"], person["last_name"] = v.state.next("people"), body["first_name"], body["last_name"]
		if mail != "" {
			person["email"] = mail
		}
	}
	if tag := text(body, "tag_id"); tag != "" {
		person = with(person, row{"tag_number": tag})
		made["tag_owned_by_this_site"] = true
	}
	made["roles"] = roles
	c.answer(v.created(), asJSON, v.join(c, person, made))
}

func (v *Vendor) created() int {
	if v.switches.Is("create_status", "200") {
		return http.StatusOK
	}
	return http.StatusCreated
}

// join puts a person on the site, invites them if they have an e-mail and no profile, and shows them.
func (v *Vendor) join(c *call, person, made row) row {
	v.state.put("people", person)
	made["id"], made["_site"], made["_person"] = v.state.next("users"), c.site, person["id"]
	made["_made"], made["subscription_state"] = twin.Stamp(v.now()), suspended
	if v.free(c.site) {
		made["subscription_state"] = subscribed
	}
	v.state.put("users", made)
	v.invite(c.site, person)
	return v.showUser(text(made, "id"))
}

// invite keeps the mail that the vendor would send.
func (v *Vendor) invite(site string, person row) {
	if text(person, "email") == "" || flag(person, "has_profile") {
		return
	}
	v.state.put("invitations", row{
		"id": v.state.next("invitations"), "_site": site, "email": person["email"], "user_id": person["id"], "name": called(person),
		"sent_at": twin.Stamp(v.now()),
	})
}

// rolesIn reads role_ids; the owner's cannot be given.
func (v *Vendor) rolesIn(site string, body row) ([]any, *trouble) {
	ids, bad := list(body, "role_ids")
	if bad != "" {
		return nil, badValue(bad)
	}
	out := []any{}
	for _, id := range ids {
		if !slices.Contains(v.assignable(site), id) {
			return nil, badValue("role_ids")
		}
		out = append(out, id)
	}
	return out, nil
}

// mailIn reads the e-mail: left out or null is none, an empty one is refused (0.6).
func mailIn(body row) (string, *trouble) {
	value := body["email"]
	if value == nil {
		return "", nil
	}
	mail, isText := value.(string)
	if at := strings.Index(mail, "@"); !isText || at < 1 || at == len(mail)-1 || strings.ContainsAny(mail, " \t") {
		return "", badValue("email")
	}
	return mail, nil
}

// settings are what a body sets of a site user; other fields are ignored.
func settings(old, body row) (row, *trouble) {
	out := twin.Clone(old)
	for _, field := range userFlags() {
		switch x := body[field].(type) {
		case nil:
		case bool:
			out[field] = x
		default:
			return nil, badValue(field)
		}
	}
	if value, given := body["alias"]; given {
		if _, isText := value.(string); !isText && value != nil {
			return nil, badValue("alias")
		}
		out["alias"] = value
	}
	return out, nil
}

// updateUser is PATCH: what is not named stays (1.4). Registered people own their names and e-mail (3).
func (v *Vendor) updateUser(c *call, old row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	next, t := settings(old, body)
	if t == nil && body["role_ids"] != nil {
		var roles []any
		if roles, t = v.rolesIn(c.site, body); t == nil && len(roles) == 0 {
			t = badValue("role_ids")
		}
		next["roles"] = roles
	}
	mail, bad := mailIn(body)
	if t == nil {
		t = bad
	}
	person := v.state.get("people", text(old, "_person"))
	changes := row{}
	for _, field := range []string{"first_name", "last_name"} {
		if s, given := body[field].(string); given {
			changes[field] = s
		}
	}
	if mail != "" {
		changes["email"] = mail
		if other := v.state.byMail(mail); t == nil && other != nil && other["id"] != person["id"] {
			t = invalid("A user with this email is there already")
		}
	}
	owns := flag(person, "has_profile") || !flag(person, "is_managed_by_current_site")
	if t == nil && len(changes) > 0 && owns && v.switches.Is("patch_profile", "403") {
		t = forbidden("Operation not permitted on this user")
	}
	if t != nil {
		v.fail(c, t)
		return
	}
	if len(changes) > 0 && !owns {
		moved := mail != "" && fold(mail) != fold(text(person, "email"))
		person = with(person, changes)
		v.state.put("people", person)
		if moved {
			v.invite(c.site, person)
		}
	}
	v.state.put("users", next)
	out := v.showUser(text(next, "id"))
	if v.switches.Is("patch_roles", "empty") {
		out["roles"] = []row{}
	}
	c.reply(out)
}

// deleteUser frees the seat at once; the person is there for some seconds more (1.8).
func (v *Vendor) deleteUser(c *call, u row) {
	if slices.Contains(v.state.codes(u), podMember) {
		v.fail(c, &trouble{http.StatusForbidden, 2220, "User is a member of a pod"})
		return
	}
	if _, leaving := v.leaving[text(u, "id")]; !leaving {
		v.leaving[text(u, "id")] = v.now()
	}
	if v.switches.Is("delete_status", "204") {
		c.plain(http.StatusNoContent, "")
		return
	}
	c.plain(http.StatusAccepted, "")
}

// subscribe is PATCH .../subscription (2.3).
func (v *Vendor) subscribe(c *call, u row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	want := text(body, "state")
	switch {
	case want != subscribed && want != suspended:
		v.fail(c, badValue("state"))
		return
	case want == subscribed && text(u, "subscription_state") != subscribed && !v.free(c.site):
		if v.switches.Is("over_seats", "403") {
			v.fail(c, lapsed())
			return
		}
	default:
		v.state.put("users", with(u, row{"subscription_state": want}))
	}
	v.finish(c)
}
