package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// The codes of the issues that a directory and its settings raise.
const (
	IssueBadRecurrence = "bad-recurrence"   // a booking's rule is refused
	IssueLeftHolder    = "left-but-named"   // a person who left is named by a running agreement
	IssueNoHolder      = "no-holder"        // an agreement or pass names neither person nor team
	IssueDangling      = "dangling"         // a record names one that is not there
	IssueNoLocation    = "no-location"      // nothing says where a record belongs: it counts for every integration
	IssueNoZone        = "no-zone"          // a zone is named that does not exist, or none is known
	IssuePushed        = "push-unresolved"  // a push names a group that no mapping lets it name
	IssueUnheard       = "push-differs"     // somebody of whom no push told for a day should have something else by the records
	IssueComputed      = "computed-differs" // the vendor's computed status and the dates disagree
)

// Issues returns what an operator should know of the directory and the settings, whatever the time. An agreement without
// an end, or one that the vendor calls active, counts as running. Sorted by code and record.
func (x *Index) Issues() []cardea.Issue {
	var c complaints
	for _, b := range x.bad {
		c.add(IssueBadRecurrence, b.key, fmt.Sprintf("the booking gives no access: %v", b.err))
	}
	for i := range x.d.Agreements {
		a := &x.d.Agreements[i]
		if x.lost(a.Key()) == cardea.Yes && a.Approved {
			x.complainAgreement(&c, a)
		}
	}
	for i := range x.d.Assignments {
		s := &x.d.Assignments[i]
		if x.lost(s.Key()) != cardea.Yes {
			continue
		}
		if x.assigned[i] < 0 {
			c.add(IssueDangling, s.Key(), "the assignment names resource "+s.Resource+", which is not there")
		}
		if x.contracts.find(s.Agreement) < 0 {
			c.add(IssueDangling, s.Key(), "the assignment names agreement "+s.Agreement+", which is not there")
		}
	}
	for i := range x.d.Bookings {
		b := &x.d.Bookings[i]
		if x.lost(b.Key()) == cardea.Yes && !b.Cancelled && !b.Tentative {
			x.complainBooking(&c, int32(i), b)
		}
	}
	for i := range x.d.Passes {
		p := &x.d.Passes[i]
		if x.lost(p.Key()) == cardea.Yes && p.HalfCount > p.HalfUsed {
			x.complainPass(&c, p)
		}
	}
	x.complainPushes(&c)
	x.complainZones(&c)
	return c.sorted()
}

// computed are the words of the vendors that compute a status from dates (vendors/officernd.md 2, membership). Other
// words are not compared.
var computed = []string{"active", "not_approved", "not_started", "expired"}

// IssuesAt adds to Issues what only an instant tells: agreements whose computed status disagrees with their dates, and
// people who left and are named by an agreement that runs then.
func (x *Index) IssuesAt(now cardea.Instant) []cardea.Issue {
	c := complaints{issues: x.Issues()}
	d := &days{}
	for i := range x.d.Agreements {
		a := &x.d.Agreements[i]
		if x.lost(a.Key()) != cardea.Yes {
			continue
		}
		w := x.term(d, a, x.zone(x.place(a.Location), x.firstStand(x.byHolder.of(int32(i)))))
		if a.Approved && w.Holds(now) && !x.seemsToRun(a) {
			x.complainLeft(&c, a)
		}
		says := "active"
		switch {
		case !a.Approved:
			says = "not_approved"
		case now < w.From:
			says = "not_started"
		case now >= w.Until:
			says = "expired"
		}
		if slices.Contains(computed, a.Computed) && says != a.Computed {
			c.add(IssueComputed, a.Key(), fmt.Sprintf(
				"the space system calls the agreement %s, its dates say %s: the dates decide", a.Computed, says))
		}
	}
	return c.sorted()
}

