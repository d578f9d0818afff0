package kinnovis

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// keys brings single records. One that cannot be read now ends its collection with Fail, and the others are still read.
func (r *reader) keys(ctx context.Context, want cardea.Scope) error {
	for _, k := range want.Keys {
		p := r.into.Open(k.Kind)
		if err := r.tally.Note(ctx, p, r.key(ctx, p, k)); err != nil {
			return err
		}
		if !want.Near || k.Kind != cardea.KindAgreement {
			continue
		}
		if err := r.near(ctx, k, want); err != nil {
			return err
		}
	}
	return nil
}

// near brings what hangs on a booking and is announced by no hook: its units, and the customers whom it names.
func (r *reader) near(ctx context.Context, k cardea.Key, want cardea.Scope) error {
	if !want.Wants(cardea.KindAssignment) || !want.Wants(cardea.KindPerson) {
		return nil
	}
	for _, rec := range r.into.Open(cardea.KindAgreement).Records() {
		a, ok := rec.(cardea.Agreement)
		if !ok || a.Key() != k {
			continue
		}
		for _, id := range append([]string{a.Person}, a.Guests...) {
			p, who := r.into.Open(cardea.KindPerson), cardea.Key{Kind: cardea.KindPerson, ID: id}
			if err := r.tally.Note(ctx, p, r.key(ctx, p, who)); err != nil {
				return err
			}
		}
	}
	p := r.into.Open(cardea.KindAssignment)
	switch stays, known := r.stays[k.ID]; {
	case known:
		r.take(p, assigned(k.ID, stays))
	case r.unsaid[k.ID]:
		p.Bad(nil, []cardea.Key{k}, "the booking does not say which units it is about")
	}
	return nil
}

// key brings one record, or notes that it is missing.
func (r *reader) key(ctx context.Context, p *cardea.Pages, k cardea.Key) error {
	if r.brought[k] {
		return nil
	}
	if k.Kind == cardea.KindAssignment {
		return r.assignmentKey(ctx, p, k)
	}
	c, has := of(k.Kind)
	if !has || !isID(k.ID) {
		return cardea.Errorf(cardea.Rejected, "%s is no Kinnovis record", k)
	}
	var rec cardea.Record
	raw, err := r.one(ctx, c, k.ID)
	if err == nil {
		if rec, err = r.understand(c, raw); err == nil && rec.Key() != k {
			err = errors.New("the answer is about another record")
		}
		if err != nil {
			err = space.UnreadableError{Err: err, Raw: redacted(raw)}
		}
	}
	return r.brought.Take(p, k, rec, err)
}

// take hands on records that were not brought yet.
func (r *reader) take(p *cardea.Pages, records []cardea.Record) {
	records = slices.DeleteFunc(records, func(rec cardea.Record) bool { return !r.brought.Fresh(rec.Key()) })
	p.Add(records, cardea.Mark{Ended: true})
}

// one reads a record by its id. Errors: NotFound when the vendor says that the id is gone, and its collection answers: where the
// path itself is unknown every id would seem to be gone.
func (r *reader) one(ctx context.Context, c collection, id string) ([]byte, error) {
	answer, err := r.s.get(ctx, c.path+"/"+id, nil)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		if why := r.stands(ctx, c); why != nil {
			return nil, why
		}
		return nil, err
	case err != nil:
		return nil, err
	}
	raw, is := decodeOne(answer.Body, c)
	if is != "" && is != id {
		return nil, cardea.Errorf(cardea.Retry, "Kinnovis %s/%s: the answer is about another record", c.path, id)
	}
	if is == "" {
		return nil, cardea.Errorf(cardea.Retry, "Kinnovis %s/%s: the answer is no record", c.path, id)
	}
	return raw, nil
}

// stands asks once in a read whether a collection's listing answers.
func (r *reader) stands(ctx context.Context, c collection) error {
	if r.stood[c.path] {
		return nil
	}
	_, err := r.s.page(ctx, c, 1, 1)
	r.stood[c.path] = err == nil
	return err
}

// assignmentKey reads the booking that an assignment is of: whether it is there, the booking's record says.
func (r *reader) assignmentKey(ctx context.Context, p *cardea.Pages, k cardea.Key) error {
	of, _, ok := strings.Cut(k.ID, joint)
	if !ok || !isID(of) {
		return cardea.Errorf(cardea.Rejected, "%s is no Kinnovis record", k)
	}
	if r.stays[of] == nil && !r.unsaid[of] {
		raw, err := r.one(ctx, bookings, of)
		if err != nil && cardea.ClassOf(err) != cardea.NotFound {
			return err
		}
		if err == nil {
			r.remember(raw) // its units are asked for, whatever else it says
		}
	}
	if r.unsaid[of] {
		p.Bad(nil, []cardea.Key{k}, "the booking does not say which units it is about")
		p.Add(nil, cardea.Mark{Ended: true})
		return nil
	}
	for _, rec := range assigned(of, r.stays[of]) {
		if rec.Key() == k {
			r.take(p, []cardea.Record{rec})
			return nil
		}
	}
	p.Missing(k)
	p.Add(nil, cardea.Mark{Ended: true})
	return nil
}

// people brings everything about some customers: themselves, and their bookings, also those that are shared with them. No filter
// of bookings is known, so that all of them are walked. What these rest on comes with the whole reads only.
func (r *reader) people(ctx context.Context, want cardea.Scope) error {
	for _, who := range want.People {
		if who.Kind != cardea.KindPerson {
			return cardea.Errorf(cardea.Rejected, "%s is no Kinnovis customer", who)
		}
		if want.Wants(cardea.KindPerson) {
			p := r.into.Open(cardea.KindPerson)
			if err := r.tally.Note(ctx, p, r.key(ctx, p, who)); err != nil {
				return err
			}
		}
	}
	if len(want.People) == 0 || !want.Wants(cardea.KindAgreement) && !want.Wants(cardea.KindAssignment) {
		return nil
	}
	agreements, assignments := r.into.Open(cardea.KindAgreement), r.into.Open(cardea.KindAssignment)
	all, from, err := r.allBookings(ctx)
	if err != nil { // what cannot be read of the one is unknown of the other
		if done := r.tally.Note(ctx, assignments, err); done != nil {
			return done
		}
		return r.tally.Note(ctx, agreements, err)
	}
	var held, to []cardea.Record
	for _, rec := range all.Records() {
		a, ok := rec.(cardea.Agreement)
		if !ok || !slices.ContainsFunc(want.People, func(who cardea.Key) bool { return slices.Contains(a.Refs(), who) }) {
			continue
		}
		held = append(held, a)
		to = append(to, assigned(a.ID, from.stays[a.ID])...)
		if from.unsaid[a.ID] {
			assignments.Bad(nil, []cardea.Key{a.Key()}, "the booking does not say which units it is about")
		}
	}
	for _, bad := range all.BadOnes() { // it may be theirs
		agreements.Bad([]byte(bad.Raw), bad.Who, bad.Why)
	}
	r.take(agreements, held)
	r.take(assignments, to)
	return nil
}
