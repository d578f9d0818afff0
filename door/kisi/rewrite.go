package kisi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Rewrite implements door.Rewritable: PATCH /users/{id}, which takes the name, and no e-mail address (vendors/kisi.md 2.1).
// Errors: NotFound; Rejected for any other field, and without a name.
func (s *System) Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, fields []string) error {
	id, err := vendorID(string(account))
	if err != nil {
		return err
	}
	for _, f := range fields {
		if !slices.Contains(s.Limits().Profile, f) {
			return cardea.Errorf(cardea.Rejected, "Kisi cannot change the %s of a user", f)
		}
	}
	name := strings.TrimSpace(now.Name)
	if name == "" {
		return cardea.Errorf(cardea.Rejected, "no name is given for user %s", account)
	}
	_, err = s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPatch, Path: "/users/" + number(id), Body: map[string]map[string]string{"user": {"name": name}},
	})
	return err
}
