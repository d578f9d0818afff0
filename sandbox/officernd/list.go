package officernd

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// cursor is where a page ended. Rows come in the order of their ids, so a row made while a client pages is seen or missed
// by its id, and a row that goes makes no other row slip.
type cursor struct {
	Last string `json:"last"` // next: rows after it; prev: rows before it
	N    int    `json:"n"`    // rows before the page, next; rows before Last, prev
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(b)
}

func readCursor(s string) (cursor, bool) {
	var c cursor
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &c) != nil || c.Last == "" || c.N < 0 {
		return cursor{}, false
	}
	return c, true
}

// list answers a page of a collection (1.3). With visitors it lists check-ins of visitors, else those of members.
func (v *Vendor) list(w http.ResponseWriter, r *http.Request, c *collection, visitors bool) {
	filters, sorts := v.declared(c)
	if visitors {
		filters = map[string]takes{"visitor": eq}
		maps.Copy(filters, c.filters)
	}
	values := r.URL.Query()
	q := v.parseQuery(values, filters, sorts, true)
	switch {
	case q.bothCursors: // 1.3: seen at the vendor
		fail(w, r, http.StatusGatewayTimeout, "Gateway Timeout")
		return
	case len(q.complaints) > 0:
		invalid(w, r, q.complaints...)
		return
	case c.key == "assignments" && len(q.tests) == 0 && v.switches.Is("assignments_bulk", "refuse"):
		invalid(w, r, "resource or membership should not be empty")
		return
	}
	vw := v.view()
	rows := v.rows(vw, c, &q, visitors)
	p, ok := paginate(rows, &q)
	if !ok { // garbage in a cursor is a parse error of the vendor's
		fail(w, r, http.StatusInternalServerError, "Unexpected token in JSON at position 0")
		return
	}
	out := make([]row, 0, len(p.items))
	for _, it := range p.items {
		out = append(out, pick(vw.show(c, it, false), q.selected))
	}
	v.envelope(w, out, p)
}

// rows are the records of a list before paging.
func (v *Vendor) rows(vw *view, c *collection, q *query, visitors bool) []*item {
	t := v.state.t[c.key]
	out := make([]*item, 0, len(t.order))
	for _, id := range t.order {
		it := t.items[id]
		if c.key == "checkins" && (text(it.row, "visitor") != "") != visitors {
			continue
		}
		if q.fits(vw, c, it) {
			out = append(out, it)
		}
	}
	if q.sort != "" {
		slices.SortStableFunc(out, func(a, b *item) int {
			x := twin.As[string](vw.field(c, a, q.sort))
			y := twin.As[string](vw.field(c, b, q.sort))
			if q.descending {
				x, y = y, x
			}
			return strings.Compare(x, y)
		})
	}
	return out
}

type page struct {
	items      []*item
	start      int // 1-based, 0 when empty
	next, prev string
}

// paginate cuts a page out. false = the cursor cannot be read.
func paginate(rows []*item, q *query) (page, bool) {
	from, before := 0, 0
	to := min(q.limit, len(rows))
	switch {
	case q.next != "":
		c, ok := readCursor(q.next)
		if !ok {
			return page{}, false
		}
		from, before = after(rows, c, q.sort != ""), c.N
		to = min(from+q.limit, len(rows))
	case q.prev != "":
		c, ok := readCursor(q.prev)
		if !ok {
			return page{}, false
		}
		to = after(rows, c, q.sort != "")
		if q.sort == "" && to > 0 && rows[to-1].id == c.Last {
			to--
		}
		from = max(to-q.limit, 0)
		before = max(c.N-(to-from), 0)
	}
	p := page{items: rows[from:to]}
	if len(p.items) == 0 {
		return p, true
	}
	p.start = before + 1
	if to < len(rows) {
		p.next = cursor{rows[to-1].id, before + to - from}.String()
	}
	if from > 0 {
		p.prev = cursor{rows[from].id, before}.String()
	}
	return p, true
}

// after is the index of the first row behind a cursor. A sorted list has no order of ids, there the count speaks.
func after(rows []*item, c cursor, sorted bool) int {
	if sorted {
		return min(c.N, len(rows))
	}
	at, found := slices.BinarySearchFunc(rows, c.Last, func(it *item, id string) int { return strings.Compare(it.id, id) })
	if found {
		at++
	}
	return at
}

func (v *Vendor) envelope(w http.ResponseWriter, results []row, p page) {
	body := row{"results": results, "rangeStart": p.start, "rangeEnd": 0}
	if len(results) > 0 {
		body["rangeEnd"] = p.start + len(results) - 1
	}
	for name, c := range map[string]string{"cursorNext": p.next, "cursorPrev": p.prev} {
		switch {
		case c != "":
			body[name] = c
		case v.switches.Is("empty_cursor", "null"):
			body[name] = nil
		}
	}
	reply(w, http.StatusOK, body)
}

// pick keeps the selected fields; _id is always there, an unknown field is ignored (1.4).
func pick(r row, fields []string) row {
	if len(fields) == 0 {
		return r
	}
	out := row{"_id": r["_id"]}
	for _, f := range fields {
		if v, has := r[f]; has {
			out[f] = v
		}
	}
	return out
}

// count answers {total, groups?}. On memberships every filter is ignored (1.3).
func (v *Vendor) count(w http.ResponseWriter, r *http.Request, c *collection) {
	filters, sorts := v.declared(c)
	values := r.URL.Query()
	by := values.Get("$countBy")
	q := v.parseQuery(values, filters, sorts, false)
	if c.key == "memberships" {
		q.tests = nil
	}
	vw := v.view()
	rows := v.rows(vw, c, &q, false)
	body := row{"total": len(rows)}
	if c.key == "members" && by != "" {
		sums := map[string]int{}
		for _, it := range rows {
			if key, ok := vw.field(c, it, by).(string); ok {
				sums[key]++
			}
		}
		groups := make([]row, 0, len(sums))
		for key, n := range sums {
			groups = append(groups, row{"key": key, "count": n})
		}
		slices.SortFunc(groups, func(a, b row) int { return strings.Compare(text(a, "key"), text(b, "key")) })
		body["groups"] = groups
	}
	reply(w, http.StatusOK, body)
}
