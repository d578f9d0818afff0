package sandbox

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-access/cardea/sandbox/nexudus"
)

// AccessGroup is one group that our groups route told Nexudus.
type AccessGroup = nexudus.Group

// timed is a vendor that does things when their time comes, not only when it is asked.
type timed interface{ Tick() }

// nexudus is the one vendor that asks and pushes by itself.
func (s *Server) nexudus() (*nexudus.Vendor, error) {
	if b := s.booths["nexudus"]; b != nil {
		if v, is := b.vendor.(*nexudus.Vendor); is {
			return v, nil
		}
	}
	return nil, errors.New("this world has no nexudus")
}

// Tick lets every vendor do what fell due: Nexudus tells AccessControlUpdate around bookings and when a contract begins, Kinnovis
// move-ins, move-outs and auto-lock. A request or a patch does so for its own vendor; whoever wants webhooks on time calls this often.
func (s *Server) Tick() {
	for _, k := range s.vendors() {
		if t, can := s.booths[k].vendor.(timed); can {
			t.Tick()
		}
	}
}

// AccessGroups opens Nexudus' mapping page of Custom ACS: it asks our groups route and keeps the answer.
func (s *Server) AccessGroups(ctx context.Context) ([]AccessGroup, error) {
	v, err := s.nexudus()
	if err != nil {
		return nil, err
	}
	return v.AccessGroups(ctx)
}

// PushAccess has Nexudus push every customer to our push route, and returns when that is done.
func (s *Server) PushAccess(ctx context.Context) error {
	v, err := s.nexudus()
	if err != nil {
		return err
	}
	v.PushAccess()
	return s.Wait(ctx)
}

// controlAccess opens the mapping page (GET), or pushes everybody (POST).
func (s *Server) controlAccess(w http.ResponseWriter, r *http.Request) {
	var err error
	answer := any(done{"ok"})
	if r.Method == http.MethodGet {
		answer, err = s.AccessGroups(r.Context())
	} else {
		err = s.PushAccess(r.Context())
	}
	if err != nil {
		show(w, http.StatusBadRequest, problem{err.Error()})
		return
	}
	show(w, http.StatusOK, answer)
}
