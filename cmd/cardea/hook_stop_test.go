package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/sandbox"
)

// TestAHookInFlightAtAStopIsNotLost stops the server at every point of a hook's way. What was answered with 200 is acted on, after
// the next start at the latest; what was not is the vendor's to send again. Nothing else would tell: everything is read twice a
// day.
func TestAHookInFlightAtAStopIsNotLost(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		play  func(s *stopping) int // the status, 0 when there was no answer
		taken bool
	}{
		"it never came":                {func(s *stopping) int { s.end(); return 0 }, false},
		"answered and stopped at once": {func(s *stopping) int { defer s.end(); return s.post(0, nil) }, true},
		"stopped while it is acted on": {(*stopping).looking, true},
		"half of its body is here": {func(s *stopping) int {
			return s.post(len(s.d.body)/2, func() bool { s.end(); time.Sleep(time.Second); return true })
		}, true},
		"the other half never comes": {func(s *stopping) int {
			return s.post(len(s.d.body)/2, func() bool { s.end(); time.Sleep(time.Minute); return false })
		}, false},
		"it comes after the stop": {func(s *stopping) int { s.end(); synctest.Wait(); return s.post(0, nil) }, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			eachKept(t, func(t *testing.T, db database) {
				bubble(t, morning, func(t *testing.T) {
					s := newStopping(t, db)
					s.start()
					time.Sleep(3 * time.Minute)
					s.hooks.deaf = true
					s.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
					synctest.Wait()
					s.d = s.hooks.last(t)
					code := c.play(s)
					if taken := code == http.StatusOK; taken != c.taken || !taken && code/100 == 2 {
						t.Errorf("answered %d", code)
					}
					s.ends()
					s.clear()
					s.start()
					time.Sleep(50 * time.Second) // less than a lease lasts: what the one before had in its hands was given back
					if in := s.in("General access", "ana"); in == c.taken {
						t.Errorf("answered %d, and 50 s after the next start Ana is in: %v", code, in)
					}
					if again := s.post(0, nil); again != http.StatusOK {
						t.Errorf("sent again: answered %d", again)
					}
					time.Sleep(30 * time.Second)
					if s.in("General access", "ana") {
						t.Error("sent again: Ana is in")
					}
					s.end()
					s.ends()
				})
			})
		})
	}
}

// stopping is a server as its command runs it, which is stopped and started again.
type stopping struct {
	*rig

	wires *wires
	d     delivery // the hook
	end   context.CancelFunc
	ended chan error
}

func newStopping(t *testing.T, db database) *stopping {
	t.Helper()
	r := tiny(t, db, seldom, func(f *config.File) { f.Listen = inside })
	r.listening("rnd")
	r.shut() // the command opens its own
	s := &stopping{rig: r, wires: &wires{}}
	r.term.network.listener = s.wires.listen
	return s
}

func (s *stopping) start() {
	var ctx context.Context
	ctx, s.end = context.WithCancel(s.t.Context())
	s.ended = make(chan error, 1)
	go func() { s.ended <- (&serveCmd{}).serve(ctx, s.term, s.set) }()
	synctest.Wait()
}

// ends waits until the command has ended. Whether it says that somebody was cut off is no matter here.
func (s *stopping) ends() {
	if err := <-s.ended; err != nil {
		s.t.Logf("the server ended with %v", err)
	}
}

// post sends the hook, and after this many bytes of its body does something that says whether the rest is sent.
func (s *stopping) post(first int, then func() bool) int {
	conn, err := s.wires.dial(s.t.Context(), "tcp", inside)
	if err != nil {
		return 0
	}
	defer func() { _ = conn.Close() }()
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n",
		s.d.path, inside, len(s.d.body))
	for name, values := range s.d.header {
		for _, v := range values {
			head += name + ": " + v + "\r\n"
		}
	}
	if _, err := fmt.Fprintf(conn, "%s\r\n%s", head, s.d.body[:first]); err != nil {
		return 0
	}
	synctest.Wait()
	if then == nil || then() {
		if _, err := conn.Write(s.d.body[first:]); err != nil {
			return 0
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

// looking stops the server while the vendor is being asked because of the hook.
func (s *stopping) looking() int {
	s.fault("officernd", sandbox.Fault{Path: "*memberships*", Effect: sandbox.EffectSlow, DelayMS: 20000})
	code := s.post(0, nil)
	time.Sleep(3 * time.Second)
	if !s.in("General access", "ana") {
		s.t.Error("it was acted on before the stop")
	}
	s.end()
	return code
}

// TestAHookOfAConnectionThatWasNeverReachedIsSentAgain: a server takes hooks before a vendor that is away said whose its account
// is. What cannot be kept until then is no fault of the hook, and vendors switch off what refuses theirs.
func TestAHookOfAConnectionThatWasNeverReachedIsSentAgain(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := north(t, nil, nil)
		defer func() { r.shut() }()
		r.hooks.deaf = true
		r.patch("kinnovis: {bookings: [{id: book_ana, has_access: false}]}")
		synctest.Wait()
		d := r.hooks.last(t)
		if code := r.hooks.post(d); code != http.StatusServiceUnavailable {
			t.Errorf("before it was reached: answered %d", code)
		}
		forged := delivery{d.path, d.header, append([]byte(" "), d.body...)}
		if code := r.hooks.post(forged); code != http.StatusBadRequest {
			t.Errorf("a forged one: answered %d", code)
		}
		if err := r.app.desk.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if code := r.hooks.post(d); code != http.StatusOK {
			t.Errorf("sent again: answered %d", code)
		}
	})
}
