package doortest

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest/liar"
)

var _ door.Rewritable = (*fake)(nil)

// Rewrite changes an account in place.
func (f *fake) Rewrite(ctx context.Context, id cardea.AccountID, now cardea.NewAccount, fields []string) error {
	for _, one := range fields {
		if !slices.Contains(f.Limits().Profile, one) && f.Lie != "takes any field" {
			return cardea.Errorf(cardea.Rejected, "%s cannot be changed", one)
		}
	}
	if f.Lie == "takes everything along" {
		fields = f.Limits().Profile
	}
	err := f.send(ctx, "rewrite", true, &liar.Exchange{Does: func() int {
		for i := range f.v.accounts {
			a := &f.v.accounts[i]
			if a.ID == id && f.Lie != "deaf to changes" || f.Lie == "rewrites everybody" {
				*a = rewritten(*a, now, fields)
			}
			if a.ID == id && f.Lie != "rewrites everybody" {
				return 200
			}
		}
		if f.Lie == "writes to nobody" || f.Lie == "rewrites everybody" {
			return 200
		}
		return 404
	}})
	return err
}
