package brivo

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func accountRoutes(add adder) {
	add("GET /administrators/whoami", (*Vendor).whoami)
	add("GET /administrators", (*Vendor).listAdministrators)
	add("GET /administrators/{id}", (*Vendor).getAdministrator)
	add("GET /accounts", (*Vendor).listAccounts)
	add("GET /accounts/summary", (*Vendor).summary)
	add("GET /accounts/{id}", (*Vendor).getAccount)
	for _, what := range []string{"features", "settings"} {
		add("GET /accounts/{id}/"+what, func(v *Vendor, c *call) {
			if v.mine(c) {
				v.whole(c, nil, idAndName)
			}
		})
	}
	add("GET /applications", (*Vendor).listApplications)
	add("POST /applications", (*Vendor).createApplication)
	add("GET /applications/authorized", (*Vendor).listAuthorized)
	add("GET /applications/{id}", (*Vendor).getApplication)
	add("DELETE /applications/{id}", (*Vendor).deleteApplication)
	add("GET /custom-fields", (*Vendor).listFields)
	add("GET /time", (*Vendor).serveTime)
}

func showAdministrator(a row) row {
	return keep(a, "id", "username", "firstName", "lastName", "email", "timezone", "identityType", "canCreateAdmins")
}

func (v *Vendor) whoami(c *call) { c.reply(showAdministrator(c.admin)) }

func (v *Vendor) listAdministrators(c *call) {
	v.page(c, v.state["administrators"].all(nil), map[string]field{
		"username": contains(of("username")),
		"type": {"eq", func(_ *Vendor, a row, _, value string) bool {
			return strings.EqualFold(value, text(a, "identityType"))
		}},
	}, showAdministrator)
}

func (v *Vendor) getAdministrator(c *call) {
	if a := c.pick("administrators", "Administrator", 0); a != nil {
		c.reply(showAdministrator(a))
	}
}

// mine: an administrator knows one account here.
func (v *Vendor) mine(c *call) bool {
	if c.ids[0] != idOf(v.account["id"]) {
		c.missing("Account")
		return false
	}
	return true
}

func (v *Vendor) showAccount() row { return keep(v.account, "id", "name") }

func (v *Vendor) listAccounts(c *call) {
	v.page(c, []row{v.account}, nil, func(row) row { return v.showAccount() })
}

func (v *Vendor) getAccount(c *call) {
	if v.mine(c) {
		c.reply(v.showAccount())
	}
}

// summary is for senior and master administrators only (8). What it holds was not found.
func (v *Vendor) summary(c *call) {
	if kind := text(c.admin, "identityType"); kind != "SENIOR" && kind != "MASTER" {
		c.fail(http.StatusForbidden, "This functionality is unavailable for this admin")
		return
	}
	c.reply(row{"users": len(v.state["users"].order), "groups": len(v.state["groups"].order), "sites": len(v.state["sites"].order)})
}

func (v *Vendor) showApplication(a row) row {
	out := keep(a, "id", "name", "description", "grantTypes", "clientId", "redirectUri", "accessTokenTtl", "refreshTokenTtl")
	out["accountId"], out["created"], out["updated"] = v.account["id"], second(text(a, "created")), second(text(a, "updated"))
	return out
}

func (v *Vendor) listApplications(c *call) {
	v.page(c, v.state["applications"].all(nil), nil, v.showApplication)
}

// listAuthorized are the applications that hold a living refresh token; it has no pages (1.1).
func (v *Vendor) listAuthorized(c *call) {
	v.whole(c, v.state["applications"].all(func(a row) bool {
		for _, s := range v.refresh {
			if s.app == idOf(a["id"]) && v.now().Before(s.until) {
				return true
			}
		}
		return false
	}), v.showApplication)
}

func (v *Vendor) getApplication(c *call) {
	if a := c.pick("applications", "Application", 0); a != nil {
		c.reply(v.showApplication(a))
	}
}

// createApplication: an application is of one kind, and the secret is told once (2.1).
func (v *Vendor) createApplication(c *call) {
	body, ok := c.body(false)
	if !ok || !c.full() {
		return
	}
	stamp := twin.Stamp(v.now())
	a := keep(body, "name", "description", "grantTypes", "redirectUri")
	if err := checkGrants(a); err != nil || text(a, "name") == "" {
		c.criteria()
		return
	}
	a["clientId"], a["secret"] = v.uuid(), v.secret()
	a["accessTokenTtl"], a["refreshTokenTtl"], a["created"], a["updated"] = accessLife, refreshLife, stamp, stamp
	v.state["applications"].add(a)
	out := v.showApplication(a)
	out["secret"] = a["secret"]
	c.reply(out)
}

// secret is 32 characters (2.1).
func (v *Vendor) secret() string { return strings.ReplaceAll(v.uuid(), "-", "") }

func (v *Vendor) deleteApplication(c *call) {
	if a := c.pick("applications", "Application", 0); a != nil && c.full() {
		v.state["applications"].drop(idOf(a["id"]))
		c.nothing()
	}
}

func (v *Vendor) listFields(c *call) {
	v.page(c, v.state["custom_fields"].all(nil), nil, showField)
}

// userFields are a user's custom fields with their values, which are always text (4).
func (v *Vendor) userFields(u row) []row {
	bag, out := twin.As[map[string]any](u["customFields"]), []row{}
	for _, f := range v.state["custom_fields"].all(nil) {
		if value := text(bag, digits(idOf(f["id"]))); value != "" {
			out = append(out, row{"id": f["id"], "fieldName": f["fieldName"], "fieldType": f["fieldType"], "value": value})
		}
	}
	return out
}

func (v *Vendor) listUserFields(c *call) {
	if u := c.pick("users", "User", 0); u != nil {
		v.whole(c, v.userFields(u), func(f row) row { return f })
	}
}

func (v *Vendor) putUserField(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	f := c.pick("custom_fields", "Custom field", 1)
	if f == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	value, good := body["value"].(string)
	switch text(f, "fieldType") {
	case "NUMBER":
		_, err := strconv.ParseFloat(value, 64)
		good = good && err == nil
	case "DATE":
		_, err := twin.ParseStamp(value)
		good = good && err == nil
	}
	if !good {
		c.criteria()
		return
	}
	v.setField(c, u, row{digits(c.ids[1]): value})
	c.reply(row{"id": f["id"], "fieldName": f["fieldName"], "fieldType": f["fieldType"], "value": value})
}

func (v *Vendor) setField(c *call, u, value row) {
	next := with(u, row{"customFields": with(twin.As[map[string]any](u["customFields"]), value), "updated": twin.Stamp(v.now())})
	v.state["users"].put(next)
	c.done = append(c.done, change{"users", u, next})
}

func (v *Vendor) deleteUserField(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil || c.pick("custom_fields", "Custom field", 1) == nil {
		return
	}
	v.setField(c, u, row{digits(c.ids[1]): nil})
	c.nothing()
}

// serveTime wants the caller's own time in a header (8).
func (v *Vendor) serveTime(c *call) {
	if _, err := twin.ParseStamp(c.r.Header.Get("Current-Date")); err != nil {
		c.criteria()
		return
	}
	c.reply(row{"time": v.now().UTC().Format(time.RFC3339)})
}
