package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/outbox"
	"github.com/cardea-access/cardea/loop/wake"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

var errKilled = errors.New("killed")

// killer is a store that dies at its kth write: nothing more gets through to it, as after a power cut.
type killer struct {
	*store.Workspace

	k, writes int
	after     bool // the fatal write itself gets through
	dead      bool
}

func (k *killer) write(f func() error) error {
	if k.dead {
		return errKilled
	}
	k.writes++
	if k.writes < k.k {
		return f()
	}
	k.dead = true
	if k.after {
		if err := f(); err != nil {
			return err
		}
	}
	return errKilled
}

func (k *killer) Sent(ctx context.Context, e string, o store.Out, at cardea.Instant, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.Sent(ctx, e, o, at, l) })
}

func (k *killer) Unsent(
	ctx context.Context, e string, o store.Out, at, next cardea.Instant, fails int, retry cardea.Instant, l *store.Lease,
) error {
	return k.write(func() error { return k.Workspace.Unsent(ctx, e, o, at, next, fails, retry, l) })
}

func (k *killer) Lose(ctx context.Context, e string, o store.Out, at cardea.Instant, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.Lose(ctx, e, o, at, l) })
}

func (k *killer) ForgetOuts(ctx context.Context, e string, before cardea.Instant, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.ForgetOuts(ctx, e, before, l) })
}

func (k *killer) SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error {
	return k.write(func() error { return k.Workspace.SaveIssues(ctx, source, is, at) })
}

// TestACrashLosesNothingAndInventsNothing kills the courier before and after each of its writes: whoever goes on sends what was not noted
// as sent under the id that it had, in order, and nothing else.
func TestACrashLosesNothingAndInventsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for k := 1; ; k++ {
			for _, after := range []bool{false, true} {
				what := fmt.Sprintf("killed at write %d, after %v", k, after)
				o := newOffice(t, s, fmt.Sprint("app", k, after))
				o.ws = s.In(fmt.Sprintf("w%d%v", k, after))
				furnish(t, o.ws, "app")
				o.line.answer = func(s sending) (int, error) {
					if s.account == "bob" && s.at < time.Second {
						return 500, nil
					}
					return 200, nil
				}
				o.issue("ana", "bob", "cyd")
				ids := map[string]string{}
				outs, err := o.ws.Outs(context.Background(), "app", cardea.At(begin), 0, 10)
				must(t, err)
				for _, out := range outs {
					ids[account(out.Body)] = out.ID
				}
				dying := &killer{Workspace: o.ws, k: k, after: after}
				o.store = dying
				_, err = o.courier().Wake(context.Background(), "app")
				if !dying.dead {
					if k < 5 {
						t.Fatalf("only %d writes were made", k-1)
					}
					return
				}
				if err == nil {
					t.Errorf("%s: nobody noticed", what)
				}
				o.store = o.ws
				o.at = o.at.Add(time.Minute)
				o.wake("app", time.Hour)
				seen := map[string]int{}
				for _, one := range o.line.sent {
					if one.id != ids[one.account] {
						t.Errorf("%s: %s was sent under %q, not %q", what, one.account, one.id, ids[one.account])
					}
					if outbox.Taken(one.status) {
						seen[one.account]++
					}
				}
				for _, a := range []string{"ana", "bob", "cyd"} {
					if seen[a] < 1 || seen[a] > 2 {
						t.Errorf("%s: %s was taken %d times", what, a, seen[a])
					}
				}
				if len(seen) != 3 || len(o.line.sent) > 5 {
					t.Errorf("%s: sent %+v", what, o.line.sent)
				}
			}
		}
	})
}

// eachEngine runs a test in a bubble with a store that was opened in it, whose clock is the bubble's.
func eachEngine(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	run := func(t *testing.T, dsn, schema string) {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(begin))
			s, err := store.Open(t.Context(), dsn, store.Options{Key: storetest.Key, Now: time.Now, Schema: schema})
			must(t, err)
			defer func() { must(t, s.Close()) }()
			f(t, s)
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, storetest.DSN(t), storetest.Schema(t))
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "sqlite::memory:", "")
	})
}

