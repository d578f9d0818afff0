package saltoks

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
)

// againAfter is when somebody is tried again whom a group does not know yet: it took up to a minute (vendors/saltoks.md 0.5),
// and four tries are made.
const againAfter = 30 * time.Second

// Grant implements door.System: PATCH of a group's members, one call for all of them. An edge that is there already is a
// success. Errors by position: Retry for somebody on the site whom the group does not know yet, NotFound for a group or person
// that is gone, Rejected for an edge that Salto cannot hold.
func (s *System) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	refs, errs := make([]string, len(es)), s.change(ctx, es, true)
	for i, e := range es {
		if errs[i] == nil {
			refs[i] = e.Key().ID
		}
	}
	return refs, errs
}

// Revoke implements door.System: PATCH of a group's members, one call for all of them. One that is not there is a success. The
// person stays on the site, with seat, tag and PIN.
func (s *System) Revoke(ctx context.Context, es []cardea.Edge) []error {
	return s.change(ctx, es, false)
}

// change puts or takes entries, group by group in the order of their first entry.
func (s *System) change(ctx context.Context, es []cardea.Edge, add bool) []error {
	batches, errs := door.Batches(es, func(e cardea.Edge) cardea.GroupID { return e.Group },
		func(e cardea.Edge) error { return can(e, add) })
	for _, at := range batches {
		c := changing{s: s, group: es[at[0]].Group, add: add}
		c.all(ctx, es, at, errs)
	}
	return errs
}

// can says why an entry cannot be put or taken.
func can(e cardea.Edge, add bool) error {
	if err := vendorID(string(e.Group)); err != nil {
		return err
	}
	if err := vendorID(string(e.Account)); err != nil {
		return err
	}
	return door.Undated("Salto", e, add)
}

// memberChange is the bulk change of a group: platform ids.
type memberChange struct {
	Add    []cardea.AccountID `json:"add_ids,omitempty"`
	Remove []cardea.AccountID `json:"remove_ids,omitempty"`
}

// changing is the change of one group.
type changing struct {
	s      *System
	group  cardea.GroupID
	add    bool
	in     map[cardea.AccountID]bool // who is in the group, once that was asked
	inErr  error
	listed bool
}

// all does it in one call. What was refused as a whole is done one by one: whether anything of it was done is not known, and
// each gets an answer of its own.
func (c *changing) all(ctx context.Context, es []cardea.Edge, at []int, errs []error) {
	err := c.send(ctx, es, at)
	switch cardea.ClassOf(err) {
	case "":
		c.took(ctx, es, at, errs)
		return
	case cardea.Rejected, cardea.NotFound, cardea.Conflict:
		if isSiteShut(err) { // whoever is asked for, it is the same
			c.each(at, errs, err)
			return
		}
	case cardea.Auth:
		if !is2203(err) {
			c.each(at, errs, err)
			return
		}
	default:
		c.each(at, errs, err)
		return
	}
	if len(at) == 1 {
		errs[at[0]] = c.refused(ctx, es[at[0]], err)
		return
	}
	for _, i := range at {
		if err := c.send(ctx, es, []int{i}); err != nil {
			errs[i] = c.refused(ctx, es[i], err)
			continue
		}
		c.took(ctx, es, []int{i}, errs)
	}
}

// took looks whether the group took those who were made just now: a success may have passed over whom it does not know yet
// (vendors/saltoks.md 2.5, 5). Of the others the loop's own reading tells.
func (c *changing) took(ctx context.Context, es []cardea.Edge, at []int, errs []error) {
	if !c.add || !slices.ContainsFunc(at, func(i int) bool { return c.s.fresh(es[i].Account) }) {
		return
	}
	in, err := c.s.membersOf(ctx, c.group)
	if err != nil {
		return
	}
	for _, i := range at {
		if c.s.fresh(es[i].Account) && !in[es[i].Account] {
			errs[i] = notYet(nil)
		}
	}
}

func (c *changing) each(at []int, errs []error, err error) {
	for _, i := range at {
		errs[i] = err
	}
}

// send changes these entries in one call.
func (c *changing) send(ctx context.Context, es []cardea.Edge, at []int) error {
	place, err := c.s.site(ctx)
	if err != nil {
		return err
	}
	var body memberChange
	for _, i := range at {
		if c.add {
			body.Add = append(body.Add, es[i].Account)
		} else {
			body.Remove = append(body.Remove, es[i].Account)
		}
	}
	ans, err := c.s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPatch, Path: place.path(v12, "/access_groups/"+string(c.group)+"/users"), Body: body,
	})
	if err != nil {
		return err
	}
	if json.Valid(ans.Body) {
		if e := unwell(ans.Body); e != nil {
			return e
		}
	}
	return nil
}

// refused settles an entry that Salto refused: whether adding twice and taking out twice are refused is not known
// (vendors/saltoks.md 2.5), so that the list of members decides; and somebody who was made just now may be unknown for a
// while.
func (c *changing) refused(ctx context.Context, e cardea.Edge, refusal error) error {
	switch cardea.ClassOf(refusal) {
	case cardea.Rejected, cardea.NotFound, cardea.Conflict:
	case cardea.Auth:
		if !is2203(refusal) {
			return refusal
		}
	default:
		return refusal // nobody can tell, or it may go through later
	}
	if !c.listed {
		c.in, c.inErr = c.s.membersOf(ctx, c.group)
		c.listed = true
	}
	switch {
	case cardea.ClassOf(c.inErr) == cardea.NotFound:
		if !c.add {
			return nil
		}
		return cardea.Errorf(cardea.NotFound, "access group %s is gone: %w", c.group, refusal)
	case c.inErr != nil && cardea.ClassOf(refusal) == cardea.NotFound:
		return c.inErr // a removal would be taken for done
	case c.inErr != nil:
		return refusal // what was said first is the better answer
	case c.in[e.Account] == c.add:
		return nil
	case is2203(refusal) && !(c.add && c.s.fresh(e.Account)):
		// The login sees who is in the group, so that this is about the person (vendors/saltoks.md 1.5): it must not stop the others.
		return cardea.Errorf(cardea.Rejected, "Salto does not permit this change of account %s; make it by hand, or give the login "+
			"a higher role: %w", e.Account, refusal)
	case !c.add:
		return refusal
	}
	return c.unknown(ctx, e, refusal)
}

// unknown explains why a group that is there does not take somebody.
func (c *changing) unknown(ctx context.Context, e cardea.Edge, refusal error) error {
	switch {
	case is2203(refusal) && c.s.fresh(e.Account):
	case is2202(refusal), cardea.ClassOf(refusal) == cardea.NotFound:
		if _, _, _, err := c.s.one(ctx, e.Account); err != nil {
			if cardea.ClassOf(err) != cardea.NotFound || !c.s.fresh(e.Account) {
				return refusal
			}
		}
	default:
		return refusal
	}
	return notYet(refusal)
}

func notYet(cause error) error {
	return &cardea.Error{Class: cardea.Retry, After: againAfter, Text: "the account is on the site and Salto does not know it in groups " +
		"yet, which takes about a minute", Cause: cause}
}
