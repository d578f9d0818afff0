package kinnovis

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// merging applies the records of a world, or of a patch to it.
type merging struct {
	s     state
	days  int
	now   time.Time // what is new was made then
	fresh bool      // a world's first reading: each record a minute after the one before
}

func (m merging) apply(w *World) error {
	for _, c := range m.s.all {
		for _, rec := range w.Records[c.key] {
			if err := m.one(c, rec); err != nil {
				return fmt.Errorf("line %d: kinnovis.%s: %w", rec.Line, c.key, err)
			}
		}
	}
	for _, c := range m.s.all {
		for _, word := range m.s.t[c.key].order {
			if err := m.s.check(c, m.s.t[c.key].rows[word]); err != nil {
				return fmt.Errorf("kinnovis.%s %q: %w", c.key, word, err)
			}
		}
	}
	return nil
}

func (m merging) one(c *collection, rec twin.Record) error {
	t := m.s.t[c.key]
	word := twin.As[string](rec.Values["id"])
	if word == "" {
		if rec.Delete {
			return errors.New("a record to delete needs its id")
		}
		word = fmt.Sprintf("%s %d", c.noun, t.last+1)
	}
	old := t.rows[word]
	if rec.Delete {
		if old == nil {
			return errors.New("there is no such record to delete")
		}
		t.drop(word)
		return nil
	}
	values := twin.Clone(rec.Values)
	delete(values, "id")
	for name, value := range values {
		if c.shape[name].Kind != twin.Date || value == nil {
			continue
		}
		if d := instant(values, name); !d.Equal(d.Truncate(24 * time.Hour)) {
			return fmt.Errorf("%s is a date: it has no time of day", name)
		}
	}
	twin.Move(c.shape, values, m.days, nil)
	next := row{}
	maps.Copy(next, twin.Clone(old))
	at := twin.Stamp(m.now)
	if m.fresh {
		at = twin.Stamp(m.now.Add(time.Duration(t.last) * time.Minute))
	}
	if old == nil {
		next["created_at"] = at
	}
	next["updated_at"] = at
	maps.Copy(next, values)
	for name, value := range next {
		if value == nil {
			delete(next, name)
		}
	}
	t.put(c, word, next)
	return nil
}

// check holds a row to what it must have, and its references to records that are there.
func (s state) check(c *collection, r row) error {
	for _, name := range c.required() {
		if r[name] == nil {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for name, f := range c.shape {
		words := list(r, name)
		if f.Kind == twin.Ref && r[name] != nil {
			words = []any{r[name]}
		}
		if f.Kind != twin.Ref && f.Kind != twin.Refs {
			continue
		}
		for _, w := range words {
			if s.get(f.To, w) == nil {
				return fmt.Errorf("%s: there is no %q in %s", name, w, f.To)
			}
		}
	}
	if c.key == "locations" {
		if _, err := time.LoadLocation(text(r, "timezone")); err != nil {
			return fmt.Errorf("%q is not a time zone", text(r, "timezone"))
		}
	}
	if c.key == "bookings" {
		return checkBooking(r)
	}
	return nil
}

func checkBooking(r row) error {
	if len(list(r, "unit_ids")) == 0 {
		return errors.New("a booking is of a unit, or of several")
	}
	if out := instant(r, "move_out_date"); !out.IsZero() && out.Before(instant(r, "move_in_date")) {
		return errors.New("move_out_date is before move_in_date")
	}
	if (r["switch_date"] == nil) != (len(list(r, "switch_unit_ids")) == 0) {
		return errors.New("switch_date and switch_unit_ids go together")
	}
	shared, is := r["shared_accesses"].([]any)
	if r["shared_accesses"] != nil && !is {
		return errors.New("shared_accesses is a list of people")
	}
	for _, one := range shared {
		who, is := one.(row)
		if !is {
			return errors.New("a shared access has id, name, email, phone")
		}
		for k := range who {
			if k != "id" && k != "name" && k != "email" && k != "phone" {
				return fmt.Errorf("a shared access has no %q; it has id, name, email, phone", k)
			}
		}
	}
	return nil
}
