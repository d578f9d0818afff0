package nexudus

import (
	"net/http"
	"strconv"
	"strings"
)

// pageSize is the size of a page that names none (1.4).
const pageSize = 25

// serveList answers a search with its envelope (1.4). Pages are cut from the rows as they are now: between two requests rows may
// move from one page to the next.
func (v *Vendor) serveList(c *call, e *entity) {
	w, q := v.view(), c.r.URL.Query()
	tests, bad := w.parseFilters(e, q)
	if bad != "" {
		c.fail(http.StatusBadRequest, bad+" is not a date")
		return
	}
	var rows []row
	w.s.each(e.key, func(r row) {
		if w.fits(e, r, tests) {
			rows = append(rows, r)
		}
	})
	field, descending := v.order(e, q.Get("orderBy"), q.Get("dir"))
	if _, known := w.full(e, row{})[field]; !known {
		field = "Id"
	}
	if field != "Id" || descending {
		w.sorted(e, rows, field, descending)
	}
	page, size := positive(q.Get("page"), 1), min(positive(q.Get("size"), pageSize), v.largest())
	from := min((page-1)*size, len(rows))
	until := min(from+size, len(rows))
	records := make([]row, 0, until-from)
	for _, r := range rows[from:until] {
		records = append(records, w.listRow(e, r))
	}
	pages, direction, first := (len(rows)+size-1)/size, 0, 0
	if descending {
		direction = 1
	}
	if until > from {
		first = from + 1
	}
	c.reply(row{
		"Records": records, "CurrentPage": page, "CurrentPageSize": size, "CurrentOrderField": field,
		"CurrentSortDirection": direction, "FirstItem": first, "LastItem": until, "TotalItems": len(rows), "TotalPages": pages,
		"HasNextPage": page < pages, "HasPreviousPage": page > 1,
	})
}

func positive(s string, fallback int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return fallback
	}
	return min(n, 1<<30)
}

// largest is the most rows that a page holds, whatever was asked for.
func (v *Vendor) largest() int {
	switch {
	case v.switches.Is("max_size", "1000"):
		return 1000
	case v.switches.Is("max_size", "none"):
		return 1 << 30
	}
	return 100
}

// order reads orderBy and dir, which is documented three ways; a direction in another way than the one in force is ignored.
func (v *Vendor) order(e *entity, field, dir string) (by string, descending bool) {
	down := "1"
	switch {
	case v.switches.Is("dir", "1/-1"):
		down = "-1"
	case v.switches.Is("dir", "names"):
		down = "descending"
	}
	if field == "" {
		if e.key == "checkins" && v.switches.Is("checkin_order", "FromTime") {
			return "FromTime", true
		}
		return "Id", strings.EqualFold(dir, down)
	}
	return field, strings.EqualFold(dir, down)
}

// serveMany answers GET with ?id=[1,2,3] after a slash: a bare array of full records; an id of nothing is left out.
func (v *Vendor) serveMany(c *call, e *entity, list string) {
	inner, open := strings.CutPrefix(strings.TrimSpace(list), "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !open || !closed {
		c.fail(http.StatusBadRequest, "id wants [1,2,3]")
		return
	}
	w, wanted, out := v.view(), map[int64]bool{}, []row{}
	for part := range strings.SplitSeq(inner, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			c.fail(http.StatusBadRequest, "id wants [1,2,3]")
			return
		}
		wanted[id] = true
	}
	w.s.each(e.key, func(r row) {
		if wanted[idOf(r["Id"])] {
			out = append(out, w.full(e, r))
		}
	})
	c.reply(out)
}
