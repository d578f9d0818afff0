package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Lease is the right to work on a unit. Every durable write of the work carries it, so that who lost it writes nothing:
// each claim raises the fence, and a release takes the owner away.
type Lease struct {
	Workspace string
	Unit      string
	Kind      string
	Owner     string
	Fence     int64
	Seq       int64          // of the row when it was claimed: later marks have a higher one
	Due       cardea.Instant // when the row was to be woken
	Until     cardea.Instant
}

// ErrLeaseLost is the cause with which the context of a work ends whose lease was lost: it stops at once. When it ends for
// any other cause, what is under way may be finished.
var ErrLeaseLost = errors.New("the lease was lost: somebody else works on this unit now")

// ClaimOne leases a unit now, due or not, and makes its row when there is none. Conflict when somebody else holds it.
func (w *Workspace) ClaimOne(
	ctx context.Context, unit, kind, owner string, now cardea.Instant, life time.Duration,
) (Lease, error) {
	unit, kind, owner = clean(unit), clean(kind), clean(owner)
	if owner == "" {
		return Lease{}, noOwner()
	}
	l := Lease{Workspace: w.id, Unit: unit, Kind: kind, Owner: owner, Until: now.Add(life)}
	err := w.write(ctx, "claiming "+kind+" "+unit, nil, func(q *gen.Queries) error {
		if err := q.MakeWake(ctx, gen.MakeWakeParams{WorkspaceID: w.id, Kind: kind, Unit: unit, NextWakeAt: int64(now)}); err != nil {
			return err
		}
		rows, err := q.ClaimOne(ctx, gen.ClaimOneParams{
			WorkspaceID: w.id, Kind: kind, Unit: unit, Owner: owner, LeaseUntil: int64(l.Until), Now: int64(now),
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return cardea.Errorf(cardea.Conflict, "somebody else works on %s %s at this moment: try again when that is through",
				kind, unit)
		}
		l.Fence, l.Seq, l.Due = rows[0].Fence, rows[0].Seq, cardea.Instant(rows[0].NextWakeAt)
		return nil
	})
	if err != nil {
		return Lease{}, err
	}
	return l, nil
}

// Claim leases up to n units of these kinds that are due, of all workspaces, those longest due first.
func (s *Store) Claim(
	ctx context.Context, owner string, kinds []string, now cardea.Instant, life time.Duration, n int,
) ([]Lease, error) {
	owner = clean(owner)
	if owner == "" {
		return nil, noOwner()
	}
	var out []Lease
	until := now.Add(life)
	chunks, err := set(kinds)
	err = each(chunks, err, func(b string) error {
		var rows []gen.ClaimDueRow
		var err error
		for try := 1; ; try++ { // two nodes may lock the same rows in another order
			rows, err = s.writing().ClaimDue(ctx, gen.ClaimDueParams{
				Owner: owner, LeaseUntil: int64(until), Now: int64(now), Kinds: b, Most: int64(n),
			})
			if try == attempts || !brokenOff(err) {
				break
			}
		}
		if err != nil {
			return classed("claiming what is due", err)
		}
		for _, r := range rows {
			out = append(out, Lease{
				Workspace: r.WorkspaceID, Unit: r.Unit, Kind: r.Kind, Owner: owner, Fence: r.Fence, Seq: r.Seq,
				Due: cardea.Instant(r.NextWakeAt), Until: until,
			})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Lease) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Unit, b.Unit))
	})
	return out, err
}

// Renew makes the lease last until an instant. Conflict when it was released or somebody else claimed the unit; a lease
// that ran out unnoticed is still its owner's.
func (s *Store) Renew(ctx context.Context, l Lease, until cardea.Instant) error {
	n, err := s.writing().RenewLease(ctx, gen.RenewLeaseParams{
		WorkspaceID: l.Workspace, Kind: l.Kind, Unit: l.Unit, Owner: l.Owner, Fence: l.Fence, LeaseUntil: int64(until),
	})
	if err == nil && n == 0 {
		return lost(l)
	}
	return classed("renewing a lease", err)
}

// Release ends the lease; the unit is due again at next, or earlier when it was marked during the work. Conflict when
// the lease was lost.
func (s *Store) Release(ctx context.Context, l Lease, next cardea.Instant) error {
	n, err := s.writing().ReleaseLease(ctx, gen.ReleaseLeaseParams{
		WorkspaceID: l.Workspace, Kind: l.Kind, Unit: l.Unit, Owner: l.Owner, Fence: l.Fence, Next: int64(next),
	})
	if err == nil && n == 0 {
		return lost(l)
	}
	return classed("releasing a lease", err)
}

func noOwner() error {
	return cardea.Errorf(cardea.Rejected, "a lease needs an owner: a name that no other process has")
}
