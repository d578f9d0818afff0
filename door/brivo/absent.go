package brivo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

const whoami = "/administrators/whoami"

// do sends a call, and judges a 404 before it is taken for the end of a user, group, entry or invitation (door.Absent): so is
// everything answered while the API is away or base_url is wrong. Not judged are whoami, which is the proof, and the question
// for an externalId, whose usual answer is 404: a create follows, which an API that is away refuses as well.
func (s *System) do(ctx context.Context, c wire.Call) error {
	_, err := s.client.Do(ctx, c)
	if c.Path == whoami || strings.HasSuffix(c.Path, "/external") {
		return err
	}
	return door.Absent(ctx, "Brivo", err, func(ctx context.Context) error {
		var me object.Fields
		return s.get(ctx, whoami, &me)
	})
}

// errWithheld marks a group that is there, and of which the administrator may not see who is in it.
var errWithheld = errors.New("the group is not shown")

// gone says which groups that were answered with 404 are at their end. Who lost the right to see a group, or who is in it, gets
// the same answer as for one that was deleted (vendors/brivo.md 8), or a 403: only what the list of groups does not hold either
// is gone.
type gone struct {
	s      *System
	listed map[cardea.GroupID]bool // read with the first refusal
}

// judge returns nil for a group that is gone. Errors: Rejected with errWithheld for one that is there, and those of the list.
func (g *gone) judge(ctx context.Context, id cardea.GroupID, err error) error {
	if g.listed == nil {
		listed := map[cardea.GroupID]bool{}
		listErr := g.s.whole(ctx, listing{path: "/groups"}, func(raw json.RawMessage) *object.Flaw {
			if n, ok := idIn(raw); ok {
				listed[cardea.GroupID(number(n))] = true
				return nil
			}
			return &object.Flaw{Why: "a group has no number as its id"}
		})
		if listErr != nil {
			return listErr
		}
		g.listed = listed
	}
	switch {
	case isForbidden(err):
		return withheld("Brivo does not let the administrator behind the connection look into group %s: give him the right to see it "+
			"and its users: %w", id, err)
	case g.listed[id]:
		return withheld("group %s is in the list of groups, and Brivo answers that it is not there: give the "+
			"administrator behind the connection the right to see it and its users: %w", id, err)
	}
	return nil
}

func withheld(format string, id cardea.GroupID, err error) error {
	return &cardea.Error{Class: cardea.Rejected, Text: fmt.Errorf(format, id, err).Error(), Cause: errWithheld}
}

// refuses says whether an answer may come from a right that is missing.
func refuses(err error) bool { return cardea.ClassOf(err) == cardea.NotFound || isForbidden(err) }

// outside looks into a group of which a change was refused with 404 or 403. Nobody is in a group that is gone, and who is not in
// one need not be taken out; but an administrator who may not see a group gets the same answers, and there all stays as it was.
// Errors: Rejected for such a group: that the others are changed as well is not refused by it.
func (s *System) outside(ctx context.Context, e cardea.Edge) error {
	_, err := s.page(ctx, listing{path: "/groups/" + string(e.Group) + "/users"}, 0)
	if refuses(err) {
		g := gone{s: s}
		return g.judge(ctx, e.Group, err)
	}
	return err
}

// mostForbidden is how many changes may be refused with 403 within a minute and each be about its own entry. When there are more, it
// is the administrator's right for all: to ask for each of them with every run would cost the month's calls.
const mostForbidden = 10

// forbidden judges a 403 of a change. It is about this one entry, and must not stop the others, when the administrator may not look
// into its group, or when they are one who may change groups as a rule (vendors/brivo.md 8). Of an assistant it is the right that
// lacks for all. Errors: the given one, or Rejected.
func (s *System) forbidden(ctx context.Context, e cardea.Edge, err error) error {
	s.mu.Lock()
	if now := s.c.Now(); now.Sub(s.forbade.at) >= time.Minute {
		s.forbade.at, s.forbade.n = now, 0
	}
	s.forbade.n++
	many := s.forbade.n > mostForbidden
	s.mu.Unlock()
	if many {
		return err
	}
	if hidden := s.outside(ctx, e); errors.Is(hidden, errWithheld) {
		return hidden
	}
	var me object.Fields
	if s.get(ctx, whoami, &me) != nil {
		return err
	}
	kind, _ := me.Loose("identityType")
	if kind = strings.ToUpper(strings.TrimSpace(kind)); kind != "MASTER" && kind != "SENIOR" {
		return err
	}
	return cardea.Errorf(cardea.Rejected, "Brivo does not let the administrator behind the connection change account %s in group %s: make "+
		"the change by hand, or give the administrator that right: %w", e.Account, e.Group, err)
}
