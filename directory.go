package cardea

import "time"

// Status is what a space system says of a person or team, reduced to what the rules ask.
type Status string

// A Left person or team no longer counts among a team's people (RULES.md HOLDER); Raw keeps the vendor's word.
const (
	Present Status = "present"
	Left    Status = "left"
)

// Person is a member, or a visitor of a booking. Facts only: nothing here says who may pass.
type Person struct {
	ID       string `json:"id"`
	Visitor  bool   `json:"visitor,omitempty"`
	Name     string `json:"name"`
	First    string `json:"first,omitempty"` // set only where the vendor keeps names apart
	Last     string `json:"last,omitempty"`
	Email    string `json:"email,omitempty"` // as written; match folds it
	Phone    string `json:"phone,omitempty"`
	Team     string `json:"team,omitempty"`
	Location string `json:"location,omitempty"` // home
	Host     string `json:"host,omitempty"`     // a visitor's host
	Status   Status `json:"status"`
	Raw      string `json:"raw,omitempty"` // the vendor's own status word
	// Teams are further teams of a person, sorted, where a vendor has people in several.
	Teams []string `json:"teams,omitempty"`
	// Suspended people are locked out of everything that they or what they pay for would give (RULES.md LOCK).
	Suspended bool `json:"suspended,omitempty"`
}

// Team is a company or team.
type Team struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Location string `json:"location,omitempty"`
	Status   Status `json:"status"`
	Raw      string `json:"raw,omitempty"`
	// PayingMember is the person whose agreements let the whole team in where they are assigned (RULES.md HOLDER).
	PayingMember string `json:"paying_member,omitempty"`
	// SharesPasses says that what one of the team holds in passes counts for all of it (RULES.md PASS).
	SharesPasses bool `json:"shares_passes,omitempty"`
	// Members are the people of a team that shares passes, so that whoever looks at one of them sees what the others hold. Who
	// belongs to a team their own records say.
	Members []string `json:"members,omitempty"`
}

// Location is a site. Zone is an IANA name, empty when the vendor has none.
type Location struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone,omitempty"`
}

// Floor belongs to a location.
type Floor struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Location string `json:"location"`
}

