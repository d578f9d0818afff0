package brivo

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a page (1.1).
const (
	defaultPage = 20
	maxPage     = 100
)

// page answers rows as one page with the total; fields are what can be filtered by.
func (v *Vendor) page(c *call, rows []row, fields map[string]field, show func(row) row) {
	q := c.r.URL.Query()
	size, offset := defaultPage, 0
	for name, into := range map[string]*int{"pageSize": &size, "offset": &offset} {
		s := q.Get(name)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			c.fail(http.StatusBadRequest, "Invalid listing criteria provided")
			return
		}
		*into = n
	}
	if size < 1 || size > maxPage {
		if v.switches.Is("page_size_over", "400") {
			c.fail(http.StatusBadRequest, "Invalid listing criteria provided")
			return
		}
		size = min(max(size, 1), maxPage)
	}
	fits, good := v.filter(c, fields)
	if !good {
		return
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return !fits(r) })
	out := []row{}
	for _, r := range rows[min(offset, len(rows)):min(offset+size, len(rows))] {
		out = append(out, show(r))
	}
	c.reply(row{"data": out, "offset": offset, "pageSize": size, "count": len(rows)})
}

// whole answers all rows without a page; offset and pageSize mean nothing there (1.1).
func (v *Vendor) whole(c *call, rows []row, show func(row) row) {
	out := []row{}
	for _, r := range rows {
		out = append(out, show(r))
	}
	c.reply(row{"data": out, "count": len(out)})
}

// field is what one field of a filter takes: its operators, and whether a value with an operator fits a row.
type field struct {
	ops  string
	fits func(v *Vendor, r row, op, value string) bool
}

// contains is eq on a name: not equality (1.2).
func contains(of func(row) string) field {
	return field{"eq", func(v *Vendor, r row, _, value string) bool { return v.within(of(r), value) }}
}

func (v *Vendor) within(s, part string) bool {
	if v.switches.Is("filter_case", "fold") {
		s, part = strings.ToLower(s), strings.ToLower(part)
	}
	return strings.Contains(s, part)
}

func equals(of func(row) string) field {
	return field{"eq", func(_ *Vendor, r row, _, value string) bool { return of(r) == value }}
}

func of(name string) func(row) string { return func(r row) string { return text(r, name) } }

// clause is one filter: a field, an operator, values of which one must fit (for ne: none may be equal).
type clause struct {
	name, op string
	values   []string
}

// parseFilter reads `field__op:v1,v2;field__op:v` (1.2). A single colon between field and operator, and a comma between
// filters, are the two mistakes that the vendor names.
func parseFilter(s string) ([]clause, bool) {
	var out []clause
	for part := range strings.SplitSeq(s, ";") {
		left, values, found := strings.Cut(part, ":")
		at := strings.LastIndex(left, "__")
		if !found || at <= 0 || values == "" || strings.Contains(values, "__") {
			return nil, false
		}
		cl := clause{left[:at], left[at+2:], strings.Split(values, ",")}
		if !slices.Contains([]string{"eq", "ne", "gt", "lt", "exact"}, cl.op) {
			return nil, false
		}
		out = append(out, cl)
	}
	return out, true
}

// filter is what the query asks rows to be; false = answered.
func (v *Vendor) filter(c *call, fields map[string]field) (func(row) bool, bool) {
	s := c.r.URL.Query().Get("filter")
	if s == "" {
		return func(row) bool { return true }, true
	}
	bad := func() (func(row) bool, bool) {
		c.fail(http.StatusBadRequest, "Invalid filter format")
		return nil, false
	}
	clauses, good := parseFilter(s)
	if !good {
		return bad()
	}
	clauses = slices.DeleteFunc(clauses, func(cl clause) bool {
		return fields[cl.name].fits == nil && v.switches.Is("unknown_filter", "ignore")
	})
	for _, cl := range clauses {
		if f := fields[cl.name]; f.fits == nil || !slices.Contains(strings.Fields(f.ops), cl.op) {
			return bad()
		}
	}
	return func(r row) bool {
		for _, cl := range clauses { // all of them
			f := fields[cl.name]
			one := func(value string) bool { return f.fits(v, r, cl.op, value) }
			if cl.op == "ne" && slices.ContainsFunc(cl.values, func(value string) bool { return !one(value) }) ||
				cl.op != "ne" && !slices.ContainsFunc(cl.values, one) {
				return false
			}
		}
		return true
	}, true
}

// shown leaves empty fields out (1).
func shown(r row) row {
	for k, v := range r {
		switch x := v.(type) {
		case nil:
			delete(r, k)
		case string:
			if x == "" {
				delete(r, k)
			}
		case []any:
			if len(x) == 0 {
				delete(r, k)
			}
		}
	}
	return r
}

// keep copies the named fields.
func keep(r row, names ...string) row {
	out := row{}
	for _, n := range names {
		out[n] = r[n]
	}
	return shown(out)
}
