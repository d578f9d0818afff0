package house

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Difference is what an import changes. Lists are sorted by kind, in the order of cardea.Kinds, then id.
type Difference struct {
	Added   []cardea.Record `json:"added,omitempty"`
	Changed []Change        `json:"changed,omitempty"`
	Removed []cardea.Record `json:"removed,omitempty"`
}

// Change is one record that is no longer what it was.
type Change struct {
	Before cardea.Record `json:"before"`
	After  cardea.Record `json:"after"`
	// Fields are the JSON names of what differs, sorted.
	Fields []string `json:"fields"`
}

// Diff compares records. Where a key comes twice in a list the last one counts. Records that differ only in how an empty
// list is written are equal.
func Diff(before, after []cardea.Record) Difference {
	was, is := byKey(before), byKey(after)
	var d Difference
	for k, now := range is {
		old, known := was[k]
		if !known {
			d.Added = append(d.Added, now)
			continue
		}
		if fields := differing(old, now); len(fields) > 0 {
			d.Changed = append(d.Changed, Change{old, now, fields})
		}
	}
	for k, old := range was {
		if _, stays := is[k]; !stays {
			d.Removed = append(d.Removed, old)
		}
	}
	sortRecords(d.Added)
	sortRecords(d.Removed)
	slices.SortFunc(d.Changed, func(a, b Change) int { return compareKeys(a.After.Key(), b.After.Key()) })
	return d
}

// Empty says whether nothing changes.
func (d Difference) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// Put lists the records to save: added and changed ones, sorted.
func (d Difference) Put() []cardea.Record {
	out := slices.Clone(d.Added)
	for _, c := range d.Changed {
		out = append(out, c.After)
	}
	sortRecords(out)
	return out
}

// Drop lists the keys of removed records.
func (d Difference) Drop() []cardea.Key {
	var out []cardea.Key
	for _, r := range d.Removed {
		out = append(out, r.Key())
	}
	return out
}

// Apply returns the records with the difference applied, sorted.
func (d Difference) Apply(before []cardea.Record) []cardea.Record {
	m := byKey(before)
	for _, k := range d.Drop() {
		delete(m, k)
	}
	for _, r := range d.Put() {
		m[r.Key()] = r
	}
	out := slices.Collect(maps.Values(m))
	sortRecords(out)
	return out
}

func byKey(recs []cardea.Record) map[cardea.Key]cardea.Record {
	m := make(map[cardea.Key]cardea.Record, len(recs))
	for _, r := range recs {
		m[r.Key()] = r
	}
	return m
}

func sortRecords(recs []cardea.Record) {
	slices.SortFunc(recs, func(a, b cardea.Record) int { return compareKeys(a.Key(), b.Key()) })
}

func compareKeys(a, b cardea.Key) int {
	if a.Kind != b.Kind {
		return slices.Index(cardea.Kinds, a.Kind) - slices.Index(cardea.Kinds, b.Kind)
	}
	return strings.Compare(a.ID, b.ID)
}

// differing names the fields in which two records differ.
func differing(a, b cardea.Record) []string {
	if reflect.DeepEqual(a, b) {
		return nil
	}
	x, y := fields(a), fields(b)
	var out []string
	for name, v := range x {
		if w, ok := y[name]; !ok || !bytes.Equal(v, w) {
			out = append(out, name)
		}
	}
	for name := range y {
		if _, ok := x[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// fields writes a record as its JSON fields. Records are plain values, so writing them cannot fail.
func fields(r cardea.Record) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	body, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		panic("a record that is no JSON object: " + err.Error())
	}
	return m
}
