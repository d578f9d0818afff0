package brivo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/rows"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record, mostly in the vendor's own JSON; numbers are float64, as encoding/json has them.
type row = map[string]any

// table holds rows by id. A row is never changed in place: a change puts another.
type table struct {
	rows  map[int64]row
	order []int64
	last  int64 // ids are never used again
}

func (t *table) put(r row) {
	id := idOf(r["id"])
	t.order = rows.Put(t.rows, t.order, id, r)
	t.last = max(t.last, id)
}

// add puts a row under the next id.
func (t *table) add(r row) row {
	r["id"] = float64(t.last + 1)
	t.put(r)
	return r
}

func (t *table) drop(id int64) {
	t.order = rows.Drop(t.rows, t.order, id)
}

// all are the rows that fit, in the order of their ids; nil fits all.
func (t *table) all(fits func(row) bool) []row {
	out := []row{}
	for _, id := range t.order {
		if r := t.rows[id]; fits == nil || fits(r) {
			out = append(out, r)
		}
	}
	return out
}

func idOf(v any) int64 { return int64(twin.As[float64](v)) }

func text(r row, field string) string { return twin.As[string](r[field]) }

func flag(r row, field string) bool { return twin.As[bool](r[field]) }

// groupsOf are the groups of a user, or those that an administrator was assigned.
func groupsOf(r row) []int64 {
	list := twin.As[[]any](r["groups"])
	out := make([]int64, 0, len(list))
	for _, x := range list {
		out = append(out, idOf(x))
	}
	return out
}

func listOf(ids []int64) []any {
	out := make([]any, 0, len(ids))
	for _, id := range ids {
		out = append(out, float64(id))
	}
	return out
}

// by fits rows whose field is an id.
func by(field string, id int64) func(row) bool {
	return func(r row) bool { return idOf(r[field]) == id }
}

// with copies a row and sets fields; a nil takes one away.
func with(old, fields row) row {
	out := twin.Clone(old)
	maps.Copy(out, fields)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

func digits(id int64) string { return strconv.FormatInt(id, 10) }

type state map[string]*table

// newState is empty; ids count on from where they look like the vendor's.
func newState() state {
	first := map[string]int64{
		"users": 30_210_000, "groups": 8_800_000, "sites": 610_000, "access_points": 9_100_000, "credentials": 7_700_000,
		"invitations": 55_000, "custom_fields": 4_100, "schedules": 2_200, "administrators": 410_000, "applications": 900,
		"event_subscriptions": 700, "permissions": 0,
	}
	s := state{}
	for _, name := range tables() {
		s[name] = &table{rows: map[int64]row{}, last: first[name]}
	}
	return s
}

func (s state) clone() state {
	out := state{}
	for k, t := range s {
		out[k] = &table{rows: maps.Clone(t.rows), order: slices.Clone(t.order), last: t.last}
	}
	return out
}

// names are what people call a record.
func names(table string, r row) []string {
	switch table {
	case "users":
		return append(addresses(r), text(r, "externalId"))
	case "sites":
		return []string{text(r, "siteName")}
	case "custom_fields":
		return []string{text(r, "fieldName")}
	case "administrators":
		return []string{text(r, "username")}
	case "credentials":
		return []string{text(r, "referenceId")}
	case "permissions", "invitations":
		return nil
	}
	return []string{text(r, "name")}
}

// find resolves a reference: an id, or what people call the thing.
func (s state) find(name, ref string) (int64, error) {
	t, found := s[name], int64(0)
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil && t.rows[id] != nil {
		return id, nil
	}
	for _, id := range t.order {
		called := func(n string) bool { return n != "" && strings.EqualFold(n, ref) }
		if slices.ContainsFunc(names(name, t.rows[id]), called) {
			if found != 0 {
				return 0, fmt.Errorf("%q fits %d and %d in %s", ref, found, id, name)
			}
			found = id
		}
	}
	if found == 0 {
		return 0, fmt.Errorf("there is no %q in %s", ref, name)
	}
	return found, nil
}

// addresses are a user's e-mails.
func addresses(u row) []string {
	var out []string
	for _, e := range twin.As[[]any](u["emails"]) {
		if s := text(twin.As[map[string]any](e), "address"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// mailOf is a user's first e-mail.
func mailOf(u row) string {
	if all := addresses(u); len(all) > 0 {
		return all[0]
	}
	return ""
}
