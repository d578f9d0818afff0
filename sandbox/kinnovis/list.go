package kinnovis

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Pages of 4.2.
const (
	defaultLimit = 50
	maxLimit     = 100
)

// entry is a record on its way into a list.
type entry struct {
	word string
	row  row
}

// serveList answers a page. Pages are cut from the records as they are now: between two requests records move from one page to
// the next.
func (v *Vendor) serveList(c *call, of *collection) {
	q := c.r.URL.Query()
	page, limit, bad := v.paging(q)
	if bad != "" {
		c.fail(http.StatusUnprocessableEntity, bad)
		return
	}
	if name := v.unknown(of, q); name != "" {
		c.fail(http.StatusUnprocessableEntity, "The "+name+" field is not supported.")
		return
	}
	w := v.view(v.now())
	var rows []row
	for _, e := range v.listed(w, of) {
		shown := v.show(w, of, e.word, e.row)
		if v.fits(w, of, e, shown, q) {
			rows = append(rows, shown)
		}
	}
	pages := max((len(rows)+limit-1)/limit, 1)
	from := min((page-1)*limit, len(rows))
	cut := rows[from:min(from+limit, len(rows))]
	if cut == nil {
		cut = []row{}
	}
	var next, prev any
	if page < pages {
		next = v.link(c, page+1)
	}
	if page > 1 {
		prev = v.link(c, page-1)
	}
	c.reply(http.StatusOK, row{of.key: cut, "meta": row{"pagination": row{
		"count": len(rows), "page": page, "pages": pages, "limit": limit, "next": next, "prev": prev, "last": v.link(c, pages),
	}}})
}

// listed are the records that the API has, in the order in force.
func (v *Vendor) listed(w *view, of *collection) []entry {
	var out []entry
	v.state.each(of.key, func(word string, r row) {
		if v.told(w, of, r) {
			out = append(out, entry{word, r})
		}
	})
	serial := v.state.t[of.key].serial
	slices.SortStableFunc(out, func(a, b entry) int {
		return cmp.Or(cmp.Compare(text(a.row, "created_at"), text(b.row, "created_at")), cmp.Compare(serial[a.word], serial[b.word]))
	})
	if v.switches.Is("order", "newest") {
		slices.Reverse(out)
	}
	return out
}

// told says whether the API knows of a record: a booking that is over may be gone.
func (v *Vendor) told(w *view, of *collection, r row) bool {
	if of.key != "bookings" || v.switches.Is("ended_bookings", "listed") {
		return true
	}
	phase := w.phase(r)
	return phase != ended && phase != cancelled
}

func (v *Vendor) paging(q url.Values) (page, limit int, bad string) {
	page, limit = 1, defaultLimit
	for name, into := range map[string]*int{"page": &page, "limit": &limit} {
		if !q.Has(name) {
			continue
		}
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 1 || n > 1<<30 {
			return 0, 0, "The " + name + " field must be at least 1."
		}
		*into = n
	}
	if limit > maxLimit {
		if !v.switches.Is("limit_over", "clamp") {
			return 0, 0, fmt.Sprintf("The limit field must not be greater than %d.", maxLimit)
		}
		limit = maxLimit
	}
	return min(page, 1<<20), limit, ""
}

// unknown names a parameter that is none, where such are refused.
func (v *Vendor) unknown(of *collection, q url.Values) string {
	if v.switches.Is("parameters", "ignore") {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		known := slices.Contains(of.filters, name) || name == "page" || name == "limit" ||
			name == "updated_after" && v.switches.Is("updated_after", "accept")
		if !known {
			return name
		}
	}
	return ""
}

// fits holds a record to the filters.
func (v *Vendor) fits(w *view, of *collection, e entry, shown row, q url.Values) bool {
	if since := q.Get("updated_after"); since != "" && v.switches.Is("updated_after", "accept") {
		at, err := twin.ParseStamp(since)
		if err != nil || !instant(e.row, "updated_at").After(at) {
			return false
		}
	}
	for _, name := range of.filters {
		if !q.Has(name) {
			continue
		}
		if name == "unit_id" {
			if !slices.ContainsFunc(v.refs("units", w.units(e.row)), func(id any) bool { return plain(id) == q.Get(name) }) {
				return false
			}
			continue
		}
		if plain(shown[name]) != q.Get(name) {
			return false
		}
	}
	return true
}

// link is a page as meta.pagination names it.
func (v *Vendor) link(c *call, page int) any {
	if v.switches.Is("links", "number") {
		return page
	}
	q := c.r.URL.Query()
	q.Set("page", strconv.Itoa(page))
	return "http://" + c.r.Host + "/kinnovis" + c.r.URL.Path + "?" + q.Encode()
}

// serveOne answers one record.
func (v *Vendor) serveOne(c *call, of *collection, id string) {
	w := v.view(v.now())
	word, known := v.state.t[of.key].word(id, v.switches.Is("ids", "integers"))
	if !known || !v.told(w, of, v.state.t[of.key].rows[word]) {
		c.fail(http.StatusNotFound, "Not Found.")
		return
	}
	c.one(http.StatusOK, of, v.show(w, of, word, v.state.t[of.key].rows[word]))
}
