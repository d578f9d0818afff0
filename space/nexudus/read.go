package nexudus

import (
	"context"
	"net/url"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// reader is one Read under way.
type reader struct {
	s         *System
	into      *cardea.Intake
	span      cardea.Window
	brought   space.Brought
	desks     map[string][]string // floor-plan items by contract
	deskless  map[string]bool     // contracts that do not say theirs
	passTypes passTypes           // nil until read
	aside     *reader             // collections that others need although they were not asked for
	scrap     *cardea.Intake      // of one person, the same
	windowed  bool                // bookings beyond the window are passed over
	alone     map[string]bool     // paths that take no question for several ids
	null      map[string]nulls    // by path
	tally     space.Tally
}

// Read brings what the scope asks for. With Keys or People it reads by id and by filter, else whole collections, one after
// another: the vendor's limit, not the round trip, is what takes time. A collection that fails is ended with Fail and the others
// go on. An error is returned when the first collection is refused or two in a row are (one alone may be a role that the user
// lacks), or when the context ends.
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
		s: s, into: into, span: want.Span, brought: space.Brought{}, desks: map[string][]string{},
		deskless: map[string]bool{}, alone: map[string]bool{}, null: map[string]nulls{}, scrap: cardea.NewIntake(want, nil),
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
	switch p.Kind() {
	case cardea.KindResource:
		if err := r.fill(ctx, p, resources, url.Values{}); err != nil {
			return err
		}
		return r.fill(ctx, p, desks, url.Values{})
	case cardea.KindAssignment:
		return r.assignments(ctx, p)
	case cardea.KindBooking:
		return r.bookings(ctx, p, url.Values{})
	case cardea.KindPass:
		return r.passes(ctx, p)
	default:
	}
	c, _, _ := of(cardea.Key{Kind: p.Kind(), ID: "1"})
	if c.path == "" {
		return cardea.Errorf(cardea.Rejected, "Nexudus has no %s", p.Kind())
	}
	return r.fill(ctx, p, c, url.Values{})
}

// understand reads a record and adds what other collections say of it.
func (r *reader) understand(ctx context.Context, c collection, raw []byte) (cardea.Record, error) {
	rec, err := c.decode(raw)
	if c.kind == cardea.KindAgreement { // its items are asked for by themselves: a bad date makes them not unknown
		r.noteDesks(raw)
	}
	if err != nil {
		return nil, err
	}
	switch v := rec.(type) {
	case cardea.Agreement:
		if closed(v, r.s.now()) {
			v.Approved = false
		}
		return v, nil
	case cardea.Booking:
		if r.windowed && !r.within(v) {
			return v, nil // it is not handed on
		}
		return r.guests(ctx, v, raw)
	case cardea.Pass:
		ts, err := r.types(ctx)
		if err != nil {
			return nil, err
		}
		return ts.apply(v)
	}
	return rec, nil
}

// noteDesks remembers which floor-plan items a contract is about.
func (r *reader) noteDesks(raw []byte) {
	id := string(idOf(raw))
	if id == "" {
		return
	}
	items, err := desksOf(raw)
	if err != nil {
		r.deskless[id] = true
		return
	}
	r.desks[id] = items
}

// assignments are what contracts are about: there is no list of them. A contract whose items cannot be read makes them unknown.
func (r *reader) assignments(ctx context.Context, p *cardea.Pages) error {
	_, from, err := r.need(ctx, cardea.KindAgreement)
	if err != nil {
		return err
	}
	var ids []string
	for id := range from.desks {
		ids = append(ids, id)
	}
	var records []cardea.Record
	for _, id := range sorted(ids) {
		records = append(records, assigned(id, from.desks[id])...)
	}
	for id := range from.deskless {
		p.Bad(nil, []cardea.Key{{Kind: cardea.KindAgreement, ID: id}}, "the contract does not say which floor-plan items it is about")
	}
	p.Add(records, cardea.Mark{Ended: true})
	return nil
}

// usedFor is how long a pass that was used up stays in the listing after its last change.
const usedFor = 8 * 24 * time.Hour

// passes lists the passes that are left and those that were used of late: what is used is never taken off, so that a listing of
// all would grow for ever.
func (r *reader) passes(ctx context.Context, p *cardea.Pages) error {
	if _, err := r.types(ctx); err != nil {
		return err
	}
	if err := r.fill(ctx, p, passes, url.Values{"CoworkerTimePass_Used": {"false"}}); err != nil {
		return err
	}
	since := r.s.now().Add(-usedFor)
	return r.fill(ctx, p, passes, url.Values{
		"CoworkerTimePass_Used": {"true"}, "from_CoworkerTimePass_UpdatedOn": {filterTime(since)},
	})
}

// need returns a whole collection that another one rests on: from this read when it was asked for, else read aside.
func (r *reader) need(ctx context.Context, kind cardea.Kind) (*cardea.Pages, *reader, error) {
	from, p := r, r.into.Collection(kind)
	if p == nil || !r.into.Scope().Full() {
		from = r.beside()
		p = from.into.Collection(kind)
	}
	if p == nil {
		p = from.into.Open(kind)
		if err := from.collection(ctx, p); err != nil {
			p.Fail(err)
			return nil, nil, err
		}
		p.Close()
	}
	if e := p.Evidence(); e.Grade() != cardea.Complete {
		if err := p.Err(); cardea.ClassOf(err) == cardea.Auth {
			return nil, nil, cardea.Errorf(cardea.Retry, "it rests on the %ss, which are refused", kind)
		}
		return nil, nil, cardea.Errorf(cardea.Retry, "it rests on the %ss, which are not whole: %s", kind, e.Why())
	}
	return p, from, nil
}

// beside is a reader for whole collections whose records are not handed on.
func (r *reader) beside() *reader {
	if r.aside == nil {
		scope := cardea.Scope{Span: r.span}
		r.aside = r.s.reader(scope, cardea.NewIntake(scope, nil))
	}
	return r.aside
}
