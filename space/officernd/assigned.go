package officernd

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// grace is how long after its last day a membership is still asked for assignments: longer than any zone is from UTC.
const grace = 48 * time.Hour

// assignments lists who sits where. The sheet says two things of the listing (vendors/officernd.md 1.4): that it works,
// and that it must be asked by resource or by membership. So the bulk listing is tried, and where it is refused, or holds
// nothing although there is something to assign, every membership that may still run or every assignable resource is
// asked, whichever are fewer. Assignments of ended memberships, which grant nothing, are then not seen.
func (r *reader) assignments(ctx context.Context, p *cardea.Pages, c collection) error {
	err := r.fill(ctx, p, c.path, url.Values{}, c)
	switch {
	case err == nil && len(p.Records())+len(p.BadOnes()) > 0:
		return nil
	case err == nil, refusedAsAsked(err) && len(p.Records()) == 0:
	default:
		return err
	}
	filter, ids, err := r.parts(ctx)
	if err != nil {
		return err
	}
	return r.fan(ctx, p, c, filter, ids)
}

// refusedAsAsked says that the vendor does not take the request in this form.
func refusedAsAsked(err error) bool {
	class := cardea.ClassOf(err)
	return (class == cardea.Rejected || class == cardea.NotFound) && !errors.Is(err, space.ErrNoTenant)
}

// parts chooses what to fan out over: the filter and its values.
func (r *reader) parts(ctx context.Context) (string, []string, error) {
	memberships, errM := r.current(ctx)
	resources, errR := r.assignable(ctx)
	if errM != nil && errR != nil {
		return "", nil, errM
	}
	if errR != nil || errM == nil && len(memberships) <= len(resources) {
		return "membership", memberships, nil //nolint:nilerr // one of the two is enough
	}
	return "resource", resources, nil
}

// current lists the memberships that may still run, those that cannot be read included.
func (r *reader) current(ctx context.Context) ([]string, error) {
	p, err := r.need(ctx, cardea.KindAgreement)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, rec := range p.Records() {
		if a, ok := rec.(cardea.Agreement); ok && r.running(a) {
			ids = append(ids, a.ID)
		}
	}
	return append(ids, badIDs(p)...), nil
}

// running says whether a membership may still run. The dates decide, not the vendor's computed status.
func (r *reader) running(a cardea.Agreement) bool {
	return !a.End.Set || a.End.At.Add(grace) >= cardea.At(r.s.now())
}

// assignable lists the resources that may be assigned: those of an unknown type too.
func (r *reader) assignable(ctx context.Context) ([]string, error) {
	p, err := r.need(ctx, cardea.KindResource)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, rec := range p.Records() {
		if v, ok := rec.(cardea.Resource); ok && (v.Assignable || !v.Bookable) {
			ids = append(ids, v.ID)
		}
	}
	return append(ids, badIDs(p)...), nil
}

func badIDs(p *cardea.Pages) []string {
	var ids []string
	for _, b := range p.BadOnes() {
		for _, k := range b.Who {
			if k.Kind == p.Kind() {
				ids = append(ids, k.ID)
			}
		}
	}
	return ids
}

// assignedTo lists the assignments of some memberships.
func (r *reader) assignedTo(ctx context.Context, p *cardea.Pages, memberships []string) error {
	c, err := r.prepare(ctx, cardea.KindAssignment)
	if err != nil {
		return err
	}
	return r.fan(ctx, p, c, "membership", memberships)
}

// fan lists the assignments of each value of a filter. The first part that fails ends the whole.
func (r *reader) fan(ctx context.Context, p *cardea.Pages, c collection, filter string, ids []string) error {
	p.Add(nil, cardea.Mark{Ended: true}) // for no parts at all
	for _, id := range ids {
		if err := r.fill(ctx, p, c.path, url.Values{filter: {id}}, c); err != nil {
			return err
		}
	}
	return nil
}
