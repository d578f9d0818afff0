package wire_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

type counting struct{ writes, reads atomic.Int32 }

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		c.reads.Add(1)
	} else {
		c.writes.Add(1)
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// TestWritesThatWaitMakeWayWhenTheirTurnEnds has four writes wait for their slots: the one whose slot comes up first after
// something more urgent came looks, and neither it nor those behind it are sent. Reads go on.
func TestWritesThatWaitMakeWayWhenTheirTurnEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent counting
		rate := wire.Rate{Calls: 1, Per: time.Second}
		client, err := wire.New(wire.Config{
			Name: "kisi", Base: "http://x.test", Transport: &sent, Now: time.Now,
			Budget: wire.NewBudget("kisi", rate, wire.LocalSlots(), time.Now),
		})
		if err != nil {
			t.Fatal(err)
		}
		var urgent atomic.Bool
		turn := wire.NewTurn(func(_ context.Context, level int) bool { return urgent.Load() && level > wire.Revoke })
		ctx := wire.WithTurn(t.Context(), turn)
		errs := make(chan error, 4)
		for range 4 {
			go func() {
				_, err := client.Do(ctx, wire.Call{Method: http.MethodPost, Path: "/entries"})
				errs <- err
			}()
		}
		synctest.Wait()
		if n := sent.writes.Load(); n != 1 {
			t.Fatalf("%d writes before anything came up", n)
		}
		urgent.Store(true)
		began := time.Now()
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := <-errs; cardea.ClassOf(err) != cardea.Retry {
				t.Errorf("a write that made way says %v", err)
			}
		}
		if waited := time.Since(began); waited > 2*time.Second {
			t.Errorf("they left after %s: one slot was enough to see", waited)
		}
		if n := sent.writes.Load(); n != 1 || !turn.Over() {
			t.Errorf("%d writes were sent", n)
		}
		revoke := wire.WithUrgency(t.Context(), wire.Urgency{Level: wire.Revoke})
		if _, err := client.Do(revoke, wire.Call{Method: http.MethodDelete, Path: "/entries/1"}); err != nil || sent.writes.Load() != 2 {
			t.Errorf("the urgent one: %v, %d writes", err, sent.writes.Load())
		}
		if _, err := client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/entries"}); err != nil {
			t.Errorf("a read: %v", err)
		}
	})
}
