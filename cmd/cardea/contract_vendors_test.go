package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The secrets of the town; none of them may ever be seen outside the vendors.
const (
	townClientSecret = "town-client-secret-5f1d9c"
	townKey          = "town-api-key-77ab03e2"
)

const townVendors = `
name: town
about: A small house that everything happens to.
anchor: 2026-11-23
officernd:
  org: acme
  name: Acme
  clients: [{id: cardea, secret: ` + townClientSecret + `, scopes: all}]
  locations: [{_id: london, name: London, timezone: Europe/London, isOpen: true, isPublic: true}]
  floors:
    - {_id: floor-1, name: Floor 1, floor: "1", location: london, isOpen: true}
    - {_id: floor-2, name: Floor 2, floor: "2", location: london, isOpen: true}
  resource_types:
    - {_id: t-room, title: Meeting Room, type: meeting_room, bookingMode: time, canBook: true, canAssign: false, isPrimary: true}
    - {_id: t-office, title: Private Office, type: team_room, canBook: false, canAssign: true, isHierarchical: true}
    - {_id: t-desk, title: Dedicated Desk, type: desk, canBook: false, canAssign: true}
    - {_id: t-office-desk, title: Office Desk, type: desk_tr, canBook: false, canAssign: true}
  resources:
    - {_id: office, name: Office, type: team_room, location: london, floor: floor-1, childrenCount: 1, desksCount: 1}
    - {_id: inner, name: Inner desk, type: desk_tr, location: london, floor: floor-1, parents: [office]}
    - {_id: outer, name: Outer desk, type: desk, location: london, floor: floor-2}
    - {_id: elephant, name: Elephant, type: meeting_room, location: london, floor: floor-2, size: 10}
    - {_id: giraffe, name: Giraffe, type: meeting_room, location: london, floor: floor-1, size: 4}
  plans:
    - {_id: hot, name: Hot desk, type: hotdesk, intervalLength: month, price: 180, forMembers: true}
    - {_id: owl, name: Night owl, type: hotdesk, intervalLength: month, price: 220, forMembers: true}
    - {_id: desk, name: Desk, type: desk, intervalLength: month, price: 350, forMembers: true}
  companies:
    - {_id: globex, name: Globex, location: london}
    - {_id: initech, name: Initech, location: london}
kisi:
  organization: {id: 1, name: Acme, domain: acme, time_zone: Europe/London}
  keys: [{secret: ` + townKey + `, user: olga@x.test}]
  places: [{id: 1, name: London, address: "1 Long Lane", time_zone: Europe/London}]
  locks: [{id: 1, name: Front door, place_id: London}]
  groups:
    - {id: 11, name: General, place_id: London}
    - {id: 12, name: Night, place_id: London}
    - {id: 13, name: Building, place_id: London}
    - {id: 14, name: Floor, place_id: London}
    - {id: 15, name: Elephant room, place_id: London}
    - {id: 16, name: Lounge, place_id: London}
    - {id: 17, name: Cleaners, place_id: London}
  users:
    - {id: 1, name: Olga Owner, email: olga@x.test}
    - {id: 2, name: Claire Cleaner, email: cleaner@x.test}
    - {id: 3, name: Kim Keep, email: kept@x.test}
    - {id: 4, name: Stan Stranger, email: stan@x.test}
    - {id: 5, name: Mallory Moss, email: mallory@x.test}
    - {id: 6, name: P Two, email: P2@X.test}
  role_assignments:
    - {id: 1, assignee_type: User, assignee_id: olga@x.test, applies_to_type: Organization, role_id: organization_owner}
    - {id: 2, user_id: olga@x.test, group_id: General, role_id: group_basic}
    - {id: 3, user_id: cleaner@x.test, group_id: Cleaners, role_id: group_basic}
`

const townConfig = `
database: sqlite:town.db
connections:
  rnd: {system: officernd, base_url: "http://127.0.0.1:9090/officernd", org: acme, client_id: cardea,
    client_secret: ` + townClientSecret + `}
  kisi: {system: kisi, base_url: "http://127.0.0.1:9090/kisi", api_key: ` + townKey + `}
integrations:
  london:
    enabled: true
    space: rnd
    door: kisi
    zone: Europe/London
    locations: [London]
    location_settings: {London: {zone: Europe/London}}
    approve: auto
    mappings:
      plans:
        Hot desk: [General]
        Night owl: [General, Night, Lounge]
      locations: {London: [Building]}
      floors: {London/Floor 1: [Floor]}
      bookables: {Elephant: {groups: [Elephant room], lead: 10m, lag: 5m}}
      passes: {"*": [General]}
    groups:
      General: {keep: [{account: kept@x.test, note: Kept for the test}]}
      Building: {mode: shared}
      Lounge: {mode: watch}
`

