package brivo

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// fullFor is how long a refused addition is not sent again: hidden groups, which nobody sees, may fill the sixteen for weeks.
const fullFor = time.Hour

// bar is an addition that Brivo refused.
type bar struct {
	err error
	at  time.Time
}

// full remembers that an addition was refused.
func (s *System) full(e cardea.Edge, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.barred[e.Key()] = bar{err, s.c.Now()}
	return err
}

// fullLately is what Brivo said of an addition within the hour. Who was taken out of a group by us since has a place again.
func (s *System) fullLately(e cardea.Edge) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, has := s.barred[e.Key()]
	if !has {
		return nil
	}
	if s.c.Now().Sub(b.at) >= fullFor {
		delete(s.barred, e.Key())
		return nil
	}
	return b.err
}

// room forgets refusals of users who were taken out of a group.
func (s *System) room(es []cardea.Edge, errs []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.barred) == 0 {
		return
	}
	for i, e := range es {
		if errs[i] != nil {
			continue
		}
		for k := range s.barred {
			if _, a, _ := strings.Cut(k.ID, "/"); a == string(e.Account) {
				delete(s.barred, k)
			}
		}
	}
}
