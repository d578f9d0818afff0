package wake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Store keeps the wake rows.
type Store interface {
	Claim(ctx context.Context, owner string, kinds []string, now cardea.Instant, life time.Duration, n int) (
		[]store.Lease, error)
	Renew(ctx context.Context, l store.Lease, until cardea.Instant) error
	Release(ctx context.Context, l store.Lease, next cardea.Instant) error
	NextWake(ctx context.Context, kinds []string) (cardea.Instant, error)
	LookAgain(ctx context.Context, kinds []string, now cardea.Instant, life time.Duration) error
}

// Handler works on one unit and says when it is to be woken next; Never = only when it is marked. Its context ends when
// the lease is lost or the loop stops.
type Handler func(ctx context.Context, l store.Lease) (next cardea.Instant, err error)

// Event is what became of one piece of work.
type Event struct {
	Lease store.Lease
	Next  cardea.Instant
	Err   error // why it failed; it is tried again at Next
	Lost  bool  // the lease was lost: somebody else works on it
}

// Loop claims units that are due and hands them to their handlers.
type Loop struct {
	Store    Store
	Owner    string // this node, unique among those that share the database
	Handlers map[string]Handler
	Now      func() time.Time
	Life     time.Duration // of a lease, 0 = a minute
	Parallel int           // units at once, 0 = 4
	// Apart counts Parallel for each kind by itself: units of one kind, however many, never keep those of another waiting.
	Apart bool
	// Poll is how long a mark that another node made may go unseen, 0 = a second.
	Poll time.Duration
	// Rand spreads the waiting times after failures, in [0, 1); nil = math/rand.
	Rand func() float64
	// Fit, if any, is asked before each look for work: while it fails, nothing new is begun here.
	Fit func(ctx context.Context) error
	// Told, if any, hears of every piece of work. It is called by many goroutines.
	Told func(Event)

	poke     chan struct{}
	cancel   context.CancelFunc
	finished chan struct{}
	latest   cardea.Instant // the clock at the last look
	mu       sync.Mutex
	failures map[string]int // in a row, by unit
}

// Waiting times after failures.
const (
	firstRetry = time.Second
	lastRetry  = 15 * time.Minute
	// idle is the pause when rows are due that cannot be claimed.
	idle = 20 * time.Millisecond
	// goodbye is how long a release may take when the loop stops.
	goodbye = 10 * time.Second
)

// Start begins the loop. Call it once.
func (l *Loop) Start(ctx context.Context) {
	if l.Life <= 0 {
		l.Life = time.Minute
	}
	if l.Parallel <= 0 {
		l.Parallel = 4
	}
	if l.Poll <= 0 {
		l.Poll = time.Second
	}
	if l.Rand == nil {
		l.Rand = rand.Float64
	}
	ctx, l.cancel = context.WithCancel(ctx)
	l.poke = make(chan struct{}, 1)
	l.finished = make(chan struct{})
	l.failures = map[string]int{}
	go func() {
		defer close(l.finished)
		l.loop(ctx)
	}()
}

// Stop ends the loop and waits until every handler has returned and its lease is released.
func (l *Loop) Stop() {
	if l.cancel == nil {
		return
	}
	l.cancel()
	<-l.finished
}

// Poke makes the loop look at the rows now. It never blocks.
func (l *Loop) Poke() {
	select {
	case l.poke <- struct{}{}:
	default:
	}
}

// loop runs until the context ends and all work is done.
func (l *Loop) loop(ctx context.Context) {
	kinds := make([]string, 0, len(l.Handlers))
	for k := range l.Handlers {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	done := make(chan string, l.Parallel*len(kinds)) // with room for all: whoever finishes never waits
	var working sync.WaitGroup
	defer working.Wait()
	running, busy, empty := map[string]int{}, 0, 0
	for ctx.Err() == nil {
		got, broken := 0, false
		l.watch(ctx, kinds)
		open, free := l.room(kinds, running)
		if free > 0 {
			leases, err := l.claim(ctx, open, free)
			if err != nil {
				l.tell(Event{Err: fmt.Errorf("could not look for work: %w", err), Next: l.now().Add(l.Poll)})
				broken = true
			}
			for _, lease := range leases {
				running[l.pool(lease.Kind)]++
				working.Go(func() {
					l.work(ctx, lease)
					done <- l.pool(lease.Kind)
				})
			}
			got = len(leases)
			busy += got
		}
		if got > 0 {
			empty = 0
		} else {
			empty++
		}
		open, free = l.room(kinds, running)
		d := l.sleep(ctx, open, broken || free == 0, empty)
		t := time.NewTimer(d)
		select {
		case <-ctx.Done():
		case pool := <-done:
			running[pool]--
			busy--
		case <-l.poke:
			empty = 0
		case <-t.C:
		}
		t.Stop()
		for more := true; more && busy > 0; {
			select {
			case pool := <-done:
				running[pool]--
				busy--
			default:
				more = false
			}
		}
	}
}

// pool is what Parallel counts together.
func (l *Loop) pool(kind string) string {
	if l.Apart {
		return kind
	}
	return ""
}

// room returns the kinds of which more can be taken, and how many of any of them.
func (l *Loop) room(kinds []string, running map[string]int) (open []string, free int) {
	for _, k := range kinds {
		if n := l.Parallel - running[l.pool(k)]; n > 0 {
			if len(open) == 0 || n < free {
				free = n
			}
			open = append(open, k)
		}
	}
	return open, free
}

// claim takes what is due, if this node is fit to work. What was claimed and not heard of would be nobody's until its life is over:
// a stop waits for the answer, and what came is released.
func (l *Loop) claim(ctx context.Context, kinds []string, n int) ([]store.Lease, error) {
	if l.Fit != nil {
		if err := l.Fit(ctx); err != nil {
			return nil, err
		}
	}
	asked, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(goodbye, giveUp) })()
	return l.Store.Claim(asked, l.Owner, kinds, l.now(), l.Life, n)
}

// sleep says how long nothing is to be done.
func (l *Loop) sleep(ctx context.Context, kinds []string, blocked bool, empty int) time.Duration {
	if blocked {
		return l.Poll
	}
	next, err := l.Store.NextWake(ctx, kinds)
	if err != nil || next == cardea.Never {
		return l.Poll
	}
	d := max(time.Duration(next-l.now())*time.Microsecond, 0)
	if d == 0 && empty > 1 {
		d = idle
	}
	return min(d, l.Poll)
}

func (l *Loop) now() cardea.Instant { return cardea.At(l.Now()) }

func (l *Loop) tell(e Event) {
	if l.Told != nil {
		l.Told(e)
	}
}