// Resource is a desk, office, room or unit.
type Resource struct {
	Attributes

	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Location   string   `json:"location,omitempty"`
	Floor      string   `json:"floor,omitempty"`
	Parents    []string `json:"parents,omitempty"`
	Type       string   `json:"type,omitempty"` // the vendor's word
	Assignable bool     `json:"assignable,omitempty"`
	Bookable   bool     `json:"bookable,omitempty"`
	ByDate     bool     `json:"by_date,omitempty"` // bookings of it are whole days
	// A Unit is rented out as a whole: rule UNIT gives its holders its Permissions, which are names of access groups at
	// the door system. Without any they are the unit's own name.
	Unit        bool     `json:"unit,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
}

// Plan is a billing plan.
type Plan struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Agreement is a membership, contract or rental. It is held by Person when set, else by everyone in Team.
type Agreement struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Person   string `json:"person,omitempty"`
	Team     string `json:"team,omitempty"`
	Plan     string `json:"plan,omitempty"`
	Location string `json:"location,omitempty"`
	Approved bool   `json:"approved"`
	Start    Day    `json:"start"`
	End      Day    `json:"end"`                // last whole day; not set = open
	Computed string `json:"computed,omitempty"` // the vendor's computed status, only ever compared
	// Closed says of an agreement that is not approved that it was once: it was ended or cancelled, whatever its dates say.
	Closed bool `json:"closed,omitempty"`
	// Guests are further people whom a unit's rental lets in beside its holder (RULES.md UNIT).
	Guests []string `json:"guests,omitempty"`
	// Locked agreements give nothing while they are locked (RULES.md LOCK).
	Locked bool `json:"locked,omitempty"`
	// PausedFrom and PausedUntil are the first and the last day on which the agreement is paused; not set = it is not, or no end.
	PausedFrom  Day `json:"paused_from,omitzero"`
	PausedUntil Day `json:"paused_until,omitzero"`
}

// Assignment ties an agreement to a resource for a time.
type Assignment struct {
	ID        string `json:"id"`
	Agreement string `json:"agreement"`
	Resource  string `json:"resource"`
	Start     Day    `json:"start"`
	End       Day    `json:"end"`
}

// Booking is a reserved time on a resource, once or by recurrence.
type Booking struct {
	ID        string    `json:"id"`
	Title     string    `json:"title,omitempty"`
	Resource  string    `json:"resource"`
	Location  string    `json:"location,omitempty"`
	Person    string    `json:"person,omitempty"` // host
	Team      string    `json:"team,omitempty"`
	Members   []string  `json:"members,omitempty"`
	Visitors  []string  `json:"visitors,omitempty"`
	Start     Instant   `json:"start"`
	End       Instant   `json:"end"`
	Zone      string    `json:"zone,omitempty"`
	RRule     string    `json:"rrule,omitempty"` // RFC 5545, without DTSTART
	Except    []Instant `json:"except,omitempty"`
	Last      Instant   `json:"last,omitempty"` // end of the last occurrence, 0 = unknown
	Cancelled bool      `json:"cancelled,omitempty"`
	Tentative bool      `json:"tentative,omitempty"`
	Made      Instant   `json:"made,omitempty"` // when the booking was made, 0 = unknown
}

// Pass is a set of day or time passes. Counts are in half passes, so that 0.5 is 1.
type Pass struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	Person    string `json:"person,omitempty"`
	Team      string `json:"team,omitempty"`
	Personal  bool   `json:"personal,omitempty"`
	Type      string `json:"type,omitempty"` // what a mapping of kind passes names; "" = only "*" fits
	Location  string `json:"location,omitempty"`
	Agreement string `json:"agreement,omitempty"`
	HalfCount int64  `json:"half_count"`
	HalfUsed  int64  `json:"half_used"`
	From      Day    `json:"from"`
	Until     Day    `json:"until"`
	// UsedOn is the latest instant at which a part of it was consumed, 0 = never or unknown (RULES.md PASS: used today).
	UsedOn Instant `json:"used_on,omitempty"`
	// Raw is the vendor's own status word.
	Raw string `json:"raw,omitempty"`
	// Slots are the hours in which the pass is good by its type; nil = always. They cut where a mapping says slots.
	Slots *Hours `json:"slots,omitempty"`
}

// Directory is what one space connection says at one instant. Lists are sorted by id.
type Directory struct {
	Connection  string       `json:"connection"`
	People      []Person     `json:"people,omitempty"` // visitors too
	Teams       []Team       `json:"teams,omitempty"`
	Locations   []Location   `json:"locations,omitempty"`
	Floors      []Floor      `json:"floors,omitempty"`
	Resources   []Resource   `json:"resources,omitempty"`
	Plans       []Plan       `json:"plans,omitempty"`
	Agreements  []Agreement  `json:"agreements,omitempty"`
	Assignments []Assignment `json:"assignments,omitempty"`
	Bookings    []Booking    `json:"bookings,omitempty"`
	Passes      []Pass       `json:"passes,omitempty"`
	// Pushes are the newest of each person, where the connection takes pushes.
	Pushes []Push `json:"pushes,omitempty"`
	// Gone are records that are no longer there, with the last body known in the lists above: they grant nothing and
	// explain why.
	Gone []Gone `json:"gone,omitempty"`
	// Unsure are records whose last answer could not be read; what was known of them still holds.
	Unsure []Key `json:"unsure,omitempty"`
}

// Gone says that a record left the space system, since when, and how that is known: Deleted or Vanished.
type Gone struct {
	Key   Key     `json:"key"`
	Cause Cause   `json:"cause"`
	Since Instant `json:"since"`
}

// Key implements Record.
func (p Person) Key() Key {
	if p.Visitor {
		return Key{KindVisitor, p.ID}
	}
	return Key{KindPerson, p.ID}
}

// Refs implements Record.
func (p Person) Refs() []Key {
	if len(p.Teams) == 0 {
		return refs(Key{KindTeam, p.Team}, Key{KindLocation, p.Location}, Key{KindPerson, p.Host})
	}
	ks := []Key{{KindTeam, p.Team}, {KindLocation, p.Location}, {KindPerson, p.Host}}
	for _, t := range p.Teams {
		ks = append(ks, Key{KindTeam, t})
	}
	return refs(ks...)
}

// Key implements Record.
func (t Team) Key() Key { return Key{KindTeam, t.ID} }

// Refs implements Record.
func (t Team) Refs() []Key {
	ks := []Key{{KindLocation, t.Location}, {KindPerson, t.PayingMember}}
	for _, m := range t.Members {
		ks = append(ks, Key{KindPerson, m})
	}
	return refs(ks...)
}

// Key implements Record.
func (l Location) Key() Key { return Key{KindLocation, l.ID} }

// Refs implements Record.
func (l Location) Refs() []Key { return nil }

// Key implements Record.
func (f Floor) Key() Key { return Key{KindFloor, f.ID} }

// Refs implements Record.
func (f Floor) Refs() []Key { return refs(Key{KindLocation, f.Location}) }

// Key implements Record.
func (r Resource) Key() Key { return Key{KindResource, r.ID} }

// Refs implements Record.
func (r Resource) Refs() []Key {
	ks := []Key{{KindLocation, r.Location}, {KindFloor, r.Floor}}
	for _, p := range r.Parents {
		ks = append(ks, Key{KindResource, p})
	}
	return refs(ks...)
}

// Key implements Record.
func (p Plan) Key() Key { return Key{KindPlan, p.ID} }

// Refs implements Record.
func (p Plan) Refs() []Key { return nil }

// Key implements Record.
func (a Agreement) Key() Key { return Key{KindAgreement, a.ID} }

// Refs implements Record.
func (a Agreement) Refs() []Key {
	ks := []Key{{KindPerson, a.Person}, {KindTeam, a.Team}, {KindPlan, a.Plan}, {KindLocation, a.Location}}
	for _, g := range a.Guests {
		ks = append(ks, Key{KindPerson, g})
	}
	return refs(ks...)
}

// Key implements Record.
func (a Assignment) Key() Key { return Key{KindAssignment, a.ID} }

// Refs implements Record.
func (a Assignment) Refs() []Key {
	return refs(Key{KindAgreement, a.Agreement}, Key{KindResource, a.Resource})
}

// Key implements Record.
func (b Booking) Key() Key { return Key{KindBooking, b.ID} }

// Refs implements Record.
func (b Booking) Refs() []Key {
	ks := []Key{{KindResource, b.Resource}, {KindLocation, b.Location}, {KindPerson, b.Person}, {KindTeam, b.Team}}
	for _, m := range b.Members {
		ks = append(ks, Key{KindPerson, m})
	}
	for _, v := range b.Visitors {
		ks = append(ks, Key{KindVisitor, v})
	}
	return refs(ks...)
}

// Key implements Record.
func (p Pass) Key() Key { return Key{KindPass, p.ID} }

// Refs implements Record.
func (p Pass) Refs() []Key {
	return refs(Key{KindPerson, p.Person}, Key{KindTeam, p.Team}, Key{KindLocation, p.Location}, Key{KindAgreement, p.Agreement})
}

// refs drops empty and repeated keys.
func refs(ks ...Key) []Key {
	out := ks[:0]
next:
	for _, k := range ks {
		if k.ID == "" {
			continue
		}
		for _, o := range out {
			if o == k {
				continue next
			}
		}
		out = append(out, k)
	}
	return out
}

// Organisation is the vendor's own tenant behind a connection, pinned by ID at connect.
type Organisation struct {
	ID   string        `json:"id"`
	Was  string        `json:"was,omitempty"` // what it was pinned as while the credentials showed less of it
	Name string        `json:"name"`
	Who  string        `json:"who,omitempty"`  // the account behind the credentials
	Skew time.Duration `json:"skew,omitempty"` // their clock minus ours
}
