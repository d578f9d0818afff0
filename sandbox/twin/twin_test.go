package twin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Whatever the rhythm, no closed window holds more than Max accepted requests, and one that is refused would have been too many.
func TestLimiterHoldsEveryClosedWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &twin.Limiter{Max: rapid.IntRange(1, 6).Draw(t, "max"), Window: time.Second}
		now, accepted := time.Unix(0, 0), []time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "gap")) * 100 * time.Millisecond)
			within := 0
			for _, at := range accepted {
				if now.Sub(at) <= time.Second {
					within++
				}
			}
			ok, left, reset := l.Take("a", now)
			if ok != (within < l.Max) {
				t.Fatalf("accepted: %v with %d in the window of %d", ok, within, l.Max)
			}
			if ok {
				accepted = append(accepted, now)
				within++
			}
			if left != l.Max-within || reset < 0 || reset > time.Second {
				t.Fatalf("left %d, reset %v", left, reset)
			}
		}
	})
}

func TestLimiterKeepsCallersApart(t *testing.T) {
	t.Parallel()
	l := &twin.Limiter{Max: 1, Window: time.Second}
	for _, caller := range []string{"a", "b"} {
		if ok, _, _ := l.Take(caller, time.Unix(0, 0)); !ok {
			t.Errorf("%s was refused", caller)
		}
	}
}

func TestMoveStampKeepsDatesAndWallClocks(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to string
		zone     *time.Location
	}{
		{"2026-10-19T00:00:00.000Z", "2026-10-26T00:00:00.000Z", london}, // a date
		{"2026-10-19T08:00:00.000Z", "2026-10-26T09:00:00.000Z", london}, // nine o'clock, both times
		{"2026-10-19T08:00:00.000Z", "2026-10-26T08:00:00.000Z", nil},
		{"not a date", "not a date", london},
	} {
		if got := twin.MoveStamp(c.from, 7, c.zone); got != c.to {
			t.Errorf("%s moved to %s, want %s", c.from, got, c.to)
		}
	}
	if got := twin.MoveRule("FREQ=DAILY;UNTIL=20261231", 7); got != "FREQ=DAILY;UNTIL=20270107" {
		t.Error(got)
	}
}

func TestWeeksAreWhole(t *testing.T) {
	t.Parallel()
	anchor := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for day, want := range map[int]int{-1: -7, 0: 0, 6: 0, 7: 7, 370: 364} {
		if got := twin.Weeks(anchor, anchor.AddDate(0, 0, day).Add(23*time.Hour)); got != want {
			t.Errorf("day %d: %d, want %d", day, got, want)
		}
	}
}

func TestOutboxSendsInOrderAndWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got []string
		var failures int
		o := twin.NewOutbox(func(_ context.Context, url string, _ http.Header, _ []byte) error {
			time.Sleep(time.Second)
			got = append(got, url)
			if url == "b" {
				return errors.New("no")
			}
			return nil
		})
		count := func(err error) {
			if err != nil {
				failures++
			}
		}
		o.Send(twin.Delivery{URL: "a", Done: count}, twin.Delivery{URL: "b", Done: count})
		o.Send(twin.Delivery{URL: "c", Done: count})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := o.Wait(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited: %v", err)
		}
		if err := o.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 || got[0] != "a" || got[2] != "c" || failures != 1 {
			t.Errorf("sent %v, %d failures", got, failures)
		}
	})
}

func TestPostHook(t *testing.T) {
	t.Parallel()
	var signature string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signature = r.Header.Get("X-Signature")
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(srv.Close)
	h := http.Header{"X-Signature": {"s"}}
	if err := twin.PostHook(t.Context(), srv.URL+"/yes", h, []byte("{}")); err != nil || signature != "s" {
		t.Errorf("%v, signature %q", err, signature)
	}
	if err := twin.PostHook(t.Context(), srv.URL+"/no", h, nil); err == nil {
		t.Error("a refusal counts as delivered")
	}
}
