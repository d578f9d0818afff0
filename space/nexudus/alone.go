package nexudus

import (
	"context"
	"net/http"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// alone reads one record by its id. What a 404 brings with it is not known (vendors/nexudus.md 6): one that is a web page may be
// about the path, a gateway or the record. It ends nobody's access by itself; the listing is asked for the id too, and only when that
// answers, and holds nothing, is the record gone. One that speaks of the record is believed while the listing answers and does not
// hold it: everything is answered so while Nexudus is away. Errors: NotFound for a record that is gone; Retry.
func (s *System) alone(ctx context.Context, c collection, id string) (wire.Answer, error) {
	answer, err := s.get(ctx, c.path+"/"+id, nil)
	if err == nil || answer.Status != http.StatusNotFound {
		return answer, err
	}
	listed, asked := s.get(ctx, c.path, url.Values{"Id": {id}, "size": {"1"}})
	plain := cardea.ClassOf(err) == cardea.NotFound // it is about the record, if anything
	switch {
	case cardea.ClassOf(asked) == cardea.NotFound:
		return answer, cardea.Errorf(cardea.Retry, "Nexudus says of single records that they are gone, and of the whole listing too: it is "+
			"not believed. Check base_url when it stays so: %w", err)
	case asked != nil && plain:
		return answer, asked
	case asked != nil:
		return answer, err
	}
	p, odd := decodePage(listed.Body)
	if plain {
		return answer, believed(p, id, odd, err)
	}
	if odd != nil || !p.Known || p.Total != 0 || len(p.Rows) > 0 {
		return answer, err // it is there, or the filter is not known
	}
	return answer, cardea.Errorf(cardea.NotFound, "Nexudus has no %s %s: %w", c.entity, id, err)
}

// believed judges a 404 that speaks of the record by the listing that came.
func believed(p page, id string, odd, err error) error {
	if odd != nil {
		return odd
	}
	for _, row := range p.Rows {
		if string(idOf(row)) == id {
			return cardea.Errorf(cardea.Retry, "Nexudus lists a record that it says is gone: %w", err)
		}
	}
	return err
}
