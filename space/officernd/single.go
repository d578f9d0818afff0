package officernd

import (
	"context"
	"errors"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
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
		return nil, space.UnreadableError{Err: errors.New("the answer is about another record"), Raw: redacted(answer.Body)}
	}
	rec, err := r.understand(c, answer.Body)
	if err != nil {
		return nil, space.UnreadableError{Err: err, Raw: redacted(answer.Body)}
	}
	return rec, nil
}

// keys brings single records. One that cannot be read now ends its collection with Fail, and the others are still read.
func (r *reader) keys(ctx context.Context, keys []cardea.Key) error {
	for _, k := range keys {
		p := r.into.Open(k.Kind)
		if r.tally.Tired(k.Kind) {
			continue
		}
		if err := r.tally.Note(ctx, p, r.key(ctx, p, k, keys)); err != nil {
			return err
		}
	}
	if r.into.Scope().Near {
		return r.near(ctx, keys)
	}
	return nil
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
			return r.brought.Take(p, k, rec, err)
		}
		r.pathless[k.Kind] = true
	}
	if k.Kind == cardea.KindVisitor {
		return r.visitorKeys(ctx, p, c, all)
	}
	return r.assignmentKeys(ctx, p, all)
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
		if asked[rec.Key()] && r.brought.Fresh(rec.Key()) {
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
