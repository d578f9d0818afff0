package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// TestTheRowsFollowTheModel ties the model to the SQL: ways through the machine are drawn, and every step is done on the real
// rows too, by the same clocks. What each statement answers, and when a row can be claimed next, must be the same.
func TestTheRowsFollowTheModel(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		for seed := range uint64(40) {
			m := machine{nodes: 3, units: 2, horizon: 40, fences: 200, ahead: [maxNodes]uint8{0, 1, uint8(seed % 4)}}
			tr := &trace{
				t: t, s: s, w: w, m: &m, kind: fmt.Sprintf("trace%d", seed), model: m.start(),
				dice: rand.New(rand.NewPCG(seed, 10)), leases: map[[3]int]store.Lease{},
			}
			for n := range 60 {
				if tr.step(n); t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		}
	})
}

// trace does the same in the model and in the store.
type trace struct {
	t      *testing.T
	s      *store.Store
	w      *store.Workspace
	m      *machine
	kind   string // of its own, so that traces do not see each other's rows
	model  machineState
	dice   *rand.Rand
	leases map[[3]int]store.Lease // by node, unit and fence: what somebody holds, or thinks they do
	said   []string
}

func tick(at uint8) cardea.Instant {
	if at == never {
		return cardea.Never
	}
	return noon + cardea.Instant(at)*cardea.Second
}

func unit(u int) string { return fmt.Sprintf("u%d", u) }

func (tr *trace) note(format string, args ...any) {
	tr.said = append(tr.said, fmt.Sprintf(format, args...))
}

func (tr *trace) wrong(format string, args ...any) {
	tr.t.Helper()
	tr.t.Errorf("after %v: %s", tr.said[max(0, len(tr.said)-12):], fmt.Sprintf(format, args...))
}

func (tr *trace) step(n int) {
	tr.t.Helper()
	ctx, node, u := context.Background(), tr.dice.IntN(tr.m.nodes), tr.dice.IntN(tr.m.units)
	now := tr.m.clock(tr.model, node)
	switch d := tr.dice.IntN(12); {
	case d < 2:
		tr.model.now++
		tr.note("tick")
	case d < 5:
		at := tr.model.now + uint8(tr.dice.IntN(3))
		tr.note("mark %d at %d", u, at)
		must(tr.t, tr.w.MarkWake(ctx, store.Mark{Unit: unit(u), Kind: tr.kind, At: tick(at)}))
		tr.model.rows[u] = tr.m.mark(tr.model.rows[u], at)
	case d < 8:
		tr.claim(ctx, node, now)
	case d < 9:
		tr.claimOne(ctx, node, u, now)
	default:
		tr.finish(ctx, n)
	}
	tr.compare(ctx)
}

// claim takes what is due: both steps of the model at once, as nobody comes between them here.
func (tr *trace) claim(ctx context.Context, node int, now uint8) {
	tr.t.Helper()
	tr.note("%d claims at %d", node, now)
	leases := ok(tr.s.Claim(ctx, owner(node), []string{tr.kind}, tick(now), lifeTime*time.Second, tr.m.units))
	var want, got []string
	for u := range tr.m.units {
		if r := tr.model.rows[u]; r.until <= now && r.next <= now {
			tr.model.rows[u] = tr.m.claim(r, node, now+lifeTime)
			want = append(want, unit(u))
		}
	}
	for _, l := range leases {
		got = append(got, l.Unit)
		tr.keep(node, l)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		tr.wrong("the rows gave %v, the model %v", got, want)
	}
}

func (tr *trace) claimOne(ctx context.Context, node, u int, now uint8) {
	tr.t.Helper()
	tr.note("%d claims %d now, at %d", node, u, now)
	l, err := tr.w.ClaimOne(ctx, unit(u), tr.kind, owner(node), tick(now), lifeTime*time.Second)
	r := tr.model.rows[u]
	if free := r.until <= now; free != (err == nil) {
		tr.wrong("free: %v, and the store says %v", free, err)
		return
	}
	if err != nil {
		wantClass(tr.t, err, cardea.Conflict)
		return
	}
	r.next = min(r.next, now)
	tr.model.rows[u] = tr.m.claim(r, node, now+lifeTime)
	tr.keep(node, l)
}

// finish renews, releases, or writes under one of the leases that somebody holds or thinks they hold.
func (tr *trace) finish(ctx context.Context, n int) {
	tr.t.Helper()
	if len(tr.leases) == 0 {
		return
	}
	keys := make([][3]int, 0, len(tr.leases))
	for k := range tr.leases {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [3]int) int { return slices.Compare(a[:], b[:]) })
	k := keys[tr.dice.IntN(len(keys))]
	l, r := tr.leases[k], &tr.model.rows[k[1]]
	mine := tr.m.accepts(*r, k[0], uint8(k[2]))
	now := tr.m.clock(tr.model, k[0])
	var err error
	switch n % 3 {
	case 0:
		tr.note("%v renews at %d", k, now)
		if err = tr.s.Renew(ctx, l, tick(now+lifeTime)); mine {
			r.until = now + lifeTime
		}
	case 1:
		next := []uint8{never, tr.model.now + 1, tr.model.now + 5}[tr.dice.IntN(3)]
		tr.note("%v releases until %d", k, next)
		if err = tr.s.Release(ctx, l, tick(next)); mine {
			r.owner, r.until, r.next, r.marked = 0, 0, min(next, r.marked), never
		}
		// It stays among the leases: whatever it does later is refused.
	default:
		tr.note("%v writes", k)
		err = tr.w.ClearDirty(ctx, l)
	}
	if mine != (err == nil) {
		tr.wrong("it is theirs: %v, and the store says %v", mine, err)
	}
	if err != nil {
		wantClass(tr.t, err, cardea.Conflict)
		delete(tr.leases, k)
	}
}

func (tr *trace) keep(node int, l store.Lease) {
	tr.t.Helper()
	u := slices.IndexFunc([]string{unit(0), unit(1)}, func(s string) bool { return s == l.Unit })
	if r := tr.model.rows[u]; int64(r.fence) != l.Fence {
		tr.wrong("the fence is %d, in the model %d", l.Fence, r.fence)
	}
	tr.leases[[3]int{node, u, int(l.Fence)}] = l
}

// compare asks when the next row can be claimed.
func (tr *trace) compare(ctx context.Context) {
	tr.t.Helper()
	want := cardea.Never
	for _, r := range tr.model.rows[:tr.m.units] {
		if r.next != never || r.until != 0 {
			want = min(want, max(tick(r.next), tick(r.until)))
		}
	}
	if got := ok(tr.s.NextWake(ctx, []string{tr.kind})); got != want {
		tr.wrong("the rows wake at %v, the model at %v", got, want)
	}
}

func owner(node int) string { return fmt.Sprintf("node%d", node) }
