package kinnovis

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// Sizes of questions: the assumed maximum of a page (vendors/opentech-kinnovis.md 4.2), and what no listing exceeds.
const (
	pageSize = 100
	maxPages = 5000
)

// list walks one listing (space.Numbered).
func (s *System) list(ctx context.Context, c collection, take func([]json.RawMessage, cardea.Mark) error) error {
	return space.Numbered{
		What: "Kinnovis " + c.path, Most: maxPages, ID: func(row []byte) string { return string(idOf(row)) },
		Page: func(n, _ int) (space.Page, error) {
			p, err := s.page(ctx, c, n, pageSize)
			p.Short = p.n > 0 && p.n != n
			return p.Page, err
		},
	}.Walk(take)
}

// page reads one page of a listing. A listing that is not there is a wrong address, not an absence: Rejected.
func (s *System) page(ctx context.Context, c collection, n, size int) (page, error) {
	answer, err := s.get(ctx, c.path, url.Values{"page": {strconv.Itoa(n)}, "limit": {strconv.Itoa(size)}})
	if cardea.ClassOf(err) == cardea.NotFound {
		return page{}, cardea.Errorf(cardea.Rejected, "Kinnovis has no %s at this base_url: check its version", c.path)
	}
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(answer.Body, c)
	if err != nil {
		return page{}, fmt.Errorf("reading Kinnovis %s: %w", c.path, err)
	}
	return p, nil
}

// get is one read.
func (s *System) get(ctx context.Context, path string, q url.Values) (wire.Answer, error) {
	var body json.RawMessage // so that an answer that was cut off is asked for again
	answer, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Query: q, Out: &body})
	if err != nil {
		return answer, fmt.Errorf("reading Kinnovis %s: %w", path, err)
	}
	return answer, nil
}

// fill brings one listing into the pages of its collection. A row that cannot be read is noted as Bad.
func (r *reader) fill(ctx context.Context, p *cardea.Pages, c collection) error {
	return r.s.list(ctx, c, func(rows []json.RawMessage, m cardea.Mark) error {
		r.stood[c.path] = true
		var records []cardea.Record
		for _, row := range rows {
			id := string(idOf(row))
			whole, gone, err := r.whole(ctx, c, id, row)
			switch {
			case err != nil:
				p.Add(records, m)
				return err
			case gone: // the listing moved
				m.Short = true
				continue
			}
			rec, err := r.understand(c, whole)
			switch {
			case err != nil:
				p.Bad(redacted(whole), keysOf(c, id), err.Error())
			case r.brought.Fresh(rec.Key()):
				records = append(records, rec)
			}
		}
		p.Add(records, m)
		return nil
	})
}

// sampled is how many rows are read alone to find out what rows leave out.
const sampled = 3

// whole returns the row, or the record read by its id when the row lacks something.
func (r *reader) whole(ctx context.Context, c collection, id string, row []byte) (whole []byte, gone bool, err error) {
	holds, asked := c.enough(row)
	n := r.samples[c.path]
	if id == "" || holds && (asked || !n.lossy && n.agreed >= sampled) {
		return row, false, nil
	}
	answer, err := r.s.get(ctx, c.path+"/"+id, nil)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return nil, true, nil
	case err != nil:
		return nil, false, err
	}
	alone, is := decodeOne(answer.Body, c)
	if is != id {
		return nil, false, cardea.Errorf(cardea.Retry, "Kinnovis %s/%s: the answer is about another record", c.path, id)
	}
	if !asked {
		if _, there := field(alone, c.asks); there {
			n.lossy = true
		} else {
			n.agreed++
		}
		r.samples[c.path] = n
	}
	return alone, false, nil
}
