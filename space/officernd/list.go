package officernd

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Limits of the listings (vendors/officernd.md 1.3, 1.4).
const (
	pageSize = 50   // 51 is refused with 400
	inSize   = 50   // values of one $in
	maxPages = 5000 // a quarter of a million records: beyond it the cursor leads nowhere
)

// list walks one listing page by page. It ends well only at the vendor's own end mark: pages that do not join, a cursor
// that comes again and too many pages are errors. query holds declared filters only, the same on every page: an
// undeclared one is refused with 400.
func (s *System) list(ctx context.Context, path string, query url.Values, take func([]json.RawMessage, cardea.Mark)) error {
	seen := map[string]bool{}
	cursor, last := "", 0
	for range maxPages {
		q := url.Values{}
		maps.Copy(q, query)
		q.Set("$limit", strconv.Itoa(pageSize))
		if cursor != "" {
			q.Set("$cursorNext", cursor)
		}
		answer, err := s.get(ctx, path, q)
		if err != nil {
			return err
		}
		p, err := decodePage(answer.Body)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if !p.follows(last) {
			return cardea.Errorf(cardea.Retry, "%s: a page begins at row %d after row %d: rows between or before are unknown",
				path, p.first, last)
		}
		last = max(last, p.last)
		// A cursor announced this page (vendors/officernd.md 1.3): without rows it is no end but a contradiction.
		short := p.short || cursor != "" && len(p.rows) == 0
		take(p.rows, cardea.Mark{More: p.cursor != "", Ended: p.cursor == "", Short: short})
		if p.cursor == "" {
			return nil
		}
		if seen[p.cursor] {
			return cardea.Errorf(cardea.Retry, "%s: the cursor of a page came again, the listing runs in a circle", path)
		}
		seen[p.cursor] = true
		cursor = p.cursor
	}
	return cardea.Errorf(cardea.Rejected, "%s: no end after %d pages", path, maxPages)
}

// get is one read.
func (s *System) get(ctx context.Context, path string, q url.Values) (wire.Answer, error) {
	var body json.RawMessage // so that an answer that was cut off is asked for again
	answer, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Query: q, Out: &body})
	if err != nil {
		return answer, fmt.Errorf("OfficeRnD %s: %w", path, err)
	}
	return answer, nil
}

// count asks how many records a query has, false when the vendor does not tell.
func (s *System) count(ctx context.Context, path string, query url.Values) (int, bool) {
	answer, err := s.get(ctx, path+"/count", query)
	if err != nil {
		return 0, false
	}
	var c struct {
		Total *int `json:"total"`
	}
	if json.Unmarshal(answer.Body, &c) != nil || c.Total == nil || *c.Total < 0 {
		return 0, false
	}
	return *c.Total, true
}

// fill brings one listing into the pages of its collection. A row that cannot be read is noted as Bad; a row that comes
// twice shows that the listing moved while it was walked, so that another may have been missed: the page is Short.
func (r *reader) fill(ctx context.Context, p *cardea.Pages, path string, query url.Values, c collection) error {
	return r.fillSome(ctx, p, path, query, c, func([]byte) bool { return true })
}

// fillSome is fill for the rows that are wanted; the others are passed over.
func (r *reader) fillSome(
	ctx context.Context, p *cardea.Pages, path string, query url.Values, c collection, wanted func(row []byte) bool,
) error {
	seen := map[string]bool{}
	return r.s.list(ctx, path, query, func(rows []json.RawMessage, m cardea.Mark) {
		records := make([]cardea.Record, 0, len(rows))
		for _, row := range rows {
			if !wanted(row) {
				continue
			}
			id := idOf(row)
			if id != "" && seen[id] {
				m.Short = true
				continue
			}
			seen[id] = true
			rec, err := r.decode(ctx, c, row)
			switch {
			case err != nil:
				p.Bad(redacted(row), keysOf(c.kind, id), err.Error())
			case r.brought.Fresh(rec.Key()):
				records = append(records, rec)
			}
		}
		p.Add(records, m)
	})
}

// idOf returns a record's own id, or "".
func idOf(raw []byte) string {
	var v struct {
		ID ref `json:"_id"`
	}
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return string(v.ID)
}

func keysOf(kind cardea.Kind, id string) []cardea.Key {
	if id == "" {
		return nil
	}
	return []cardea.Key{{Kind: kind, ID: id}}
}
