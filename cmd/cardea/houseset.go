package main

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house"
)

type houseSetCmd struct {
	onHouse

	Key    string   `arg:"" help:"Record, as kind:id."`
	Values []string `arg:"" help:"What is to be true of it, as field=value." name:"field=value"`
	New    bool     `help:"Make the record; it must not be there yet."`
}

// Help says what can be set and how values are written.
func (*houseSetCmd) Help() string {
	var b strings.Builder
	b.WriteString("Lists are separated by commas, days are written as 2026-04-03, moments as 2026-11-23T09:00:00Z; yes or no; " +
		"nothing after the = for none. Other records are named by their ids.\n\n" +
		"  cardea house set agreement:R-1 locked=yes\n" +
		"  cardea house set person:C-9 name=\"Kim Ray\" email=kim@example.com --new\n\n" +
		"What can be set:\n")
	for _, kind := range cardea.Kinds {
		var names []string
		for _, f := range fieldsOf(kind) {
			names = append(names, f.name)
		}
		b.WriteString("\n" + string(kind) + ": " + strings.Join(names, ", ") + ".\n")
	}
	return b.String()
}

// Run changes a record.
func (s *houseSetCmd) Run(ctx context.Context, c *terminal) error { return s.do(ctx, c, settings{}) }

func (s *houseSetCmd) do(ctx context.Context, c *terminal, with settings) error {
	k, err := keyOf(s.Key)
	if err != nil {
		return err
	}
	values, err := assignments(k.Kind, s.Values)
	if err != nil {
		return err
	}
	a, name, err := s.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	before, err := a.desk.House(ctx, name)
	if err != nil {
		return err
	}
	r, err := pick(before, k)
	switch {
	case s.New && err == nil:
		return cardea.Errorf(cardea.Conflict, "%s is there already: leave out --new to change it", k)
	case s.New:
		r = fresh(k)
	case err != nil:
		return cardea.Errorf(cardea.NotFound, "%w (to make it, say --new)", err)
	}
	was := r
	for _, v := range values {
		if r, err = v.field.set(r, v.text); err != nil {
			return err
		}
	}
	after := followed(before, was, filled(r, values, s.New))
	e := &edit{
		onHouse: s.onHouse, c: c, desk: a.desk, connection: name, before: before, sure: true,
		diff: house.Diff(before, after), title: k.String(), what: "house set " + k.String(),
	}
	return e.check(ctx)
}

// check refuses a change that makes something wrong which was not wrong before, and does it otherwise: what was wrong
// already does not keep anybody from mending it piece by piece.
func (e *edit) check(ctx context.Context) error {
	old := house.Check(e.before)
	problems := slices.DeleteFunc(house.Check(e.diff.Apply(e.before)), func(p house.Problem) bool { return slices.Contains(old, p) })
	if len(problems) > 0 {
		return e.refuse(found(problems), 0)
	}
	return e.do(ctx)
}

// assigned is one field=value.
type assigned struct {
	field field
	text  string
}

func assignments(kind cardea.Kind, texts []string) ([]assigned, error) {
	var out []assigned
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, cardea.Errorf(cardea.Rejected, "%q sets nothing: write field=value, as in locked=yes", text)
		}
		f, err := fieldOf(kind, strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if says(out, f.name) {
			return nil, cardea.Errorf(cardea.Rejected, "%s is set twice: say once what it is to be", f.name)
		}
		out = append(out, assigned{f, value})
	}
	return out, nil
}

func says(values []assigned, name string) bool {
	return slices.ContainsFunc(values, func(v assigned) bool { return v.field.name == name })
}

// fresh is a record of which nothing is said yet, with what an import takes for granted.
func fresh(k cardea.Key) cardea.Record {
	switch k.Kind {
	case cardea.KindLocation:
		return cardea.Location{ID: k.ID}
	case cardea.KindFloor:
		return cardea.Floor{ID: k.ID}
	case cardea.KindResource:
		return cardea.Resource{ID: k.ID}
	case cardea.KindPlan:
		return cardea.Plan{ID: k.ID}
	case cardea.KindTeam:
		return cardea.Team{ID: k.ID, Status: cardea.Present}
	case cardea.KindPerson, cardea.KindVisitor:
		return cardea.Person{ID: k.ID, Visitor: k.Kind == cardea.KindVisitor, Status: cardea.Present}
	case cardea.KindAgreement:
		return cardea.Agreement{ID: k.ID, Approved: true}
	case cardea.KindAssignment:
		return cardea.Assignment{ID: k.ID}
	case cardea.KindBooking:
		return cardea.Booking{ID: k.ID}
	case cardea.KindPass:
		return cardea.Pass{ID: k.ID}
	default: // keyOf knows no other
		panic("a house has no " + string(k.Kind))
	}
}

// filled adds what follows from the values, where they do not say it themselves.
func filled(r cardea.Record, values []assigned, made bool) cardea.Record {
	switch v := r.(type) {
	case cardea.Person:
		if !says(values, "name") && (says(values, "first") || says(values, "last")) {
			v.Name = strings.TrimSpace(v.First + " " + v.Last)
		}
		return v
	case cardea.Resource:
		if made && !says(values, "assignable") {
			v.Assignable = v.Unit || !v.Bookable
		}
		return v
	case cardea.Booking:
		times := []string{"start", "end", "zone", "rrule", "except"}
		moved := slices.ContainsFunc(times, func(name string) bool { return says(values, name) })
		if moved && !says(values, "last") {
			v.Last = 0 // when the series ends is not known any more
		}
		return v
	}
	return r
}

// followed puts a record among the others. Assignments that ran as long as their agreement go on doing so.
func followed(before []cardea.Record, was, is cardea.Record) []cardea.Record {
	old, hadDays := was.(cardea.Agreement)
	now, hasDays := is.(cardea.Agreement)
	out := make([]cardea.Record, 0, len(before)+1)
	for _, r := range before {
		s, ok := r.(cardea.Assignment)
		switch {
		case r.Key() == is.Key():
			continue
		case ok && hadDays && hasDays && s.Agreement == now.ID:
			if s.Start == old.Start {
				s.Start = now.Start
			}
			if s.End == old.End {
				s.End = now.End
			}
			r = s
		}
		out = append(out, r)
	}
	return append(out, is)
}
