package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

var both = []string{store.WakeRead, store.WakeKeep}

func units(ls []store.Lease) []string {
	out := []string{}
	for _, l := range ls {
		out = append(out, l.Unit)
	}
	return out
}

func TestClaimTakesWhatIsDueLongestFirst(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		if next := ok(s.NextWake(ctx, both)); next != cardea.Never {
			t.Errorf("next wake of nothing is %v", next)
		}
		must(t, w.MarkWake(ctx, store.Mark{Unit: "b", Kind: store.WakeKeep, At: noon + 2},
			store.Mark{Unit: "a", Kind: store.WakeKeep, At: noon + 1},
			store.Mark{Unit: "c", Kind: store.WakeKeep, At: noon + 9}, store.Mark{Unit: "a", Kind: store.WakeRead, At: noon},
			store.Mark{Unit: "a", Kind: store.WakeKeep, At: noon + 5}))
		if next := ok(s.NextWake(ctx, both)); next != noon {
			t.Errorf("next wake is %v", next)
		}
		same(t, "nothing is due", units(ok(s.Claim(ctx, "n", both, noon-1, life, 9))), []string{})
		first := ok(s.Claim(ctx, "n", []string{store.WakeKeep}, noon+3, life, 1))
		same(t, "first", units(first), []string{"a"})
		same(t, "the lease", first[0], store.Lease{
			Workspace: "default", Unit: "a", Kind: store.WakeKeep, Owner: "n", Fence: 1, Seq: 1, Due: noon + 1, Until: noon + 3 + life1,
		})
		same(t, "then", units(ok(s.Claim(ctx, "m", both, noon+3, life, 9))), []string{"a", "b"})
		same(t, "then none", units(ok(s.Claim(ctx, "m", both, noon+3, life, 9))), []string{})
		if next := ok(s.NextWake(ctx, both)); next != noon+9 {
			t.Errorf("next wake is %v", next)
		}
		// A node died: its lease is over.
		same(t, "after the leases", units(ok(s.Claim(ctx, "m", []string{store.WakeKeep}, noon+3+life1, life, 2))), []string{"a", "b"})
	})
}

const life1 = cardea.Instant(life / time.Microsecond)

func TestMarkDuringTheWorkIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		release := func(next cardea.Instant, marks ...cardea.Instant) cardea.Instant {
			t.Helper()
			l := ok(w.ClaimOne(ctx, "u", store.WakeKeep, "n", noon, life))
			for _, m := range marks {
				must(t, w.MarkWake(ctx, store.Mark{Unit: "u", Kind: store.WakeKeep, At: m}))
			}
			must(t, s.Release(ctx, l, next))
			return ok(s.NextWake(ctx, both))
		}
		for _, c := range []struct {
			name  string
			next  cardea.Instant
			marks []cardea.Instant
			want  cardea.Instant
		}{
			{"unmarked", noon + 100, nil, noon + 100},
			{"marked now", noon + 100, []cardea.Instant{noon + 1}, noon + 1},
			{"marked for later than next", noon + 100, []cardea.Instant{noon + 200}, noon + 100},
			{"marked for later, nothing next", cardea.Never, []cardea.Instant{noon + 200, noon + 300}, noon + 200},
			{"a mark before the claim was worked off", noon + 100, nil, noon + 100},
		} {
			if got := release(c.next, c.marks...); got != c.want {
				t.Errorf("%s: next wake %v, want %v", c.name, got, c.want)
			}
		}
	})
}

func TestLeaseBelongsToItsLiveOwnerOnly(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		l := ok(w.ClaimOne(ctx, "u", store.WakeKeep, "n", noon, life))
		_, err := w.ClaimOne(ctx, "u", store.WakeKeep, "m", noon+1, life)
		wantClass(t, err, cardea.Conflict)
		must(t, s.Renew(ctx, l, noon+2*life1))
		_, err = w.ClaimOne(ctx, "u", store.WakeKeep, "m", noon+life1+1, life)
		wantClass(t, err, cardea.Conflict)
		must(t, s.Release(ctx, l, noon+5))
		wantClass(t, s.Renew(ctx, l, noon+9*life1), cardea.Conflict) // a renewal after the release revives nothing
		wantClass(t, s.Release(ctx, l, noon+1), cardea.Conflict)
		if next := ok(s.NextWake(ctx, both)); next != noon+5 {
			t.Errorf("next wake is %v", next)
		}
		l2 := ok(w.ClaimOne(ctx, "u", store.WakeKeep, "n", noon+6, life)) // the same owner, another fence
		if l2.Fence <= l.Fence {
			t.Errorf("fences %d then %d", l.Fence, l2.Fence)
		}
		wantClass(t, s.Renew(ctx, l, noon+9*life1), cardea.Conflict)
		wantClass(t, s.Release(ctx, l, noon), cardea.Conflict)
		l3 := ok(w.ClaimOne(ctx, "u", store.WakeKeep, "m", noon+6+life1, life)) // ran out
		wantClass(t, s.Renew(ctx, l2, noon+9*life1), cardea.Conflict)
		wantClass(t, w.ClearDirty(ctx, l2), cardea.Conflict)
		must(t, w.ClearDirty(ctx, l3))
		wantClass(t, s.In("other").ClearDirty(ctx, l3), cardea.Conflict) // of another workspace
		_, err = w.ClaimOne(ctx, "u", store.WakeKeep, "", noon, life)
		wantClass(t, err, cardea.Rejected)
		_, err = s.Claim(ctx, "", both, noon, life, 1)
		wantClass(t, err, cardea.Rejected)
	})
}

