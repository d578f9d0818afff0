package kisi

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// OwnTimes implements door.Scheduled: a group's time restriction (vendors/kisi.md 2.2), of which nothing shows in a role
// assignment.
func (s *System) OwnTimes(ctx context.Context, g cardea.GroupID) (string, error) {
	id, err := vendorID(string(g))
	if err != nil {
		return "", err
	}
	var f object.Fields
	if err := s.get(ctx, "/groups/"+number(id), &f); err != nil || !f.On("time_restriction_enabled") {
		return "", err
	}
	return "only within a time restriction of its own: switch it off at Kisi, and give the mapping hours instead", nil
}