func (x *Index) complainAgreement(c *complaints, a *cardea.Agreement) {
	switch {
	case a.Person == "" && a.Team == "":
		c.add(IssueNoHolder, a.Key(), "the agreement names neither a person nor a team: it gives nobody access")
	case a.Person != "" && x.people.persons.find(a.Person) < 0:
		c.add(IssueDangling, a.Key(), "the agreement names person "+a.Person+", who is not there")
	case x.seemsToRun(a):
		x.complainLeft(c, a)
	}
	for _, g := range a.Guests {
		if x.people.persons.find(g) < 0 {
			c.add(IssueDangling, a.Key(), "the agreement names person "+g+" as a guest, who is not there")
		}
	}
	if a.Location == "" && len(x.s.Locations) > 0 && len(x.items[0][a.Plan]) > 0 {
		c.add(IssueNoLocation, a.Key(), "the agreement has no location: it counts for every integration of the connection")
	}
}

// seemsToRun says whether an agreement runs as far as can be told without a clock.
func (x *Index) seemsToRun(a *cardea.Agreement) bool { return !a.End.Set || a.Computed == "active" }

func (x *Index) complainLeft(c *complaints, a *cardea.Agreement) {
	p := x.people.persons.find(a.Person)
	if p < 0 || x.person(p).Status == cardea.Present || x.lost(x.person(p).Key()) != cardea.Yes {
		return
	}
	key := a.Key()
	c.issues = append(c.issues, cardea.Issue{
		Code: IssueLeftHolder, Person: x.people.ids[p], Record: &key,
		Text: "the person has left but is named by a running agreement and keeps their access: end the agreement or mend the status",
	})
}

func (x *Index) complainBooking(c *complaints, i int32, b *cardea.Booking) {
	if x.resources.find(b.Resource) < 0 {
		c.add(IssueDangling, b.Key(), "the booking names resource "+b.Resource+", which is not there")
	}
	if b.Person != "" && x.people.persons.find(b.Person) < 0 {
		c.add(IssueDangling, b.Key(), "the booking names person "+b.Person+", who is not there")
	}
	if b.Zone != "" && x.s.Zones[b.Zone] == nil {
		c.add(IssueNoZone, b.Key(), "the booking names time zone "+b.Zone+", which does not exist: its location's is used")
	}
	if len(x.s.Locations) > 0 && x.bookingPlace(i) < 0 && len(x.of(cardea.ItemBookables, b.Resource)) > 0 {
		c.add(IssueNoLocation, b.Key(), "the booked resource has no location: it counts for every integration of the connection")
	}
}

func (x *Index) complainPass(c *complaints, p *cardea.Pass) {
	person := x.people.persons.find(p.Person)
	switch {
	case p.Person == "" && (p.Team == "" || p.Personal):
		c.add(IssueNoHolder, p.Key(), "the pass names nobody who could use it")
	case (p.Personal || p.Team == "") && person < 0:
		c.add(IssueDangling, p.Key(), "the pass names person "+p.Person+", who is not there")
	}
	if len(x.s.Locations) > 0 && x.passPlace(p, person, p.Team) < 0 {
		c.add(IssueNoLocation, p.Key(), "the pass has no location: it counts for every integration of the connection")
	}
}

func (x *Index) complainZones(c *complaints) {
	for i := range x.d.Locations {
		l := &x.d.Locations[i]
		if l.Zone != "" && x.s.Zones[l.Zone] == nil {
			c.add(IssueNoZone, l.Key(), "the location names time zone "+l.Zone+", which does not exist")
		} else if x.places[x.place(l.ID)].zone == nil && x.s.Zones[x.s.Zone] == nil {
			c.add(IssueNoZone, l.Key(), "the location has no time zone and the integration names none: UTC is used")
		}
	}
}

// complaints collects issues.
type complaints struct{ issues []cardea.Issue }

func (c *complaints) add(code string, record cardea.Key, text string) {
	c.issues = append(c.issues, cardea.Issue{Code: code, Record: &record, Text: text})
}

func (c *complaints) sorted() []cardea.Issue {
	slices.SortStableFunc(c.issues, func(a, b cardea.Issue) int {
		return cmp.Or(strings.Compare(a.Code, b.Code), compareKeys(*a.Record, *b.Record), strings.Compare(a.Text, b.Text))
	})
	return c.issues
}
