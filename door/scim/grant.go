package scim

import (
	"context"
	"net/http"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// maxTries is how often a write is tried anew because the group moved under it.
const maxTries = 3

// outcome holds the errors of those for whom a change did not go well.
type outcome map[string]error

func (o outcome) all(ids []string, err error) outcome {
	for _, id := range ids {
		o[id] = err
	}
	return o
}

// Grant implements door.System: PATCH /Groups/{id} with "add", one for all members of a group (RFC 7644 3.5.2.1). Who is a
// member already is a success. Errors by position: NotFound for a group or a user that is not there, Conflict when the group
// keeps moving, Rejected for a window or where the server cannot be kept, Unknown when the server does not show whom it took.
func (s *System) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	return make([]string, len(es)), s.byGroup(ctx, es, func(e cardea.Edge) error {
		if e.Window != cardea.Forever {
			return cardea.Errorf(cardea.Rejected, "SCIM holds no times: account %s can be put into group %s without an end only",
				e.Account, e.Group)
		}
		return nil
	}, s.putIn)
}

// byGroup splits edges by group and changes each group once.
func (s *System) byGroup(ctx context.Context, es []cardea.Edge, check func(cardea.Edge) error,
	act func(ctx context.Context, group string, ids []string) outcome,
) []error {
	batches, errs := door.Batches(es, func(e cardea.Edge) string { return string(e.Group) }, func(e cardea.Edge) error {
		if err := check(e); err != nil {
			return err
		}
		if e.Foreign != "" || !usable(string(e.Group)) || !usable(string(e.Account)) {
			return cardea.Errorf(cardea.Rejected, "the entry of account %s in group %s is %s and is never changed",
				e.Account, e.Group, orNone(e.Foreign))
		}
		return nil
	})
	for _, at := range batches {
		g := string(es[at[0]].Group)
		var ids []string
		asked := map[string]bool{}
		for _, i := range at {
			if id := string(es[i].Account); !asked[id] {
				asked[id] = true
				ids = append(ids, id)
			}
		}
		done, err := s.turn(ctx, g)
		if err != nil {
			for _, i := range at {
				errs[i] = err
			}
			continue
		}
		out := act(ctx, g, ids)
		done()
		for _, i := range at {
			errs[i] = out[string(es[i].Account)]
		}
	}
	return errs
}

func orNone(foreign string) string {
	if foreign == "" {
		return "no entry of a user"
	}
	return foreign
}

// putIn makes accounts members of a group. On a server that has not shown members yet, one goes first, and is looked for.
func (s *System) putIn(ctx context.Context, group string, ids []string) outcome {
	out := outcome{}
	for tries := 0; len(ids) > 0; {
		v, err := s.look(ctx, group)
		if err != nil {
			return out.all(ids, err)
		}
		if !v.there {
			return out.all(ids, cardea.Errorf(cardea.NotFound, "%s: there is no group %s", s.client.Name(), group))
		}
		if ids = v.without(ids); len(ids) == 0 {
			return out
		}
		if !v.sure && s.knows().blind {
			return out.all(ids, s.hides([]string{group}))
		}
		n := len(ids)
		if !v.sure {
			n = 1
		}
		status, err := s.write(ctx, v.view, adding(ids[:n]))
		switch {
		case err == nil && !v.sure:
			if err := s.shown(ctx, group, ids[0]); err != nil {
				return out.all(ids[n:], s.hides([]string{group})).all(ids[:n], err)
			}
			ids = ids[n:]
		case err == nil:
			return out
		case status == http.StatusPreconditionFailed:
			if tries++; tries >= maxTries {
				return out.all(ids, cardea.Errorf(cardea.Conflict, "group %s keeps being changed by others: %w", group, err))
			}
		case status == 0:
			return out.all(ids, err) // nothing was sent
		case ofOne(err) && n > 1: // one of them, or all: each alone tells
			for _, id := range ids {
				if err := s.putIn(ctx, group, []string{id})[id]; err != nil {
					out[id] = err
				}
			}
			return out
		case ofOne(err):
			out[ids[0]] = s.atFault(ctx, group, ids[0], err)
			ids = ids[1:]
		default:
			return out.all(ids, err)
		}
	}
	return out
}

// ofOne says whether an error may be about one of the members and not about the server.
func ofOne(err error) bool {
	switch cardea.ClassOf(err) {
	case cardea.Rejected, cardea.NotFound, cardea.Conflict:
		return true
	case cardea.Retry, cardea.Throttled, cardea.Auth, cardea.Unknown:
	}
	return false
}

// atFault says why one account could not become a member: it is one already, the group is gone, or the user is.
func (s *System) atFault(ctx context.Context, group, id string, err error) error {
	v, readErr := s.look(ctx, group)
	switch {
	case readErr != nil:
		return err
	case !v.there:
		return cardea.Errorf(cardea.NotFound, "group %s is no longer there: %w", group, err)
	case v.plain(id):
		return nil
	case cardea.ClassOf(err) == cardea.NotFound:
		return cardea.Errorf(cardea.NotFound, "group %s is there, user %s is not: %w", group, id, err)
	}
	return err
}

// shown makes sure, on a server that has not shown members yet, that it shows one who was just taken in.
func (s *System) shown(ctx context.Context, group, id string) error {
	m, err := s.look(ctx, group)
	if err != nil {
		return nil //nolint:nilerr // the write went well; whoever reads back finds out
	}
	if s.knows().shows || m.plain(id) {
		return nil
	}
	s.learn(func(k *learnt) { k.blind = true })
	return cardea.Errorf(cardea.Unknown, "%s: account %s was put into group %s, but the server shows no members; look there, and "+
		"let the credentials read members of groups", s.client.Name(), id, group)
}

// without returns those of the ids that are no members.
func (v view) without(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !v.plain(id) {
			out = append(out, id)
		}
	}
	return out
}
