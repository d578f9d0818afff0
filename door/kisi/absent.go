package kisi

import (
	"context"

	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

const organisation = "/organization"

// absent judges a 404 before it is taken for the end of a user, group or right (door.Absent): a path that is not known is
// answered in the same way (vendors/kisi.md 1.5), and so is everything while a host is away. Errors: the given one, Retry, or
// what the organisation is refused with.
func (s *System) absent(ctx context.Context, path string, err error) error {
	if path == organisation {
		return err
	}
	return door.Absent(ctx, "Kisi", err, func(ctx context.Context) error {
		var org object.Fields
		return s.get(ctx, organisation, &org)
	})
}
