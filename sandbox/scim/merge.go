package scim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// merge applies the records of a world or a patch. stays: groups go on naming the users that it deletes.
func (s *state) merge(w *World, days int, fresh time.Time, stays bool) error {
	for _, rec := range slices.Concat(w.Users, w.Groups) { // numbers that are given are not given to others
		if n, err := strconv.ParseInt(text(rec.Values, "id"), 10, 64); err == nil && !rec.Delete {
			if n <= 0 || n > 1<<53 {
				return fmt.Errorf("line %d: scim: id %d is not a positive whole number", rec.Line, n)
			}
			s.last = max(s.last, n)
		}
	}
	for _, rec := range w.Users {
		if _, err := s.mergeOne(users, rec, days, fresh, stays); err != nil {
			return fmt.Errorf("line %d: scim.users: %w", rec.Line, err)
		}
	}
	made := make([]*resource, len(w.Groups))
	for i, rec := range w.Groups {
		var err error
		if made[i], err = s.mergeOne(groups, rec, days, fresh, stays); err != nil {
			return fmt.Errorf("line %d: scim.groups: %w", rec.Line, err)
		}
	}
	for i, rec := range w.Groups { // when every group is there
		refs, given := rec.Values["members"]
		if made[i] == nil || !given {
			continue
		}
		g := made[i].copy()
		g.members = nil
		for _, ref := range twin.As[[]any](refs) {
			m, err := s.member(twin.As[string](ref))
			if err != nil {
				return fmt.Errorf("line %d: scim.groups: members: %w", rec.Line, err)
			}
			if !slices.Contains(g.members, m) {
				g.members = append(g.members, m)
			}
		}
		s.put(g)
	}
	return nil
}

// mergeOne returns the record as it is now; nil = deleted.
func (s *state) mergeOne(k *kind, rec twin.Record, days int, fresh time.Time, stays bool) (*resource, error) {
	values := twin.Clone(rec.Values)
	old, err := s.meant(k, values)
	if err != nil {
		return nil, err
	}
	if rec.Delete {
		if old == nil {
			return nil, errors.New("there is no such record to delete")
		}
		s.remove(old, stays, fresh)
		return nil, nil //nolint:nilnil // deleted
	}
	next := &resource{attrs: row{}, created: fresh, modified: fresh}
	if old != nil {
		next = old.copy()
		next.modified = fresh
	} else if next.ident, err = s.fresh(k, text(values, "id")); err != nil {
		return nil, err
	}
	next.version++
	meta := twin.As[map[string]any](values["meta"])
	for field, into := range map[string]*time.Time{"created": &next.created, "lastModified": &next.modified} {
		if t, err := twin.ParseStamp(twin.MoveStamp(text(meta, field), days, nil)); err == nil {
			*into = t
		}
	}
	for _, f := range []string{"id", "meta", "members"} {
		delete(values, f)
	}
	plainer(values)
	given, err := (&reader{kind: k, strict: true}).attributes(values)
	if err != nil {
		if e, is := errors.AsType[*refusalError](err); is {
			return nil, errors.New(e.detail)
		}
		return nil, err
	}
	if k == users && old == nil && given["active"] == nil {
		given["active"] = true
	}
	maps.Copy(next.attrs, given)
	maps.DeleteFunc(next.attrs, func(_ string, v any) bool { return v == nil })
	s.put(next)
	return next, s.complete(k, next)
}

// plainer turns a plain e-mail or phone number into SCIM's form.
func plainer(values row) {
	for _, field := range []string{"emails", "phoneNumbers"} {
		list := twin.As[[]any](values[field])
		for i := range list {
			if one, plain := list[i].(string); plain {
				list[i] = row{"value": one, "type": "work", "primary": i == 0}
			}
		}
	}
}

// fresh is the identity of a new record; an empty id is the next number.
func (s *state) fresh(k *kind, id string) (ident, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		s.last++
		n = s.last
	}
	if other := s.rows[n]; other != nil {
		return ident{}, fmt.Errorf("id %d is a %s's already; users and groups share their numbers", n, other.kind)
	}
	if id == "" {
		id = strconv.FormatInt(n, 10)
	}
	return identify(k.name, n, id), nil
}

// meant is the record that values speak of: by id, else by what people call it; nil = a new one.
func (s *state) meant(k *kind, values row) (*resource, error) {
	if id := text(values, "id"); id != "" {
		if n, there := s.byName[k.name+"/"+id]; there {
			return s.rows[n], nil
		}
		return nil, nil //nolint:nilnil // a new one
	}
	field := "userName"
	if k == groups {
		field = "displayName"
	}
	var found *resource
	for _, r := range s.all(k) {
		if name := text(values, field); name != "" && text(r.attrs, field) == name {
			if found != nil {
				return nil, fmt.Errorf("%q is more than one; say the id", name)
			}
			found = r
		}
	}
	return found, nil
}

// complete refuses a record that no server could hold.
func (s *state) complete(k *kind, r *resource) error {
	for _, a := range k.core.attrs {
		if a.required && text(r.attrs, a.name) == "" {
			return fmt.Errorf("%s is missing", a.name)
		}
	}
	for _, other := range s.all(k) {
		if k == users && other.n != r.n && text(other.attrs, "userName") == text(r.attrs, "userName") {
			return fmt.Errorf("userName %q is there already", text(r.attrs, "userName"))
		}
	}
	return nil
}

// member resolves a member of a world file.
func (s *state) member(ref string) (ident, error) {
	k := users
	if name, group := strings.CutPrefix(ref, "group:"); group {
		k, ref = groups, name
	}
	if n, there := s.byName[k.name+"/"+ref]; there {
		return s.rows[n].ident, nil
	}
	var found []ident
	for _, r := range s.all(k) {
		names := append(mails(r), text(r.attrs, "userName"), text(r.attrs, "displayName"))
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, ref) }) {
			found = append(found, r.ident)
		}
	}
	switch len(found) {
	case 0:
		return ident{}, fmt.Errorf("there is no %q in %s", ref, strings.ToLower(k.path))
	case 1:
		return found[0], nil
	}
	return ident{}, fmt.Errorf("%q is more than one; say the id", ref)
}

// mails are a user's e-mails, the primary first.
func mails(r *resource) []string {
	var out []string
	for _, e := range twin.As[[]any](r.attrs["emails"]) {
		one := twin.As[map[string]any](e)
		if twin.As[bool](one["primary"]) {
			out = slices.Insert(out, 0, text(one, "value"))
		} else {
			out = append(out, text(one, "value"))
		}
	}
	return out
}

func (s *state) checkTokens(tokens []Token) error {
	for _, t := range tokens {
		if t.User == "" {
			continue
		}
		if m, err := s.member(t.User); err != nil || m.kind != users.name {
			return fmt.Errorf("scim.tokens: there is no user %q", t.User)
		}
	}
	return nil
}
