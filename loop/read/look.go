package read

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// Look is Of for what a hook named, beside whatever else reads this connection: with the records comes what hangs on them and is
// announced by nobody. It needs a lease of its own (store.WakeLook): what it brings is newer than any listing that began before,
// which does not write over it. When a listing was kept while it read it fails with Retry, and is to be done again.
func (r *Reader) Look(ctx context.Context, keys []cardea.Key) (Report, error) {
	look := *r
	look.near = true
	ctx = wire.WithUrgency(ctx, wire.Urgency{Level: wire.Start})
	rep, err := look.Of(ctx, keys, nil)
	if err != nil {
		return rep, err
	}
	// What hung on these records and was not listed with them now: by its own id the vendor says whether it is gone.
	var roots []cardea.Key
	for _, k := range keys {
		if k.Kind == cardea.KindAgreement {
			roots = append(roots, k)
		}
	}
	if len(roots) == 0 || !slices.Contains(r.System.Collections(), cardea.KindAssignment) {
		return rep, nil
	}
	known, err := r.Store.Referring(ctx, r.Connection, cardea.KindAssignment, roots)
	if err != nil {
		return rep, err
	}
	known = slices.DeleteFunc(known, func(k cardea.Key) bool { return slices.Contains(look.sight.Look, k) })
	if len(known) == 0 {
		return rep, nil
	}
	again := *r
	more, err := again.lookAgain(ctx, known)
	rep.Answered = append(rep.Answered, more.Answered...)
	return rep, err
}

func (r *Reader) lookAgain(ctx context.Context, keys []cardea.Key) (Report, error) {
	r.near = true
	return r.Of(ctx, keys, nil)
}

// seeing notes which looks this read of single records is later than.
func (r *Reader) seeing(ctx context.Context) (err error) {
	if r.near {
		r.sight = &store.Sight{Look: []cardea.Key{}}
		if r.Lease != nil {
			r.sight.Fence = r.Lease.Fence
		}
		return nil
	}
	r.sight, err = r.beside(ctx)
	return err
}

// beside is the sight of a read that looks may go on beside.
func (r *Reader) beside(ctx context.Context) (*store.Sight, error) {
	fence, err := r.Store.LookFence(ctx, r.Connection)
	if err != nil {
		return nil, err
	}
	return &store.Sight{Fence: fence}, nil
}

// stood notes when each collection was last listed.
func (r *Reader) stood(before map[cardea.Kind]Standing) {
	if !r.near {
		return
	}
	r.sight.Stood = map[cardea.Kind]cardea.Instant{}
	for kind, s := range before {
		r.sight.Stood[kind] = s.At
	}
}

// brought notes what a look saw, so that an older listing does not write over it.
func (r *Reader) brought(in *cardea.Intake, now cardea.Instant) {
	if !r.near {
		return
	}
	r.sight.At = now
	for _, p := range in.Collections() {
		for _, rec := range p.Records() {
			r.sight.Look = append(r.sight.Look, rec.Key())
		}
		r.sight.Look = append(r.sight.Look, p.MissingOnes()...)
	}
}

// sweeping lets everything else that waits for the vendor's budget go first.
func sweeping(ctx context.Context) context.Context {
	return wire.WithUrgency(ctx, wire.Urgency{Level: wire.Sweep})
}
