package kisi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const maxOffset = 20000

// list answers one page of a collection.
func (v *Vendor) list(c *call, e endpoint) {
	q := c.r.URL.Query()
	limit, offset, ok := v.paging(c, q, e.limit, e.max)
	if !ok {
		return
	}
	fits, problem := v.filter(c, e.table, q)
	if problem != "" {
		c.fail(http.StatusBadRequest, "000400", problem)
		return
	}
	var rows []row
	v.state[e.table].each(func(_ int64, r row) {
		if fits(r) && !v.gone(e.table, r) {
			rows = append(rows, r)
		}
	})
	rows = v.unsettled(e.table, rows, fits)
	if s := q.Get("sort"); s != "" {
		field, down := strings.CutPrefix(s, "-")
		if !slices.Contains(sorts(e.table), field) {
			c.fail(http.StatusBadRequest, "000400", "sort: "+field+" is not allowed")
			return
		}
		v.sort(rows, field, down)
	}
	c.w.Header().Set(rangeHeader, v.rangeOf(offset, limit, len(rows)))
	out := []row{}
	for _, r := range rows[min(offset, len(rows)):min(offset+limit, len(rows))] {
		one := v.show(e.table, r)
		if c.link != nil {
			for _, f := range []string{"resource_type", "created_at", "updated_at"} {
				delete(one, f)
			}
		}
		out = append(out, one)
	}
	c.reply(out)
}

func (v *Vendor) paging(c *call, q url.Values, limit, most int) (int, int, bool) {
	offset := 0
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		s := q.Get(name)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || name == "limit" && n == 0 {
			c.fail(http.StatusBadRequest, "000400", name+" is not a number")
			return 0, 0, false
		}
		*into = n
	}
	if limit > most {
		if v.switches.Is("limit_over", "400") {
			c.fail(http.StatusBadRequest, "000400", fmt.Sprintf("limit must be at most %d", most))
			return 0, 0, false
		}
		limit = most
	}
	if offset > maxOffset && v.switches.Is("offset_over", "400") {
		c.fail(http.StatusBadRequest, "000400", fmt.Sprintf("offset must be at most %d", maxOffset))
		return 0, 0, false
	}
	return limit, offset, true
}

// sorts are the fields a list can be sorted by (2).
func sorts(table string) []string {
	switch table {
	case "users":
		return []string{"name", "unlock", "access_enabled"}
	case "role_assignments":
		return []string{"user.name"}
	case "group_links":
		return []string{"name", "unlock", "valid_until", "group_name"}
	case "locks", "places":
		return []string{"favorite", "name"}
	case "groups":
		return []string{"name"}
	}
	return nil
}

func (v *Vendor) sort(rows []row, field string, down bool) {
	key := func(r row) string {
		switch field {
		case "unlock":
			return text(r, "last_accessed_at") + text(r, "last_used_at")
		case "access_enabled":
			return strconv.FormatBool(flag(r, field))
		case "user.name":
			return text(v.state["users"].rows[idOf(r["assignee_id"])], "name")
		case "group_name":
			return text(v.state["groups"].rows[idOf(r["group_id"])], "name")
		}
		return text(r, field)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if down {
			a, b = b, a
		}
		return strings.Compare(key(a), key(b))
	})
}
