package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// album says what the records of a house connection are called, for people.
type album struct {
	records map[cardea.Key]cardea.Record
	held    map[string][]string // resources by agreement, as ids
}

func newAlbum(records []cardea.Record) album {
	a := album{records: make(map[cardea.Key]cardea.Record, len(records)), held: map[string][]string{}}
	for _, r := range records {
		a.records[r.Key()] = r
		if s, ok := r.(cardea.Assignment); ok {
			a.held[s.Agreement] = append(a.held[s.Agreement], s.Resource)
		}
	}
	return a
}

// name is what a record is called; its id when it is not there or has no name.
func (a album) name(kind cardea.Kind, id string) string {
	name := ""
	switch v := a.records[cardea.Key{Kind: kind, ID: id}].(type) {
	case cardea.Location:
		name = v.Name
	case cardea.Floor:
		name = a.at(v.Location, v.Name)
	case cardea.Resource:
		name = a.at(v.Location, v.Name)
	case cardea.Plan:
		name = v.Name
	case cardea.Team:
		name = v.Name
	case cardea.Person:
		name = v.Name
	case cardea.Agreement:
		name = v.ID
	case cardea.Assignment:
		name = a.name(cardea.KindResource, v.Resource)
	case cardea.Booking:
		name = strings.TrimSpace(a.name(cardea.KindResource, v.Resource) + " at " + v.Start.String() + " " + v.Title)
	case cardea.Pass:
		name = cmp.Or(v.Name, v.Type, v.ID)
	}
	return cmp.Or(say.Clean(name), say.Clean(id))
}

func (a album) at(location, name string) string {
	if location == "" {
		return name
	}
	return a.name(cardea.KindLocation, location) + "/" + name
}

func (a album) names(kind cardea.Kind, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, a.name(kind, id))
	}
	return out
}

// label tells one record in a line.
func (a album) label(r cardea.Record) string {
	k := r.Key()
	text := a.name(k.Kind, k.ID)
	switch v := r.(type) {
	case cardea.Person:
		if v.Email != "" {
			text += " <" + say.Clean(v.Email) + ">"
		}
	case cardea.Agreement:
		text = say.And(a.who(holders(v))) + ": " + say.And(a.things(v)) + span(v.Start, v.End)
	case cardea.Assignment:
		text += " for " + a.agreement(v.Agreement) + span(v.Start, v.End)
	case cardea.Booking:
		text += " for " + cmp.Or(say.And(a.invited(v)), "nobody")
	case cardea.Pass:
		text += " of " + cmp.Or(say.And(a.either(v.Person, v.Team)), "nobody") + span(v.From, v.Until)
	}
	if strings.EqualFold(text, k.ID) {
		return text
	}
	return say.Clean(k.ID) + "  " + text
}

// agreement names an agreement by who holds it.
func (a album) agreement(id string) string {
	v, ok := a.records[cardea.Key{Kind: cardea.KindAgreement, ID: id}].(cardea.Agreement)
	if !ok {
		return say.Clean(id)
	}
	return say.And(a.who(holders(v)))
}

// holders are those whom an agreement is for: its person, else its team, and further people.
func holders(v cardea.Agreement) []cardea.Key {
	var out []cardea.Key
	switch {
	case v.Person != "":
		out = append(out, cardea.Key{Kind: cardea.KindPerson, ID: v.Person})
	case v.Team != "":
		out = append(out, cardea.Key{Kind: cardea.KindTeam, ID: v.Team})
	}
	for _, g := range v.Guests {
		out = append(out, cardea.Key{Kind: cardea.KindPerson, ID: g})
	}
	return out
}

func (a album) who(keys []cardea.Key) []string {
	var out []string
	for _, k := range keys {
		name := a.name(k.Kind, k.ID)
		if k.Kind == cardea.KindTeam {
			name = "everybody of " + name
		}
		out = append(out, name)
	}
	return out
}

// either names the person, else the team.
func (a album) either(person, team string) []string {
	return a.who(holders(cardea.Agreement{Person: person, Team: team}))
}

// things names what an agreement is about: its resources, else its plan.
func (a album) things(v cardea.Agreement) []string {
	if ids := a.held[v.ID]; len(ids) > 0 {
		return a.names(cardea.KindResource, ids)
	}
	if v.Plan != "" {
		return []string{a.name(cardea.KindPlan, v.Plan)}
	}
	return []string{cmp.Or(say.Clean(v.Name), say.Clean(v.ID))}
}

func (a album) invited(b cardea.Booking) []string {
	out := append(a.either(b.Person, b.Team), a.names(cardea.KindPerson, b.Members)...)
	return append(out, a.names(cardea.KindVisitor, b.Visitors)...)
}

// loses says who has what no more when a record goes. It counts no days and decides nothing: whether somebody still passes
// by another record is for the rules. Empty when a record gave nothing to anybody.
func (a album) loses(r cardea.Record) string {
	switch v := r.(type) {
	case cardea.Agreement:
		return lose(a.who(holders(v)), a.things(v)) + span(v.Start, v.End)
	case cardea.Assignment:
		held, ok := a.records[cardea.Key{Kind: cardea.KindAgreement, ID: v.Agreement}].(cardea.Agreement)
		if !ok {
			return ""
		}
		return lose(a.who(holders(held)), a.names(cardea.KindResource, []string{v.Resource})) + span(v.Start, v.End)
	case cardea.Booking:
		return lose(a.invited(v), []string{a.name(cardea.KindBooking, v.ID)})
	case cardea.Pass:
		return lose(a.either(v.Person, v.Team), []string{"the pass " + a.name(cardea.KindPass, v.ID)}) + span(v.From, v.Until)
	}
	return ""
}

// shuts says who has what no more because an agreement changes; now is the album of what will be.
func (a album) shuts(before, after cardea.Agreement, now album) string {
	stay := holders(after)
	gone := slices.DeleteFunc(holders(before), func(who cardea.Key) bool { return slices.Contains(stay, who) })
	var out []string
	if len(gone) > 0 {
		out = append(out, lose(a.who(gone), a.things(before)))
	}
	if after.Locked && !before.Locked {
		who := now.who(stay)
		out = append(out, say.And(who)+verb(who, " is", " are")+" shut out of "+say.And(now.things(after)))
	}
	return strings.Join(out, "; ")
}

func lose(who, what []string) string {
	if len(who) == 0 {
		return "nobody loses " + say.And(what)
	}
	return say.And(who) + verb(who, " loses ", " lose ") + say.And(what)
}

func verb(who []string, one, many string) string {
	if len(who) == 1 {
		return one
	}
	return many
}

// span tells days as they stand in the record.
func span(first, last cardea.Day) string {
	switch {
	case first.Set && last.Set:
		return " (" + first.In(time.UTC).String() + " to " + last.In(time.UTC).String() + ")"
	case first.Set:
		return " (from " + first.In(time.UTC).String() + ")"
	case last.Set:
		return " (until " + last.In(time.UTC).String() + ")"
	}
	return ""
}
