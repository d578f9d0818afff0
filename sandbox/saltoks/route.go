package saltoks

import (
	"net/http"
	"slices"
	"strings"
)

// route answers {api}/v1.1/... and {api}/v1.2/... (2).
func (v *Vendor) route(c *call) {
	switch {
	case len(c.rest) == 1 && c.rest[0] == "me":
		if c.get() {
			c.reply(v.showMe(c.person))
			return
		}
		c.plain(http.StatusMethodNotAllowed, "")
	case len(c.rest) == 1 && c.rest[0] == "sites":
		v.listSites(c)
	case len(c.rest) > 1 && c.rest[0] == "sites":
		if t := v.enter(c); t != nil {
			v.fail(c, t)
			return
		}
		v.routeSite(c)
	default:
		c.plain(http.StatusNotFound, "")
	}
}

// listSites lists the sites on which the caller is (2.1).
func (v *Vendor) listSites(c *call) {
	if !c.get() {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	ids := []string{}
	for _, id := range v.state.tables["sites"].order {
		if v.onSite(id, c.person) != nil {
			ids = append(ids, id)
		}
	}
	v.list(c, of(ids, siteFields(), v.showSite))
}

// onSite is the site user that a person is on a site and stays; nil = none.
func (v *Vendor) onSite(site, person string) row {
	u := v.state.at(site, person)
	if _, leaving := v.leaving[text(u, "id")]; leaving {
		return nil
	}
	return u
}

// enter finds the site of a path, and asks whether the caller may do there what it asks: everybody of the site may look at the
// site, at the roles and at themselves, the rest is for administrators with a seat (1.3, 3).
func (v *Vendor) enter(c *call) *trouble {
	id := strings.ToLower(c.rest[1])
	if !guidForm.MatchString(id) {
		return invalid("The value '" + c.rest[1] + "' is not valid")
	}
	me := v.onSite(id, c.person)
	if me == nil {
		return absent("Site")
	}
	c.site, c.rest = id, c.rest[2:]
	site := v.state.get("sites", id)
	open := len(c.rest) == 0 || len(c.rest) == 1 && slices.Contains([]string{"me", "roles", "subscription"}, c.rest[0])
	codes := v.state.codes(me)
	switch {
	case open && c.get():
		return nil
	case text(site, "installation_state") != "released":
		return &trouble{http.StatusBadRequest, 2210, "Site is not released yet"}
	case text(me, "subscription_state") != subscribed || flag(me, "blocked"),
		!slices.Contains(codes, siteAdmin) && !slices.Contains(codes, siteOwner):
		return forbidden("Operation not permitted")
	case !c.get() && !flag(site, "subscription_valid"):
		return lapsed()
	}
	return nil
}

// routeSite answers .../sites/{s}/...
func (v *Vendor) routeSite(c *call) {
	if len(c.rest) == 0 {
		c.only(func() { c.reply(v.showSite(c.site)) })
		return
	}
	rest := c.rest[1:]
	in := func(table string) []string { return v.state.within(table, c.site) }
	switch c.rest[0] {
	case "me":
		c.only(func() { c.reply(v.showMyself(c)) })
	case "subscription":
		site := v.state.get("sites", c.site)
		c.only(func() {
			c.reply(row{"user_amount": site["subscribed_user_amount"], "type": "default", "features": site["features"]})
		})
	case "roles":
		c.only(func() { v.list(c, of(v.assignable(c.site), roleFields(), v.showRole)) })
	case "users":
		v.routeUsers(c, rest)
	case "guests":
		if len(rest) == 0 && c.r.Method == http.MethodPost {
			v.createGuest(c)
			return
		}
		c.plain(http.StatusMethodNotAllowed, "")
	case "access_groups":
		v.routeGroups(c, rest)
	case "locks":
		if len(rest) == 2 && rest[1] == "locking" {
			c.plain(http.StatusNotImplemented, "the sandbox does not fake remote opening")
			return
		}
		v.look(c, rest, "locks", "Lock", of(in("locks"), lockFields(), v.showLock))
	case "iqs":
		v.look(c, rest, "iqs", "IQ", of(in("iqs"), iqFields(), v.showIQ))
	case "entries":
		v.routeEntries(c, rest)
	default:
		c.plain(http.StatusNotFound, "")
	}
}

// only answers a GET.
func (c *call) only(do func()) {
	if !c.get() {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	do()
}

// look answers a collection that is only read: all, or one.
func (v *Vendor) look(c *call, rest []string, table, what string, l listing) {
	switch {
	case !c.get():
		c.plain(http.StatusMethodNotAllowed, "")
	case len(rest) == 0:
		v.list(c, l)
	case len(rest) == 1:
		r, t := v.pick(c, table, rest[0], what)
		if t != nil {
			v.fail(c, t)
			return
		}
		if table == "iqs" {
			c.reply(v.showIQ(text(r, "id")))
			return
		}
		c.reply(v.showLock(text(r, "id")))
	default:
		c.plain(http.StatusNotFound, "")
	}
}

// pick is the row of the site that an id names.
func (v *Vendor) pick(c *call, table, id, what string) (row, *trouble) {
	id = strings.ToLower(id)
	if !guidForm.MatchString(id) {
		return nil, invalid("The value '" + id + "' is not valid")
	}
	r := v.state.get(table, id)
	if r == nil || text(r, "_site") != c.site {
		return nil, absent(what)
	}
	return r, nil
}

// assignable lists the roles that a caller may give: all but the owner's (2.2).
func (v *Vendor) assignable(site string) []string {
	return slices.DeleteFunc(v.state.within("roles", site), func(id string) bool {
		return text(v.state.get("roles", id), "code") == siteOwner
	})
}

// showMyself is the caller on the site (2.1, 2.3).
func (v *Vendor) showMyself(c *call) row {
	me := v.state.at(c.site, c.person)
	out := v.showUser(text(me, "id"))
	out["ownership_state"], out["member_of_pods"], out["guest_of_pods"] = "none", []any{}, []any{}
	if text(v.state.get("sites", c.site), "owner") == c.person {
		out["ownership_state"] = "owner"
	}
	return out
}
