package brivo

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// keepSeen keeps what Brivo shows of an invitation. One of ours that was not known before is told of: also when whoever made it
// did not come to keep it.
func (s *System) keepSeen(ctx context.Context, w door.PassWish, n note, v invitation, theirs bool) error {
	known := n.holds(v)
	n.take(v, theirs)
	if theirs || known {
		return s.keep(ctx, n)
	}
	return s.keep(ctx, n, s.event(cardea.PassIssued, w, n))
}

// cancelled is what is told of an invitation that is struck out; nothing of one that nobody was told of.
func (s *System) cancelled(w door.PassWish, n note) []cardea.Event {
	if n.Theirs || n.State != door.PassPending {
		return nil
	}
	return []cardea.Event{s.event(cardea.PassCancelled, w, n)}
}

// event is what others are told of a pass. The code goes along only where nobody else hands it out: Brivo's own app has it by
// mail.
func (s *System) event(of cardea.EventType, w door.PassWish, n note) cardea.Event {
	data := cardea.PassEvent{Door: s.c.Connection, Account: n.Account, Email: n.Email, People: w.People}
	if data.People == nil {
		data.People = []cardea.Whom{}
	}
	if of == cardea.PassIssued && n.State == door.PassPending {
		data.Expires = n.Expires
		if s.c.Passes == PassesBrandedApp {
			data.Code = n.code
		}
	}
	return cardea.Event{Type: of, At: cardea.At(s.c.Now()), Data: data}
}
