package kisi

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// errForbidden is the cause of a 403.
var errForbidden = errors.New("forbidden")

// forbidden judges a 403 of a change: nobody may change who stands higher than themselves, and some roles reach one place alone
// (vendors/kisi.md 2.3). As long as the key's user holds a role that manages, it is about this one entry, and must not stop the
// others. Errors: the given one, or Rejected.
func (s *System) forbidden(ctx context.Context, e cardea.Edge, err error) error {
	if !errors.Is(err, errForbidden) {
		return err
	}
	var me object.Fields
	if s.get(ctx, "/user", &me) != nil {
		return err
	}
	id, ok := me.ID("id")
	if !ok {
		return err
	}
	role := ""
	if s.whole(ctx, assignments(ofAssignee(id)), func(raw json.RawMessage) *object.Flaw {
		a, bad := assignmentOf(raw)
		if bad == nil && a.user == id && a.staffly() {
			role = says(a)
		}
		return bad
	}) != nil || role == "" {
		return err
	}
	return cardea.Errorf(cardea.Rejected, "Kisi does not let the key's user, who %s, change account %s in group %s: make the key as a "+
		"user whose role stands higher, or reaches every place: %w", role, e.Account, e.Group, err)
}
