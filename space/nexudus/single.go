package nexudus

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// one reads a record by its id. Errors: NotFound when the vendor says that the id is gone.
func (r *reader) one(ctx context.Context, c collection, id string) (cardea.Record, error) {
	answer, err := r.s.alone(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if string(idOf(answer.Body)) != id {
		return nil, unreadableError{errors.New("the answer is about another record"), answer.Body}
	}
	rec, err := r.understand(ctx, c, answer.Body)
	switch {
	case err == nil:
		return rec, nil
	case cardea.ClassOf(err) != cardea.Unknown: // of another call that the record needed
		return nil, err
	}
	return nil, unreadableError{err, answer.Body}
}

// unreadableError is the error of an answer that came but does not fit.
type unreadableError struct {
	error

	raw []byte
}

func (u unreadableError) Unwrap() error { return u.error }

// patience is how many reads by id of one kind may fail before the rest of that kind is left for another time.
const patience = 3

// gather collects what went wrong in a read by keys or people, so that each collection is ended once.
type gather struct {
	r      *reader
	failed map[cardea.Kind][]error
}

func (r *reader) gather() *gather { return &gather{r, map[cardea.Kind][]error{}} }

// note takes the outcome of one call. It returns an error when nothing further can be read: a refusal counts so only before
// anything was answered, later it may be a role that the user lacks for one collection.
func (g *gather) note(ctx context.Context, p *cardea.Pages, err error) error {
	if err == nil {
		g.r.tally.Answered()
		return nil
	}
	g.failed[p.Kind()] = append(g.failed[p.Kind()], err)
	if g.r.tally.Over(ctx, err) {
		p.Fail(err)
		return err
	}
	return nil
}

// end ends every collection.
func (g *gather) end() {
	for _, kind := range cardea.Kinds {
		p := g.r.into.Collection(kind)
		switch {
		case p == nil:
		case len(g.failed[kind]) > 0:
			p.Fail(g.failed[kind][0])
		default:
			p.Close()
		}
	}
}

// keys brings single records. One that cannot be read now ends its collection with Fail, and the others are still read.
func (r *reader) keys(ctx context.Context, keys []cardea.Key) error {
	g := r.gather()
	for _, k := range keys {
		p := r.into.Open(k.Kind)
		if len(g.failed[k.Kind]) >= patience {
			continue
		}
		if err := g.note(ctx, p, r.key(ctx, p, k)); err != nil {
			return err
		}
	}
	if r.into.Scope().Near {
		if err := r.near(ctx, g, keys); err != nil {
			return err
		}
	}
	g.end()
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
	return r.take(p, k, rec, err)
}

// take files what a read by id brought.
func (r *reader) take(p *cardea.Pages, k cardea.Key, rec cardea.Record, err error) error {
	var odd unreadableError
	switch {
	case err == nil:
		if r.fresh(k) {
			p.Add([]cardea.Record{rec}, cardea.Mark{Ended: true})
		}
	case errors.As(err, &odd):
		p.Bad(redacted(odd.raw), []cardea.Key{k}, odd.Error())
		p.Add(nil, cardea.Mark{Ended: true})
	case cardea.ClassOf(err) == cardea.NotFound:
		p.Missing(k)
		p.Add(nil, cardea.Mark{Ended: true})
	default:
		return err
	}
	return nil
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
			return r.take(p, k, rec, nil)
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
		return r.take(p, k, nil, err)
	case err != nil:
		return err
	case !slices.Contains(items, item):
		p.Missing(k)
		p.Add(nil, cardea.Mark{Ended: true})
		return nil
	}
	return r.take(p, k, assigned(of, []string{item})[0], nil)
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
		if _, odd := errors.AsType[unreadableError](err); !odd {
			return nil, err
		}
	}
	return nil, cardea.Errorf(cardea.Retry, "contract %s does not say which floor-plan items it is about", contract)
}