func TestAClaimThatCrashesLeavesTheUnitDue(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.MarkWake(ctx, store.Mark{Unit: "u", Kind: store.WakeKeep, At: noon + cardea.Hour}))
		ok(w.ClaimOne(ctx, "u", store.WakeKeep, "n", noon, life)) // not due yet
		same(t, "due after the lease", units(ok(s.Claim(ctx, "m", both, noon+life1, life, 9))), []string{"u"})
	})
}

func TestManyNodesClaimEachUnitOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := context.Background()
		const rows, nodes = 300, 6
		var marks []store.Mark
		for i := range rows {
			marks = append(marks, store.Mark{Unit: fmt.Sprintf("u%d", i), Kind: store.WakeKeep, At: noon + cardea.Instant(i)})
		}
		must(t, w.MarkWake(ctx, marks...))
		var mu sync.Mutex
		var wg sync.WaitGroup
		claimed := map[string]int{}
		for n := range nodes {
			wg.Go(func() {
				for {
					ls, err := s.Claim(ctx, fmt.Sprintf("n%d", n), both, noon+cardea.Hour, life, 7)
					if cardea.ClassOf(err) == cardea.Retry {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					if len(ls) == 0 {
						return
					}
					mu.Lock()
					for _, l := range ls {
						claimed[l.Unit]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for u, n := range claimed {
			if n != 1 {
				t.Errorf("%s was claimed %d times", u, n)
			}
		}
		if len(claimed) != rows && !t.Failed() {
			// A claim may come back short when others hold the rows it saw; what it left is still due.
			rest := len(ok(s.Claim(ctx, "last", both, noon+cardea.Hour, life, rows)))
			if len(claimed)+rest != rows {
				t.Errorf("%d units claimed, %d left of %d", len(claimed), rest, rows)
			}
		}
	})
}

func TestEveryRequestGetsASlotOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := context.Background()
		const step = 200 * time.Millisecond
		var mu sync.Mutex
		var wg sync.WaitGroup
		slots := map[cardea.Instant]bool{}
		for range 4 {
			wg.Go(func() {
				for range 10 {
					at, err := w.Reserve(ctx, "kisi", step, noon)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					slots[at] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for i := range 40 {
			if !slots[noon.Add(time.Duration(i)*step)] {
				t.Errorf("slot %d was never given out", i)
			}
		}
		if at := ok(w.Reserve(ctx, "kisi", step, noon+cardea.Hour)); at != noon+cardea.Hour {
			t.Errorf("after a rest the slot is %v", at)
		}
		if at := ok(w.Reserve(ctx, "rnd", step, noon)); at != noon {
			t.Errorf("another budget's slot is %v", at)
		}
	})
}

// wakeModel is a wake row as the house plan describes it.
type wakeModel struct {
	next, marked, until cardea.Instant
	held                bool
}

func TestWakeRowsBehaveAsTheirModel(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t)
	ctx := context.Background()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		w := s.In(fmt.Sprintf("w%d", n))
		m := wakeModel{next: cardea.Never, marked: cardea.Never}
		now, known := noon, false
		var l store.Lease
		instant := rapid.Custom(func(t *rapid.T) cardea.Instant { return now + cardea.Instant(rapid.IntRange(-50, 50).Draw(t, "d")) })
		rt.Repeat(map[string]func(*rapid.T){
			"mark": func(rt *rapid.T) {
				at := instant.Draw(rt, "at")
				must(t, w.MarkWake(ctx, store.Mark{Unit: "u", Kind: store.WakeKeep, At: at}))
				m.next, m.marked, known = min(m.next, at), min(m.marked, at), true
			},
			"claim": func(rt *rapid.T) {
				ls := ok(s.Claim(ctx, "n", both, now, time.Microsecond*20, 1000))
				mine := 0
				for _, c := range ls {
					if c.Workspace == w.ID() {
						mine, l = mine+1, c
					}
				}
				if can := known && m.next <= now && m.until <= now; can != (mine == 1) {
					rt.Fatalf("claimed %d, model %+v at %v", mine, m, now)
				} else if can {
					m.held, m.until, m.marked = true, now+20, cardea.Never
				}
			},
			"release": func(rt *rapid.T) {
				next := instant.Draw(rt, "next")
				err := s.Release(ctx, l, next)
				if (err == nil) != m.held {
					rt.Fatalf("release says %v, model %+v", err, m)
				}
				if m.held {
					m = wakeModel{next: min(next, m.marked), marked: cardea.Never}
				}
			},
			"time": func(rt *rapid.T) { now += cardea.Instant(rapid.IntRange(0, 30).Draw(rt, "passes")) },
		})
	})
}
