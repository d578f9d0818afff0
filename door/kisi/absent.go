package kisi

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// absent judges a 404 before it is taken for the end of a user, group or right: a path that is not known is answered in the same way
// (vendors/kisi.md 1.5), and so is everything while a host is away. Only while the organisation can be read is what was asked
// for gone. Errors: the given one, Retry, or what the organisation is refused with.
func (s *System) absent(ctx context.Context, path string, err error) error {
	if cardea.ClassOf(err) != cardea.NotFound || path == "/organization" {
		return err
	}
	var org object.Fields
	switch orgErr := s.get(ctx, "/organization", &org); {
	case cardea.ClassOf(orgErr) == cardea.NotFound:
		return cardea.Errorf(cardea.Retry, "Kisi answers that nothing is there: an outage, or a wrong base_url. %w", err)
	case orgErr != nil:
		return orgErr
	}
	return err
}
