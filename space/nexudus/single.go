package nexudus

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// one reads a record by its id. Errors: NotFound when the vendor says that the id is gone.
func (r *reader) one(ctx context.Context, c collection, id string) (cardea.Record, error) {
	answer, err := r.s.alone(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if string(idOf(answer.Body)) != id {
		return nil, space.UnreadableError{Err: errors.New("the answer is about another record"), Raw: redacted(answer.Body)}
	}
	rec, err := r.understand(ctx, c, answer.Body)
	switch {
	case err == nil:
		return rec, nil
	case cardea.ClassOf(err) != cardea.Unknown: // of another call that the record needed
		return nil, err
	}
	return nil, space.UnreadableError{Err: err, Raw: redacted(answer.Body)}
}

// keys brings single records. One that cannot be read now ends its collection with Fail, and the others are still read.
func (r *reader) keys(ctx context.Context, keys []cardea.Key) error {
	for _, k := range keys {
		p := r.into.Open(k.Kind)
		if r.tally.Tired(k.Kind) {
			continue
		}
		if err := r.tally.Note(ctx, p, r.key(ctx, p, k)); err != nil {
			return err
		}
	}
	if r.into.Scope().Near {
		return r.near(ctx, keys)
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
	c, id, ok := of(k)
	if !ok {
		return cardea.Errorf(cardea.Rejected, "%s is no Nexudus record", k)
	}
	rec, err := r.one(ctx, c, id)
	if k.Kind == cardea.KindBooking && cardea.ClassOf(err) == cardea.NotFound {
		return r.wasCancelled(ctx, p, k)
	}
	return r.brought.Take(p, k, rec, err)
}

// wasCancelled says of a booking that is not there whether it was cancelled; else it is missing.
func (r *reader) wasCancelled(ctx context.Context, p *cardea.Pages, k cardea.Key) error {
	scrap := cardea.NewIntake(r.into.Scope(), nil).Open(cardea.KindBooking)
	aside := r.s.reader(cardea.Scope{Span: cardea.Forever}, r.into)
	if err := aside.wereCancelled(ctx, scrap); err != nil {
		return err
	}
	for _, rec := range scrap.Records() {
		if rec.Key() == k {
			return r.brought.Take(p, k, rec, nil)
		}
	}
	p.Missing(k)
	p.Add(nil, cardea.Mark{Ended: true})
	return nil
}

// assignmentKey reads the contract that an assignment is of: whether it is there, the contract's whole record says.
func (r *reader) assignmentKey(ctx context.Context, p *cardea.Pages, k cardea.Key) error {
	of, item, ok := strings.Cut(k.ID, "-")
	if !ok || !isID(of) || !isID(item) {
		return cardea.Errorf(cardea.Rejected, "%s is no Nexudus record", k)
	}
	items, err := r.itemsOf(ctx, of)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return r.brought.Take(p, k, nil, err)
	case err != nil:
		return err
	case !slices.Contains(items, item):
		p.Missing(k)
		p.Add(nil, cardea.Mark{Ended: true})
		return nil
	}
	return r.brought.Take(p, k, assigned(of, []string{item})[0], nil)
}

// itemsOf returns the floor-plan items of a contract, reading it if need be. Errors: Retry when it does not say them.
func (r *reader) itemsOf(ctx context.Context, contract string) ([]string, error) {
	if items, known := r.desks[contract]; known {
		return items, nil
	}
	_, err := r.one(ctx, contracts, contract)
	items, known := r.desks[contract]
	switch {
	case known:
		return items, nil
	case err != nil:
		if _, odd := errors.AsType[space.UnreadableError](err); !odd {
			return nil, err
		}
	}
	return nil, cardea.Errorf(cardea.Retry, "contract %s does not say which floor-plan items it is about", contract)
}
