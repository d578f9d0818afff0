// Package decide is the one place that says who may pass: from a directory and the settings of one integration it makes
// grants, and explains them (RULES.md 1 to 3). It is pure: no I/O, no clock, no goroutine.
//
//	Directory, Settings --New--> Index --Grants(span)--> who, which group, when, why
//	                               |  --Explain(person, group, at)--> every rule that looked, and what it said
//	                               |  --Cause(...)--> why somebody has no grant any more
//	agreement.go booking.go pass.go: one judge per kind of record. It says every verdict; grants hear only the yes.
package decide

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// none is the position of what is not there.
const none int32 = -1

// Index is a directory and the settings of one integration, made ready for questions: ids are numbers, references are
// followed, everything that does not depend on the asked time is judged. It does not change and may be shared. The
// directory must not be changed while the index is used.
type Index struct {
	d cardea.Directory
	s cardea.Settings

	gone      map[cardea.Key]cardea.Verdict
	people    people
	teamOf    []int32 // by person
	teams     map[string]int32
	teamHome  []int32
	members   lists // present people by team
	crowds    crowds
	slots     []*cardea.Hours   // of passes, each once
	asksSlots bool              // a mapping asks for them
	built     bool              // everything was judged: nothing changes any more
	gate      [][]cardea.Window // by person: when a valid pass is held; nil when nobody asks for one
	suspended []bool            // by person; nil when nobody is
	places    []place
	locations map[string]int32
	floors    map[string]int32
	resources table
	stand     []int32 // location, by resource
	ways      []way   // the mapped items that assigned resources lead to
	waysOf    []part  // by resource: its part of ways
	contracts table
	assigned  []int32 // resource, by assignment
	byHolder  lists   // assignments by agreement
	booked    []int32 // resource, by booking
	series    map[string]series

	groups   []cardea.GroupID // sorted
	mappings []mapping
	items    [8]map[string][]int32 // mappings, by kind and item

	// What was judged: one yes per record and mapping that lets somebody in, one edge per person and group it reaches,
	// edges sorted by group, person, yes. The reason of a yes is written while its record is at hand: it is the same for
	// everybody and at every time, but for windows that depend on the asked one, so every grant of every span shares it.
	reasons pages
	windows []cardea.Window // of those that do not depend on the asked time
	timed   []finding
	edges   []edge
	bad     []bad

	reverse sync.Once
	back    back
}

// finding is what Grants needs to know of a yes.
type finding struct {
	base    cardea.Window // of an agreement, a pass, a booking that happens once
	booking int32         // the windows come from this booking's series or neighbours; else none
	mapping int32
	place   int32
	zone    *time.Location
	due     cardea.Instant // a booking's own start, else Always
	timed   bool           // the windows depend on the asked time: hours, slots, closures, a series
	slots   *cardea.Hours  // of a pass; nil when they cut nothing
	gate    int32          // the person whose passes cut it; else none
	pause   cardea.Window  // of an agreement; empty when there is none
}

// edge says that a yes gives a person a group.
type edge struct {
	group, person int32
	yes           int32 // the number of its reason
	// when stands here and not with the yes: whoever walks the edges would find each yes far from the one before.
	when when
}

// when is where the windows of a yes stand: a place in windows, or below zero, where they depend on the asked time, the
// complement of one in timed.
type when int32

func (w when) timed() (int32, bool) { return int32(^w), w < 0 }

// bad is a record that is refused.
type bad struct {
	key cardea.Key
	err error
}

// mapping is a Mapping with its groups as positions.
type mapping struct {
	cardea.Mapping

	rule   cardea.Rule // by which it gives its groups
	groups []int32
	hours  *cardea.Hours // nil when they cut nothing
}

// New makes an index. The settings' Zones must hold every zone that the settings or the directory name; a zone that is
// missing there is passed over and is an issue.
func New(d cardea.Directory, s cardea.Settings) *Index {
	x := &Index{d: d, s: s}
	x.gone = make(map[cardea.Key]cardea.Verdict, len(d.Gone))
	for _, g := range d.Gone {
		x.gone[g.Key] = cardea.RecordMissing
		if g.Cause == cardea.CauseDeleted {
			x.gone[g.Key] = cardea.RecordDeleted
		}
	}
	x.internMappings()
	x.internPlaces()
	x.internPeople()
	x.internAssignments()
	x.internBookings()
	x.internGate()
	x.judgeAll()
	x.built = true
	return x
}

