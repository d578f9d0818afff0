package brivo

import (
	"context"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
)

// Grant implements door.System: PUT /groups/{id}/users/{user}, and several groups of one user in one call. An edge that is there
// already is a success. Errors by position: Rejected for an edge that Brivo cannot hold and for a user who is in 16 groups,
// NotFound for a group or user that is gone.
func (s *System) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	refs, errs := make([]string, len(es)), s.change(ctx, es, true)
	for i, e := range es {
		if errs[i] == nil {
			refs[i] = e.Key().ID
		}
	}
	return refs, errs
}

// Revoke implements door.System: DELETE /groups/{id}/users/{user}, and several groups of one user in one call. One that is not
// there is a success.
func (s *System) Revoke(ctx context.Context, es []cardea.Edge) []error {
	errs := s.change(ctx, es, false)
	s.room(es, errs)
	return errs
}

// change puts or takes entries, user by user in the order of their first entry.
func (s *System) change(ctx context.Context, es []cardea.Edge, add bool) []error {
	check := func(e cardea.Edge) error {
		if err := can(e, add); err != nil || !add {
			return err
		}
		return s.fullLately(e)
	}
	batches, errs := door.Batches(es, func(e cardea.Edge) cardea.AccountID { return e.Account }, check)
	for _, at := range batches {
		if len(at) > 1 && s.together(ctx, es, at, errs, add) {
			continue
		}
		for _, i := range at {
			errs[i] = s.single(ctx, es[i], add)
		}
	}
	return errs
}

// can says why an entry cannot be put or taken.
func can(e cardea.Edge, add bool) error {
	if _, err := vendorID(string(e.Group)); err != nil {
		return err
	}
	if _, err := vendorID(string(e.Account)); err != nil {
		return err
	}
	return door.Undated("Brivo", e, add)
}

// single puts or takes one entry.
func (s *System) single(ctx context.Context, e cardea.Edge, add bool) error {
	c := wire.Call{Class: wire.Write, Method: http.MethodPut, Path: "/groups/" + string(e.Group) + "/users/" + string(e.Account)}
	if !add {
		c.Method = http.MethodDelete
	}
	err := s.do(ctx, c)
	switch {
	case !add && cardea.ClassOf(err) == cardea.NotFound:
		return s.outside(ctx, e)
	case isForbidden(err):
		if own := s.forbidden(ctx, e, err); cardea.ClassOf(own) == cardea.Rejected {
			return s.shut(e, add, own)
		}
	case add && (cardea.ClassOf(err) == cardea.Rejected || cardea.ClassOf(err) == cardea.Conflict):
		return s.refused(ctx, e, err)
	}
	return err
}

// refused explains why a user was not put into a group: it is in it already, or in as many as Brivo allows.
func (s *System) refused(ctx context.Context, e cardea.Edge, refusal error) error {
	in, err := s.groupsOf(ctx, e.Account)
	switch {
	case err != nil:
		return refusal // what was said first is the better answer
	case slices.Contains(in, e.Group):
		return nil
	case len(in) >= groupsPerUser:
		return s.full(e, cardea.Errorf(cardea.Rejected, "the user is in %d groups, and Brivo allows %d: take him out of one: %w",
			len(in), groupsPerUser, refusal))
	}
	return s.full(e, cardea.Errorf(cardea.ClassOf(refusal), "Brivo refuses it; groups that the administrator behind the connection does "+
		"not see count towards the %d of a user too: %w", groupsPerUser, refusal))
}

// shut is the refusal of one entry by a right that is missing. An addition is not sent again within the hour.
func (s *System) shut(e cardea.Edge, add bool, err error) error {
	if add {
		return s.full(e, err)
	}
	return err
}

type groupChange struct {
	Add    []int64 `json:"addGroups,omitempty"`
	Remove []int64 `json:"removeGroups,omitempty"`
}

// together puts or takes several entries of one user in one call, which does all or nothing. It is false when that was refused as a
// whole: then nothing was done, and one by one each gets an answer of its own.
func (s *System) together(ctx context.Context, es []cardea.Edge, at []int, errs []error, add bool) bool {
	var groups []int64
	for _, i := range at {
		id, err := vendorID(string(es[i].Group))
		if err != nil {
			return false
		}
		groups = append(groups, id)
	}
	body := groupChange{Remove: groups}
	if add {
		body = groupChange{Add: groups}
	}
	var after sheet
	err := s.do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/users/" + string(es[at[0]].Account) + "/groups", Body: body, Out: &after,
	})
	switch c := cardea.ClassOf(err); {
	case err == nil:
	case c == cardea.Rejected, c == cardea.NotFound, c == cardea.Conflict, isForbidden(err):
		return false
	default:
		for _, i := range at {
			errs[i] = err
		}
		return true
	}
	in := map[int64]bool{}
	for _, raw := range after.Data {
		if id, ok := idIn(raw); ok {
			in[id] = true
		}
	}
	for n, i := range at {
		if in[groups[n]] != add || add && after.Data == nil {
			errs[i] = cardea.Errorf(cardea.Unknown, "%s: POST /users/%s/groups was answered well and does not show group %s as it was asked for",
				s.client.Name(), es[i].Account, es[i].Group)
		}
	}
	return true
}
