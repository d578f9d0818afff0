package scim

import (
	"context"
	"net/http"

	"github.com/cardea-access/cardea"
)

// Revoke implements door.System: PATCH /Groups/{id} with "remove" (RFC 7644 3.5.2.2); who is no member, and a group that is not
// there, are successes. How this server wants it is found out once: the first removal goes alone and is read back, so
// that a server that takes out others as well is noticed, and they are put back. Errors by position: Conflict when the
// group keeps moving, Rejected when no way works or the members cannot be seen before a way is known, Unknown when the answer
// was lost, or others went too and could not be put back.
func (s *System) Revoke(ctx context.Context, es []cardea.Edge) []error {
	return s.byGroup(ctx, es, func(cardea.Edge) error { return nil }, s.takeOut)
}

func (s *System) takeOut(ctx context.Context, group string, ids []string) outcome {
	r := removal{s: s, group: group, ids: ids, out: outcome{}}
	for rounds := 2*len(ids) + 10; len(r.ids) > 0 && rounds > 0; rounds-- {
		r.round(ctx)
	}
	return r.out.all(r.ids, cardea.Errorf(cardea.Unknown, "%s: it cannot be told whether the members of group %s went",
		s.client.Name(), group))
}

// removal is one group's members on their way out.
type removal struct {
	s      *System
	group  string
	ids    []string // still to go
	out    outcome
	tries  int  // how often the group moved, or was not found
	single bool // one at a time: several at once were refused
}

// end gives up on those that are left.
func (r *removal) end(err error) {
	r.out.all(r.ids, err)
	r.ids = nil
}

// round reads the group and takes one step.
func (r *removal) round(ctx context.Context) {
	s := r.s
	v, err := s.look(ctx, r.group)
	if err != nil {
		r.end(err)
		return
	}
	p, err := s.features(ctx)
	if err != nil {
		r.end(err)
		return
	}
	if v.certain() {
		r.ids = v.among(r.ids)
	}
	if len(r.ids) == 0 {
		return
	}
	k := s.knows()
	by := k.way(p)
	n, err := r.howMany(k, by, v.certain())
	if err != nil {
		r.end(err)
		return
	}
	batch := r.ids[:n]
	status, err := s.write(ctx, v.view, change{remove: batch, by: by})
	switch {
	case err == nil:
		r.gone(ctx, v, batch, by)
	case cardea.ClassOf(err) == cardea.Unknown:
		if !k.trusts(by, len(batch)) {
			if _, _, lost := r.restore(ctx, v, batch); lost != nil {
				err = lost
			}
		}
		r.end(err)
	case status == http.StatusPreconditionFailed:
		if r.tries++; r.tries >= maxTries {
			r.end(cardea.Errorf(cardea.Conflict, "group %s keeps being changed by others: %w", r.group, err))
		}
	case status == 0:
		r.end(err) // nothing was sent
	case ofOne(err) && n > 1:
		r.single = true
	case status == http.StatusNotFound && r.tries < maxTries-1:
		r.tries++ // the group, or the user: what the group shows next tells
	case by < wayPut && misread(status):
		r.refused(ctx, by, err)
	case ofOne(err):
		if r.out[batch[0]] = s.still(ctx, r.group, batch[0], err); r.out[batch[0]] == nil {
			delete(r.out, batch[0])
		}
		r.ids = r.ids[1:]
	default:
		r.end(err)
	}
}

// howMany members go in the next write. Rejected when there is no way that can be taken.
func (r *removal) howMany(k learnt, by way, certain bool) (int, error) {
	name := r.s.client.Name()
	switch {
	case by == wayNone:
		return 0, cardea.Errorf(cardea.Rejected, "%s: the server takes no single member out of a group by any way that is known; "+
			"take them out of group %s there", name, r.group)
	case by == wayPut:
		return len(r.ids), nil
	case !k.ways[by].proven && !certain:
		return 0, cardea.Errorf(cardea.Rejected, "%s: the server may take others out of group %s when one member is to go, and does not "+
			"show its members, so that they could not be put back; take the member out there", name, r.group)
	case r.single, k.ways[by].single, !k.ways[by].proven:
		return 1, nil
	}
	return len(r.ids), nil
}

// trusts says whether a way is known to take out so many members and nobody else.
func (k learnt) trusts(by way, n int) bool {
	return by >= wayPut || (k.ways[by].proven && (n == 1 || k.ways[by].many))
}

// gone looks at what became of the group after a removal that was answered well, until the way is trusted.
func (r *removal) gone(ctx context.Context, before membership, batch []string, by way) {
	if !before.certain() || r.s.knows().trusts(by, len(batch)) {
		r.ids = r.ids[len(batch):] // whoever reads back finds out
		return
	}
	after, lost, err := r.restore(ctx, before, batch)
	left := after.among(batch)
	r.s.learn(func(k *learnt) {
		t := &k.ways[by]
		switch {
		case lost > 0 && len(batch) == 1:
			t.broken = true
		case (lost > 0 || len(left) > 0) && len(batch) > 1:
			t.single = true
		case err != nil:
		case len(left) > 0:
			t.missed++
			t.broken = t.missed > 1 // a server may take a moment; twice is a habit
		case len(batch) > 1:
			t.many = true
		case len(before.members) > 1:
			t.proven = true
		}
	})
	switch {
	case err != nil:
		r.end(err)
	case len(left) == 0:
		r.ids = r.ids[len(batch):]
	}
}

// refused settles a removal of one member whose form the server does not take.
func (r *removal) refused(ctx context.Context, by way, err error) {
	v, readErr := r.s.look(ctx, r.group)
	switch {
	case readErr != nil:
		r.end(readErr)
	case !v.there:
		r.ids = nil
	case v.certain() && !v.plain(r.ids[0]):
		r.ids = r.ids[1:] // gone already: there was nothing to operate on
	case r.s.knows().ways[by].proven:
		r.out[r.ids[0]] = err
		r.ids = r.ids[1:]
	default:
		r.s.learn(func(k *learnt) { k.ways[by].broken = true })
	}
}

// still says whether an account whose removal failed is a member yet; nil = it is not.
func (s *System) still(ctx context.Context, group, id string, err error) error {
	v, readErr := s.look(ctx, group)
	switch {
	case readErr != nil:
		return err
	case !v.there, v.certain() && !v.plain(id):
		return nil
	case cardea.ClassOf(err) == cardea.NotFound:
		return cardea.Errorf(cardea.Conflict, "group %s shows account %s, and the server does not find one of them: %w", group, id, err)
	}
	return err
}