func (x *Index) internMappings() {
	for _, m := range x.s.Mappings {
		if x.decides(m) {
			x.groups = append(x.groups, m.Groups...)
		}
	}
	slices.Sort(x.groups)
	x.groups = slices.Compact(x.groups)
	for i := range x.items {
		x.items[i] = map[string][]int32{}
	}
	for _, m := range x.s.Mappings {
		kind := slices.Index(cardea.ItemKinds, m.Kind)
		if kind < 0 || !x.decides(m) {
			continue
		}
		if m.Kind == cardea.ItemPushes {
			x.internPushed(kind, m)
			continue
		}
		in := mapping{Mapping: m, rule: rules[kind]}
		x.asksSlots = x.asksSlots || m.Slots
		for _, g := range m.Groups {
			in.groups = append(in.groups, x.group(g))
		}
		slices.Sort(in.groups)
		in.groups = slices.Compact(in.groups)
		if m.Hours != nil && !wholeWeek(m.Hours) {
			in.hours = m.Hours
		}
		x.items[kind][m.Item] = append(x.items[kind][m.Item], int32(len(x.mappings)))
		x.mappings = append(x.mappings, in)
	}
}

// group returns a group's position, or none when no mapping names it.
func (x *Index) group(g cardea.GroupID) int32 {
	if i, ok := slices.BinarySearch(x.groups, g); ok {
		return int32(i)
	}
	return none
}

// of returns the mappings of an item.
func (x *Index) of(kind cardea.ItemKind, item string) []int32 {
	return x.items[slices.Index(cardea.ItemKinds, kind)][item]
}

// leads says whether a mapping leads to the group.
func (x *Index) leads(mapping, group int32) bool {
	return slices.Contains(x.mappings[mapping].groups, group)
}

// lost returns what to say of a record that is gone, or Yes while it is there.
func (x *Index) lost(k cardea.Key) cardea.Verdict {
	if len(x.gone) > 0 {
		if v, ok := x.gone[k]; ok {
			return v
		}
	}
	return cardea.Yes
}

// Mapped returns the groups that a mapping names, sorted.
func (x *Index) Mapped() []cardea.GroupID { return slices.Clone(x.groups) }

// Feeds returns the collections that a group rests on: nobody may be found absent from it while one of them is not
// whole. Sorted.
func (x *Index) Feeds(g cardea.GroupID) []cardea.Kind {
	var kinds []cardea.Kind
	for _, m := range x.s.Mappings {
		if !slices.Contains(m.Groups, g) || !x.decides(m) {
			continue
		}
		kinds = append(kinds, cardea.KindPerson)
		if x.s.Pushed {
			continue // a push is its own evidence
		}
		if len(x.crowds.list) > 0 {
			kinds = append(kinds, cardea.KindTeam)
		}
		if x.gated(cardea.KindAgreement) && m.Kind != cardea.ItemBookables || x.gated(cardea.KindBooking) && m.Kind == cardea.ItemBookables {
			kinds = append(kinds, cardea.KindPass)
		}
		switch m.Kind {
		case cardea.ItemPlans:
			kinds = append(kinds, cardea.KindAgreement)
		case cardea.ItemResources, cardea.ItemFloors, cardea.ItemLocations, cardea.ItemUnits:
			kinds = append(kinds, cardea.KindAgreement, cardea.KindAssignment, cardea.KindResource)
		case cardea.ItemBookables:
			kinds = append(kinds, cardea.KindBooking, cardea.KindResource)
			if x.s.Visitors {
				kinds = append(kinds, cardea.KindVisitor)
			}
		case cardea.ItemPasses:
			kinds = append(kinds, cardea.KindPass)
		case cardea.ItemPushes:
		}
		if m.Kind == cardea.ItemFloors {
			kinds = append(kinds, cardea.KindFloor)
		}
	}
	slices.SortFunc(kinds, func(a, b cardea.Kind) int { return strings.Compare(string(a), string(b)) })
	return slices.Compact(kinds)
}
