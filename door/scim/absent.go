package scim

import (
	"context"
	"strings"

	"github.com/cardea-access/cardea/door"
)

// absent judges a 404 of one resource before it is taken for the end of a user or group (door.Absent). The provider's
// configuration proves nothing: it may be open to everybody, and come from before the wall behind which the users are. What
// proves the server, and that these credentials see it, is the list of users, which every connection needs anyway. Errors: the
// given one, Retry, or what the list is refused with.
func (s *System) absent(ctx context.Context, path string, err error) error {
	if !strings.HasPrefix(path, "/Users/") && !strings.HasPrefix(path, "/Groups/") {
		return err // a list, or what a server need not have
	}
	return door.Absent(ctx, "The SCIM server", err, func(ctx context.Context) error {
		_, err := s.page(ctx, listing{path: "/Users"}, 1, 1)
		return err
	})
}
