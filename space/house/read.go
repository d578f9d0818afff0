package house

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Read brings what the scope asks for. With Keys or People it brings those, else whole collections, those that others point
// to first. A collection whose records cannot be fetched is ended with Fail and the others go on. It returns an error
// only for a context that ended and for a scope that names what is no record or person.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if want.Full() {
		return s.full(ctx, want, into)
	}
	p := s.picker(ctx, want)
	for _, k := range want.Keys {
		p.ask(k)
	}
	for _, who := range want.People {
		if who.Kind != cardea.KindPerson && who.Kind != cardea.KindVisitor {
			return cardea.Errorf(cardea.Rejected, "%s is no person", who)
		}
		p.person(who)
	}
	p.follow()
	p.hand(into)
	return stopped(ctx)
}

// full reads whole collections.
func (s *System) full(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	for _, kind := range cardea.Kinds {
		if !want.Wants(kind) {
			continue
		}
		if err := stopped(ctx); err != nil {
			return err
		}
		p := into.Open(kind)
		recs, err := s.list(ctx, kind, want.Span)
		if err != nil {
			p.Fail(err)
			continue
		}
		p.Add(recs, cardea.Mark{Total: len(recs), Counted: true, Ended: true})
		p.Close()
	}
	return stopped(ctx)
}

// list fetches one kind whole; of bookings those that have a part in the span.
func (s *System) list(ctx context.Context, kind cardea.Kind, span cardea.Window) ([]cardea.Record, error) {
	if kind == cardea.KindBooking && span.Empty() {
		return nil, cardea.Errorf(cardea.Rejected, "bookings are read for a span of time, and none was given")
	}
	recs, err := s.records.HouseRecords(ctx, s.connection, kind)
	if err != nil || kind != cardea.KindBooking {
		return recs, err
	}
	inside := make([]cardea.Record, 0, len(recs))
	for _, r := range recs {
		if b, ok := r.(cardea.Booking); !ok || within(b, span) {
			inside = append(inside, r)
		}
	}
	return inside, nil
}

// within says whether any part of a booking lies in the span (RULES.md 3). A series whose last occurrence is not known
// has no end. Leaving the span is not absence: whoever compares leaves out what the span leaves out.
func within(b cardea.Booking, span cardea.Window) bool {
	until := max(b.End, b.Last)
	if b.RRule != "" && b.Last == 0 {
		until = cardea.Never
	}
	return b.Start < span.Until && span.From < until
}

func stopped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return cardea.Errorf(cardea.Retry, "the reading was stopped: %w", err)
	}
	return nil
}
