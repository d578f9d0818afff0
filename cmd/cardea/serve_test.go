package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// serving starts the loops and returns what stops them.
func (r *rig) serving() (stop func()) {
	r.t.Helper()
	if err := r.app.desk.Connect(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	stop, err := r.app.desk.Start(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return stop
}

// edge finds an entry, staged and expired ones too.
func (r *rig) edge(group, email string) (sandbox.EdgeSeen, bool) {
	for _, g := range r.vendors.Groups("kisi") {
		for _, e := range g.All {
			if g.Name == group && strings.EqualFold(e.Email, email) {
				return e, true
			}
		}
	}
	return sandbox.EdgeSeen{}, false
}

func spanned(e sandbox.EdgeSeen) string {
	return strings.ReplaceAll(e.From+" "+e.Until, ".000Z", "Z")
}

// TestServeKeepsTheDoorsInStep lets a working day pass.
func TestServeKeepsTheDoorsInStep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			stop := r.serving()
			running := true
			defer func() {
				if running {
					stop()
				}
			}()
			time.Sleep(2 * time.Minute)
			r.wantInside("two minutes after the start", atNine)

			// A booking of this afternoon is staged, and begins and ends on the second without a call.
			e, ok := r.edge("Elephant room", "rosa@x.test")
			if !ok || spanned(e) != "2026-11-23T13:50:00Z 2026-11-23T15:05:00Z" {
				t.Errorf("Rosa's booking is staged as %+v (%v)", e, ok)
			}
			at(t, "2026-11-23T09:19:59Z")
			r.wantInside("at 9:19:59", map[string][]string{"Elephant room": {"uma"}})
			at(t, "2026-11-23T09:20:00Z")
			r.wantInside("at 9:20:00", map[string][]string{"Elephant room": {"sam"}})
			at(t, "2026-11-23T09:22:00Z")
			if e, ok := r.edge("Elephant room", "uma@x.test"); ok {
				t.Errorf("what is over was not cleaned away: %+v", e)
			}

			// What changes in the space system is followed after the interval, and not undone.
			r.patch(`officernd: {members: [{_id: jill, status: former}], memberships: [{_id: ms-dan, startDate: 2026-11-20}],
				bookings: [{_id: bk-review, start: 2026-11-23T14:30:00Z, end: 2026-11-23T15:30:00Z}]}`)
			time.Sleep(17 * time.Minute)
			r.wantInside("a quarter of an hour after a change", with(atNine, map[string][]string{
				"General access": append([]string{"dan"}, atNine["General access"]...), "Elephant room": {"sam"},
				"Building": {"gus", "hana", "ivan", "tess"}, "First floor": {"hana", "ivan", "tess"}, "Office 12": {"hana", "ivan", "tess"},
			}))
			if e, _ := r.edge("Elephant room", "rosa@x.test"); spanned(e) != "2026-11-23T14:20:00Z 2026-11-23T15:35:00Z" {
				t.Errorf("Rosa's booking was moved, and is staged as %+v", e)
			}

			// While the space system is down nobody loses anything, and bookings go on.
			r.fault("officernd", sandbox.Fault{Status: 503})
			at(t, "2026-11-23T14:20:00Z")
			r.wantInside("while the space system is down", map[string][]string{
				"Elephant room": {"rosa"}, "Office 12": {"hana", "ivan", "tess"},
			})
			r.clear()
			at(t, "2026-11-23T15:40:00Z")
			r.wantInside("after it", map[string][]string{"Elephant room": {"max"}})

			stop()
			running = false
			n := r.writes()
			r.patch("officernd: {members: [{_id: tess, status: former}]}")
			time.Sleep(time.Hour)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("it was stopped, and yet wrote: %v", s)
			}
			r.sync(desk.InStep)
			r.sound("at the end")
		})
	})
}

// TestServeEndsAccessOnTheDay starts in the evening: at midnight a last day is over, a next one begins.
func TestServeEndsAccessOnTheDay(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-11-23T23:30:00Z", func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		stop := r.serving()
		defer stop()
		has := func(who string) bool { return slices.Contains(r.inside()["General access"], who) }
		at(t, "2026-11-23T23:59:59Z")
		if !has("cal") || !has("yann") || has("dan") || len(r.inside()["Day room"]) > 0 {
			t.Errorf("a second before midnight: %v", r.inside())
		}
		at(t, "2026-11-24T00:00:00Z")
		if has("cal") || has("yann") || !slices.Contains(r.inside()["Day room"], "walt") {
			t.Errorf("at midnight: %v", r.inside())
		}
		at(t, "2026-11-24T00:02:00Z")
		if _, there := r.edge("General access", "cal@x.test"); there {
			t.Error("Cal's entry was not cleaned away")
		}
	})
}

// TestStopWaitsForWhatIsUnderWay stops in the midst of the first run: what was begun is written down, and the next start
// goes on.
func TestStopWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		for range 4 {
			stop := r.serving()
			time.Sleep(11 * time.Second)
			stop()
			n := r.writes()
			r.shut()
			time.Sleep(2 * time.Second)
			if s := r.sent(n); len(s) > 0 {
				t.Fatalf("after stop: %v", s)
			}
			r.open() // at once: nothing is leased to the dead
		}
		r.settle("after four stops", 2)
		r.wantInside("after four stops", atNine)
		r.sound("after four stops")
	})
}

// spoken collects what a command prints, and may be read meanwhile.
type spoken struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// TestServeAndSandboxOverSockets starts both commands as a person would, and stops them as a system does.
func TestServeAndSandboxOverSockets(t *testing.T) {
	t.Parallel()
	dir := quickDisk(t)
	write := func(name, text string) string { return writeFile(t, dir, name, text) }
	start := func(args ...string) (base string, said *spoken, stop func() int) {
		ctx, cancel := context.WithCancel(context.Background())
		said = &spoken{}
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, args, &terminal{out: said, err: said, now: time.Now, getenv: func(string) string { return "" }})
		}()
		for range 600 {
			if m := address.FindStringSubmatch(said.String()); m != nil {
				return m[0], said, func() int { cancel(); return <-code }
			}
			select {
			case c := <-code:
				t.Fatalf("%v ended with %d: %s", args, c, said)
			case <-time.After(50 * time.Millisecond):
			}
		}
		t.Fatalf("%v does not say where it is: %s", args, said)
		cancel()
		return "", nil, nil
	}
	vendors, _, stopVendors := start("sandbox", "--listen", "127.0.0.1:0", "--world", write("tiny.yaml", string(quickWorld(t))))
	config := write("cardea.yaml", quickConfig(t, vendors, dir+"/cardea.db"))
	console, said, stopServe := start("serve", "--listen", "127.0.0.1:0", "--config", config)
	for range 600 {
		if body, _ := fetch(t, vendors+"/_sandbox/kisi/groups"); strings.Contains(body, "ana@x.test") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ready", "/metrics": "cardea_", "/": "<html", vendors + "/_sandbox/kisi/groups": "ana@x.test",
	} {
		if !strings.HasPrefix(path, "http") {
			path = console + path
		}
		if body, status := fetch(t, path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s answers %d and not %q: %.200s", path, status, want, body)
		}
	}
	if code := stopServe(); code != exitInStep {
		t.Errorf("serve ended with exit code %d: %s", code, said)
	}
	if code := stopVendors(); code != exitInStep {
		t.Errorf("sandbox ended with exit code %d", code)
	}
}

func fetch(t *testing.T, url string) (body string, status int) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String(), res.StatusCode
}

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