// node is a process that sends what is due, as the desk's loop does.
func node(s *store.Store, name string, l outbox.Sender) *wake.Loop {
	return &wake.Loop{
		Store: s, Owner: name, Now: time.Now, Poll: time.Minute, Apart: true, Parallel: 16,
		Handlers: map[string]wake.Handler{store.WakeOutbox: func(ctx context.Context, lease store.Lease) (cardea.Instant, error) {
			c := &outbox.Courier{Store: s.In(lease.Workspace), Sender: l, Now: time.Now, Keep: time.Hour, Lease: &lease}
			return c.Wake(ctx, lease.Unit)
		}},
	}
}

// slow takes its time over answers; what is cut short was received all the same.
type slow struct {
	line

	took func(s sending) time.Duration
}

func (w *slow) Send(ctx context.Context, endpoint, id string, body []byte) (int, error) {
	status, err := w.line.Send(ctx, endpoint, id, body)
	if err == nil && status == 0 {
		status = 200
	}
	t := time.NewTimer(w.took(sending{endpoint: endpoint, id: id, account: account(body)}))
	defer t.Stop()
	select {
	case <-t.C:
		return status, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// TestOneNodeSendsAtATime: two nodes share a database. Each event is sent once; when a node dies in the middle of one, the other sends it
// when its lease is over, under the same id, and what comes after it then.
func TestOneNodeSendsAtATime(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		ws := s.In("w")
		furnish(t, ws, "app")
		l := &slow{line: line{now: time.Now}, took: func(sending) time.Duration { return 2 * time.Second }}
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf("p%02d", i))
		}
		issue(t, ws, time.Now(), want...)
		one, two := node(s, "one", l), node(s, "two", l)
		one.Start(t.Context())
		two.Start(t.Context())
		time.Sleep(5 * time.Minute)
		one.Stop()
		two.Stop()
		if got := l.taken("app"); !slices.Equal(got, want) {
			t.Errorf("taken %v", got)
		}
		// A node that dies: it has sent, and noted nothing, and its lease is there.
		issue(t, ws, time.Now(), "lost", "next")
		lease, err := ws.ClaimOne(t.Context(), "app", store.WakeOutbox, "dead", cardea.At(time.Now()), time.Minute)
		must(t, err)
		outs, err := ws.Outs(t.Context(), "app", cardea.At(time.Now()), 0, 10)
		must(t, err)
		_, err = l.Send(t.Context(), "app", outs[0].ID, outs[0].Body)
		must(t, err)
		died := time.Now()
		three := node(s, "three", l)
		three.Start(t.Context())
		time.Sleep(5 * time.Minute)
		three.Stop()
		n := len(l.sent)
		if n != 23 || l.sent[20].id != l.sent[21].id || l.sent[21].account != "lost" || l.sent[22].account != "next" {
			t.Fatalf("sent %+v", l.sent[20:])
		}
		if again := begin.Add(l.sent[21].at); again.Before(died.Add(57*time.Second)) || again.After(died.Add(3*time.Minute)) {
			t.Errorf("the dead node's event was sent again %s after", again.Sub(died))
		}
		// Should it wake up again, it writes nothing.
		err = ws.Sent(t.Context(), "app", outs[0], cardea.At(time.Now()), &lease)
		if cardea.ClassOf(err) != cardea.Conflict {
			t.Errorf("a dead node noted something: %v", err)
		}
	})
}

// TestAnEndpointThatIsDownDelaysNoOther: one hangs for its whole patience each time, and the other hears everything at once.
func TestAnEndpointThatIsDownDelaysNoOther(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		ws := s.In("w")
		furnish(t, ws, "down", "up")
		var mu sync.Mutex
		hung := 0
		l := &slow{line: line{now: time.Now}, took: func(s sending) time.Duration {
			if s.endpoint == "up" {
				return 100 * time.Millisecond
			}
			mu.Lock()
			defer mu.Unlock()
			hung++
			return 15 * time.Second
		}}
		l.answer = func(s sending) (int, error) {
			if s.endpoint == "down" {
				return 0, errNobody
			}
			return 200, nil
		}
		n := node(s, "one", l)
		n.Poll = time.Second // somebody else writes the marks
		n.Start(t.Context())
		defer n.Stop()
		for i := range 30 {
			name := fmt.Sprintf("p%02d", i)
			issue(t, ws, time.Now(), name)
			wrote := time.Now()
			time.Sleep(20 * time.Second)
			tries := l.tries("up", name)
			if len(tries) != 1 || begin.Add(tries[0]).Sub(wrote) > 2*time.Second {
				t.Fatalf("%s was told after %v", name, tries)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if hung < 4 {
			t.Errorf("the other one was asked %d times", hung)
		}
	})
}
