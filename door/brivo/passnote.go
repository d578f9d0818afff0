package brivo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

const (
	keptPasses = "pass"
	// clockSlack is how far the vendor's clock may be behind ours, or ours behind it: further, nothing is written (RULES.md 5.7).
	clockSlack = 2 * time.Minute
)

// note is what we remember of one account's pass: the intent before an invitation is made, and the invitation after it. The code
// is kept as a secret and nowhere else.
type note struct { //nolint:recvcheck // it travels by value, and take changes the copy at hand
	Account    cardea.AccountID `json:"account"`
	State      door.PassState   `json:"state"`
	Email      string           `json:"email,omitempty"`
	Asked      cardea.Instant   `json:"asked,omitempty"`  // when one was meant to be made
	Silent     bool             `json:"silent,omitempty"` // Brivo is not to mail it, now or when it is repeated
	Theirs     bool             `json:"theirs,omitempty"` // somebody else made it: it is never cancelled, repeated or taken away
	Ref        int64            `json:"ref,omitempty"`
	Credential int64            `json:"credential,omitempty"`
	Expires    cardea.Instant   `json:"expires,omitempty"`
	code       string
}

// holds says whether an invitation is the one that is remembered.
func (n note) holds(v invitation) bool { return n.Ref != 0 && n.Ref == v.id && !n.Theirs }

// take notes what Brivo shows of the invitation.
func (n *note) take(v invitation, theirs bool) {
	n.State, n.Ref, n.Expires, n.Theirs = door.PassPending, v.id, v.expires, theirs
	if v.status == redeemed {
		n.State = door.PassRedeemed
	}
	if v.credential != 0 {
		n.Credential = v.credential
	}
	if v.code != "" && !theirs {
		n.code = v.code
	}
}

// recall reads what is remembered. It is read anew each time: another process may have written since.
func (s *System) recall(ctx context.Context) (map[cardea.AccountID]note, error) {
	rows, err := s.c.Memory.Recall(ctx, s.c.Connection, keptPasses)
	if err != nil {
		return nil, cardea.Errorf(cardea.ClassOf(err), "%s: what is kept of invitations cannot be read: %w", s.client.Name(), err)
	}
	out := make(map[cardea.AccountID]note, len(rows))
	for _, k := range rows {
		n := note{code: k.Secret}
		if json.Unmarshal([]byte(k.Body), &n) != nil || n.Account == "" {
			return nil, cardea.Errorf(cardea.Rejected, "%s: what is kept of the invitation of user %s cannot be read", s.client.Name(), k.ID)
		}
		out[n.Account] = n
	}
	return out, nil
}

// keep writes a note down, with what others are told of it, if anything.
func (s *System) keep(ctx context.Context, n note, told ...cardea.Event) error {
	body, err := json.Marshal(n)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "%s: what is known of an invitation cannot be written: %w", s.client.Name(), err)
	}
	kept := cardea.Kept{ID: string(n.Account), Body: string(body), Secret: n.code}
	if len(told) > 0 {
		err = s.c.Memory.RememberTelling(ctx, s.c.Connection, keptPasses, kept, told[0])
	} else {
		err = s.c.Memory.Remember(ctx, s.c.Connection, keptPasses, kept)
	}
	if err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: what is known of an invitation could not be kept", s.client.Name())
	}
	return nil
}

// forget strikes a note out, with what others are told of it, if anything.
func (s *System) forget(ctx context.Context, n note, told ...cardea.Event) error {
	var err error
	if len(told) > 0 {
		err = s.c.Memory.ForgetTelling(ctx, s.c.Connection, keptPasses, string(n.Account), told[0])
	} else {
		err = s.c.Memory.Forget(ctx, s.c.Connection, keptPasses, string(n.Account))
	}
	if err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: an invitation could not be struck out: %w", s.client.Name(), err)
	}
	return nil
}

// Passes implements door.Passes.
func (s *System) Passes(ctx context.Context) ([]door.Pass, bool, error) {
	if s.c.Passes == PassesOff {
		return nil, false, nil
	}
	notes, err := s.recall(ctx)
	if err != nil {
		return nil, true, err
	}
	out := make([]door.Pass, 0, len(notes))
	for _, n := range notes {
		out = append(out, door.Pass{Account: n.Account, State: n.State, Expires: n.Expires, Theirs: n.Theirs})
	}
	return out, true, nil
}

// PassCode implements door.Passes: the code of a pending invitation of ours. It asks nobody. Errors: NotFound.
func (s *System) PassCode(ctx context.Context, a cardea.AccountID) (string, error) {
	if s.c.Passes != PassesOff {
		notes, err := s.recall(ctx)
		if err != nil {
			return "", err
		}
		if n := notes[a]; n.State == door.PassPending && n.code != "" {
			return n.code, nil
		}
	}
	return "", cardea.Errorf(cardea.NotFound, "account %s has no invitation of ours that is pending", a)
}
