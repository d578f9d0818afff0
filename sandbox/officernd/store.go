package officernd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// ID is the ObjectId of a readable id of a world file: 24 hex digits, the same in every run. One that is an ObjectId already
// stays as it is.
func ID(name string) string {
	if isObjectID(name) {
		return strings.ToLower(name)
	}
	sum := sha256.Sum256([]byte("officernd " + name))
	return hex.EncodeToString(sum[:12])
}

func isObjectID(s string) bool {
	if len(s) != 24 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}

// row is one record in the vendor's own JSON.
type row = map[string]any

// item is a stored record; immutable, a change replaces it.
type item struct {
	id, name               string // name: the readable id
	row                    row    // as given, ids resolved; never handed out without a copy
	seriesStart, seriesEnd string // bookings
}

// table holds one collection in the order of ids.
type table struct {
	items map[string]*item
	order []string
	made  int // for ids of records that have none
}

func (t *table) put(it *item) {
	if _, there := t.items[it.id]; !there {
		at, _ := slices.BinarySearch(t.order, it.id)
		t.order = slices.Insert(t.order, at, it.id)
	}
	t.items[it.id] = it
}

func (t *table) drop(id string) {
	if at, found := slices.BinarySearch(t.order, id); found {
		t.order = slices.Delete(t.order, at, at+1)
		delete(t.items, id)
	}
}

// state is every table, by the collection's key. It is copied before a patch and swapped when the patch is good.
type state struct {
	t     map[string]*table
	zones map[string]*time.Location // loaded once; nil = there is no such zone
}

func newState(cs catalogue) state {
	s := state{map[string]*table{}, map[string]*time.Location{}}
	for _, c := range cs.all {
		s.t[c.key] = &table{items: map[string]*item{}}
	}
	return s
}

func (s state) clone() state {
	out := state{map[string]*table{}, s.zones}
	for k, t := range s.t {
		out.t[k] = &table{items: maps.Clone(t.items), order: slices.Clone(t.order), made: t.made}
	}
	return out
}

// change is what a patch did to one record.
type change struct {
	c        *collection
	old, new *item // nil: was not, is no more
}

// merge applies the records of a world or patch. Dates are moved by days. A record without _id is a new one.
func (s state) merge(cs catalogue, w *World, days int, fresh time.Time) ([]change, error) {
	var done []change
	var named []reference
	for _, c := range cs.all {
		for _, rec := range w.Records[c.key] {
			ch, err := s.mergeOne(c, rec, days, fresh)
			if err != nil {
				return nil, fmt.Errorf("line %d: officernd.%s: %w", rec.Line, c.key, err)
			}
			done = append(done, ch)
			if ch.new != nil {
				named = append(named, references(c, rec)...)
			}
		}
	}
	for _, r := range named {
		if s.t[r.to].items[ID(r.name)] == nil {
			return nil, fmt.Errorf("line %d: officernd.%s: %s names %q, which is not in %s", r.line, r.from, r.field, r.name, r.to)
		}
	}
	return done, nil
}

func (s state) mergeOne(c *collection, rec twin.Record, days int, fresh time.Time) (change, error) {
	t := s.t[c.key]
	name := twin.As[string](rec.Values["_id"])
	if name == "" {
		if rec.Delete {
			return change{}, errors.New("what to delete must be named by its _id")
		}
		t.made++
		name = fmt.Sprintf("%s/%d", c.key, t.made)
	}
	id := ID(name)
	old := t.items[id]
	if rec.Delete {
		if old == nil {
			return change{}, fmt.Errorf("there is no %q to delete", name)
		}
		t.drop(id)
		return change{c: c, old: old}, nil
	}
	values := twin.Clone(rec.Values)
	resolve(c.shape, values)
	merged := row{}
	if old != nil {
		merged = twin.Clone(old.row)
		name = old.name
	}
	if days != 0 {
		twin.Move(c.shape, values, days, s.zone(values, merged))
	}
	for k, v := range values {
		if v == nil && k != "endDate" && k != "validTo" { // null takes a field away; an open end may be written as null
			delete(merged, k)
			continue
		}
		merged[k] = v
	}
	merged["_id"] = id
	if c.stamps {
		stampTimes(merged, values, old == nil, fresh)
	}
	it := &item{id: id, name: name, row: merged}
	if c.key == "bookings" {
		it.seriesStart, it.seriesEnd = s.series(merged)
	}
	t.put(it)
	return change{c: c, old: old, new: it}, nil
}

// stampTimes sets createdAt of a new record and modifiedAt of any, unless the file says them.
func stampTimes(merged, given row, isNew bool, fresh time.Time) {
	now := twin.Stamp(fresh)
	if _, said := merged["createdAt"]; !said && isNew {
		merged["createdAt"] = now
	}
	if _, said := given["modifiedAt"]; !said {
		merged["modifiedAt"] = now
		if created := twin.As[string](merged["createdAt"]); isNew && created > now {
			merged["modifiedAt"] = created
		}
	}
}

// resolve turns readable references into ObjectIds.
func resolve(s twin.Shape, values row) {
	for k, v := range values {
		switch s[k].Kind {
		case twin.Ref:
			if name, ok := v.(string); ok {
				values[k] = ID(name)
			}
		case twin.Refs:
			list := twin.As[[]any](v)
			for i := range list {
				if name, ok := list[i].(string); ok {
					list[i] = ID(name)
				}
			}
		default:
		}
	}
}
