package saltoks

import (
	"context"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// absent judges a 404 before it is taken for the end of one thing. A login that was taken off the site gets it for everything
// there, and in an outage it was every answer for hours (vendors/saltoks.md 1.1): whoever believed that would call people
// deleted, and their access taken away. Only while the site itself can be read is what lies below it gone. Errors: the given
// one; Auth when the site is not there for this login, Retry when nothing is.
func (s *System) absent(ctx context.Context, path string, err error) error {
	_, below, ofSite := strings.Cut(path, "/sites/")
	if cardea.ClassOf(err) != cardea.NotFound || !ofSite {
		return err
	}
	s.mu.Lock()
	own := s.place.path(v12, "")
	s.mu.Unlock()
	if strings.Contains(below, "/") {
		return door.Absent(ctx, "Salto", err, func(ctx context.Context) error {
			_, err := s.get(ctx, own)
			return err
		})
	}
	if is2202(err) {
		return cardea.Errorf(cardea.Auth, "the login does not see the site: was it taken off it at Salto, or is site the id of another, "+
			"or of another environment? %w", err)
	}
	return cardea.Errorf(cardea.Retry, "Salto answers that nothing is there: an outage, or a wrong base_url. %w", err)
}
