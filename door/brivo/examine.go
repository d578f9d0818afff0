package brivo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// Examine implements door.Examined: groups that open nothing, groups whose own schedules cut what Cardea gives without its seeing
// it, administrators that cannot be listed, and the stock of passes. It costs a call for each group. Errors: Retry, Throttled, and
// those of the groups' list.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	var groups []cardea.Group
	err := s.whole(ctx, listing{path: "/groups"}, func(raw json.RawMessage) *object.Flaw {
		g, bad := groupOf(raw)
		groups = append(groups, g)
		return bad
	})
	if err != nil {
		return nil, err
	}
	looks := []door.Look{s.examineStaff, s.examineStock}
	for _, g := range groups {
		looks = append(looks, func(ctx context.Context) ([]cardea.Issue, error) { return s.examineGroup(ctx, g) })
	}
	return door.Examine(ctx, looks...)
}

// examineGroup looks at the doors of a group and when they open for it (vendors/brivo.md 5): permissions hang on groups, a
// schedule on each door of it.
func (s *System) examineGroup(ctx context.Context, g cardea.Group) ([]cardea.Issue, error) {
	doors, cut, err := s.doorsOf(ctx, g.ID)
	if err != nil {
		return nil, err
	}
	var out []cardea.Issue
	if doors == 0 {
		out = append(out, cardea.Issue{Code: "group-opens-nothing", Group: g.ID, Text: fmt.Sprintf(
			"group %q opens nothing: no door is in it, or none that the administrator behind the connection sees; add its doors at Brivo", g.Name)})
	}
	if len(cut) > 0 {
		out = append(out, cardea.Issue{Code: "group-own-times", Group: g.ID, Text: fmt.Sprintf(
			"group %q has schedules of its own, which cut access without Cardea's seeing it: it opens %s. Give these doors the schedule "+
				"24x7 at Brivo, and the mapping hours instead", g.Name, strings.Join(cut, ", "))})
	}
	return out, nil
}

// aroundTheClock says whether a schedule is the built-in one, by its names (vendors/brivo.md 5).
func aroundTheClock(name string) bool {
	name = strings.ToLower(strings.Join(strings.Fields(name), ""))
	return slices.Contains([]string{"24x7", "24/7", "24x7access", "alwaysaccess", "always"}, name)
}

// examineStaff says when administrators cannot be told from others.
func (s *System) examineStaff(ctx context.Context) ([]cardea.Issue, error) {
	err := s.whole(ctx, listing{path: "/administrators"}, func(raw json.RawMessage) *object.Flaw {
		_, _, bad := rowOf(raw)
		return bad
	})
	if !isForbidden(err) {
		return nil, err
	}
	return []cardea.Issue{{Code: "members-not-shown", Text: "the administrator behind the connection may not list administrators: only he " +
		"himself is known as staff, and other administrators in a group may be taken out of it. Give him the right, or keep them by a keep " +
		"entry"}}, nil
}

// examineStock compares the passes that are issued with those there are (vendors/brivo.md 6.2).
func (s *System) examineStock(ctx context.Context) ([]cardea.Issue, error) {
	if s.c.Passes == PassesOff {
		return nil, nil
	}
	all, used, known, err := s.stock(ctx)
	if err != nil || !known || used < all {
		return nil, err
	}
	return []cardea.Issue{{Code: "passes-used-up", Text: fmt.Sprintf(
		"all %d Mobile Passes of the account are assigned: nobody new gets one; order more at Brivo, or take unused ones away there", all)}}, nil
}
