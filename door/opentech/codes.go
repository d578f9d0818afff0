package opentech

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// Codes implements door.Coded.
func (s *System) Codes(ctx context.Context) ([]door.Code, error) {
	b, err := s.recall(ctx)
	if err != nil {
		return nil, err
	}
	var out []door.Code
	for _, n := range b.notes {
		if n.Made && n.Visitor != 0 && n.code != "" && !n.Off {
			out = append(out, door.Code{Account: n.Account, Group: n.Group, ShownAt: n.Shown})
		}
	}
	slices.SortFunc(out, func(a, b door.Code) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Group, b.Group))
	})
	return out, nil
}

// Show implements door.Coded: that the code was shown is kept before it is. Errors: Conflict when it was shown before, saying
// when and what to do, or when nobody can tell which code holds; NotFound when we issued none.
func (s *System) Show(ctx context.Context, a cardea.AccountID, g cardea.GroupID) (string, error) {
	defer s.turns.take(cardea.Edge{Group: g})()
	b, err := s.recall(ctx)
	if err != nil {
		return "", err
	}
	n, err := b.issued(a, g)
	switch {
	case err != nil:
		return "", err
	case n.Visitor == 0 || n.next != "":
		return "", cardea.Errorf(cardea.Conflict, "it is not certain which code of %s on %s holds; renew it", a, g)
	case n.Shown != 0:
		return "", cardea.Errorf(cardea.Conflict,
			"the code of %s on %s was shown on %s and is not shown again; renew it to get another", a, g, n.Shown)
	}
	own := *n
	own.Shown = s.now()
	if err := s.keep(ctx, b, &own); err != nil {
		return "", err
	}
	return own.code, nil
}

// issued returns the note of a code of ours.
func (b *book) issued(a cardea.AccountID, g cardea.GroupID) (*note, error) {
	n := b.notes[noteID(a, g)]
	if n == nil || !n.Made || n.code == "" || n.Off {
		return nil, cardea.Errorf(cardea.NotFound, "Cardea has issued no code to %s on %s", a, g)
	}
	return n, nil
}

// Renew implements door.Coded: a visitor that we made gets another code, in place; the old one opens nothing from then on,
// and the new one can be shown once. It may be repeated: a code that was being changed to is sent again. Errors: NotFound
// when we issued none, or the visitor is not there; Conflict when nobody can tell which visitor it is; Unknown when nobody
// can tell which of the two codes holds.
func (s *System) Renew(ctx context.Context, a cardea.AccountID, g cardea.GroupID) error {
	defer s.turns.take(cardea.Edge{Group: g})()
	vw, err := s.look(ctx)
	if err != nil {
		return err
	}
	n, err := vw.book.issued(a, g)
	if err != nil {
		return err
	}
	at, err := s.spotOf(vw, g)
	if err != nil {
		return err
	}
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err
	}
	v, err := theirs(c, n)
	if err != nil {
		return err
	}
	own := *n
	own.Visitor = v.id
	for attempt := 0; ; attempt++ {
		if own.next == "" {
			if own.next, err = s.freeCode(ctx, vw.book); err != nil {
				return err
			}
		}
		pending := own
		if err := s.keep(ctx, vw.book, &pending); err != nil {
			return err
		}
		ans, err := s.update(ctx, v.id, update{Code: own.next})
		switch {
		case err == nil:
			own.code, own.next, own.Shown = own.next, "", 0
			return s.keep(ctx, vw.book, &own)
		case refusedCode(ans) && attempt == 0:
			own.next = ""
			continue
		case cardea.ClassOf(err) == cardea.Rejected, cardea.ClassOf(err) == cardea.NotFound, cardea.ClassOf(err) == cardea.Auth:
			refused := own.next
			own.next = ""
			if e := s.keep(ctx, vw.book, &own); e != nil {
				return e
			}
			return hide(err, refused, own.code)
		}
		return hide(err, own.next, own.code)
	}
}

// theirs finds the visitor of a note.
func theirs(c crowd, n *note) (visitor, error) {
	for _, v := range c.visitors {
		if n.Visitor != 0 && v.id == n.Visitor || n.Visitor == 0 && (v.key == string(n.Account) || n.knows(v.code)) {
			return v, nil
		}
	}
	if n.Visitor == 0 {
		return visitor{}, cardea.Errorf(cardea.Conflict,
			"nobody can tell which visitor of %s is %s; look at OpenTech", n.Group, n.Account)
	}
	return visitor{}, cardea.Errorf(cardea.NotFound, "visitor %d of %s is not there any more", n.Visitor, n.Group)
}
