package house

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Problem is what makes a record useless or contradictory.
type Problem struct {
	Record cardea.Key `json:"record"`
	What   string     `json:"what"` // what is the matter, after the record's name
	Mend   string     `json:"mend"` // what to do
}

// String prints "agreement:r1 ends before it starts: correct one of the two dates".
func (p Problem) String() string { return fmt.Sprintf("%s %s: %s", p.Record, p.What, p.Mend) }

// Check looks at all records of a connection together and names what makes any of them useless: nothing should be saved
// while it returns something. Sorted by kind and id; pure.
func Check(records []cardea.Record) []Problem {
	c := checker{seen: map[cardea.Key]cardea.Record{}}
	for _, r := range records {
		k := r.Key()
		switch _, twice := c.seen[k]; {
		case !slices.Contains(cardea.Kinds, k.Kind):
			c.find(k, "is of a kind that a house does not have", "leave it out")
		case k.ID == "":
			c.find(k, "has no id", "give it one")
		case twice:
			c.find(k, "is there twice", "give one of the two another id, or leave it out")
		}
		c.seen[k] = r
	}
	for _, r := range records {
		if slices.Contains(cardea.Kinds, r.Key().Kind) {
			c.record(r)
		}
	}
	c.units()
	c.rentals()
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return compareKeys(a.Record, b.Record) })
	return c.problems
}

type checker struct {
	seen     map[cardea.Key]cardea.Record
	problems []Problem
}

func (c *checker) find(k cardea.Key, what, mend string) {
	c.problems = append(c.problems, Problem{k, what, mend})
}

// record looks at one record and what it points to.
func (c *checker) record(r cardea.Record) {
	for _, ref := range r.Refs() {
		if _, ok := c.seen[ref]; !ok {
			c.find(r.Key(), "names "+ref.String()+", which is not there", "import the "+string(ref.Kind)+", or correct the id")
		}
	}
	switch v := r.(type) {
	case cardea.Person:
		c.person(v)
	case cardea.Location:
		c.named(v.Key(), v.Name)
		c.zone(v.Key(), v.Zone)
	case cardea.Floor:
		c.named(v.Key(), v.Name)
		if v.Location == "" {
			c.find(v.Key(), "has no location", "say where it is")
		}
	case cardea.Resource:
		c.resource(v)
	case cardea.Plan:
		c.named(v.Key(), v.Name)
	case cardea.Team:
		c.named(v.Key(), v.Name)
	case cardea.Agreement:
		c.agreement(v)
	case cardea.Assignment:
		if v.Agreement == "" || v.Resource == "" {
			c.find(v.Key(), "does not tie an agreement to a resource", "name both")
		}
		c.days(v.Key(), v.Start, v.End)
	case cardea.Booking:
		c.booking(v)
	case cardea.Pass:
		c.pass(v)
	}
}

func (c *checker) named(k cardea.Key, name string) {
	if strings.TrimSpace(name) == "" {
		c.find(k, "has no name", "give it one: mappings name it by that")
	}
}

func (c *checker) zone(k cardea.Key, zone string) {
	if zone == "" {
		return
	}
	if !knownZone(zone) {
		c.find(k, fmt.Sprintf("has the time zone %q, which is none", zone), "write it as in Europe/London")
	}
}

// knownZone says whether a name is an IANA time zone. "Local" is not: it depends on the machine.
func knownZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

func (c *checker) days(k cardea.Key, start, end cardea.Day) {
	if start.Set && end.Set && end.At < start.At {
		c.find(k, "ends before it starts", "correct one of the two dates")
	}
}

func (c *checker) person(v cardea.Person) {
	if strings.TrimSpace(v.Name) == "" {
		c.find(v.Key(), "has no name", "give them one")
	}
	if v.Status != cardea.Present && v.Status != cardea.Left {
		c.find(v.Key(), fmt.Sprintf("has the status %q", v.Status), "make it present or left")
	}
}

func (c *checker) resource(v cardea.Resource) {
	c.named(v.Key(), v.Name)
	if c.within(v.ID, v.Parents) {
		c.find(v.Key(), "is inside itself", "correct its parents")
	}
	f, ok := c.seen[cardea.Key{Kind: cardea.KindFloor, ID: v.Floor}].(cardea.Floor)
	if ok && v.Location != "" && f.Location != v.Location {
		c.find(v.Key(), "is on a floor of another location", "correct its floor or its location")
	}
}

// within says whether a resource is among its own parents, at any depth.
func (c *checker) within(id string, parents []string) bool {
	queue, met := slices.Clone(parents), map[string]bool{}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if p == id {
			return true
		}
		up, ok := c.seen[cardea.Key{Kind: cardea.KindResource, ID: p}].(cardea.Resource)
		if ok && !met[p] {
			queue = append(queue, up.Parents...)
		}
		met[p] = true
	}
	return false
}

func (c *checker) agreement(v cardea.Agreement) {
	if v.Person == "" && v.Team == "" {
		c.find(v.Key(), "names neither a person nor a team", "say who holds it")
	}
	if !v.Start.Set {
		c.find(v.Key(), "has no start", "say from which day it runs")
	}
	c.days(v.Key(), v.Start, v.End)
}

func (c *checker) booking(v cardea.Booking) {
	c.zone(v.Key(), v.Zone)
	switch {
	case v.Resource == "":
		c.find(v.Key(), "names no resource", "say what is booked")
	case !v.Start.Bounded() || !v.End.Bounded() || v.Start == 0 || v.End == 0:
		c.find(v.Key(), "has no start or no end", "give both")
	case v.End <= v.Start:
		c.find(v.Key(), "ends before it starts", "correct one of the two times")
	}
	if v.RRule != "" && v.Zone == "" {
		loc, ok := c.seen[cardea.Key{Kind: cardea.KindLocation, ID: c.placeOf(v)}].(cardea.Location)
		if !ok || loc.Zone == "" {
			c.find(v.Key(), "repeats, but nothing says on which clocks", "give it a time zone, or its location one")
		}
	}
	if why := badRule(v.RRule); why != "" {
		c.find(v.Key(), "has a recurrence that "+why, "write it as in FREQ=WEEKLY;BYDAY=MO")
	}
}

// placeOf returns the location of a booking: its own, else its resource's.
func (c *checker) placeOf(v cardea.Booking) string {
	if v.Location != "" {
		return v.Location
	}
	r, ok := c.seen[cardea.Key{Kind: cardea.KindResource, ID: v.Resource}].(cardea.Resource)
	if !ok {
		return ""
	}
	return r.Location
}

// badRule says what is plainly wrong with a recurrence rule. The rules read it whole and refuse what is left.
func badRule(rule string) string {
	if rule == "" {
		return ""
	}
	frequency := ""
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || name == "" || value == "" {
			return "cannot be read"
		}
		if name == "FREQ" {
			frequency = value
		}
	}
	if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, frequency) {
		return "repeats neither by day, week, month nor year"
	}
	return ""
}

func (c *checker) pass(v cardea.Pass) {
	switch {
	case v.Person == "" && v.Team == "":
		c.find(v.Key(), "names neither a person nor a team", "say who holds it")
	case v.Personal && v.Person == "":
		c.find(v.Key(), "is personal and names nobody", "say who holds it")
	case v.HalfCount < 0 || v.HalfUsed < 0:
		c.find(v.Key(), "counts less than nothing", "correct how many passes there are and how many are used")
	}
	c.days(v.Key(), v.From, v.Until)
}
