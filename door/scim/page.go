package scim

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"

	"github.com/cardea-access/cardea"
)

// accepted is what is asked for; some servers know only the plain type (RFC 7644 3.1).
const accepted = "application/scim+json, application/json"

// maxRows is how many rows of one list are read at most. A list that goes on is at its ceiling.
const maxRows = 500_000

// listing is one list to be read page by page.
type listing struct {
	path  string
	query url.Values
}

// answer is one ListResponse (RFC 7644 3.4.2). Its startIndex and itemsPerPage are not looked at: servers get them wrong, and
// the rows speak for themselves.
type answer struct {
	rows    []json.RawMessage
	total   int
	counted bool
}

// answerOf reads a ListResponse; a list without rows may leave Resources out.
func answerOf(raw []byte) (answer, bool) {
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return answer{}, false
	}
	var a answer
	a.total, a.counted = f.number("totalResults")
	rows := f.raw("Resources")
	if rows == nil {
		return a, a.counted
	}
	return a, json.Unmarshal(rows, &a.rows) == nil
}

// countsMore says whether the total is plainly that of the list, and not of this page.
func (a answer) countsMore() bool { return a.counted && len(a.rows) > 0 && a.total > len(a.rows) }

// page reads the page that begins at start, counted from 1. Errors: as of wire; Retry when no list came.
func (s *System) page(ctx context.Context, l listing, start, count int) (answer, error) {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("startIndex", strconv.Itoa(start))
	q.Set("count", strconv.Itoa(count))
	var raw json.RawMessage
	if _, err := s.get(ctx, l.path, q, &raw); err != nil {
		return answer{}, err
	}
	a, ok := answerOf(raw)
	if !ok && (start == 1 || json.Unmarshal(raw, &fields{}) != nil) { // behind the end there may be nothing to say
		return a, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list; is base_url really the base of a SCIM server?",
			s.client.Name(), l.path)
	}
	if a.countsMore() && !s.knows().counts {
		s.learn(func(k *learnt) { k.counts = true })
	}
	return a, nil
}

// walk follows a list from page to page.
type walk struct {
	count int // rows asked for
	seen  map[string]bool
	got   int // rows that came, each once
	start int // of the next page
	total int // as said last; -1 = never
	// counts: the server was seen to count the list and not the page. look: everything that was counted has come, and the
	// next page only makes sure of it.
	counts, look bool
}

func newWalk(count int) *walk {
	return &walk{count: count, seen: map[string]bool{}, start: 1, total: -1}
}

// over says whether everything that was counted has come.
func (w *walk) over() bool { return w.start > 1 && w.total >= 0 && w.got >= w.total }

// take judges a page, and returns the rows that did not come before, what the page says of the whole, and whether another
// one is to be read.
//
// A page may hold fewer or more rows than asked; the next one begins behind them. Rows that came before mean that the list
// moved under us or that startIndex is not heeded: what was missed cannot be known, so that the page is short. So is one
// that counts another total than the page before, or fewer rows than came. A full page that ends the list is followed by
// one look more, and so is any other on a server that was never seen to count more than the page: some count the page
// instead of the whole, and their pages may be smaller than asked for.
func (w *walk) take(a answer) ([]json.RawMessage, cardea.Mark, bool) {
	looked := w.look
	w.look, w.counts = false, w.counts || a.countsMore()
	fresh := make([]json.RawMessage, 0, len(a.rows))
	for _, raw := range a.rows {
		key := string(raw)
		if _, id, bad := rowOf(raw); bad == nil {
			key = "id " + id
		}
		if w.seen[key] {
			continue
		}
		w.seen[key] = true
		fresh = append(fresh, raw)
	}
	w.got += len(fresh)
	w.start += len(a.rows)
	if looked && len(fresh) == 0 && a.total <= w.got {
		return fresh, cardea.Mark{Total: w.total, Counted: true, Ended: true}, false // nothing, or the same page once more
	}
	m := cardea.Mark{Total: a.total, Counted: a.counted, Short: len(fresh) < len(a.rows)}
	if (w.total >= 0 && (!a.counted || a.total != w.total)) || (a.counted && w.got > a.total) {
		m.Short = true
	}
	if a.counted {
		w.total = a.total
	}
	switch {
	case len(fresh) == 0:
		m.Ended = a.counted && !m.Short
	case w.got >= maxRows:
		m.Ceiling = true
	case !a.counted, w.got < a.total, len(a.rows) == w.count:
		m.More = true
	case !m.Short && !w.counts:
		m.More, w.look = true, true
	default:
		m.Ended = !m.Short
	}
	return fresh, m, m.More && !m.Ceiling
}

// list reads the pages and hands each on with what it said of the whole. It stops early when page returns false. Errors: as
// of wire.
func (s *System) list(ctx context.Context, l listing, page func(rows []json.RawMessage, m cardea.Mark) bool) error {
	p, err := s.features(ctx)
	if err != nil {
		return err
	}
	w := newWalk(p.page)
	for w.counts = s.knows().counts; ; {
		a, err := s.page(ctx, l, w.start, w.count)
		if class := cardea.ClassOf(err); w.over() && (class == cardea.Rejected || class == cardea.NotFound) {
			a, err = answer{total: w.total, counted: true}, nil // nothing is behind the end
		}
		if err != nil {
			return err
		}
		rows, m, more := w.take(a)
		if !page(rows, m) || !more {
			return nil
		}
	}
}
