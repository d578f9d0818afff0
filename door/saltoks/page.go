package saltoks

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

const (
	pageSize = 100 // $top; the most is not known, and this much is taken (vendors/saltoks.md 1.7)
	// maxRows bounds a listing that never ends.
	maxRows = 200_000
)

// listing is one list to be read.
type listing struct {
	path  string
	query url.Values
	// name is the field that tells rows apart; "" = id.
	name string
}

// sheet is a page as it comes: an object, or a bare array.
type sheet struct {
	rows   []json.RawMessage
	linked bool   // it says whether there is a next page
	next   string // where that is; "" = nowhere
	count  int
	counts bool
}

// sheetOf reads a page of either form; false when it is neither.
func sheetOf(raw []byte) (sheet, bool) {
	raw = bytes.TrimSpace(raw)
	var rows []json.RawMessage
	if len(raw) > 0 && raw[0] == '[' {
		err := json.Unmarshal(raw, &rows)
		return sheet{rows: rows}, err == nil
	}
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || !f.Has("items") || json.Unmarshal(f["items"], &rows) != nil || rows == nil {
		return sheet{}, false
	}
	p := sheet{rows: rows}
	var ok bool
	if p.next, ok = text(f, "next_page_link"); !ok {
		return sheet{}, false
	}
	_, p.linked = f["next_page_link"]
	n, counts := f.Count("count")
	p.count, p.counts = int(n), counts
	return p, true
}

// list reads the pages and hands each on with what it said of the whole. Rows that came before are left out: a list moves
// under us while it is read. It stops early when page returns false. Errors: as of wire.
//
// A page that names the next one is followed there. One that names none although it could is the last, unless it counts more
// rows than came, or counts nothing and is full: $top may be the size of a page or of the whole answer (vendors/saltoks.md 1.7),
// and what follows is asked for. A list that never says how it goes on is asked for what follows its rows until nothing does; when
// it answers with the same rows again, it takes no $skip, and nobody knows its end.
func (s *System) list(ctx context.Context, l listing, page func(rows []json.RawMessage, m cardea.Mark) bool) error {
	seen, been := map[string]bool{}, map[string]bool{}
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("$top", strconv.Itoa(pageSize))
	q.Set("$count", "true")
	total, got := -1, 0
	for {
		been[q.Encode()] = true
		p, err := s.page(ctx, l.path, q)
		if err != nil {
			return err
		}
		var m cardea.Mark
		if p.counts {
			m.Total, m.Counted = p.count, true
			m.Short = total >= 0 && total != p.count
			total = p.count
		}
		fresh, twice := p.rows[:0], 0
		for _, raw := range p.rows {
			id := l.idIn(raw)
			if id != "" && seen[id] {
				twice++
				continue
			}
			seen[id] = true
			fresh = append(fresh, raw)
		}
		got += len(fresh)
		deaf := p.next == "" && !p.counts && twice > 0 && len(fresh) == 0
		m.Short = m.Short || twice > 0 && !deaf
		next := s.after(l, p, q, got)
		// What counted more rows than came and then is at its end has lost some, even when its last page counts nothing.
		m.Short = m.Short || next == nil && p.next == "" && total > got
		switch {
		case deaf:
		case next == nil && p.next != "": // it leads elsewhere, or nowhere
			m.Short = true
		case next == nil:
			m.Ended = !m.Short
		case been[next.Encode()]:
			m.Short = true
			next = nil
		default:
			m.More = true
		}
		m.Ceiling = m.More && got > maxRows
		if !page(fresh, m) || !m.More || m.Ceiling {
			return nil
		}
		q = next
	}
}

// after is the query of the page behind this one; nil = there is none, or it cannot be followed. Of a link only the query is
// used, and only when it leads back into the same list: the token goes nowhere else. Its scheme does not matter
// (vendors/saltoks.md 1.7).
func (s *System) after(l listing, p sheet, q url.Values, got int) url.Values {
	if p.next != "" {
		u, err := url.Parse(p.next)
		if err != nil || !strings.HasSuffix(u.Path, l.path) || u.RawQuery == "" {
			return nil
		}
		next, err := url.ParseQuery(u.RawQuery)
		if err != nil {
			return nil
		}
		return next
	}
	switch full := len(p.rows) >= pageSize; {
	case len(p.rows) == 0, p.linked && !p.counts && !full, p.counts && got >= p.count:
		return nil
	}
	next := maps.Clone(q)
	next.Set("$skip", strconv.Itoa(got))
	return next
}

func (l listing) idIn(raw json.RawMessage) string {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return ""
	}
	name := l.name
	if name == "" {
		name = "id"
	}
	id, _ := guid(f, name)
	return id
}

func (s *System) page(ctx context.Context, path string, q url.Values) (sheet, error) {
	var raw json.RawMessage
	if _, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Query: q, Out: &raw}); err != nil {
		return sheet{}, s.absent(ctx, path, err)
	}
	if e := unwell(raw); e != nil {
		return sheet{}, e
	}
	p, ok := sheetOf(raw)
	if !ok {
		return sheet{}, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list", s.client.Name(), path)
	}
	return p, nil
}

// whole reads a list of which nothing may be missing (door.Whole).
func (s *System) whole(ctx context.Context, l listing, row func(json.RawMessage) *object.Flaw) error {
	return door.Whole(s.client.Name()+": the list "+l.path, row, func(page door.Page) error { return s.list(ctx, l, page) })
}

// get reads one object. Errors: as of wire, and Retry for what is none.
func (s *System) get(ctx context.Context, path string) (object.Fields, error) {
	var raw json.RawMessage
	if _, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Out: &raw}); err != nil {
		return nil, s.absent(ctx, path, err)
	}
	if e := unwell(raw); e != nil {
		return nil, e
	}
	var f object.Fields
	if err := json.Unmarshal(raw, &f); err != nil || f == nil {
		return nil, cardea.Errorf(cardea.Retry, "%s: GET %s gave no object", s.client.Name(), path)
	}
	return f, nil
}
