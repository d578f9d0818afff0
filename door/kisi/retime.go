package kisi

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Retime implements door.Timed: delete and create, both silent, because PATCH is not to be trusted (vendors/kisi.md 2.3).
// Nothing is remembered: each call looks what is there and does what is left to do, so that it may be cut short anywhere
// and called again. Errors: Conflict when another right is there, or a window that is neither the old nor the new one.
func (s *System) Retime(ctx context.Context, was, now cardea.Edge) (string, error) {
	if was.Key() != now.Key() {
		return "", cardea.Errorf(cardea.Rejected, "a change of times keeps account and group")
	}
	silent := false
	if _, err := bodyOf(now, &silent); err != nil {
		return "", err // before anything is taken away
	}
	found, err := s.between(ctx, now)
	if err != nil {
		return "", err
	}
	if err := onlyPlain(found); err != nil {
		return "", err
	}
	kept := ""
	for _, f := range found {
		switch {
		case kept == "" && seconds(f.Window) == seconds(now.Window):
			kept = f.Ref
		case seconds(f.Window) != seconds(now.Window) && seconds(f.Window) != seconds(was.Window) && f.Ref != was.Ref:
			return "", cardea.Errorf(cardea.Conflict, "somebody changed the times of account %s in group %s meanwhile", f.Account, f.Group)
		}
	}
	for _, f := range found {
		if f.Ref == kept {
			continue
		}
		if err := s.remove(ctx, f.Ref); err != nil {
			return "", err
		}
	}
	if kept != "" {
		return kept, nil
	}
	return s.put(ctx, now, &silent)
}
