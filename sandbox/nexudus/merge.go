package nexudus

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// worldUser is who a world file's records were changed by.
const worldUser = "sandbox@nexudus.test"

// merging applies the records of a world, or of a patch to it.
type merging struct {
	x     *edit
	days  int
	fresh bool // a world's first reading: CreatedOn and UpdatedOn are made up, or taken as written
}

func (m merging) apply(w *World) error {
	for name, zone := range w.Zones {
		z, err := time.LoadLocation(zone)
		if err != nil {
			return fmt.Errorf("nexudus.zones: %q is not a time zone", zone)
		}
		id, err := m.claim("businesses", name)
		if err != nil {
			return fmt.Errorf("nexudus.zones: %w", err)
		}
		m.x.s.zones[id] = z
	}
	fail := func(e *entity, rec twin.Record, err error) error {
		return fmt.Errorf("line %d: nexudus.%s: %w", rec.Line, e.key, err)
	}
	ids := map[*entity][]int64{}
	for _, e := range m.x.s.cs.all { // ids first: records may name later ones
		for _, rec := range w.Records[e.key] {
			id, err := m.claim(e.key, twin.As[string](rec.Values["Id"]))
			if err != nil {
				return fail(e, rec, err)
			}
			ids[e] = append(ids[e], id)
		}
	}
	coming := map[string]map[int64]bool{}
	for e, list := range ids {
		coming[e.key] = map[int64]bool{}
		for i, id := range list {
			coming[e.key][id] = !w.Records[e.key][i].Delete
		}
	}
	for _, e := range m.x.s.cs.all {
		for i, rec := range w.Records[e.key] {
			if err := m.one(e, ids[e][i], rec, coming); err != nil {
				return fail(e, rec, err)
			}
		}
	}
	for i, rec := range w.Records["coworkers"] { // when the teams are there
		if teams, said := rec.Values["Teams"]; said && !rec.Delete {
			list, err := m.refs("teams", twin.As[[]any](teams), coming)
			if err != nil {
				return fail(m.x.s.cs.by["coworkers"], rec, err)
			}
			m.x.joinAll(ids[m.x.s.cs.by["coworkers"]][i], list)
		}
	}
	for name := range w.Zones {
		if id, err := m.claim("businesses", name); err != nil || m.x.s.t["businesses"].rows[id] == nil {
			return fmt.Errorf("nexudus.zones: there is no business %q", name)
		}
	}
	return nil
}

// claim is the id of a number or word; a new word, and a record without either, gets a new one.
func (m merging) claim(key, name string) (int64, error) {
	t := m.x.s.t[key]
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		if id <= 0 || id > 1<<53 {
			return 0, fmt.Errorf("id %d cannot be", id)
		}
		t.last = max(t.last, id)
		return id, nil
	}
	if id, known := t.words[name]; known {
		return id, nil
	}
	t.last++
	if name != "" {
		t.words[name], t.names[t.last] = t.last, name
	}
	return t.last, nil
}

func (m merging) one(e *entity, id int64, rec twin.Record, coming map[string]map[int64]bool) error {
	old := m.x.s.t[e.key].rows[id]
	if rec.Delete {
		switch {
		case old == nil:
			return errors.New("there is no such record to delete")
		case e.key == "bookings":
			m.x.cancel(old)
		default:
			m.x.drop(e, id)
			if e.key == "coworkers" {
				m.x.joinAll(id, nil)
			}
		}
		return nil
	}
	values := twin.Clone(rec.Values)
	delete(values, "Id")
	if e.key == "coworkers" {
		delete(values, "Teams")
	}
	if err := m.resolve(e, values, coming); err != nil {
		return err
	}
	next := row{"Id": float64(id)}
	maps.Copy(next, twin.Clone(old))
	maps.Copy(next, values)
	if m.days != 0 {
		twin.Move(e.shape, values, m.days, m.x.s.zone(m.x.s.businessOf(e, next)))
		maps.Copy(next, values)
	}
	tidy(e, next)
	stampedAt := m.x.now
	if m.fresh { // a time with seven digits, each record's its own
		m.x.now = stampedAt.Add(time.Duration(id%5000)*time.Second + 551519800)
	}
	m.x.put(e, next)
	m.x.now = stampedAt
	if updated := text(values, "UpdatedOn"); updated != "" {
		next["UpdatedOn"] = stamp(at(values, "UpdatedOn"))
	}
	return nil
}

// tidy takes nulls out and writes instants in the form in which they are kept.
func tidy(e *entity, r row) {
	for k, v := range r {
		switch {
		case v == nil:
			delete(r, k)
		case e.shape[k].Kind == twin.Instant:
			r[k] = stamp(at(r, k))
		}
	}
}

func (m merging) resolve(e *entity, values row, coming map[string]map[int64]bool) error {
	for k, v := range values {
		var err error
		switch f := e.shape[k]; f.Kind {
		case twin.Ref:
			if v == nil {
				continue
			}
			var list []any
			if list, err = m.refs(f.To, []any{v}, coming); err == nil {
				values[k] = list[0]
			}
		case twin.Refs:
			values[k], err = m.refs(f.To, twin.As[[]any](v), coming)
		default:
		}
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return nil
}

// refs turns words and numbers into ids of records that are there, or come.
func (m merging) refs(to string, names []any, coming map[string]map[int64]bool) ([]any, error) {
	t, out := m.x.s.t[to], make([]any, 0, len(names))
	for _, v := range names {
		name := twin.As[string](v)
		id, known := t.words[name]
		if n, err := strconv.ParseInt(name, 10, 64); err == nil {
			id, known = n, true
		}
		if !known || t.rows[id] == nil && !coming[to][id] {
			return nil, fmt.Errorf("there is no %q in %s", name, to)
		}
		out = append(out, float64(id))
	}
	return out, nil
}
