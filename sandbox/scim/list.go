package scim

import (
	"net/http"
	"slices"
	"strconv"
)

// shrinkFrom is how many rows a page has at least before it is made smaller.
const shrinkFrom = 3

// list answers a query (RFC 7644 3.4.2).
func (v *Vendor) list(c *call, k *kind) error {
	q := c.r.URL.Query()
	w, err := c.view(true)
	if err != nil {
		return err
	}
	start, count, err := v.paging(c)
	if err != nil {
		return err
	}
	fits, err := v.filter(q.Get("filter"), k)
	if err != nil {
		return err
	}
	if (q.Has("sortBy") || q.Has("sortOrder")) && v.switches.Is("sort", "400") {
		return bad("invalidValue", "sorting is not supported")
	}
	var of map[int64][]*resource
	if k == users {
		of = v.groupsOf()
	}
	found := v.state.all(k)
	if fits != nil {
		found = slices.DeleteFunc(found, func(r *resource) bool { return !fits(v.full(c, r, of)) })
	}
	from := min(start-1, len(found))
	end := min(from+v.pageSize(count), len(found))
	rows := []any{}
	for _, r := range found[from:end] {
		rows = append(rows, v.show(v.full(c, r, of), k, w))
	}
	total := len(found)
	switch {
	case v.switches.Is("total", "changes") && end < len(found):
		total++
	case v.switches.Is("total", "page"):
		total = len(rows)
	}
	c.answer(http.StatusOK, listBody(total, start, rows, v.switches.Is("empty_list", "list")))
	return nil
}

// paging reads startIndex and count (RFC 7644 3.4.2.4): below 1 is 1, a negative count is 0.
func (v *Vendor) paging(c *call) (start, count int, err error) {
	most := v.maxResults()
	start, count = 1, most
	for name, into := range map[string]*int{"startIndex": &start, "count": &count} {
		s := c.r.URL.Query().Get(name)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0, 0, bad("invalidValue", "%s is not a number", name)
		}
		*into = n
	}
	if count > most && v.switches.Is("count_over", "400") {
		return 0, 0, bad("tooMany", "count is at most %d", most)
	}
	return max(start, 1), min(max(count, 0), most), nil
}

func (v *Vendor) maxResults() int {
	for n, value := range map[int]string{10: "10", 1000: "1000"} {
		if v.switches.Is("max_results", value) {
			return n
		}
	}
	return 100
}

// pageSize is how many rows a page holds that was asked for with count: a server may return fewer.
func (v *Vendor) pageSize(count int) int {
	if count >= shrinkFrom && v.switches.Is("page", "shrinks") {
		return count - count/shrinkFrom
	}
	return count
}

// filter makes the test that rows of a list must pass; nil = every row passes.
func (v *Vendor) filter(s string, k *kind) (func(row) bool, error) {
	if s == "" || v.switches.Is("filter", "ignored") {
		return nil, nil //nolint:nilnil // every row
	}
	if v.switches.Is("filter", "501") {
		return nil, refuse(http.StatusNotImplemented, "", "filters are not supported")
	}
	e, err := parseFilter(s, k.lookup, v.switches.Is("user_name_case", "exact"))
	if err != nil {
		return nil, err
	}
	return e.match, nil
}
