package kisi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Paging (vendors/kisi.md 1.4).
const (
	usersLimit = 100
	otherLimit = 250
	maxOffset  = 20000
	rangeName  = "X-Collection-Range"
)

// span is what X-Collection-Range says of a page: the rows start to end, both counted from 0, of total. The end is not
// clamped: it is the offset plus the limit, less one, even where fewer rows are left. none means that it names no rows.
type span struct {
	start, end, total int
	none              bool
}

// parseSpan reads "0-99/1234" and "*/0".
func parseSpan(s string) (span, bool) {
	rows, whole, ok := strings.Cut(strings.TrimSpace(s), "/")
	total, err := count(whole)
	if !ok || err != nil {
		return span{}, false
	}
	if rows == "*" {
		return span{total: total, none: true}, true
	}
	first, last, ok := strings.Cut(rows, "-")
	start, err1 := count(first)
	end, err2 := count(last)
	if !ok || err1 != nil || err2 != nil || end < start {
		return span{}, false
	}
	return span{start: start, end: end, total: total}, true
}

// count reads digits and nothing else, as many as can still be added up.
func count(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err
}

// rows is how many rows a page that begins at offset must hold.
func (p span) rows(offset int) int {
	if p.none {
		return max(0, p.total-offset)
	}
	return max(0, min(p.end+1, p.total)-p.start)
}

// listing is one list to be read page by page.
type listing struct {
	path  string
	query url.Values
	limit int
}

// list reads the pages and hands each on with what it said of the whole. Rows that came before are left out, and mark the
// page as short: the list moved under us, and what was pushed out of sight cannot be known. It stops early when page
// returns false. Errors: as of wire.
func (s *System) list(ctx context.Context, l listing, page func(rows []json.RawMessage, m cardea.Mark) bool) error {
	seen := map[int64]bool{}
	total := -1
	for offset := 0; ; {
		rows, header, err := s.page(ctx, l, offset)
		if err != nil {
			return err
		}
		m, next := judge(header, offset, l.limit, len(rows))
		if m.Counted {
			m.Short = m.Short || (total >= 0 && total != m.Total)
			total = m.Total
		}
		fresh := rows[:0]
		for _, raw := range rows {
			var f object.Fields
			id, ok := int64(0), json.Unmarshal(raw, &f) == nil
			if ok {
				id, ok = f.ID("id")
			}
			if ok && seen[id] {
				m.Short = true
				continue
			}
			if ok {
				seen[id] = true
			}
			fresh = append(fresh, raw)
		}
		if !page(fresh, m) || !m.More || m.Ceiling {
			return nil
		}
		offset = next
	}
}

// page reads one page.
func (s *System) page(ctx context.Context, l listing, offset int) ([]json.RawMessage, http.Header, error) {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", strconv.Itoa(l.limit))
	q.Set("offset", strconv.Itoa(offset))
	var rows []json.RawMessage
	ans, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: l.path, Query: q, Out: &rows})
	if err != nil {
		return nil, nil, s.absent(ctx, l.path, err)
	}
	if rows == nil {
		return nil, nil, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list", s.client.Name(), l.path)
	}
	return rows, ans.Header, nil
}

// judge says what a page tells of the whole, and where the next one begins. Without the header nothing is known but that
// a full page may be followed by another.
func judge(h http.Header, offset, limit, rows int) (cardea.Mark, int) {
	said := h.Get(rangeName)
	next := offset + rows
	m := cardea.Mark{More: rows >= limit}
	if said != "" {
		p, ok := parseSpan(said)
		if !ok || (!p.none && p.start != offset) {
			m.Short = true
		} else {
			m.Total, m.Counted = p.total, true
			m.Short = rows != p.rows(offset)
			m.More = false
			if !p.none {
				next = p.end + 1
				m.More = next < p.total
			}
		}
	}
	m.Ended = m.Counted && !m.More && !m.Short
	m.Ceiling = m.More && next > maxOffset
	return m, next
}
