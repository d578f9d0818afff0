package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
)

// refresh keeps in the ledger why an entry stands now. An entry stays in step while the records it rests on change: when
// the last of them goes, the cause must be judged on that one, and not on one that ended long before.
func (k *Keeper) refresh(ctx context.Context, p *Plan) error {
	account := p.accounts()
	now := make(map[spot][]cardea.Reason, len(p.State.Ledger))
	for i := range p.Wanted {
		g := &p.Wanted[i]
		if a := account[g.Person]; a != "" {
			at := spot{g.Group, a}
			now[at] = append(slices.Clip(now[at]), g.Reasons...)
		}
	}
	var changed []cardea.LedgerRow
	for _, row := range p.State.Ledger {
		reasons := now[spot{row.Group, row.Account}]
		if row.EndedAt != 0 || len(reasons) == 0 || slices.EqualFunc(row.Reasons, reasons, unchanged) {
			continue
		}
		row.Reasons = reasons
		changed = append(changed, row)
	}
	if len(changed) == 0 {
		return nil
	}
	if err := k.Store.SaveReasons(ctx, k.Door, changed, k.Lease); err != nil {
		return failed("keep why entries stand", err)
	}
	return nil
}

// unchanged says whether two reasons are the same yes. The windows of series and of hours move on with the days and do
// not count.
func unchanged(a, b cardea.Reason) bool {
	return a.Integration == b.Integration && a.Rule == b.Rule && a.Record == b.Record && a.Item == b.Item &&
		slices.Equal(a.Via, b.Via) && (len(a.Windows) > 1 || len(b.Windows) > 1 || slices.Equal(a.Windows, b.Windows))
}
