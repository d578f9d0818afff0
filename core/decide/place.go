package decide

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// place is a location with what the operator said of it.
type place struct {
	id       string
	zone     *time.Location // nil when neither the vendor nor the operator named one that is known
	hours    *cardea.Hours  // nil when they cut nothing
	extra    map[cardea.Date][]cardea.Span
	closures []cardea.Date
	out      bool // not in the integration
}

// internPlaces numbers locations, floors and resources. A location that only a floor, a resource or the settings name is
// one too: whether it is in the integration can be said without its record.
func (x *Index) internPlaces() {
	d := &x.d
	x.locations = make(map[string]int32, len(d.Locations))
	if len(x.s.Locations) > 0 {
		x.places = append(x.places, place{out: true}) // elsewhere
	}
	for i := range d.Locations {
		x.addPlace(d.Locations[i].ID, d.Locations[i].Zone)
	}
	for _, id := range x.s.Locations {
		x.addPlace(id, "")
	}
	for id := range x.s.Sites {
		x.addPlace(id, "")
	}
	x.floors = make(map[string]int32, len(d.Floors))
	for i := range d.Floors {
		x.floors[d.Floors[i].ID] = int32(i)
		x.addPlace(d.Floors[i].Location, "")
	}
	names := make([]string, len(d.Resources))
	for i := range d.Resources {
		names[i] = d.Resources[i].ID
		x.addPlace(d.Resources[i].Location, "")
	}
	x.resources = newTable(names)
}

func (x *Index) addPlace(id, zone string) {
	if id == "" {
		return
	}
	if _, twice := x.locations[id]; twice {
		return
	}
	site := x.s.Sites[id]
	if x.s.Zones[site.Zone] != nil {
		zone = site.Zone
	}
	p := place{id: id, zone: x.s.Zones[zone], closures: site.Closures, extra: site.Extra}
	if site.Hours != nil && !wholeWeek(site.Hours) {
		p.hours = site.Hours
	}
	p.out = len(x.s.Locations) > 0 && !slices.Contains(x.s.Locations, id)
	x.locations[id] = int32(len(x.places))
	x.places = append(x.places, p)
}

// elsewhere is the place of every location that nobody knows, where the integration is limited to locations.
const elsewhere int32 = 0

// place returns a location's number, or none when none is named. What nobody knows is not in an integration that names
// its locations, and as good as not named for one that has all.
func (x *Index) place(id string) int32 {
	p := at(x.locations, id)
	if p == none && id != "" && len(x.s.Locations) > 0 {
		return elsewhere
	}
	return p
}

// zone returns the zone of the first place that has one, else the integration's, else UTC (RULES.md 3).
func (x *Index) zone(places ...int32) *time.Location {
	for _, p := range places {
		if p >= 0 && x.places[p].zone != nil {
			return x.places[p].zone
		}
	}
	if z := x.s.Zones[x.s.Zone]; z != nil {
		return z
	}
	return time.UTC
}

// home returns the location of a holder: a person's own, else their team's; a team's.
func (x *Index) home(person int32, team string) int32 {
	if person >= 0 {
		one := x.person(person)
		if p := x.place(one.Location); p >= 0 {
			return p
		}
		team = one.Team
	}
	if t := at(x.teams, team); t >= 0 {
		return x.teamHome[t]
	}
	return none
}

// way leads from an assigned resource to a mapped item.
type way struct {
	rule     cardea.Rule
	item     cardea.Key
	mappings []int32
}

// upwards returns a resource and all its parents, at any depth, each once, the nearest first.
func (x *Index) upwards(r int32) []int32 {
	all := []int32{r}
	for i := 0; i < len(all); i++ {
		for _, id := range x.d.Resources[all[i]].Parents {
			if p := x.resources.find(id); p >= 0 && !slices.Contains(all, p) && x.lost(x.d.Resources[p].Key()) == cardea.Yes {
				all = append(all, p)
			}
		}
	}
	return all
}

// stands returns the floor and location of a resource, its parents' where it has none of its own.
func (x *Index) stands(r int32) (floor string, location int32) {
	location = none
	for _, up := range x.upwards(r) {
		one := &x.d.Resources[up]
		if floor == "" {
			floor = one.Floor
		}
		if location == none {
			location = x.place(one.Location)
		}
		if f := at(x.floors, one.Floor); f >= 0 && location == none {
			location = x.place(x.d.Floors[f].Location)
		}
	}
	return floor, location
}

// itemsOf adds everything that an assignment to a resource counts for (RULES.md RESOURCE, FLOOR, LOCATION, UNIT) to a list.
func (x *Index) itemsOf(r int32, ways []way) []way {
	for _, up := range x.upwards(r) {
		ways = append(ways, way{rule: cardea.RuleResource, item: x.d.Resources[up].Key()})
	}
	if x.d.Resources[r].Unit {
		ways = append(ways, way{rule: cardea.RuleUnit, item: x.d.Resources[r].Key()})
	}
	floor, location := x.stands(r)
	if floor != "" {
		ways = append(ways, way{rule: cardea.RuleFloor, item: cardea.Key{Kind: cardea.KindFloor, ID: floor}})
	}
	if location >= 0 {
		item := cardea.Key{Kind: cardea.KindLocation, ID: x.places[location].id}
		ways = append(ways, way{rule: cardea.RuleLocation, item: item})
	}
	return ways
}

// internWays follows every assigned resource upwards to the items that have mappings.
func (x *Index) internWays() {
	x.waysOf = make([]part, len(x.d.Resources))
	var all []way // of one resource
	for _, r := range x.assigned {
		if r < 0 || x.waysOf[r].end > 0 {
			continue
		}
		first := int32(len(x.ways))
		all = x.itemsOf(r, all[:0])
		for _, w := range all {
			if w.mappings = x.items[slices.Index(rules[:], w.rule)][w.item.ID]; len(w.mappings) > 0 {
				x.ways = append(x.ways, w)
			}
		}
		x.waysOf[r] = part{first, int32(len(x.ways))}
	}
}

// rules are the rules that ask for mappings of the kinds of cardea.ItemKinds.
var rules = [...]cardea.Rule{
	cardea.RulePlan, cardea.RuleLocation, cardea.RuleFloor, cardea.RuleResource, cardea.RuleBooking, cardea.RuleDayPass,
	cardea.RuleUnit, cardea.RulePushed,
}
