package brivo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// OwnTimes implements door.Scheduled: each door of a group has a schedule (vendors/brivo.md 5), of which nothing shows in a
// membership.
func (s *System) OwnTimes(ctx context.Context, g cardea.GroupID) (string, error) {
	if _, err := vendorID(string(g)); err != nil {
		return "", err
	}
	_, cut, err := s.doorsOf(ctx, g)
	if err != nil || len(cut) == 0 {
		return "", err
	}
	return "by schedules of its own: " + strings.Join(cut, ", ") + ": give these doors the schedule 24x7 at Brivo, and the " +
		"mapping hours instead", nil
}

// doorsOf counts the doors of a group and names those that open for it by another schedule than 24x7, a few at most.
func (s *System) doorsOf(ctx context.Context, g cardea.GroupID) (doors int, cut []string, err error) {
	err = s.whole(ctx, listing{path: "/groups/" + string(g) + "/access/access-points"}, func(raw json.RawMessage) *object.Flaw {
		var f object.Fields
		if json.Unmarshal(raw, &f) != nil || f == nil {
			return &object.Flaw{Why: "a door of the group is no object"}
		}
		doors++
		door, _ := f.Object("accessPoint").Loose("name")
		schedule, _ := f.Object("schedule").Loose("name")
		if schedule != "" && !aroundTheClock(schedule) {
			cut = append(cut, fmt.Sprintf("%q only by %q", door, schedule))
		}
		return nil
	})
	slices.Sort(cut)
	const most = 5
	if len(cut) > most {
		cut = append(cut[:most], fmt.Sprintf("and %d more", len(cut)-most))
	}
	return doors, cut, err
}
