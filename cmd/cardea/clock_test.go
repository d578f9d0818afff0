package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// TestAWrongClockWritesNothing starts with a clock three hours off the vendor's, either way: nothing is written, and the
// sentence says why; with the clock set right it goes on.
func TestAWrongClockWritesNothing(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": -3 * time.Hour, "behind": 3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := tiny(t, kept(t))
				right := r.vendors
				r.shut()
				world, err := sandbox.Parse("tiny.yaml", read(t, worldsDir+"tiny.yaml"))
				if err != nil {
					t.Fatal(err)
				}
				wrong, err := sandbox.New(world, sandbox.Options{Now: func() time.Time { return time.Now().Add(off) }})
				if err != nil {
					t.Fatal(err)
				}
				r.set.transport = wrong.Transport()
				r.open()
				result, err := r.app.desk.Sync(context.Background(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(wrong.Writes("kisi")); n != 0 || result.Standing() != desk.Incomplete {
					t.Errorf("%d writes, standing %d: %s", n, result.Standing(), brief(result))
				}
				if said := brief(result); !strings.Contains(said, "3h0m0s apart") {
					t.Errorf("it does not say why: %s", said)
				}
				r.shut()
				r.set.transport = right.Transport()
				r.open()
				defer r.shut()
				r.sync(desk.InStep)
				r.wantInside("with the clock set right", atNine)
			})
		})
	}
}

// TestAClockThatJumpsBackWritesNothing sets our own clock back to before what was written.
func TestAClockThatJumpsBackWritesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		r.sync(desk.InStep)
		r.shut()
		r.term.now = func() time.Time { return time.Now().Add(-time.Hour) }
		r.patch("officernd: {members: [{_id: jill, status: former}]}")
		r.open()
		defer r.shut()
		n := r.writes()
		result, err := r.app.desk.Sync(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if s := r.sent(n); len(s) > 0 || result.Standing() != desk.Incomplete {
			t.Errorf("standing %d, wrote %v: %s", result.Standing(), s, brief(result))
		}
	})
}
