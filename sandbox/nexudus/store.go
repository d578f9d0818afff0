package nexudus

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/rows"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record by the vendor's field names; numbers are float64 and instants texts, as encoding/json has them. A row in a
// table is never changed in place: a change puts another.
type row = map[string]any

// Ids count from about where the vendor's stand (1.8), each table from a base of its own, so that an id in the wrong place names
// nothing.
const (
	idBase = 1_410_000_000
	idStep = 1_000_000
)

// table holds rows in the order of ids.
type table struct {
	rows  map[int64]row
	order []int64
	last  int64            // ids are never used again
	words map[string]int64 // a world's own names for ids
	names map[int64]string // and back
}

func (t *table) put(r row) {
	id := idOf(r["Id"])
	t.order = rows.Put(t.rows, t.order, id, r)
	t.last = max(t.last, id)
}

func (t *table) drop(id int64) {
	t.order = rows.Drop(t.rows, t.order, id)
}

// state is every table by the entity's key, and the zones of businesses, which the API does not tell (2.2).
type state struct {
	cs    catalogue
	t     map[string]*table
	zones map[int64]*time.Location
}

func newState(cs catalogue) state {
	s := state{cs: cs, t: map[string]*table{}, zones: map[int64]*time.Location{}}
	for i, e := range cs.all {
		s.t[e.key] = &table{
			rows: map[int64]row{}, words: map[string]int64{}, names: map[int64]string{}, last: idBase + int64(i)*idStep,
		}
	}
	return s
}

func (s state) clone() state {
	out := state{cs: s.cs, t: map[string]*table{}, zones: maps.Clone(s.zones)}
	for k, t := range s.t {
		out.t[k] = &table{
			rows: maps.Clone(t.rows), order: slices.Clone(t.order), last: t.last, words: maps.Clone(t.words), names: maps.Clone(t.names),
		}
	}
	return out
}

// get is the record that a reference names; nil when there is none.
func (s state) get(key string, id any) row { return s.t[key].rows[idOf(id)] }

// each goes through a table in the order of ids.
func (s state) each(key string, do func(r row)) {
	t := s.t[key]
	for _, id := range t.order {
		do(t.rows[id])
	}
}

// businessOf is the business that a record belongs to; 0 = none.
func (s state) businessOf(e *entity, r row) int64 {
	for range 5 {
		field := e.business()
		if field == "Id" {
			return idOf(r["Id"])
		}
		to := e.shape[field].To
		if to == "businesses" {
			return idOf(r[field])
		}
		if r = s.get(to, r[field]); r == nil {
			return 0
		}
		e = s.cs.by[to]
	}
	return 0
}

// zone is the time zone of a business, UTC when the world names none.
func (s state) zone(business int64) *time.Location {
	if z := s.zones[business]; z != nil {
		return z
	}
	return time.UTC
}

func idOf(v any) int64 { return int64(twin.As[float64](v)) }

func text(r row, field string) string { return twin.As[string](r[field]) }

func flag(r row, field string) bool { return twin.As[bool](r[field]) }

func digits(id int64) string { return strconv.FormatInt(id, 10) }

// listed says whether a list of references names an id.
func listed(r row, field string, id int64) bool {
	return slices.Contains(twin.As[[]any](r[field]), any(float64(id)))
}

// at is an instant of a record; zero when there is none.
func at(r row, field string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text(r, field))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// stampForm is how instants are kept: UTC with as many digits as there are, at most seven (1.8).
const stampForm = "2006-01-02T15:04:05.9999999Z"

func stamp(t time.Time) string { return t.UTC().Format(stampForm) }

// guid makes a UniqueId, the same in every run.
func guid(parts ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	s := fmt.Sprintf("%x", sum[:16])
	return s[:8] + "-" + s[8:12] + "-4" + s[13:16] + "-9" + s[17:20] + "-" + s[20:]
}

// active is what a coworker or webhook is unless its record says no.
func active(r row) bool {
	on, said := r["Active"].(bool)
	return on || !said
}
