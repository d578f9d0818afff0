package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// node is this process as one of those that share a database: whether it may begin work, and whether it is to be sent any.
type node struct {
	store *store.Store
	now   func() time.Time
	timed bool // the clock is the machine's, so that it can be compared with the database's

	leaving atomic.Bool

	mu    sync.Mutex
	asked time.Time
	unfit error
	wrote time.Time // when it was last tried whether the database can be written
	shut  error     // why it could not
}

const (
	// maxApart is how far a node's clock may be from the database's. Leases are written by one node's clock and read by
	// another's: at twice this they still last for two renewals out of three (docs/decisions/0010-claims-and-leases.md).
	maxApart = 10 * time.Second
	// askClock is how often they are compared.
	askClock = 15 * time.Second
)

// fit fails while this node's clock is too far from the database's for its leases to mean anything.
func (n *node) fit(ctx context.Context) error {
	if !n.timed {
		return nil
	}
	n.mu.Lock()
	fresh, unfit := n.now().Sub(n.asked).Abs() < askClock, n.unfit
	n.mu.Unlock()
	if fresh {
		return unfit
	}
	skew, unsure, err := n.store.Skew(ctx, n.now)
	if err != nil {
		return err
	}
	if skew.Abs()-unsure > maxApart {
		unfit = cardea.Errorf(cardea.Rejected, "our clock and the database's are %s apart: nothing is begun here until the one that is "+
			"wrong is set right (timedatectl set-ntp true)", skew.Abs().Round(time.Second))
	} else {
		unfit = nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked, n.unfit = n.now(), unfit
	return unfit
}

// writable tries whether the database can be written: one whose disk is full can be read for ever. Who is kept waiting by others that
// write learns nothing by it.
func (n *node) writable(ctx context.Context) error {
	n.mu.Lock()
	fresh, shut := n.now().Sub(n.wrote).Abs() < askClock, n.shut
	n.mu.Unlock()
	if fresh && shut == nil {
		return nil
	}
	_, err := n.store.In("default").Reserve(ctx, "readyz", 0, cardea.At(n.now()))
	if err != nil && ctx.Err() != nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wrote, n.shut = n.now(), err
	return err
}

// drained is a context that goes on for a while after the process was told to stop, so that whoever sends it requests sees
// first that it is not ready any more.
func (n *node) drained(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	on, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		n.leaving.Store(true)
		if d <= 0 {
			cancel()
			return
		}
		late := time.AfterFunc(d, cancel)
		context.AfterFunc(on, func() { late.Stop() })
	})
	return on, func() {
		stop()
		cancel()
	}
}

// ready says whether this process is to be sent anything.
func (n *node) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if n.leaving.Load() {
		http.Error(w, "this process is about to stop", http.StatusServiceUnavailable)
		return
	}
	if _, err := n.store.NextWake(ctx, []string{store.WakeKeep}); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	if err := n.writable(ctx); err != nil {
		http.Error(w, "the database cannot be written: the log says why", http.StatusServiceUnavailable)
		return
	}
	if err := n.fit(ctx); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}
