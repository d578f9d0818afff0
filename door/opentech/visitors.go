package opentech

import (
	"context"
	"time"
)

// codes are codes that the vendor showed. Where it shows none, only ours are known, and it refuses the others.
type codes struct {
	at  time.Time
	all map[string]bool
}

const codesAge = 10 * time.Minute

// allVisitors lists every visitor of the facility.
func (s *System) allVisitors(ctx context.Context) ([]visitor, []flawed, error) {
	path, err := s.under(ctx, "visitors")
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.list(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	vs, flaws := visitorsOf(rows)
	now := s.c.Now()
	c := codes{at: now, all: make(map[string]bool, len(vs))}
	for _, v := range vs {
		if v.code != "" {
			c.all[v.code] = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = c
	return vs, flaws, nil
}

// shownCodes returns the codes that the vendor shows, as of at most codesAge ago.
func (s *System) shownCodes(ctx context.Context) (map[string]bool, error) {
	s.mu.Lock()
	had := s.shown
	s.mu.Unlock()
	if had.all != nil && s.c.Now().Sub(had.at) < codesAge {
		return had.all, nil
	}
	if _, _, err := s.allVisitors(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.all, nil
}
