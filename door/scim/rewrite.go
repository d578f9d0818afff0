package scim

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Rewrite implements door.Rewritable: a PATCH of the user that replaces whole attributes (RFC 7644 3.5.2.3), or where the
// server takes none a PUT of the user as it was just read (3.5.1), on the condition that nobody changed it meanwhile. The
// userName goes along with an address that it was before, and stays where it is another name. Errors: NotFound; Conflict when
// the userName is taken, or the user moved; Rejected.
func (s *System) Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, fields []string) error {
	for _, f := range fields {
		if !slices.Contains(s.Limits().Profile, f) {
			return cardea.Errorf(cardea.Rejected, "SCIM cannot change the %s of a user here", f)
		}
	}
	var raw json.RawMessage
	path := "/Users/" + url.PathEscape(string(account))
	ans, err := s.get(ctx, path, nil, &raw)
	if err != nil {
		return err
	}
	whole := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &whole) != nil {
		return cardea.Errorf(cardea.Retry, "%s: user %s cannot be read", s.client.Name(), account)
	}
	values, err := rewriting(raw, now, fields)
	if err != nil {
		return err
	}
	version := ans.Header.Get("ETag")
	p, err := s.features(ctx)
	if err != nil {
		return err
	}
	defer func() {
		s.mu.Lock()
		s.roster = nil // whatever became of it, the next look is a new one
		s.mu.Unlock()
	}()
	if p.patch && !s.knows().noPatch {
		var ops []operation
		for _, name := range slices.Sorted(maps.Keys(values)) {
			op := "replace"
			if s.knows().capital {
				op = "Replace"
			}
			ops = append(ops, operation{Op: op, Path: name, Value: values[name]})
		}
		if !p.etag {
			version = ""
		}
		ans, err := s.send(ctx, http.MethodPatch, path, map[string]any{"schemas": []string{schemaPatch}, "Operations": ops}, version)
		if ans.Status != http.StatusMethodNotAllowed && ans.Status != http.StatusNotImplemented {
			return err
		}
	}
	if version == "" {
		return cardea.Errorf(cardea.Rejected, "%s: the server takes no PATCH of users and gives no ETags; writing user %s whole would "+
			"overwrite what others change, so nothing was written", s.client.Name(), account)
	}
	body := map[string]any{}
	for k, v := range whole {
		if !strings.EqualFold(k, "meta") && !strings.EqualFold(k, "groups") { // both are the server's own
			body[k] = v
		}
	}
	maps.Copy(body, values)
	_, err = s.send(ctx, http.MethodPut, path, body, version)
	return err
}

// rewriting returns the attributes as they are to be, whole: what of them is not the fields' stays as it was.
func rewriting(raw json.RawMessage, now cardea.NewAccount, changed []string) (map[string]any, error) {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return nil, cardea.Errorf(cardea.Retry, "the user cannot be read")
	}
	out := map[string]any{}
	for _, one := range changed {
		switch one {
		case cardea.FieldFirst, cardea.FieldLast:
			name := map[string]any{}
			if old := f.raw("name"); old != nil && json.Unmarshal(old, &name) != nil {
				name = map[string]any{}
			}
			for k := range name {
				if strings.EqualFold(k, "formatted") {
					name[k] = now.Name
				}
			}
			name["givenName"], name["familyName"] = now.First, now.Last
			out["name"], out["displayName"] = name, now.Name
		case cardea.FieldEmail:
			email := strings.TrimSpace(now.Email)
			login, _ := f.text("userName")
			was, all := addressesOf(f, login)
			out["emails"] = replaced(f, "emails", was, email)
			if slices.Contains(all, fold(login)) && strings.Contains(login, "@") && fold(login) == fold(was) {
				out["userName"] = email
			}
		case cardea.FieldPhone:
			out["phoneNumbers"] = replaced(f, "phoneNumbers", phoneOf(f), strings.TrimSpace(now.Phone))
		}
	}
	return out, nil
}

// replaced are the values of a multi-valued attribute with one of them replaced; it is added when none is that one.
func replaced(f fields, name, was, now string) []map[string]any {
	var out []map[string]any
	if old := f.raw(name); old != nil && json.Unmarshal(old, &out) != nil {
		out = nil
	}
	for _, v := range out {
		if text, ok := v["value"].(string); ok && was != "" && fold(text) == fold(was) {
			v["value"] = now
			delete(v, "display")
			return out
		}
	}
	return append(out, map[string]any{"value": now, "type": "work", "primary": name == "emails"})
}

// phoneOf is a user's phone number: the primary one, else one for work, else the first.
func phoneOf(f fields) string {
	best, rank := "", 0
	numbers, _ := f.values("phoneNumbers")
	for _, n := range numbers {
		value, ok := n.text("value")
		kind, _ := n.text("type")
		primary, isPrimary := n.flag("primary", false)
		r := 1
		switch {
		case isPrimary && primary:
			r = 3
		case strings.EqualFold(kind, "work"):
			r = 2
		}
		if ok && value != "" && r > rank {
			best, rank = value, r
		}
	}
	return best
}
