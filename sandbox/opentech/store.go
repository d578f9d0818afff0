package opentech

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/rows"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record by the vendor's field names; numbers are float64, as encoding/json has them. "facilityId" is in every row
// of a facility's tables. "departed" marks a visitor that a vacate or remove deactivated and that stays in lists.
type row = map[string]any

// The three states of a unit, so spelt (1.2).
const (
	vacant     = "Vacant"
	rented     = "Rented"
	delinquent = "Delinquent"
)

// table holds rows by id. A row is never changed in place: a change puts another.
type table struct {
	rows  map[int64]row
	order []int64
	last  int64            // ids are never used again
	words map[string]int64 // a world's own names for ids
}

func (t *table) put(r row) {
	id := idOf(r["id"])
	t.order = rows.Put(t.rows, t.order, id, r)
	t.last = max(t.last, id)
}

func (t *table) drop(id int64) {
	t.order = rows.Drop(t.rows, t.order, id)
}

// within goes through the rows of a facility in the order of their ids; the table may lose rows meanwhile.
func (t *table) within(facility int64, do func(id int64, r row)) {
	for _, id := range slices.Clone(t.order) {
		if r, there := t.rows[id]; there && idOf(r["facilityId"]) == facility {
			do(id, r)
		}
	}
}

func idOf(v any) int64 { return int64(twin.As[float64](v)) }

func text(r row, field string) string { return twin.As[string](r[field]) }

func flag(r row, field string) bool { return twin.As[bool](r[field]) }

func digits(id int64) string { return strconv.FormatInt(id, 10) }

// with copies a row and sets fields.
func with(old, fields row) row {
	out := twin.Clone(old)
	maps.Copy(out, fields)
	return out
}

// state is every table by name.
type state map[string]*table

// newState counts ids from a base of each table's own, so that an id in the wrong place names nothing.
func newState() state {
	s := state{}
	for i, name := range append([]string{"facilities"}, parts()...) {
		s[name] = &table{rows: map[int64]row{}, words: map[string]int64{}, last: int64(i+1) * 1000}
	}
	s["visitors"].last, s["events"].last = 500_000, 9_000_000
	return s
}

func (s state) clone() state {
	out := state{}
	for k, t := range s {
		out[k] = &table{rows: maps.Clone(t.rows), order: slices.Clone(t.order), last: t.last, words: maps.Clone(t.words)}
	}
	return out
}

// fold is how the field compares unit numbers (2.6).
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// naturals are the fields that people know a record by.
func naturals(name string) []string {
	switch name {
	case "facilities":
		return []string{"propertyNumber", "name"}
	case "units":
		return []string{"unitNumber"}
	case "visitors":
		return []string{"email"}
	case "events":
		return nil
	}
	return []string{"name"}
}

// find resolves a reference inside a facility (0 = anywhere): an id, a world's word for one, or what people call the thing.
func (s state) find(name, ref string, facility int64) (int64, error) {
	t := s[name]
	here := func(id int64) bool {
		r, there := t.rows[id]
		return there && (facility == 0 || idOf(r["facilityId"]) == facility)
	}
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		if !here(id) {
			return 0, fmt.Errorf("there is no %d in %s", id, name)
		}
		return id, nil
	}
	if id, known := t.words[ref]; known && here(id) {
		return id, nil
	}
	for _, field := range naturals(name) {
		if id, err := s.called(name, field, ref, facility); id != 0 || err != nil {
			return id, err
		}
	}
	return 0, fmt.Errorf("there is no %q in %s", ref, name)
}

// called finds the one record whose field says so; 0 = none. Two are an error.
func (s state) called(name, field, value string, facility int64) (int64, error) {
	t, found := s[name], int64(0)
	for _, id := range t.order {
		r := t.rows[id]
		if value == "" || fold(text(r, field)) != fold(value) || facility != 0 && idOf(r["facilityId"]) != facility {
			continue
		}
		if found != 0 {
			return 0, fmt.Errorf("%q fits %d and %d in %s", value, found, id, name)
		}
		found = id
	}
	return found, nil
}

// onUnit goes through the visitors of a unit.
func (s state) onUnit(unit int64, do func(id int64, r row)) {
	u := s["units"].rows[unit]
	s["visitors"].within(idOf(u["facilityId"]), func(id int64, r row) {
		if idOf(r["unitId"]) == unit {
			do(id, r)
		}
	})
}

// tenantOf is the tenant that a unit has now, but for one visitor; 0 = none. One that was disabled is still the tenant.
func (s state) tenantOf(unit, but int64) int64 {
	found := int64(0)
	s.onUnit(unit, func(id int64, r row) {
		if found == 0 && id != but && flag(r, "isTenant") && !flag(r, "departed") {
			found = id
		}
	})
	return found
}

// leave deactivates a visitor: out of the lists, or in them and shut.
func (s state) leave(id int64, gone bool) {
	if gone {
		s["visitors"].drop(id)
		return
	}
	s["visitors"].put(with(s["visitors"].rows[id], row{"isEnabled": false, "departed": true}))
}

// vacate makes a unit Vacant and deactivates its visitors (1.2).
func (s state) vacate(unit int64, gone bool) {
	s.onUnit(unit, func(id int64, _ row) { s.leave(id, gone) })
	s["units"].put(with(s["units"].rows[unit], row{"status": vacant}))
}

// remove takes a record out, with what hangs on it.
func (s state) remove(name string, id int64) {
	switch name {
	case "facilities":
		for _, part := range parts() {
			s[part].within(id, func(other int64, _ row) { s[part].drop(other) })
		}
	case "units":
		s.onUnit(id, func(visitor int64, _ row) { s["visitors"].drop(visitor) })
		for _, part := range []string{"smartlocks", "events"} {
			s[part].within(idOf(s["units"].rows[id]["facilityId"]), func(_ int64, r row) {
				if idOf(r["unitId"]) == id {
					s[part].put(with(r, row{"unitId": nil}))
				}
			})
		}
	case "timegroups", "accessprofiles":
		field := map[string]string{"timegroups": "timeGroupId", "accessprofiles": "accessProfileId"}[name]
		s["visitors"].within(idOf(s[name].rows[id]["facilityId"]), func(_ int64, r row) {
			if idOf(r[field]) == id {
				s["visitors"].put(with(r, row{field: 0.0}))
			}
		})
	default:
	}
	s[name].drop(id)
}
