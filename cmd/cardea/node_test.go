package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/store/storetest"
)

func (n *node) answer(t *testing.T) int {
	t.Helper()
	w := httptest.NewRecorder()
	n.ready(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	return w.Code
}

// A node whose clock is far from the database's writes leases that others misread: it begins nothing, and says that it is not ready.
func TestANodeWithAWrongClockIsNotFit(t *testing.T) {
	t.Parallel()
	ahead := time.Duration(0)
	n := &node{store: storetest.Postgres(t), timed: true, now: func() time.Time { return time.Now().Add(ahead) }}
	if code := n.answer(t); code != http.StatusOK {
		t.Errorf("by the right clock it answers %d", code)
	}
	for _, ahead = range []time.Duration{time.Minute, -time.Minute} {
		if err := n.fit(t.Context()); err == nil || n.answer(t) != http.StatusServiceUnavailable {
			t.Errorf("%s ahead: %v", ahead, err)
		}
	}
	n.timed = false
	if err := n.fit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadinessGoesBeforeTheWorkDoes(t *testing.T) {
	t.Parallel()
	n := &node{store: storetest.SQLite(t), now: time.Now}
	ctx, stop := context.WithCancel(t.Context())
	on, left := n.drained(ctx, time.Hour)
	defer left()
	if code := n.answer(t); code != http.StatusOK {
		t.Fatalf("it answers %d", code)
	}
	stop()
	for !n.leaving.Load() {
		time.Sleep(time.Millisecond)
	}
	if code := n.answer(t); code != http.StatusServiceUnavailable || on.Err() != nil {
		t.Errorf("it answers %d, and goes on: %v", code, on.Err())
	}
	synctest.Test(t, func(t *testing.T) {
		n := &node{now: time.Now}
		ctx, stop := context.WithCancel(context.Background())
		on, left := n.drained(ctx, 5*time.Second)
		defer left()
		stop()
		time.Sleep(4 * time.Second)
		if on.Err() != nil {
			t.Error("it stopped before its time")
		}
		time.Sleep(2 * time.Second)
		if on.Err() == nil {
			t.Error("it went on")
		}
	})
}
