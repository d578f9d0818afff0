package kisi

import (
	"net/http"
	"net/mail"
	"regexp"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func (v *Vendor) createUser(c *call, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{
		"email": aString, "name": aString, "image": orNull, "send_emails": aBool, "confirm": aBool, "access_enabled": aBool,
		"password_flow_enabled": aBool, "metadata": aBag, "notes": orNull,
	}, p)
	p.require(given, "email")
	p.metadata(given)
	email := strings.TrimSpace(text(given, "email"))
	if _, err := mail.ParseAddress(email); email != "" && err != nil {
		p.add("email", "is invalid")
	}
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	if v.state.userByEmail(email) != 0 {
		v.duplicate(c, "email")
		return nil
	}
	if v.switches.Is("email_case", "lower") {
		email = strings.ToLower(email)
	}
	given["email"] = email
	made := defaults("users", v.now())
	made["confirmed"] = flag(given, "confirm")
	delete(given, "send_emails") // never returned (3)
	delete(given, "confirm")
	return with(made, given)
}

func (v *Vendor) updateUser(c *call, old, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{
		"name": aString, "image": orNull, "access_enabled": aBool, "password_flow_enabled": aBool, "metadata": aBag, "notes": orNull,
	}, p)
	p.metadata(given)
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(old, given)
}

func groupBody(create bool) map[string]string {
	out := map[string]string{"name": aString, "description": orNull, "time_restriction_time_zone": orNull}
	for _, f := range groupFlags() {
		out[f] = aBool
	}
	if create {
		out["place_id"] = anID
	}
	return out
}

func (v *Vendor) createGroup(c *call, body row) row {
	p := complaints{}
	if body["place_id"] == nil {
		delete(body, "place_id")
	}
	given := v.take(body, groupBody(true), p)
	p.require(given, "name")
	if id := given["place_id"]; id != nil && v.state["places"].rows[idOf(id)] == nil {
		p.add("place", "must exist")
	}
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(defaults("groups", v.now()), given)
}

func (v *Vendor) updateGroup(c *call, old, body row) row {
	p := complaints{}
	given := v.take(body, groupBody(false), p)
	if _, named := given["name"]; named {
		p.require(given, "name")
	}
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(old, given)
}

func (v *Vendor) createGuest(c *call, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{"name": aString, "email": orNull, "phone_number": orNull}, p)
	p.require(given, "name")
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(defaults("guests", v.now()), given)
}

func (v *Vendor) createGroupLock(c *call, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{"group_id": anID, "lock_id": anID}, p)
	for field, in := range map[string]string{"group": "groups", "lock": "locks"} {
		if v.state[in].rows[idOf(given[field+"_id"])] == nil {
			p.add(field, "must exist")
		}
	}
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	if v.hasLock(idOf(given["group_id"]), idOf(given["lock_id"])) {
		v.duplicate(c, "lock_id")
		return nil
	}
	return with(defaults("group_locks", v.now()), given)
}

// northAmerica is the only kind of phone number a link takes (2.5).
var northAmerica = regexp.MustCompile(`^\+1\d{10}$`)

// maxMailLinks is the quota of links with an e-mail (2.5).
const maxMailLinks = 1000

func (v *Vendor) createLink(c *call, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{
		"group_id": anID, "name": aString, "email": orNull, "phone": orNull, "link_enabled": aBool,
		"quick_response_code_type": orNull, "valid_from": aDate, "valid_until": aDate,
	}, p)
	p.require(given, "name", "group_id")
	if v.state["groups"].rows[idOf(given["group_id"])] == nil {
		p.add("group", "must exist")
	}
	if s := text(given, "quick_response_code_type"); s != "" && s != "online" && s != "offline" {
		p.add("quick_response_code_type", "is not included in the list")
	}
	if s := text(given, "phone"); s != "" && !northAmerica.MatchString(s) {
		p.add("phone", "is invalid")
	}
	if text(given, "email") != "" && v.count("group_links", func(r row) bool { return text(r, "email") != "" }) >= maxMailLinks {
		p.add("base", "the quota of links with an e-mail is used up")
	}
	p.window(given)
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	made := with(defaults("group_links", v.now()), given)
	v.serial++
	made["secret"] = "link-" + strconv.Itoa(v.serial)
	made["created_by_id"] = float64(c.user)
	return made
}

func (p complaints) window(r row) {
	from, until := text(r, "valid_from"), text(r, "valid_until")
	if from != "" && until != "" && until <= from {
		p.add("valid_until", "must be after valid_from")
	}
}

// unlock opens a door, or says why not (2.6, 6). The user must be enabled and have a group right on the lock inside its validity.
func (v *Vendor) unlock(c *call, lock row) {
	e := event{kind: "lock.unlock", objectType: "Lock", object: lock}
	refuse := func(code, message string) {
		e.code, e.message = code, message
		c.said = append(c.said, e)
		c.fail(http.StatusForbidden, code, message)
	}
	now, code := v.now(), "fcd8ef"
	try := func(r row) {
		from, err := twin.ParseStamp(text(r, "valid_from"))
		switch {
		case holds(r, now):
			code = ""
		case code == "":
		case err == nil && now.Before(from):
			code = "f358de"
		default:
			code = "f35ade"
		}
	}
	switch {
	case c.link != nil:
		e.actorType, e.actor = "GroupLink", c.link
		if v.hasLock(idOf(c.link["group_id"]), idOf(lock["id"])) && flag(c.link, "link_enabled") {
			try(c.link)
		}
	default:
		e.actorType, e.actor = "User", v.state["users"].rows[c.user]
		if !enabled(e.actor) {
			refuse("fcd8ff", "Access disabled.")
			return
		}
		v.state["role_assignments"].each(func(_ int64, r row) {
			if text(r, "applies_to_type") == "Group" && v.hasLock(idOf(r["applies_to_id"]), idOf(lock["id"])) {
				for _, u := range v.state.assignees(r) {
					if u == c.user {
						try(r)
					}
				}
			}
		})
	}
	if code != "" {
		refuse(code, map[string]string{"fcd8ef": "Access denied.", "f358de": "Access not started.", "f35ade": "Access expired."}[code])
		return
	}
	e.success = true
	c.said = append(c.said, e)
	c.reply(row{"message": "Unlocked!"})
}
