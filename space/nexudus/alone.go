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
// answers, and holds nothing, is the record gone. Errors: NotFound for a record that is gone.
func (s *System) alone(ctx context.Context, c collection, id string) (wire.Answer, error) {
	answer, err := s.get(ctx, c.path+"/"+id, nil)
	if err == nil || answer.Status != http.StatusNotFound || cardea.ClassOf(err) == cardea.NotFound {
		return answer, err
	}
	listed, asked := s.get(ctx, c.path, url.Values{"Id": {id}, "size": {"1"}})
	if asked != nil {
		return answer, err
	}
	p, odd := decodePage(listed.Body)
	if odd != nil || !p.known || p.total != 0 || len(p.rows) > 0 {
		return answer, err // it is there, or the filter is not known
	}
	return answer, cardea.Errorf(cardea.NotFound, "Nexudus has no %s %s: %w", c.entity, id, err)
}
