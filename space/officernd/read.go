package officernd

import (
	"context"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// reader is one Read under way.
type reader struct {
	s        *System
	into     *cardea.Intake
	span     cardea.Window
	brought  space.Brought
	kinds    kinds                // resource types, nil until read
	used     *usage               // check-ins, nil until read
	aside    *reader              // collections that others need although they were not asked for
	scrap    *cardea.Intake       // of one person, the same
	pathless map[cardea.Kind]bool // kinds that turned out to have no read by id
	stood    map[string]bool      // listings that answered, by path
	tally    space.Tally
}

// Read brings what the scope asks for. With Keys or People it reads by id and by filter, else whole collections, one after
// another: the vendor's limit, not the round trip, is what takes time. A collection that fails is ended with Fail and the
// others go on. An error is returned when the organisation is not known, when the first collection is refused or two in a
// row are (one alone may be a permission that the application lacks), or when the context ends.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	r := s.reader(want, into)
	if want.Full() {
		return r.full(ctx, want)
	}
	if err := r.keys(ctx, want.Keys); err != nil {
		return err
	}
	if err := r.people(ctx, want); err != nil {
		return err
	}
	r.tally.End(into)
	return nil
}

func (s *System) reader(want cardea.Scope, into *cardea.Intake) *reader {
	return &reader{
		s: s, into: into, span: want.Span, brought: space.Brought{}, pathless: map[cardea.Kind]bool{}, stood: map[string]bool{},
		scrap: cardea.NewIntake(want, nil),
	}
}

// full reads whole collections, those that others point to first.
func (r *reader) full(ctx context.Context, want cardea.Scope) error {
	for _, kind := range cardea.Kinds {
		if !want.Wants(kind) {
			continue
		}
		p := r.into.Open(kind)
		if err := r.collection(ctx, p); r.tally.Settle(ctx, p, err) {
			return err
		}
	}
	return nil
}

// collection lists one kind whole.
func (r *reader) collection(ctx context.Context, p *cardea.Pages) error {
	c, err := r.prepare(ctx, p.Kind())
	if err != nil {
		return err
	}
	switch c.kind {
	case cardea.KindAssignment:
		return r.assignments(ctx, p, c)
	case cardea.KindBooking:
		return r.bookings(ctx, p, c)
	default:
	}
	// The count is asked first: what is added meanwhile makes the listing longer than it, not shorter.
	total, counted := 0, false
	if c.counted {
		total, counted = r.s.count(ctx, c.path, nil)
	}
	if counted {
		p.Count(total)
	}
	return r.fill(ctx, p, c.path, url.Values{}, c)
}

// prepare reads what the records of a kind cannot be understood without.
func (r *reader) prepare(ctx context.Context, kind cardea.Kind) (collection, error) {
	c, ok := of(kind)
	if !ok {
		return c, cardea.Errorf(cardea.Rejected, "OfficeRnD has no %s", kind)
	}
	switch kind {
	case cardea.KindResource:
		_, err := r.resourceKinds(ctx)
		return c, err
	case cardea.KindPass:
		return c, r.checkIns(ctx)
	default:
		return c, nil
	}
}

// decode reads one list row. A booking whose row does not say who is invited is read again by id.
func (r *reader) decode(ctx context.Context, c collection, row []byte) (cardea.Record, error) {
	if id := idOf(row); c.kind == cardea.KindBooking && id != "" && !whole(row) {
		return r.one(ctx, c, id)
	}
	return r.understand(c, row)
}

// understand reads a record and adds what other collections say of it.
func (r *reader) understand(c collection, raw []byte) (cardea.Record, error) {
	rec, err := c.decode(raw)
	if err != nil {
		return nil, err
	}
	switch v := rec.(type) {
	case cardea.Resource:
		return r.kinds.apply(v)
	case cardea.Pass:
		return r.used.apply(v)
	}
	return rec, nil
}

// need returns a whole collection that another one rests on: from this read when it was asked for, else read aside.
func (r *reader) need(ctx context.Context, kind cardea.Kind) (*cardea.Pages, error) {
	p := r.into.Collection(kind)
	if p == nil || !r.into.Scope().Full() {
		p = r.beside().into.Collection(kind)
	}
	if p == nil {
		p = r.beside().into.Open(kind)
		if err := r.beside().collection(ctx, p); err != nil {
			p.Fail(err)
			return nil, err
		}
		p.Close()
	}
	if e := p.Evidence(); e.Grade() != cardea.Complete {
		// Not the other's error: a permission that is missing there is not missing here.
		return nil, cardea.Errorf(cardea.Retry, "it rests on the %ss, which are not whole: %s", kind, e.Why())
	}
	return p, nil
}

// beside is a reader for whole collections whose records are not handed on.
func (r *reader) beside() *reader {
	if r.aside == nil {
		scope := cardea.Scope{Span: r.span}
		r.aside = r.s.reader(scope, cardea.NewIntake(scope, nil))
		r.aside.kinds, r.aside.used = r.kinds, r.used
	}
	return r.aside
}
