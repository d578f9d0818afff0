package opentech

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Kinds of what is kept. Codes are kept as secrets and nowhere else.
const (
	keptVisitors = "visitor"
	keptUnits    = "unit"
	keptAccounts = "account"
	keptRenames  = "rename"
)

// note is what we remember of one account on one group: the intent before a visitor is made, and the visitor after it.
type note struct {
	Account cardea.AccountID `json:"account"`
	Group   cardea.GroupID   `json:"group"`
	Visitor int64            `json:"visitor,omitempty"` // 0 = meant to be made, and what became of it is not known
	Made    bool             `json:"made,omitempty"`    // by us
	Before  []int64          `json:"before,omitempty"`  // visitors that were there when it was meant to be made
	Off     bool             `json:"off,omitempty"`     // taken away by Revoke; the visitor is disabled
	Locked  bool             `json:"locked,omitempty"`  // shut by Lock; the visitor is disabled
	Shown   cardea.Instant   `json:"shown,omitempty"`   // when the code was shown, 0 = never
	Past    []int64          `json:"past,omitempty"`    // visitors of earlier rentals that are still listed
	Former  int64            `json:"former,omitempty"`  // the last of them that we made, of the same account
	Second  bool             `json:"second,omitempty"`  // another visitor than the one we made, of the same account and group
	code    string
	next    string // a code that is being changed to
}

func noteID(a cardea.AccountID, g cardea.GroupID) string { return string(a) + "|" + string(g) }

func (n *note) id() string {
	if n.Second {
		return noteID(n.Account, n.Group) + "|" + number(n.Visitor)
	}
	return noteID(n.Account, n.Group)
}

// knows says whether a code is one of the note's, in constant time.
func (n *note) knows(code string) bool {
	is, will := same(n.code, code), same(n.next, code)
	return is || will
}

// unitNote says that we locked a unit, and how its visitors were before that.
type unitNote struct {
	At     cardea.Instant `json:"at"`
	Passed []int64        `json:"passed,omitempty"` // visitors that passed
	Held   []int64        `json:"held,omitempty"`   // visitors that somebody else had locked out
}

// book is everything remembered of visitors and units.
type book struct {
	notes  map[string]*note // by note id
	of     map[int64]*note  // by visitor
	past   map[int64]bool   // visitors of earlier rentals
	on     map[cardea.GroupID][]*note
	locked map[cardea.GroupID]*unitNote
}

// recall reads the book. It is read anew for every call: another process may have written since.
func (s *System) recall(ctx context.Context) (*book, error) {
	b := &book{
		notes: map[string]*note{}, of: map[int64]*note{}, past: map[int64]bool{}, on: map[cardea.GroupID][]*note{},
		locked: map[cardea.GroupID]*unitNote{},
	}
	visitors, err := s.c.Memory.Recall(ctx, s.c.Connection, keptVisitors)
	if err != nil {
		return nil, s.forgetful(err)
	}
	for _, k := range visitors {
		n := &note{}
		if json.Unmarshal([]byte(k.Body), n) != nil {
			return nil, cardea.Errorf(cardea.Rejected, "%s: what was kept under %s cannot be read", s.client.Name(), keptVisitors)
		}
		n.code, n.next, _ = strings.Cut(k.Secret, ",")
		if twin := b.of[n.Visitor]; n.Visitor != 0 && twin != nil {
			// A rename was cut short: the note stands under both units, and what was done since stands in one of them.
			n.Off, n.Locked = n.Off || twin.Off, n.Locked || twin.Locked
			twin.Off, twin.Locked = n.Off, n.Locked
		}
		b.put(n)
	}
	locked, err := s.c.Memory.Recall(ctx, s.c.Connection, keptUnits)
	if err != nil {
		return nil, s.forgetful(err)
	}
	for _, k := range locked {
		n := &unitNote{}
		if json.Unmarshal([]byte(k.Body), n) != nil {
			return nil, cardea.Errorf(cardea.Rejected, "%s: what was kept under %s cannot be read", s.client.Name(), keptUnits)
		}
		b.locked[cardea.GroupID(k.ID)] = n
	}
	return b, nil
}

