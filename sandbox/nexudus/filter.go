package nexudus

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// test is one condition of a search.
type test struct {
	path  []string // segments after the entity's name
	op    string   // "=", "from", "to"
	value string
	at    time.Time // from, to
}

// parseFilters reads the filters of 1.5. A parameter that fits no field is ignored, as a foreign key with its Id suffix is.
func (w *view) parseFilters(e *entity, q url.Values) (tests []test, bad string) {
	template := w.full(e, row{})
	for _, name := range slices.Sorted(maps.Keys(q)) {
		value := q.Get(name)
		t := test{op: "=", value: value}
		rest := name
		for _, op := range []string{"from", "to"} {
			if cut, found := strings.CutPrefix(name, op+"_"); found {
				t.op, rest = op, cut
			}
		}
		cut, found := strings.CutPrefix(rest, e.name+"_")
		switch {
		case name == "Id", name == "UniqueId":
			t.path = []string{name}
		case !found:
			continue
		default:
			t.path = strings.Split(cut, "_")
		}
		if !w.declared(e, t.path, template) {
			continue
		}
		if t.op != "=" {
			var ok bool
			if t.at, ok = w.parseBound(value, strings.HasSuffix(name, "Local")); !ok {
				return nil, name
			}
		}
		tests = append(tests, t)
	}
	return tests, ""
}

// declared says whether a path leads to a field: references drop their Id, paths go on in the record that is named.
func (w *view) declared(e *entity, path []string, template row) bool {
	if len(path) == 1 {
		f, own := e.shape[path[0]]
		if own && f.Kind == twin.Ref {
			return false
		}
		_, shown := template[path[0]]
		return shown || e.shape[path[0]+"Id"].Kind == twin.Ref
	}
	f := e.shape[path[0]+"Id"]
	if f.Kind != twin.Ref {
		return false
	}
	to := w.s.cs.by[f.To]
	return w.declared(to, path[1:], w.full(to, row{}))
}

// parseBound reads the date of a range: with Z it is UTC; without, what the switch says (1.5). A Local field is compared by the
// clock on the wall.
func (w *view) parseBound(s string, wall bool) (time.Time, bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	zone := time.UTC
	if !wall && w.v.switches.Is("filter_zone", "location") {
		zone = w.v.firstZone()
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// firstZone is that of the account's first business.
func (v *Vendor) firstZone() *time.Location {
	for _, id := range v.state.t["businesses"].order {
		return v.state.zone(id)
	}
	return time.UTC
}

// fits says whether a record passes every test.
func (w *view) fits(e *entity, r row, tests []test) bool {
	for _, t := range tests {
		v := w.value(e, r, t.path)
		if t.op == "=" {
			if !w.equal(v, t.value) {
				return false
			}
			continue
		}
		s, ok := v.(string)
		when, err := time.Parse(time.RFC3339Nano, s)
		if err != nil { // a Local twin without a suffix
			when, err = time.Parse("2006-01-02T15:04:05", s)
		}
		if !ok || err != nil || t.op == "from" && when.Before(t.at) || t.op == "to" && when.After(t.at) {
			return false
		}
	}
	return true
}

// value is what a path leads to; nil when the way ends before.
func (w *view) value(e *entity, r row, path []string) any {
	for len(path) > 1 {
		f := e.shape[path[0]+"Id"]
		if r = w.s.get(f.To, r[path[0]+"Id"]); r == nil {
			return nil
		}
		e, path = w.s.cs.by[f.To], path[1:]
	}
	if f := e.shape[path[0]+"Id"]; f.Kind == twin.Ref {
		return r[path[0]+"Id"]
	}
	if v, said := r[path[0]]; said {
		return v
	}
	return w.full(e, r)[path[0]]
}

func (w *view) equal(v any, want string) bool {
	switch x := v.(type) {
	case string:
		if w.v.switches.Is("string_filter", "exact") {
			return x == want
		}
		return strings.Contains(strings.ToLower(x), strings.ToLower(want))
	case bool:
		return strings.EqualFold(strconv.FormatBool(x), want)
	case float64:
		n, err := strconv.ParseFloat(want, 64)
		return err == nil && n == x
	}
	return false
}

// sorted orders rows by a field; equal ones stay in the order of ids.
func (w *view) sorted(e *entity, rows []row, field string, descending bool) {
	slices.SortStableFunc(rows, func(a, b row) int {
		c := compare(w.value(e, a, []string{field}), w.value(e, b, []string{field}))
		if descending {
			return -c
		}
		return c
	})
}

func compare(a, b any) int {
	if x, ok := a.(float64); ok {
		return cmp.Compare(x, twin.As[float64](b))
	}
	if x, ok := a.(bool); ok {
		return cmp.Compare(strconv.FormatBool(x), strconv.FormatBool(twin.As[bool](b)))
	}
	return strings.Compare(twin.As[string](a), twin.As[string](b))
}
