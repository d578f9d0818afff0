package officernd

import (
	"context"
	"errors"
	"net/url"

	"github.com/cardea-access/cardea"
)

// one reads a record by id. Errors: NotFound when the vendor says that the id is gone, and its collection answers.
func (r *reader) one(ctx context.Context, c collection, id string) (cardea.Record, error) {
	answer, err := r.s.get(ctx, c.path+"/"+url.PathEscape(id), nil)
	if cardea.ClassOf(err) == cardea.NotFound {
		if why := r.stands(ctx, c); why != nil {
			return nil, why
		}
	}
	if err != nil {
		return nil, err
	}
	if idOf(answer.Body) != id {
		return nil, unreadableError{errors.New("the answer is about another record"), answer.Body}
	}
	rec, err := r.understand(c, answer.Body)
	if err != nil {
		return nil, unreadableError{err, answer.Body}
	}
	return rec, nil
}

// unreadableError is the error of an answer that came but does not fit.
type unreadableError struct {
	error

	raw []byte
}

func (u unreadableError) Unwrap() error { return u.error }

// patience is how many reads by id of one kind may fail before the rest of that kind is left for another time.
const patience = 3

// keys brings single records. One that cannot be read now ends its collection with Fail, and the others are still read.
func (r *reader) keys(ctx context.Context, keys []cardea.Key) error {
	failed := map[cardea.Kind][]error{}
	var order []cardea.Kind
	for _, k := range keys {
		if r.into.Collection(k.Kind) == nil {
			order = append(order, k.Kind)
		}
		p := r.into.Open(k.Kind)
		if len(failed[k.Kind]) >= patience {
			continue
		}
		err := r.key(ctx, p, k, keys)
		if err == nil {
			r.tally.Answered()
			continue
		}
		failed[k.Kind] = append(failed[k.Kind], err)
		if r.over(ctx, err) {
			p.Fail(err)
			return err
		}
	}
	if r.into.Scope().Near {
		if err := r.near(ctx, keys, &order, failed); err != nil {
			return err
		}
	}
	for _, kind := range order {
		if errs := failed[kind]; len(errs) > 0 {
			r.into.Open(kind).Fail(errs[0])
			continue
		}
		r.into.Open(kind).Close()
	}
	return nil
}

// over says whether nothing further can be read. A refusal counts only before anything was answered: later it may be a
// permission that the application lacks for one collection.
func (r *reader) over(ctx context.Context, err error) bool {
	return r.tally.Over(ctx, err) || errors.Is(err, ErrNoOrganisation)
}

// key brings one record, or notes that it is missing. Assignments and visitors, which have no documented read by id, are
// looked up in a listing when the vendor knows no such path, those of all keys in one go; one that is not listed is then
// neither brought nor missing: only a record's own id says that it was deleted (RULES.md 4).
func (r *reader) key(ctx context.Context, p *cardea.Pages, k cardea.Key, all []cardea.Key) error {
	if r.brought[k] {
		return nil
	}
	if !isID(k.ID) {
		return cardea.Errorf(cardea.Rejected, "%s is no OfficeRnD record", k)
	}
	c, err := r.prepare(ctx, k.Kind)
	if err != nil {
		return err
	}
	listed := k.Kind == cardea.KindAssignment || k.Kind == cardea.KindVisitor
	if !listed || !r.pathless[k.Kind] {
		rec, err := r.one(ctx, c, k.ID)
		if !listed || !refusedAsAsked(err) || cardea.ClassOf(err) == cardea.NotFound {
			return r.take(p, k, rec, err)
		}
		r.pathless[k.Kind] = true
	}
	if k.Kind == cardea.KindVisitor {
		return r.visitorKeys(ctx, p, c, all)
	}
	return r.assignmentKeys(ctx, p, all)
}

// take files what a read by id brought.
func (r *reader) take(p *cardea.Pages, k cardea.Key, rec cardea.Record, err error) error {
	var odd unreadableError
	switch {
	case err == nil:
		if r.fresh(k) {
			p.Add([]cardea.Record{rec}, cardea.Mark{Ended: true})
		}
	case cardea.ClassOf(err) == cardea.NotFound:
		p.Missing(k)
		p.Add(nil, cardea.Mark{Ended: true})
	case errors.As(err, &odd):
		p.Bad(redacted(odd.raw), []cardea.Key{k}, odd.Error())
		p.Add(nil, cardea.Mark{Ended: true})
	default:
		return err
	}
	return nil
}

// assignmentKeys takes every assignment that was asked for out of one listing.
func (r *reader) assignmentKeys(ctx context.Context, p *cardea.Pages, all []cardea.Key) error {
	list, err := r.need(ctx, cardea.KindAssignment)
	if err != nil {
		return err
	}
	asked := map[cardea.Key]bool{}
	for _, k := range all {
		asked[k] = true
	}
	var found []cardea.Record
	for _, rec := range list.Records() {
		if asked[rec.Key()] && r.fresh(rec.Key()) {
			found = append(found, rec)
		}
	}
	p.Add(found, cardea.Mark{Ended: true})
	return nil
}

// visitorKeys asks for visitors by the declared filter, fifty at a time.
func (r *reader) visitorKeys(ctx context.Context, p *cardea.Pages, c collection, all []cardea.Key) error {
	var ids []string
	for _, k := range all {
		if k.Kind == cardea.KindVisitor && isID(k.ID) && !r.brought[k] {
			ids = append(ids, k.ID)
		}
	}
	return r.visitors(ctx, p, c, ids)
}
