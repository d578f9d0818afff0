package worlds

import (
	"fmt"
	"slices"
	"strings"
)

// doors writes the Kisi side: an organisation whose groups exist, some of whose people have accounts, and none of whose
// mapped groups holds anybody yet but a member of staff.
func (w *london) doors() {
	w.linef("kisi:")
	w.linef("  organization: {id: 7001, name: Hinge Spaces, domain: hinge}")
	w.linef("  keys: [{secret: sandbox-key, user: 1}]")
	w.linef("  places:")
	for i, s := range w.sites {
		w.rec("id", 11+i, "name", s.name, "address", s.country, "time_zone", s.zone)
	}
	w.linef("  users:")
	w.rec("id", 1, "name", "Olga Operator", "email", "olga@hinge.test", "access_enabled", true)
	w.rec("id", 2, "name", "Bruno Builder", "email", "bruno@hinge.test", "access_enabled", true)
	w.rec("id", 3, "name", "Clara Cleaner", "email", "clara@cleaning.test", "access_enabled", true)
	id := 100
	for i, m := range w.members {
		if i%3 == 0 && m.email != "" { // one in three has been a Kisi user before
			id++
			w.rec("id", id, "name", m.name, "email", strings.ToLower(m.email), "access_enabled", true)
		}
	}
	w.linef("  groups:")
	for i, g := range w.groups() {
		w.rec("id", 1001+i, "name", g)
	}
	w.rec("id", 9001, "name", "Cleaners")
	w.linef("  role_assignments:")
	w.rec("id", 1, "applies_to_type", "Organization", "applies_to_id", 7001,
		"assignee_type", "User", "assignee_id", 1, "role_id", "organization_owner")
	w.rec("id", 2, "applies_to_type", "Place", "applies_to_id", 11,
		"assignee_type", "User", "assignee_id", 2, "role_id", "place_administrator")
	w.rec("id", 3, "applies_to_type", "Group", "applies_to_id", 1001, "assignee_type", "User", "assignee_id", 2, "role_id", "group_basic")
	w.rec("id", 4, "applies_to_type", "Group", "applies_to_id", 9001, "assignee_type", "User", "assignee_id", 3, "role_id", "group_basic")
}

// groups lists the access groups that the configuration maps.
func (w *london) groups() []string {
	var out []string
	for _, s := range w.sites {
		out = append(out, s.name+" building", s.name+" night")
		for f := 1; f <= floorsPerSite; f++ {
			out = append(out, fmt.Sprintf("%s floor %d", s.name, f), fmt.Sprintf("%s offices %d", s.name, f))
		}
		for _, r := range roomNames[s.name] {
			out = append(out, s.name+" "+r)
		}
	}
	return out
}

// LondonConfig is the cardea.yaml that fits london, for a sandbox at base.
func LondonConfig(base, database string) []byte {
	w := &london{sites: []site{{id: "shoreditch", name: "Shoreditch"}, {id: "baixa", name: "Baixa"}, {id: "flatiron", name: "Flatiron"}}}
	w.linef("# Made by code; do not edit. See sandbox/worlds.")
	w.linef("database: %s", database)
	w.linef("connections:")
	w.linef("  rnd: {system: officernd, base_url: %q, org: hinge, client_id: cardea, client_secret: sandbox-secret, budget: 20000/m}",
		base+"/officernd")
	w.linef("  kisi: {system: kisi, base_url: %q, api_key: sandbox-key, budget: 400/s}", base+"/kisi")
	w.linef("integrations:")
	for _, s := range w.sites {
		w.linef("  %s:", s.id)
		w.linef("    space: rnd")
		w.linef("    door: kisi")
		w.linef("    locations: [%s]", s.name)
		w.linef("    approve: auto")
		w.linef("    mappings:")
		w.linef("      plans:")
		w.linef("        Hot desk: {groups: [%s building], hours: {mon-fri: \"07:00-21:00\", sat: \"09:00-17:00\"}}", s.name)
		w.linef("        Night owl: {groups: [%s building, %s night], hours: always}", s.name, s.name)
		w.linef("      locations: {%s: [%s building]}", s.name, s.name)
		w.linef("      floors:")
		for f := 1; f <= floorsPerSite; f++ {
			w.linef("        %s/Floor %d: [%s floor %d]", s.name, f, s.name, f)
		}
		w.linef("      resources:")
		for i := range officesPerSite {
			w.linef("        %s/%s: [%s offices %d]", s.name, officeName(i), s.name, 1+i%floorsPerSite)
		}
		w.linef("      bookables:")
		for _, r := range slices.Sorted(slices.Values(roomNames[s.name])) {
			w.linef("        %s/%s: [%s %s]", s.name, r, s.name, r)
		}
		w.linef("      passes: {\"*\": [%s building]}", s.name)
	}
	return []byte(w.String())
}
