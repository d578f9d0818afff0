package brivo

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Rewrite implements door.Rewritable: PATCH /users/{id}, which leaves alone what it does not name; PUT erases what it does not
// name and is never sent (vendors/brivo.md 4). Lists are replaced whole, so that the first address or number is changed and the
// others are sent as they are. Errors: NotFound; Rejected for a field that is not there.
func (s *System) Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, changed []string) error {
	id, err := vendorID(string(account))
	if err != nil {
		return err
	}
	for _, f := range changed {
		if !slices.Contains(s.Limits().Profile, f) {
			return cardea.Errorf(cardea.Rejected, "Brivo cannot change the %s of a user", f)
		}
	}
	path := "/users/" + number(id)
	body := map[string]any{}
	var is object.Fields
	if slices.Contains(changed, cardea.FieldEmail) || slices.Contains(changed, cardea.FieldPhone) {
		if err := s.get(ctx, path, &is); err != nil {
			return err
		}
	}
	for _, f := range changed {
		value := strings.TrimSpace(now.Field(f))
		if value == "" {
			return cardea.Errorf(cardea.Rejected, "no %s is given for user %s, and Brivo does not say how one is taken away", f, account)
		}
		switch f {
		case cardea.FieldFirst:
			body["firstName"] = value
		case cardea.FieldLast:
			body["lastName"] = value
		case cardea.FieldEmail:
			body["emails"], err = firstOf(is, "emails", "address", value, typeWork)
		case cardea.FieldPhone:
			body["phoneNumbers"], err = firstOf(is, "phoneNumbers", "number", value, typeMobile)
		}
		if err != nil {
			return err
		}
	}
	err = s.do(ctx, wire.Call{Class: wire.Write, Method: http.MethodPatch, Path: path, Body: body})
	s.forgetShort(id)
	return err
}

// firstOf is a user's list of addresses or numbers with the first one changed, and no other that is the same.
func firstOf(is object.Fields, list, name, value, kind string) ([]map[string]json.RawMessage, error) {
	rows, ok := is.Objects(list)
	if !ok {
		return nil, cardea.Errorf(cardea.Rejected, "the %s of the user are of another shape than documented", list)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "%s cannot be written: %w", name, err)
	}
	first := map[string]json.RawMessage{}
	if len(rows) > 0 {
		first = rows[0]
		rows = rows[1:]
	}
	first[name] = text
	if _, has := first["type"]; !has {
		first["type"] = json.RawMessage(`"` + kind + `"`)
	}
	out := []map[string]json.RawMessage{first}
	for _, r := range rows {
		if other, _ := r.Loose(name); !strings.EqualFold(strings.TrimSpace(other), value) {
			out = append(out, r)
		}
	}
	return out, nil
}