// The groups of the town, by the door system's ids.
const (
	gGeneral, gNight, gBuilding, gFloor, gElephant, gLounge, gCleaners = "11", "12", "13", "14", "15", "16", "17"
)

// townMapped are the groups that the configuration names at first; config edits take Night and Elephant out and back.
var townMapped = []string{gGeneral, gNight, gBuilding, gFloor, gElephant, gLounge}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

func (p human) yaml() string {
	if p.visitor {
		return fmt.Sprintf("{_id: %s, name: Visitor %s, email: %s, type: preregistration}", p.id, p.id, p.email)
	}
	return fmt.Sprintf("{_id: %s, name: Person %s, email: %s, location: london, startDate: 2026-01-05, company: %s, status: %s}",
		p.id, p.id, p.email, orNull(p.company), orNull(p.status))
}

func (d deal) yaml() string {
	return fmt.Sprintf("{_id: %s, name: %s, plan: %s, location: london, member: %s, company: %s, isPersonal: %v, "+
		"startDate: %s, endDate: %s}", d.id, d.id, d.plan, orNull(d.who), orNull(d.company), d.who != "", d.from, orNull(d.to))
}

func (s slot) yaml() string {
	return fmt.Sprintf("{_id: %s, title: %s, resource: elephant, location: london, timezone: Europe/London, source: portal, "+
		"member: %s, members: [%s], visitors: [%s], start: %s, end: %s, isCancelled: %v}", s.id, s.id, s.host,
		strings.Join(s.members, ", "), strings.Join(s.guests, ", "), s.from.UTC().Format(time.RFC3339),
		s.until.UTC().Format(time.RFC3339), s.off)
}

func (t ticket) yaml() string {
	return fmt.Sprintf("{_id: %s, member: %s, resourceType: hotdesk, intervalLength: once, isPersonal: true, count: %d, "+
		"usedCount: %d, validFrom: 2026-11-01, validTo: %s}", t.id, t.who, t.count, t.used, t.end)
}

// patchOf is what a change of the town is at the space system: the records that differ.
func patchOf(was, now *town) string {
	rows := map[string][]string{}
	gone := func(kind, id string) { rows[kind] = append(rows[kind], fmt.Sprintf("{_id: %s, delete: true}", id)) }
	for id, p := range now.people {
		kind := "members"
		if p.visitor {
			kind = "visitors"
		}
		if was.people[id] != p {
			rows[kind] = append(rows[kind], p.yaml())
		}
	}
	for id, p := range was.people {
		if _, there := now.people[id]; !there && !p.visitor {
			gone("members", id)
		}
	}
	for id, d := range now.deals {
		if was.deals[id] != d {
			rows["memberships"] = append(rows["memberships"], d.yaml())
			if d.desk != "" {
				rows["assignments"] = append(rows["assignments"],
					fmt.Sprintf("{_id: as-%s, membership: %s, resource: %s, startDate: %s}", id, id, d.desk, d.from))
			} else if was.deals[id].desk != "" {
				gone("assignments", "as-"+id)
			}
		}
	}
	for id, d := range was.deals {
		if _, there := now.deals[id]; !there {
			gone("memberships", id)
			if d.desk != "" {
				gone("assignments", "as-"+id)
			}
		}
	}
	for id, s := range now.slots {
		if old, there := was.slots[id]; !there || old.yaml() != s.yaml() {
			rows["bookings"] = append(rows["bookings"], s.yaml())
		}
	}
	for id := range was.slots {
		if _, there := now.slots[id]; !there {
			gone("bookings", id)
		}
	}
	for id, t := range now.tickets {
		if old, there := was.tickets[id]; !there || old != t {
			rows["passes"] = append(rows["passes"], t.yaml())
		}
	}
	for id := range was.tickets {
		if _, there := now.tickets[id]; !there {
			gone("passes", id)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("officernd:\n")
	for _, kind := range slices.Sorted(maps.Keys(rows)) {
		slices.Sort(rows[kind])
		fmt.Fprintf(&b, "  %s:\n", kind)
		for _, r := range rows[kind] {
			fmt.Fprintf(&b, "    - %s\n", r)
		}
	}
	return b.String()
}
