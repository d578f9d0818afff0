package nexudus

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// Sizes of questions. No maximum of a page is documented, clients use 1,000 (vendors/nexudus.md 1.4); fewer and larger pages are
// also fewer seams at which a row can slip through.
const (
	pageSize  = 500
	batchSize = 100
	maxPages  = 2000
)

// list walks one listing (space.Numbered), in the vendor's default order: what dir means is documented three ways.
func (s *System) list(ctx context.Context, path string, query url.Values, take func([]json.RawMessage, cardea.Mark) error) error {
	return space.Numbered{
		What: "Nexudus " + path, Most: maxPages, ID: func(row []byte) string { return string(idOf(row)) },
		Page: func(n, before int) (space.Page, error) {
			q := url.Values{}
			maps.Copy(q, query)
			q.Set("page", strconv.Itoa(n))
			q.Set("size", strconv.Itoa(pageSize))
			answer, err := s.get(ctx, path, q)
			if err != nil {
				return space.Page{}, err
			}
			p, err := decodePage(answer.Body)
			if err != nil {
				return space.Page{}, fmt.Errorf("reading Nexudus %s: %w", path, err)
			}
			p.Short = p.Short || p.first > 0 && p.first != before+1
			return p.Page, nil
		},
	}.Walk(take)
}

// get is one read.
func (s *System) get(ctx context.Context, path string, q url.Values) (wire.Answer, error) {
	var body json.RawMessage // so that an answer that was cut off is asked for again
	answer, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Query: q, Out: &body})
	if err != nil {
		return answer, fmt.Errorf("reading Nexudus %s: %w", path, err)
	}
	return answer, nil
}

// fill brings one listing into the pages of its collection. Rows that do not hold what is reasoned on are read again by their
// ids, many in one question. A row that cannot be read is noted as Bad.
func (r *reader) fill(ctx context.Context, p *cardea.Pages, c collection, query url.Values) error {
	return r.s.list(ctx, c.path, query, func(rows []json.RawMessage, m cardea.Mark) error {
		var records []cardea.Record
		var partial []string
		for _, row := range rows {
			id := string(idOf(row))
			if id != "" && !c.enough(row) {
				if !r.brought[cardea.Key{Kind: c.kind, ID: c.prefix + id}] {
					partial = append(partial, id)
				}
				continue
			}
			records = r.add(ctx, p, c, records, id, row)
		}
		more, gone, err := r.batch(ctx, p, c, partial)
		m.Short = m.Short || gone
		p.Add(append(records, more...), m)
		return err
	})
}

// add understands one row and puts it with the others.
func (r *reader) add(ctx context.Context, p *cardea.Pages, c collection, records []cardea.Record, id string, row []byte) []cardea.Record {
	rec, err := r.understand(ctx, c, row)
	switch {
	case err != nil:
		p.Bad(redacted(row), keysOf(c, id), err.Error())
	case r.beyond(rec):
	case r.brought.Fresh(rec.Key()):
		records = append(records, rec)
	}
	return records
}

// beyond says whether a record is a booking that the listing brought although it lies outside the window.
func (r *reader) beyond(rec cardea.Record) bool {
	b, is := rec.(cardea.Booking)
	return is && r.windowed && !r.within(b)
}

// batch reads whole records by their ids. gone says that one of them was not there any more: the listing moved.
func (r *reader) batch(ctx context.Context, p *cardea.Pages, c collection, ids []string) (records []cardea.Record, gone bool, err error) {
	for chunk := range slices.Chunk(ids, batchSize) {
		came := map[string]json.RawMessage{}
		rows, err := r.many(ctx, c, chunk)
		if err != nil {
			return records, gone, err
		}
		for _, row := range rows {
			came[string(idOf(row))] = row
		}
		for _, id := range chunk {
			row, there := came[id]
			if !there || !r.holds(c, row) {
				from := row
				answer, err := r.s.alone(ctx, c, id)
				switch {
				case cardea.ClassOf(err) == cardea.NotFound:
					gone = true
					continue
				case err != nil:
					return records, gone, err
				case string(idOf(answer.Body)) != id:
					p.Bad(redacted(answer.Body), keysOf(c, id), "the answer is about another record")
					continue
				}
				row = answer.Body
				r.compare(c, from, row)
			}
			records = r.add(ctx, p, c, records, id, row)
		}
	}
	return records, gone, nil
}

// many asks for several ids at once. Where the vendor does not take such a question, each is asked alone.
func (r *reader) many(ctx context.Context, c collection, ids []string) ([]json.RawMessage, error) {
	if len(ids) < 2 || r.alone[c.path] {
		return nil, nil
	}
	answer, err := r.s.get(ctx, c.path+"/", url.Values{"id": {"[" + strings.Join(ids, ",") + "]"}})
	if err == nil {
		rows, bad := decodeBatch(answer.Body)
		if bad == nil {
			return rows, nil
		}
		err = fmt.Errorf("reading Nexudus %s: %w", c.path, bad)
	}
	if class := cardea.ClassOf(err); class == cardea.Rejected || class == cardea.NotFound {
		r.alone[c.path] = true
		return nil, nil
	}
	return nil, err
}
