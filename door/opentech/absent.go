package opentech

import (
	"context"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// absent judges a 404 below the facility before it is taken for the end of a unit or visitor (door.Absent): a facility that
// these credentials may no longer see is answered so too (vendors/opentech-kinnovis.md 2.4), and so is everything while the
// API is away. Errors: the given one; Retry; Auth when the facilities are listed and ours is not among them.
func (s *System) absent(ctx context.Context, path string, err error) error {
	s.mu.Lock()
	f := s.facility
	s.mu.Unlock()
	if f.id == 0 || !strings.HasPrefix(path, "/facilities/"+number(f.id)+"/") {
		return err
	}
	return door.Absent(ctx, "OpenTech", err, func(ctx context.Context) error {
		rows, err := s.list(ctx, "/facilities")
		if err != nil {
			return err
		}
		for _, raw := range rows {
			if seen, ok := facilityOf(raw); ok && seen.id == f.id {
				return nil
			}
		}
		return cardea.Errorf(cardea.Auth, "%s: these credentials no longer see %s: let the account grant it to the application again",
			s.client.Name(), titled(f))
	})
}
