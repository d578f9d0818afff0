package kinnovis

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// reader is one Read under way.
type reader struct {
	s       *System
	into    *cardea.Intake
	brought space.Brought
	stays   map[string][]stay  // units by booking
	unsaid  map[string]bool    // bookings that do not say theirs
	stood   map[string]bool    // listings that answered, by path
	samples map[string]samples // by path
	aside   *reader            // bookings that others need although they were not asked for
	tally   space.Tally
}

// samples is what the first rows that lack a field said when they were read alone.
type samples struct {
	agreed int
	lossy  bool
}

func (s *System) reader(into *cardea.Intake) *reader {
	return &reader{
		s: s, into: into, brought: space.Brought{}, stays: map[string][]stay{}, unsaid: map[string]bool{},
		stood: map[string]bool{}, samples: map[string]samples{},
	}
}

// Read brings what the scope asks for. With Keys or People it reads by id, else whole collections, one after another: the assumed
// limit, not the round trip, is what takes time. A collection that fails is ended with Fail and the others go on. An error is
// returned when the first collection is refused or two in a row are, or when the context ends.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	r := s.reader(into)
	if want.Full() {
		return r.full(ctx, want)
	}
	if err := r.keys(ctx, want); err != nil {
		return err
	}
	if err := r.people(ctx, want); err != nil {
		return err
	}
	r.tally.End(into)
	return nil
}

// full reads whole collections, those that others point to first.
func (r *reader) full(ctx context.Context, want cardea.Scope) error {
	for _, kind := range r.s.Collections() {
		if !want.Wants(kind) {
			continue
		}
		p := r.into.Open(kind)
		var err error
		if kind == cardea.KindAssignment {
			err = r.assignments(ctx, p)
		} else {
			c, _ := of(kind)
			err = r.fill(ctx, p, c)
		}
		if r.tally.Settle(ctx, p, err) {
			return err
		}
	}
	return nil
}

// understand reads a record. The units of a booking are remembered by themselves: a date that cannot be read makes them not unknown.
func (r *reader) understand(c collection, raw []byte) (cardea.Record, error) {
	if c.kind == cardea.KindAgreement {
		r.remember(raw)
	}
	rec, err := c.decode(raw)
	if a, ok := rec.(cardea.Agreement); ok && err == nil {
		return r.s.closed(a, raw), nil
	}
	return rec, err
}

// longest is how long a date may go on after its midnight in UTC: to the end of its day, wherever that is.
const longest = 48 * cardea.Hour

// closed has a booking end that Kinnovis says is over while its dates still run: cancelled at once, or ended at the beginning of its
// move-out date. Of one whose dates are past, they tell since when.
func (s *System) closed(a cardea.Agreement, raw []byte) cardea.Agreement {
	var v booking
	if json.Unmarshal(raw, &v) != nil {
		return a
	}
	if status := v.status(); a.Approved && slices.Contains(over, status) && a.End.Set && cardea.At(s.now()) < a.End.At+longest {
		a.Approved, a.Closed, a.Computed = false, true, status
	}
	return a
}

// remember notes the units of a booking, or that it does not say them.
func (r *reader) remember(raw []byte) {
	id := string(idOf(raw))
	if id == "" {
		return
	}
	stays, err := staysOf(raw)
	if err != nil {
		r.unsaid[id] = true
		return
	}
	r.stays[id] = stays
}

// assignments are the units of bookings: there is no list of them. A booking whose units cannot be read makes them unknown; what
// came before a listing of bookings broke off is kept.
func (r *reader) assignments(ctx context.Context, p *cardea.Pages) error {
	_, from, err := r.allBookings(ctx)
	var records []cardea.Record
	for _, id := range slices.Sorted(maps.Keys(from.stays)) {
		records = append(records, assigned(id, from.stays[id])...)
	}
	for _, id := range slices.Sorted(maps.Keys(from.unsaid)) {
		p.Bad(nil, []cardea.Key{{Kind: cardea.KindAgreement, ID: id}}, "the booking does not say which units it is about")
	}
	p.Add(records, cardea.Mark{Ended: true})
	return err
}

// allBookings returns the bookings whole: from this read when they were asked for, else read aside. Errors: Retry when they are
// not whole, with what came of them.
func (r *reader) allBookings(ctx context.Context) (*cardea.Pages, *reader, error) {
	from, p := r, r.into.Collection(cardea.KindAgreement)
	if p == nil || !r.into.Scope().Full() {
		if r.aside == nil {
			r.aside = r.s.reader(cardea.NewIntake(cardea.Scope{}, nil))
		}
		from = r.aside
		p = from.into.Collection(cardea.KindAgreement)
	}
	if p == nil {
		p = from.into.Open(cardea.KindAgreement)
		if err := from.fill(ctx, p, bookings); err != nil {
			p.Fail(err)
			return p, from, err
		}
		p.Close()
	}
	if e := p.Evidence(); e.Grade() != cardea.Complete {
		if cardea.ClassOf(p.Err()) == cardea.Auth {
			return p, from, cardea.Errorf(cardea.Retry, "it rests on the bookings, which are refused")
		}
		return p, from, cardea.Errorf(cardea.Retry, "it rests on the bookings, which are not whole: %s", e.Why())
	}
	return p, from, nil
}
