package doortest

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

var _ door.Rewritable = (*fake)(nil)

// Rewrite changes an account in place.
func (f *fake) Rewrite(ctx context.Context, id cardea.AccountID, now cardea.NewAccount, fields []string) error {
	for _, one := range fields {
		if !slices.Contains(f.Limits().Profile, one) && f.lie != "takes any field" {
			return cardea.Errorf(cardea.Rejected, "%s cannot be changed", one)
		}
	}
	if f.lie == "takes everything along" {
		fields = f.Limits().Profile
	}
	_, err := f.send(ctx, "rewrite", true, &exchange{does: func() int {
		for i := range f.v.accounts {
			a := &f.v.accounts[i]
			if a.ID == id && f.lie != "deaf to changes" || f.lie == "rewrites everybody" {
				*a = rewritten(*a, now, fields)
			}
			if a.ID == id && f.lie != "rewrites everybody" {
				return 200
			}
		}
		if f.lie == "writes to nobody" || f.lie == "rewrites everybody" {
			return 200
		}
		return 404
	}})
	return err
}
