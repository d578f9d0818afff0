package brivo

import (
	"context"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// errPrecondition marks a 412: at an invitation, no pass is left (vendors/brivo.md 6.2).
var errPrecondition = errors.New("a precondition is not met")

// stock is how many passes the account has, and how many of them are assigned; known is false when Brivo does not say.
func (s *System) stock(ctx context.Context) (all, used int64, known bool, err error) {
	var f object.Fields
	if err := s.get(ctx, "/credentials/digital/allotment", &f); err != nil {
		return 0, 0, false, err
	}
	all, ok1 := f.Count("allotted")
	used, ok2 := f.Count("assigned")
	return all, used, ok1 && ok2, nil
}

// halt notes a refusal that is not of one person: no pass is left, or the administrator may issue none, perhaps because Mobile
// Pass is not switched on for the account. Then nobody is invited for a while but one, who is refused for all: to ask for
// everybody would cost more calls than a month has. looked says that the user's invitations could be listed: what is refused
// then is to invite. Else the stock tells whether it is passes at all that the administrator may not see.
func (s *System) halt(ctx context.Context, err error, looked bool) {
	halts := errors.Is(err, errPrecondition) || looked && isForbidden(err)
	switch {
	case err == nil, halts:
	case isForbidden(err):
		_, _, _, stockErr := s.stock(ctx)
		halts = isForbidden(stockErr)
	case cardea.ClassOf(err) == cardea.Rejected: // some say so with 400
		all, used, known, stockErr := s.stock(ctx)
		halts = stockErr == nil && known && used >= all
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case halts:
		s.halted = bar{cardea.Errorf(cardea.Rejected, "nobody is invited until %s: either no Mobile Pass is left, or the administrator behind "+
			"the connection may issue none. Ask your Brivo representative whether Mobile Pass is switched on, or set passes: off. %w",
			cardea.At(s.c.Now().Add(refusedFor)), err), s.c.Now()}
	case err == nil:
		s.halted = bar{}
	}
}

// haltedLately is what Brivo said within the last hours of everybody's invitation. Callers hold the lock.
func (s *System) haltedLately() error {
	if s.halted.err != nil && s.c.Now().Sub(s.halted.at) < refusedFor {
		return s.halted.err
	}
	return nil
}

// freed notes that a pass was given back: somebody can have it.
func (s *System) freed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halted = bar{}
}
