package saltoks

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Sizes of pages: our own choices, but that 100 is accepted (1.7).
const (
	usualPage = 20
	maxPage   = 100
)

// listing is what a list route lists: so many records, shown one by one, and the paths that a filter or an order may name.
type listing struct {
	count  int
	show   func(i int) row
	fields []string
}

// of lists rows by id.
func of(ids []string, fields []string, show func(id string) row) listing {
	return listing{len(ids), func(i int) row { return show(ids[i]) }, fields}
}

// paging are the OData parameters of a request (1.7).
type paging struct {
	keep  test
	order []by
	skip  int
	top   int // -1 = not given
	count bool
}

// by is one field of an order.
type by struct {
	path string
	down bool
}

func (v *Vendor) paging(c *call, fields []string) (paging, *trouble) {
	q, p := c.r.URL.Query(), paging{top: -1}
	old := c.r.Header.Get("Clp-Disable-Odata-V3-Conversion") != "true"
	for _, name := range []string{"$select", "$expand", "$search", "$apply"} {
		if q.Has(name) {
			return p, badQuery(name)
		}
	}
	if s := q.Get("$filter"); s != "" {
		var err error
		if p.keep, err = parseFilter(s, fields, old, v.switches.Is("eq_case", "fold")); err != nil {
			return p, badQuery("$filter: " + err.Error())
		}
	}
	for part := range strings.SplitSeq(q.Get("$orderby"), ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if len(words) > 2 || len(words) == 2 && words[1] != "asc" && words[1] != "desc" || !slices.Contains(fields, words[0]) {
			return p, badQuery("$orderby: " + part)
		}
		p.order = append(p.order, by{words[0], len(words) == 2 && words[1] == "desc"})
	}
	for name, to := range map[string]*int{"$skip": &p.skip, "$top": &p.top} {
		if !q.Has(name) {
			continue
		}
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 0 {
			return p, badQuery(name)
		}
		*to = n
	}
	if p.top > maxPage && v.switches.Is("top_over", "400") {
		return p, badQuery("$top")
	}
	if q.Has("$count") {
		yes, err := strconv.ParseBool(q.Get("$count"))
		if err != nil {
			return p, badQuery("$count")
		}
		p.count = yes
	}
	p.count = p.count || old && q.Get("$inlinecount") == "allpages"
	return p, nil
}

// rows are the records that a request asks for, all pages; without filter and order they are shown when they are needed.
func (p paging) rows(l listing) (count int, show func(i int) row) {
	if p.keep == nil && p.order == nil {
		return l.count, l.show
	}
	kept := []row{}
	for i := range l.count {
		if r := l.show(i); p.keep == nil || p.keep(r) {
			kept = append(kept, r)
		}
	}
	slices.SortStableFunc(kept, func(a, b row) int {
		for _, o := range p.order {
			x, y := pick(a, o.path), pick(b, o.path)
			n := 0
			switch {
			case x == nil && y == nil:
			case x == nil:
				n = -1
			case y == nil:
				n = 1
			default:
				n, _ = order(x, y, false)
			}
			if o.down {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return len(kept), func(i int) row { return kept[i] }
}

// list answers a list route.
func (v *Vendor) list(c *call, l listing) {
	p, t := v.paging(c, l.fields)
	if t != nil {
		v.fail(c, t)
		return
	}
	count, show := p.rows(l)
	size := usualPage
	if p.top >= 0 {
		size = min(p.top, maxPage)
	}
	bare := v.switches.Is("lists", "bare")
	if bare && p.top < 0 {
		size = count
	}
	items, from := []row{}, min(p.skip, count)
	for i := from; i < min(from+size, count); i++ {
		items = append(items, show(i))
	}
	if bare {
		c.reply(items)
		return
	}
	out := row{"items": items, "next_page_link": nil, "count": nil}
	if p.count {
		out["count"] = count
	}
	if end := from + len(items); end < count && len(items) > 0 {
		q := c.r.URL.Query()
		q.Set("$skip", strconv.Itoa(end))
		if p.top > len(items) && v.switches.Is("top", "limit") {
			q.Set("$top", strconv.Itoa(p.top-len(items)))
		}
		if p.top < 0 || p.top > len(items) || v.switches.Is("top", "page") {
			out["next_page_link"] = v.link(c, q)
		}
	}
	c.reply(out)
}

// link is the absolute address of the next page.
func (v *Vendor) link(c *call, q url.Values) string {
	base := c.base()
	if v.switches.Is("link_scheme", "http") {
		base = "http://" + c.r.Host + prefix
	}
	return base + c.r.URL.EscapedPath() + "?" + q.Encode()
}
