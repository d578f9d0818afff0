package officernd

import (
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// takes says which forms a declared filter has.
type takes uint8

const (
	eq   takes = 1 << iota // field=value
	in                     // field[$in]=a,b
	cmp                    // field[$gt|$gte|$lt|$lte]=ISO
	many                   // field=a&field=b, also field[]=a
)

// collection is one v2 collection: its name in the world file and in the path, its read scope, and its declared filters
// (vendors/officernd.md 1.4).
type collection struct {
	key, route, scope string
	shape             twin.Shape
	filters           map[string]takes
	sorts             []string
	event             string // prefix of its webhook events, empty = none
	silentRemoval     bool   // no .removed event
	stamps            bool   // createdAt and modifiedAt
}

// catalogue is every collection, those that others refer to first.
type catalogue struct {
	all     []*collection
	byRoute map[string]*collection
}

func collections() catalogue {
	f := func(t takes, names ...string) map[string]takes {
		out := map[string]takes{}
		for _, n := range names {
			out[n] = t
		}
		return out
	}
	plus := func(ms ...map[string]takes) map[string]takes {
		out := map[string]takes{}
		for _, m := range ms {
			maps.Copy(out, m)
		}
		return out
	}
	dates := f(cmp, "createdAt", "modifiedAt")
	all := []*collection{
		{key: "locations", scope: "space.locations", filters: f(eq, "_id", "name", "isOpen", "isPublic")},
		{key: "floors", scope: "space.floors", filters: plus(dates, f(eq, "location", "name"))},
		{key: "resource_types", scope: "space.resourceTypes", filters: f(eq|many, "_id", "type")},
		{
			key: "resources", scope: "space.resources",
			filters: plus(f(eq, "type", "location", "floor", "_id", "name"), f(cmp, "modifiedAt")),
		},
		{key: "plans", scope: "billing.plans", filters: f(eq, "name", "code")},
		{
			key: "companies", scope: "community.companies", event: "company", sorts: []string{"name", "email", "startDate"},
			filters: plus(dates, f(eq, "_id", "name", "location", "properties"), f(eq|in, "status")),
		},
		{
			key: "members", scope: "community.members", event: "member",
			sorts:   []string{"name", "email", "location", "company", "status", "modifiedAt"},
			filters: plus(dates, f(eq, "_id", "name", "email", "location", "company", "properties"), f(eq|in, "status")),
		},
		{key: "memberships", scope: "community.memberships", event: "membership", filters: f(eq, "company", "member")},
		{key: "assignments", scope: "space.assignments", filters: f(eq, "resource", "membership")},
		{
			key: "bookings", scope: "space.bookings", event: "booking",
			filters: plus(f(cmp, "seriesStart", "seriesEnd", "modifiedAt"), f(eq, "resource", "company", "member", "location")),
		},
		{key: "visitors", scope: "community.visitors", filters: plus(f(eq|in, "_id"), f(eq, "name", "email", "type"))},
		{
			key: "passes", scope: "space.passes", event: "pass", silentRemoval: true,
			filters: plus(f(eq, "company", "member"), f(cmp, "modifiedAt")),
		},
		{
			key: "checkins", scope: "community.checkins",
			filters: plus(f(eq, "_id", "company", "member", "location", "source"), f(cmp, "start", "end", "createdAt")),
		},
		{key: "webhooks", scope: "settings.webhooks"},
	}
	shape, out := shapes(), catalogue{all: all, byRoute: map[string]*collection{}}
	for _, c := range all {
		c.route, c.shape = strings.ReplaceAll(c.key, "_", "-"), shape[c.key]
		_, c.stamps = c.shape["modifiedAt"]
		out.byRoute[c.route] = c
	}
	return out
}

// declared returns the filters and sorts of a collection as the switches stand.
func (v *Vendor) declared(c *collection) (map[string]takes, []string) {
	if c.key != "memberships" {
		return c.filters, c.sorts
	}
	filters, sorts := maps.Clone(c.filters), slices.Clone(c.sorts)
	if v.switches.Is("memberships_modified", "accept") {
		filters["createdAt"], filters["modifiedAt"] = cmp, cmp
		sorts = append(sorts, "createdAt", "modifiedAt")
	}
	if v.switches.Is("memberships_status_plan", "accept") {
		filters["status"], filters["plan"] = eq, eq
	}
	return filters, sorts
}
