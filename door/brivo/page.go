package brivo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

const (
	pageSize = 100 // the most (vendors/brivo.md 1.1)
	// maxRows bounds a listing that never ends.
	maxRows = 1_000_000
)

// listing is one list to be read.
type listing struct {
	path  string
	query url.Values
	whole bool // it has no pages: only data and count
}

// sheet is a page as it comes. The count is of the whole list.
type sheet struct {
	Data     []json.RawMessage `json:"data"`
	Offset   *int              `json:"offset"`
	PageSize *int              `json:"pageSize"`
	Count    *int              `json:"count"`
}

// list reads the pages and hands each on with what it said of the whole. Rows that came before are left out: a list moves under
// us while it is read, and what was pushed out of sight shows in the count (vendors/brivo.md 1.1). It stops early when page
// returns false. Errors: as of wire.
func (s *System) list(ctx context.Context, l listing, page func(rows []json.RawMessage, m cardea.Mark) bool) error {
	seen := map[int64]bool{}
	total := -1
	for offset := 0; ; {
		p, err := s.page(ctx, l, offset)
		if err != nil {
			return err
		}
		m, next := l.judge(p, offset)
		if m.Counted {
			m.Short = m.Short || total >= 0 && total != m.Total
			total = m.Total
		}
		fresh := p.Data[:0]
		for _, raw := range p.Data {
			id, ok := idIn(raw)
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

func idIn(raw json.RawMessage) (int64, bool) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return 0, false
	}
	return f.LooseID("id")
}

func (s *System) page(ctx context.Context, l listing, offset int) (sheet, error) {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	if !l.whole {
		q.Set("pageSize", strconv.Itoa(pageSize))
		q.Set("offset", strconv.Itoa(offset))
	}
	var p sheet
	if err := s.do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: l.path, Query: q, Out: &p}); err != nil {
		return sheet{}, err
	}
	if p.Data == nil {
		return sheet{}, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list", s.client.Name(), l.path)
	}
	return p, nil
}

// judge says what a page tells of the whole, and where the next one begins: the offset counts records, and a vendor that gave
// fewer than were asked for is followed from what it gave. A page of another place than was asked for is no page.
func (l listing) judge(p sheet, offset int) (cardea.Mark, int) {
	rows := len(p.Data)
	next := offset + rows
	m := cardea.Mark{More: !l.whole && rows >= pageSize}
	m.Short = !l.whole && p.Offset != nil && *p.Offset != offset
	if p.Count != nil && *p.Count >= 0 {
		m.Total, m.Counted = *p.Count, true
		m.More = !l.whole && rows > 0 && next < m.Total
		m.Short = m.Short || rows == 0 && next < m.Total || l.whole && rows < m.Total
	}
	m.Ended = m.Counted && !m.More && !m.Short
	m.Ceiling = m.More && next > maxRows
	return m, next
}

// whole reads a list of which nothing may be missing (door.Whole).
func (s *System) whole(ctx context.Context, l listing, row func(json.RawMessage) *object.Flaw) error {
	return door.Whole(s.client.Name()+": the list "+l.path, row, func(page door.Page) error { return s.list(ctx, l, page) })
}
