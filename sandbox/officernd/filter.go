package officernd

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// test is one condition of a query on one field.
type test struct {
	field, op string
	values    []string
	key       string // deepObject: properties[key]
}

// query is a list request, checked.
type query struct {
	tests       []test
	limit       int
	next, prev  string
	selected    []string
	sort        string
	descending  bool
	complaints  []string
	bothCursors bool
}

const (
	maxLimit  = 50
	zeroLimit = 20 // $limit=0 answers 20 items (1.3)
	maxIn     = 50
)

var paramForm = regexp.MustCompile(`^([^\[\]]+)(?:\[([^\[\]]*)\])?$`)

// parseQuery reads the parameters of a list. With strict, undeclared ones are complaints; otherwise they are ignored.
func (v *Vendor) parseQuery(values url.Values, declared map[string]takes, sorts []string, strict bool) query {
	q := query{limit: maxLimit}
	for _, name := range sortedKeys(values) {
		given := values[name]
		m := paramForm.FindStringSubmatch(name)
		if m == nil {
			m = []string{name, name, ""}
		}
		switch m[1] {
		case "$limit":
			q.takeLimit(given[0], v.switches.Is("limit_over", "clamp"))
		case "$cursorNext":
			q.next = given[0]
		case "$cursorPrev":
			q.prev = given[0]
		case "$select":
			if q.selected = strings.FieldsFunc(given[0], func(r rune) bool { return r == ',' }); len(q.selected) == 0 {
				q.complaints = append(q.complaints, "$select should not be empty")
			}
		case "$sort":
			q.takeSort(m[2], given[0], sorts, strict)
		default:
			q.takeFilter(name, m[1], m[2], strings.HasSuffix(name, "]"), given, declared[m[1]], strict)
		}
	}
	q.bothCursors = q.next != "" && q.prev != ""
	return q
}

func sortedKeys(values url.Values) []string {
	out := make([]string, 0, len(values))
	for k := range values {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (q *query) undeclared(name string, strict bool) {
	if strict {
		q.complaints = append(q.complaints, fmt.Sprintf("property %s should not exist", name))
	}
}

func (q *query) takeLimit(s string, clamp bool) {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		q.complaints = append(q.complaints, "$limit must be an integer number")
	case n > maxLimit && !clamp:
		q.complaints = append(q.complaints, fmt.Sprintf("$limit must not be greater than %d", maxLimit))
	case n <= 0:
		q.limit = zeroLimit
	default:
		q.limit = min(n, maxLimit)
	}
}

var sortJSON = regexp.MustCompile(`^\{"(\w+)":"?(\w+|-?1)"?\}$`)

func (q *query) takeSort(key, value string, sorts []string, strict bool) {
	if m := sortJSON.FindStringSubmatch(strings.ReplaceAll(value, " ", "")); key == "" && m != nil {
		key, value = m[1], m[2]
	}
	if !slices.Contains(sorts, key) {
		q.undeclared("$sort", strict)
		return
	}
	q.sort, q.descending = key, value == "desc" || value == "-1"
}

func (q *query) takeFilter(name, field, op string, bracket bool, given []string, t takes, strict bool) {
	switch {
	case t == 0:
		q.undeclared(name, strict)
	case field == "properties" && op != "":
		q.tests = append(q.tests, test{field: field, op: "property", key: op, values: given[:1]})
	case t&many != 0 && op == "":
		q.tests = append(q.tests, test{field: field, op: "$in", values: given})
	case t&in != 0 && op == "$in":
		list := strings.Split(given[0], ",")
		if len(list) > maxIn {
			q.complaints = append(q.complaints, fmt.Sprintf("%s must contain no more than %d elements", name, maxIn))
		}
		q.tests = append(q.tests, test{field: field, op: op, values: list})
	case t&cmp != 0 && slices.Contains([]string{"$gt", "$gte", "$lt", "$lte"}, op):
		at, err := twin.ParseStamp(given[0])
		if err != nil {
			q.complaints = append(q.complaints, field+" must be a valid ISO 8601 date string")
			return
		}
		q.tests = append(q.tests, test{field: field, op: op, values: []string{twin.Stamp(at)}})
	case !bracket && t&(eq|cmp) != 0:
		if len(given) > 1 || t&in != 0 && strings.Contains(given[0], ",") {
			q.complaints = append(q.complaints, field+" must be a single value")
			return
		}
		q.tests = append(q.tests, test{field: field, op: "=", values: given})
	default:
		q.undeclared(name, strict)
	}
}

// fits says whether a record passes every test.
func (q *query) fits(w *view, c *collection, it *item) bool {
	for _, t := range q.tests {
		if t.op == "property" {
			bag := twin.As[map[string]any](it.row["properties"])
			if s, ok := bag[t.key].(string); !ok || s != t.values[0] {
				return false
			}
			continue
		}
		if !t.holds(w.field(c, it, t.field)) {
			return false
		}
	}
	return true
}

func (t test) holds(v any) bool {
	var s string
	switch x := v.(type) {
	case string:
		s = x
	case bool:
		s = strconv.FormatBool(x)
	default: // absent: a flag that is absent is false
		return t.op == "=" && t.values[0] == "false" && (t.field == "isOpen" || t.field == "isPublic")
	}
	switch t.op {
	case "$gt":
		return s > t.values[0]
	case "$gte":
		return s >= t.values[0]
	case "$lt":
		return s < t.values[0]
	case "$lte":
		return s <= t.values[0]
	default:
		return slices.Contains(t.values, s)
	}
}
