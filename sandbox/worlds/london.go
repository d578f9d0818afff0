package worlds

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Anchor is the Monday of london's week: the clocks of London and Lisbon go back on its Sunday, those of New York a week
// later.
const Anchor = "2026-10-19"

const (
	floorsPerSite  = 4
	roomsPerSite   = 20
	officesPerSite = 24
	desksPerSite   = 40
	companies      = 140
	people         = 900
	bookingDays    = 9 // Monday to the Tuesday after the clocks changed
)

type site struct {
	id, name, zone, country, mail string
	location                      *time.Location
}

type member struct {
	id, name, email, company string
	at                       int // site
	status                   string
}

type london struct {
	file

	rng     *rand.Rand
	anchor  time.Time
	sites   []site
	members []member
	byTeam  map[string][]int // company -> members
	teams   []string
	teamAt  []int
	taken   map[string]bool
	desk    []int // next free desk, by site
	office  []int
	guests  int
}

// London makes the world from a seed.
func London(seed uint64) ([]byte, error) {
	anchor, err := time.Parse(time.DateOnly, Anchor)
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	w := &london{
		rng: rand.New(rand.NewPCG(seed, 0xca4dea)), anchor: anchor, //nolint:gosec // a world, not a secret
		byTeam: map[string][]int{}, taken: map[string]bool{}, desk: make([]int, 3), office: make([]int, 3),
		sites: []site{
			{id: "shoreditch", name: "Shoreditch", zone: "Europe/London", country: "United Kingdom", mail: "co.uk"},
			{id: "baixa", name: "Baixa", zone: "Europe/Lisbon", country: "Portugal", mail: "pt"},
			{id: "flatiron", name: "Flatiron", zone: "America/New_York", country: "United States", mail: "com"},
		},
	}
	for i := range w.sites {
		if w.sites[i].location, err = time.LoadLocation(w.sites[i].zone); err != nil {
			return nil, fmt.Errorf("zone: %w", err)
		}
	}
	w.linef("# Made by code from seed %d; do not edit. See sandbox/worlds.", seed)
	w.linef("name: london")
	w.linef("about: >-")
	w.linef("  Hinge Spaces: three sites in three time zones, twelve floors, sixty rooms, %d companies and %d people, and a",
		companies, people)
	w.linef("  week of bookings across the end of daylight saving.")
	w.linef("anchor: %s", Anchor)
	w.linef("speed: 100")
	w.linef("officernd:")
	w.linef("  org: hinge")
	w.linef("  clients: [{id: cardea, secret: sandbox-secret, scopes: all}]")
	w.places()
	w.everyone()
	w.memberships()
	w.bookings()
	w.passes()
	w.doors()
	return []byte(w.String()), nil
}

// day is a date-only value, days after the anchor.
func (w *london) day(offset int) raw {
	return raw(w.anchor.AddDate(0, 0, offset).Format(time.DateOnly))
}

// clock is an instant at a site's wall clock, days after the anchor.
func (w *london) clock(at, day, hour, minute int) time.Time {
	d := w.anchor.AddDate(0, 0, day)
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, w.sites[at].location)
}

func stamp(t time.Time) raw { return raw(t.UTC().Format(time.RFC3339)) }

func (w *london) places() {
	w.linef("  locations:")
	for _, s := range w.sites {
		w.rec("_id", s.id, "name", s.name, "timezone", s.zone, "isOpen", true, "isPublic", true)
	}
	w.linef("  floors:")
	for _, s := range w.sites {
		for f := 1; f <= floorsPerSite; f++ {
			w.rec("_id", floorID(s, f), "floor", fmt.Sprint(f), "name", fmt.Sprintf("Floor %d", f), "location", s.id, "isOpen", true)
		}
	}
	w.linef("  resource_types:")
	w.rec("_id", "type-room", "title", "Meeting room", "type", "meeting_room", "bookingMode", "time", "canBook", true)
	w.rec("_id", "type-office", "title", "Private office", "type", "team_room", "bookingMode", "date", "canAssign", true)
	w.rec("_id", "type-desk", "title", "Dedicated desk", "type", "desk", "bookingMode", "date", "canAssign", true)
	w.linef("  resources:")
	for _, s := range w.sites {
		for i, name := range roomNames[s.name] {
			w.rec("_id", s.id+"-room-"+slugID(name), "name", name, "type", "meeting_room", "location", s.id, "floor", floorID(s, 1+i%floorsPerSite))
		}
		for i := range officesPerSite {
			w.rec("_id", officeID(s, i), "name", officeName(i), "type", "team_room", "location", s.id, "floor", floorID(s, 1+i%floorsPerSite))
		}
		for i := range desksPerSite {
			w.rec("_id", deskID(s, i), "name", fmt.Sprintf("Desk %d", i+1), "type", "desk", "location", s.id, "floor", floorID(s, 1+i%floorsPerSite))
		}
	}
	w.linef("  plans:")
	for _, p := range []string{"Hot desk", "Dedicated desk", "Private office", "Night owl", "Virtual office"} {
		w.rec("_id", "plan-"+slug(p), "name", p, "type", "service", "price", 100, "intervalLength", "month", "intervalCount", 1)
	}
}

func floorID(s site, f int) string  { return fmt.Sprintf("%s-floor-%d", s.id, f) }
func officeID(s site, i int) string { return fmt.Sprintf("%s-office-%d", s.id, i+1) }
func officeName(i int) string {
	return fmt.Sprintf("Office %d%02d", 1+i%floorsPerSite, 1+i/floorsPerSite)
}
func deskID(s site, i int) string { return fmt.Sprintf("%s-desk-%d", s.id, i+1) }

// slugID keeps ids plain when names are not.
func slugID(name string) string { return slug(plain.Replace(name)) }

var plain = strings.NewReplacer("á", "a", "ã", "a", "ç", "c", "é", "e", "ê", "e", "í", "i", "ó", "o", "õ", "o", "ú", "u",
	"Á", "A", "Ã", "A", "Ç", "C", "É", "E", "Ê", "E", "Í", "I", "Ó", "O", "Ú", "U")