func (s *System) forgetful(err error) error {
	return cardea.Errorf(cardea.ClassOf(err), "%s: what was kept of OpenTech cannot be read: %w", s.client.Name(), err)
}

func (b *book) put(n *note) {
	if old := b.notes[n.id()]; old != nil {
		b.drop(old)
	}
	b.notes[n.id()] = n
	b.on[n.Group] = append(b.on[n.Group], n)
	if n.Visitor != 0 {
		b.of[n.Visitor] = n
	}
	for _, id := range n.Past {
		b.past[id] = true
	}
}

func (b *book) drop(n *note) {
	delete(b.notes, n.id())
	if b.of[n.Visitor] == n {
		delete(b.of, n.Visitor)
	}
	kept := b.on[n.Group][:0:0]
	for _, o := range b.on[n.Group] {
		if o != n {
			kept = append(kept, o)
		}
	}
	b.on[n.Group] = kept
}

// keep writes a note down.
func (s *System) keep(ctx context.Context, b *book, n *note) error {
	body, err := json.Marshal(n)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "%s: a note cannot be written: %w", s.client.Name(), err)
	}
	secret := n.code
	if n.next != "" {
		secret += "," + n.next
	}
	kept := cardea.Kept{ID: n.id(), Body: string(body), Secret: secret}
	if err := s.c.Memory.Remember(ctx, s.c.Connection, keptVisitors, kept); err != nil {
		return hide(cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be kept: %w", s.client.Name(), err), n.code, n.next)
	}
	b.put(n)
	return nil
}

// forget strikes a note out.
func (s *System) forget(ctx context.Context, b *book, n *note) error {
	if err := s.c.Memory.Forget(ctx, s.c.Connection, keptVisitors, n.id()); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be struck out: %w", s.client.Name(), err)
	}
	b.drop(n)
	return nil
}

// keepLock notes that we lock a unit; nil strikes it out.
func (s *System) keepLock(ctx context.Context, b *book, g cardea.GroupID, n *unitNote) error {
	var err error
	if n != nil {
		body, e := json.Marshal(n)
		if e != nil {
			return cardea.Errorf(cardea.Rejected, "%s: a note cannot be written: %w", s.client.Name(), e)
		}
		err = s.c.Memory.Remember(ctx, s.c.Connection, keptUnits, cardea.Kept{ID: string(g), Body: string(body)})
	} else {
		err = s.c.Memory.Forget(ctx, s.c.Connection, keptUnits, string(g))
	}
	if err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be kept: %w", s.client.Name(), err)
	}
	delete(b.locked, g)
	if n != nil {
		b.locked[g] = n
	}
	return nil
}

// noted returns the note of a visitor, or a new one of it on a group that is not kept yet.
func (b *book) noted(v visitor, a cardea.AccountID, g cardea.GroupID) *note {
	if n := b.of[v.id]; n != nil {
		own := *n
		return &own
	}
	if n := b.notes[noteID(a, g)]; n != nil {
		own := *n
		if own.Visitor == 0 {
			own.Visitor = v.id
		} else if own.Visitor != v.id {
			return &note{Account: a, Group: g, Visitor: v.id, Second: true}
		}
		return &own
	}
	return &note{Account: a, Group: g, Visitor: v.id}
}

// bury turns the note of a visitor that is gone for good into one that it may be listed still.
func (s *System) bury(ctx context.Context, b *book, n *note, visitor int64) error {
	own := &note{Account: n.Account, Group: n.Group, Past: append(slices.Clone(n.Past), visitor)}
	if there := b.notes[own.id()]; there != nil && there.Visitor != visitor {
		kept := *there // another visitor of the same account stands there
		kept.Past = append(slices.Clone(there.Past), own.Past...)
		own = &kept
	}
	if err := s.keep(ctx, b, own); err != nil || !n.Second {
		return err
	}
	return s.forget(ctx, b, n)
}
