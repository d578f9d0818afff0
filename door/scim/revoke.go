package scim

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/cardea-access/cardea"
)

// Revoke implements door.System: PATCH /Groups/{id} with "remove" (RFC 7644 3.5.2.2); who is no member, and a group that is not
// there, are successes. How this server wants it is found out once: the first removal goes alone and is read back, so
// that a server that takes out others as well is noticed, and they are put back. Errors by position: Conflict when the
// group keeps moving, Rejected when no way works, Unknown when others went too and could not be put back.
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
	v, err := s.group(ctx, r.group)
	if err != nil {
		r.end(err)
		return
	}
	p, err := s.features(ctx)
	if err != nil {
		r.end(err)
		return
	}
	k := s.knows()
	known := len(v.broken) == 0 && (v.says == some || (v.there && k.shows))
	if !v.there || known {
		r.ids = v.among(r.ids)
	}
	if len(r.ids) == 0 {
		return
	}
	by := k.way(p)
	n, err := r.howMany(k, by, known)
	if err != nil {
		r.end(err)
		return
	}
	batch := r.ids[:n]
	status, err := s.write(ctx, v, change{remove: batch, by: by})
	switch {
	case err == nil:
		r.gone(ctx, v, batch, by, known)
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
func (r *removal) howMany(k learnt, by way, known bool) (int, error) {
	name := r.s.client.Name()
	switch {
	case by == wayNone:
		return 0, cardea.Errorf(cardea.Rejected, "%s: the server takes no single member out of a group by any way that is known; "+
			"take them out of group %s there", name, r.group)
	case by == wayPut:
		return len(r.ids), nil
	case by == wayValue && !k.ways[by].proven && !known:
		return 0, cardea.Errorf(cardea.Rejected, "%s: the server may empty group %s when one member is to go, and does not show its "+
			"members, so that they could not be put back; take the member out there", name, r.group)
	case r.single, k.ways[by].single, !k.ways[by].proven:
		return 1, nil
	}
	return len(r.ids), nil
}

// gone looks at what became of the group after a removal that was answered well, until the way is proven.
func (r *removal) gone(ctx context.Context, before view, batch []string, by way, known bool) {
	s := r.s
	if by == wayPut {
		r.ids = r.ids[len(batch):]
		return
	}
	trusted := s.knows().ways[by]
	if !known || (trusted.proven && (len(batch) == 1 || trusted.many)) {
		r.ids = r.ids[len(batch):] // whoever reads back finds out
		return
	}
	after, err := s.group(ctx, r.group)
	if err != nil || !after.there || len(after.broken) > 0 {
		r.ids = r.ids[len(batch):]
		return
	}
	out := map[string]bool{}
	for _, id := range batch {
		out[id] = true
	}
	var lost []json.RawMessage
	others := 0
	for _, m := range before.members {
		if m.foreign == "" && out[m.id] {
			continue
		}
		others++
		if !after.shows(m) {
			lost = append(lost, m.raw)
		}
	}
	left := after.among(batch)
	s.learn(func(k *learnt) {
		t := &k.ways[by]
		switch {
		case len(lost) > 0 && len(batch) == 1:
			t.broken = true
		case (len(lost) > 0 || len(left) > 0) && len(batch) > 1:
			t.single = true
		case len(left) > 0:
			t.missed++
			t.broken = t.missed > 1 // a server may take a moment; twice is a habit
		case len(batch) > 1:
			t.many = true
		case others > 0:
			t.proven = true
		}
	})
	if len(lost) > 0 {
		if _, err := s.write(ctx, after, change{add: lost}); err != nil {
			r.end(cardea.Errorf(cardea.Unknown, "%s: the server took %d other members out of group %s as well, and they could not be put "+
				"back; look there: %w", s.client.Name(), len(lost), r.group, err))
			return
		}
	}
	if len(left) == 0 {
		r.ids = r.ids[len(batch):]
	}
}

// refused settles a removal of one member whose form the server does not take.
func (r *removal) refused(ctx context.Context, by way, err error) {
	v, readErr := r.s.group(ctx, r.group)
	switch {
	case readErr != nil:
		r.end(readErr)
	case !v.there:
		r.ids = nil
	case v.says == some && !v.plain(r.ids[0]) && len(v.broken) == 0:
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
	v, readErr := s.group(ctx, group)
	switch {
	case readErr != nil:
		return err
	case !v.there, (v.says == some || s.knows().shows) && !v.plain(id) && len(v.broken) == 0:
		return nil
	case cardea.ClassOf(err) == cardea.NotFound:
		return cardea.Errorf(cardea.Conflict, "group %s shows account %s, and the server does not find one of them: %w", group, id, err)
	}
	return err
}

// shows says whether a member is among those shown.
func (v view) shows(m member) bool {
	for _, o := range v.members {
		if o.id == m.id && o.foreign == m.foreign {
			return true
		}
	}
	return false
}

// among returns those of the ids that are members.
func (v view) among(ids []string) []string {
	var out []string
	for _, id := range ids {
		if v.plain(id) {
			out = append(out, id)
		}
	}
	return out
}
