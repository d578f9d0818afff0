package saltoks

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// Examine implements door.Examined: a site that lapsed or has no seat left, people without a seat, groups that open nothing,
// and groups whose own schedules cut what Cardea gives without its seeing it. It costs two calls for each group. Errors:
// Retry, Throttled, and those of the groups' list.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	l, err := s.groups(ctx)
	if err != nil {
		return nil, err
	}
	var groups []cardea.Group
	if err := s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
		g, bad := groupOf(raw)
		groups = append(groups, g)
		return bad
	}); err != nil {
		return nil, err
	}
	looks := []door.Look{s.examineSite, s.examineUsers}
	for _, g := range groups {
		looks = append(looks, func(ctx context.Context) ([]cardea.Issue, error) { return s.examineGroup(ctx, g) })
	}
	return door.Examine(ctx, looks...)
}

// examineSite compares the seats that are used with those there are (vendors/saltoks.md 2.1).
func (s *System) examineSite(ctx context.Context) ([]cardea.Issue, error) {
	at, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.get(ctx, at.path(v12, ""))
	if err != nil {
		return nil, err
	}
	var out []cardea.Issue
	if valid, ok := f.Flag("subscription_valid", false); f.Has("subscription_valid") && ok && !valid {
		out = append(out, cardea.Issue{Code: "site-lapsed", Text: "the site has no valid subscription: no door opens, and no " +
			"access can be changed; renew it at Salto"})
	}
	if state, _ := text(f, "installation_state"); state != "" && state != "released" {
		out = append(out, cardea.Issue{Code: "site-not-released", Text: fmt.Sprintf(
			"the site is %q and not released yet; finish its installation at Salto", state)})
	}
	seats, ok1 := f.Count("subscribed_user_amount")
	used, ok2 := f.Count("active_user_amount")
	if ok1 && ok2 && used >= seats {
		out = append(out, cardea.Issue{Code: "seats-used-up", Text: fmt.Sprintf(
			"all %d seats of the site are used: whoever is made next is suspended and passes no door, and Salto does not say so; buy seats, or "+
				"take people off the site at Salto", seats)})
	}
	return out, nil
}

// examineUsers finds who has no seat, and whom nobody invited.
func (s *System) examineUsers(ctx context.Context) ([]cardea.Issue, error) {
	at, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	unseated, uninvited := 0, 0
	if err := s.whole(ctx, listing{path: at.path(v12, "/users")}, func(raw json.RawMessage) *object.Flaw {
		u, bad := userOf(raw)
		if bad != nil {
			return bad
		}
		if u.unseated {
			unseated++
		}
		if u.uninvited {
			uninvited++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var out []cardea.Issue
	if unseated > 0 {
		out = append(out, cardea.Issue{Code: "accounts-suspended", Minor: true, Text: fmt.Sprintf(
			"%d users of the site are suspended: they have no seat and pass no door, whatever groups they are in", unseated)})
	}
	if uninvited > 0 {
		out = append(out, cardea.Issue{Code: "accounts-uninvited", Minor: true, Text: fmt.Sprintf(
			"%d users were made without Salto's invitation (mails: never) and cannot use the app: their address stands in the alias; enter it "+
				"at Salto, and Salto invites them", uninvited)})
	}
	return out, nil
}

// examineGroup looks at the locks and schedules of a group (vendors/saltoks.md 2.6).
func (s *System) examineGroup(ctx context.Context, g cardea.Group) ([]cardea.Issue, error) {
	at, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	var out []cardea.Issue
	locks := 0
	if err := s.whole(ctx, listing{path: at.path(v12, "/access_groups/"+string(g.ID)+"/locks")}, func(raw json.RawMessage) *object.Flaw {
		_, _, bad := rowOf(raw)
		locks++
		return bad
	}); err != nil {
		return nil, err
	}
	if locks == 0 {
		out = append(out, cardea.Issue{Code: "group-opens-nothing", Group: g.ID, Text: fmt.Sprintf(
			"group %q opens nothing: no lock is in it; add its locks at Salto", g.Name)})
	}
	w, err := s.week(ctx, g.ID)
	switch {
	case err != nil:
		return out, err
	case len(w.rules) == 0:
		out = append(out, cardea.Issue{Code: "group-opens-nothing", Group: g.ID, Text: fmt.Sprintf("group %q opens %s", g.Name, w.text())})
	case !w.always():
		out = append(out, cardea.Issue{Code: "group-own-times", Group: g.ID, Text: fmt.Sprintf(
			"group %q opens %s, which cut access without Cardea's seeing it: give it the schedule Always at Salto, and the mapping hours instead",
			g.Name, w.text())})
	}
	return out, nil
}
