package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestNodesKilled lets three real processes share one PostgreSQL database and kills one of them again and again, while records
// change at every tenant. Nothing may be lost, and nothing done twice at a vendor. The long form is made by `make soak`.
func TestNodesKilled(t *testing.T) {
	t.Parallel()
	nodesKilled(t, killing{tenants: 40, kills: 4, every: time.Second, changes: 30, lease: 3 * time.Second, patience: 5 * time.Minute})
}

// killing is how much is done to the nodes.
type killing struct {
	tenants  int
	kills    int
	every    time.Duration // between kills
	changes  int           // between two kills
	lease    time.Duration
	patience time.Duration
}

func nodesKilled(t *testing.T, k killing) {
	t.Helper()
	town := startTenants(t, k.tenants)
	c := startCluster(t, town, k)
	dice := rand.New(rand.NewPCG(3, 7))
	for range k.kills {
		for range k.changes {
			town.change(t, c.ws, dice)
			time.Sleep(k.every / time.Duration(k.changes))
		}
		n := dice.IntN(len(c.nodes))
		c.kill(n)
		c.start(n)
	}
	// A rolling restart: each node in turn is told to stop, and ends well.
	for n := range c.nodes {
		for range k.changes / 3 {
			town.change(t, c.ws, dice)
		}
		c.stop(n)
		c.start(n)
	}
	began := time.Now()
	for left := town.outOfStep(); len(left) > 0; left = town.outOfStep() {
		if time.Since(began) > k.patience {
			t.Fatalf("%d tenants are not in step after %s, such as %s\n%s", len(left), k.patience, left[0], c.said())
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("%d tenants, %d kills: in step %s after the last restart, %d writes at the vendors",
		k.tenants, k.kills, time.Since(began).Round(100*time.Millisecond), town.writes.Load())
	c.settled(k.patience)
	for n := range c.nodes {
		c.stop(n)
	}
	town.oneEach(t)
	if t.Failed() {
		c.told()
	}
	c.clean()
	if left := town.outOfStep(); len(left) > 0 {
		t.Errorf("stopping took %s out of step", left[0])
	}
}
