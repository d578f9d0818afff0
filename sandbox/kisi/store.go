package kisi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/rows"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record in the vendor's own JSON; numbers are float64, as encoding/json has them.
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

func (t *table) drop(id int64) {
	t.order = rows.Drop(t.rows, t.order, id)
}

// each goes through the rows in the order of their ids; the table may lose rows meanwhile.
func (t *table) each(do func(id int64, r row)) {
	for _, id := range slices.Clone(t.order) {
		if r, there := t.rows[id]; there {
			do(id, r)
		}
	}
}

func idOf(v any) int64 {
	f := twin.As[float64](v)
	return int64(f)
}

func text(r row, field string) string {
	s := twin.As[string](r[field])
	return s
}

func flag(r row, field string) bool {
	b := twin.As[bool](r[field])
	return b
}

type state map[string]*table

func newState() state {
	s := state{}
	for _, name := range tables() {
		s[name] = &table{rows: map[int64]row{}}
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

// natural is the field that people know a record by.
func natural(name string) string {
	switch name {
	case "users":
		return "email"
	case "role_assignments", "group_locks":
		return ""
	}
	return "name"
}

// find resolves a reference: an id, or what people call the thing.
func (s state) find(name, ref string) (int64, error) {
	t := s[name]
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		if _, there := t.rows[id]; !there {
			return 0, fmt.Errorf("there is no %d in %s", id, name)
		}
		return id, nil
	}
	field, found := natural(name), int64(0)
	for _, id := range t.order {
		if field != "" && strings.EqualFold(text(t.rows[id], field), ref) {
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

// change is what a request or a patch did to one record.
type change struct {
	table    string
	old, new row // nil: was not, is no more
}

// merge applies the records of a world or a patch. A record without an id is the one with the same natural key, else a new one.
func (s state) merge(w *World, days int, fresh time.Time, org float64) ([]change, error) {
	var done []change
	all := shapes()
	for _, name := range tables() {
		for _, rec := range w.Records[name] {
			chs, err := s.mergeOne(name, all[name], rec, days, fresh, org)
			if err != nil {
				return nil, fmt.Errorf("line %d: kisi.%s: %w", rec.Line, name, err)
			}
			done = append(done, chs...)
		}
	}
	return done, nil
}

func (s state) mergeOne(
	name string, shape twin.Shape, rec twin.Record, days int, fresh time.Time, org float64,
) ([]change, error) {
	t, values := s[name], twin.Clone(rec.Values)
	if err := s.resolve(shape, values); err != nil {
		return nil, err
	}
	if name == "role_assignments" {
		if err := s.normalise(values, org); err != nil {
			return nil, err
		}
	}
	id, err := s.identify(name, values)
	if err != nil {
		return nil, err
	}
	old := t.rows[id]
	if rec.Delete {
		if old == nil {
			return nil, errors.New("there is no such record to delete")
		}
		return s.remove(name, id), nil
	}
	if id == 0 {
		id = t.last + 1
	}
	twin.Move(shape, values, days, nil)
	merged := defaults(name, fresh)
	if old != nil {
		merged = twin.Clone(old)
		merged["updated_at"] = twin.Stamp(fresh)
	}
	maps.Copy(merged, values)
	merged["id"] = float64(id)
	if err := s.complete(name, merged); err != nil {
		return nil, err
	}
	t.put(merged)
	return []change{{name, old, merged}}, nil
}

// resolve turns references into ids.
func (s state) resolve(shape twin.Shape, values row) error {
	for field, v := range values {
		f := shape[field]
		switch f.Kind {
		case twin.Ref:
			ref, ok := v.(string)
			if !ok {
				continue
			}
			id, err := s.find(f.To, ref)
			if err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			values[field] = float64(id)
		case twin.Refs:
			list := twin.As[[]any](v)
			for i := range list {
				ref := twin.As[string](list[i])
				id, err := s.find(f.To, ref)
				if err != nil {
					return fmt.Errorf("%s: %w", field, err)
				}
				list[i] = float64(id)
			}
		default:
		}
	}
	return nil
}

// identify returns the id a record means: its own, that of the one with the same natural key, or 0 for a new one.
func (s state) identify(name string, values row) (int64, error) {
	if given := text(values, "id"); given != "" {
		id, err := strconv.ParseInt(given, 10, 64)
		if err != nil || id <= 0 || id > 1<<53 {
			return 0, fmt.Errorf("id %q is not a positive whole number", given)
		}
		return id, nil
	}
	if field := natural(name); field != "" {
		if key := text(values, field); key != "" {
			if id, err := s.find(name, key); err == nil {
				return id, nil
			}
		}
		return 0, nil
	}
	same := []string{"group_id", "lock_id"}
	if name == "role_assignments" {
		same = []string{"assignee_type", "assignee_id", "applies_to_type", "applies_to_id"}
	}
	for _, id := range s[name].order {
		r := s[name].rows[id]
		if !slices.ContainsFunc(same, func(f string) bool { return r[f] != values[f] }) {
			return id, nil
		}
	}
	return 0, nil
}
