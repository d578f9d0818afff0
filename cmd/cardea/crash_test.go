package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store/storetest"
)

var errCut = errors.New("the power went")

// fewer keeps a handful of tiny's people: those of Office 12, of the night, and who books the Elephant.
func fewer(f *config.File) {
	m := &f.Integrations["london"].Mappings
	delete(m.Plans, "Hot desk")
	delete(m.Plans, "Evening")
	delete(m.Bookables, "Day room")
	m.Locations, m.Floors, m.Passes = nil, nil, nil
	m.Plans["Night owl"].Groups = m.Plans["Night owl"].Groups[1:]
}

// calm leaves three bookings, and makes the space side take few calls, so that a run is short enough to be killed at each.
const calm = `
officernd:
  bookings: [{_id: bk-after, delete: true}, {_id: bk-cancelled, delete: true}, {_id: bk-tentative, delete: true},
    {_id: bk-guests, delete: true}, {_id: bk-team, delete: true}, {_id: bk-nobody, delete: true}, {_id: bk-late, delete: true},
    {_id: bk-day, delete: true}, {_id: bk-giraffe, delete: true}, {_id: bk-tejo, delete: true}]
`

// fewAtNine is who can pass then.
var fewAtNine = map[string][]string{
	"Night": {"dora", "finn"}, "Office 12": {"hana", "ivan", "jill", "tess"}, "Elephant room": {"uma"},
	"General access": {"olga"}, "Building": {"gus"}, "Cleaners": {"cleaner"},
}

// turmoil makes the next run of the few do everything that a run can: make an account, give access, move a booking's times,
// clean away what is over, and take access away from somebody who left.
const turmoil = `
officernd:
  memberships:
    - {_id: ms-dan, plan: night-owl, name: Night owl, startDate: 2026-11-20}
    - {_id: ms-hana, endDate: 2026-11-20}
  members:
    - {_id: jill, status: former}
  bookings:
    - {_id: bk-review, end: 2026-11-23T15:30:00Z}
`

var fewAfter = with(fewAtNine, map[string][]string{
	"Night": {"dan", "dora", "finn"}, "Office 12": {"ivan", "tess"}, "Elephant room": {"sam"},
})

// cut is a place at which a run is killed: whatever reaches further, nothing gets through.
type cut struct {
	at     int
	after  bool // the fatal step itself takes effect
	steps  atomic.Int64
	dead   atomic.Bool
	cancel context.CancelFunc
}

// step counts one step, and says whether it may take effect and whether its doer lives to see it.
func (c *cut) step() (does, lives bool) {
	if c.dead.Load() {
		return false, false
	}
	if c.at == 0 || c.steps.Add(1) != int64(c.at) {
		return true, true
	}
	c.dead.Store(true)
	c.cancel()
	return c.after, false
}

// calls lets a cut act on calls to the vendors: on every call to the door system and every third of the space side, which
// only reads; or on writes alone.
func (c *cut) calls(inner http.RoundTripper, writes bool) http.RoundTripper {
	var reads atomic.Int64
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		door := strings.HasPrefix(r.URL.Path, "/kisi/")
		if !door && (writes || reads.Add(1)%3 != 0) || writes && r.Method == http.MethodGet {
			if c.dead.Load() {
				return nil, errCut
			}
			return inner.RoundTrip(r)
		}
		does, lives := c.step()
		if does && !lives { // the vendor is not told that we died
			res, err := inner.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
			if err == nil {
				err = res.Body.Close()
			}
			return nil, errors.Join(errCut, err)
		}
		if !does {
			return nil, errCut
		}
		return inner.RoundTrip(r)
	})
}

// mute lets nothing through to the vendors once the cut was reached.
func (c *cut) mute(inner http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if c.dead.Load() {
			return nil, errCut
		}
		return inner.RoundTrip(r)
	})
}

// start is open for one who may die while starting.
func (r *rig) start() error {
	a, err := r.flags.assemble(context.Background(), r.term, r.set)
	r.app = a
	return err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// commits lets a cut act on what is written to a database file. One hook serves all files: the driver keeps it for good.
var commits struct {
	once  sync.Once
	files sync.Map // path -> *cut
}

func (c *cut) commits(t *testing.T, path string) {
	t.Helper()
	commits.once.Do(func() {
		sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
			file, _, _ := strings.Cut(strings.TrimPrefix(dsn, "file:"), "?")
			hooks, ok := conn.(sqlite.HookRegisterer)
			if _, wanted := commits.files.Load(file); !ok || !wanted {
				return nil
			}
			hooks.RegisterCommitHook(func() int32 {
				v, wanted := commits.files.Load(file)
				if c, ok := v.(*cut); wanted && ok {
					if does, _ := c.step(); !does {
						return 1 // rolls back
					}
				}
				return 0
			})
			return nil
		})
	})
	commits.files.Store(path, c)
	t.Cleanup(func() { commits.files.Delete(path) })
}

// quickDisk is a folder in memory where there is one: what is killed here is a process, not a machine.
func quickDisk(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "cardea-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// death is how a run is killed: arm makes the cut act.
type death struct {
	first bool // the very first run, else one that has everything to do
	after bool // what the run is killed at takes effect
	least int  // places there must be
	from  int  // the first place that is tried, and how far it is to the next; there are many where something is kept
	every int
	arm   func(t *testing.T, r *rig, c *cut, file string)
}

// deaths are every kind of it.
func deaths() map[string]death {
	calls := func(writes bool) func(*testing.T, *rig, *cut, string) {
		return func(_ *testing.T, r *rig, c *cut, _ string) { r.set.transport = c.calls(r.vendors.Transport(), writes) }
	}
	writes := func(t *testing.T, r *rig, c *cut, file string) {
		t.Helper()
		c.commits(t, file)
		r.set.transport = c.mute(r.vendors.Transport())
	}
	return map[string]death{
		"before a call of the first run": {first: true, least: 25, from: 1, every: 1, arm: calls(false)},
		"after a write of the first run": {first: true, after: true, least: 10, from: 1, every: 1, arm: calls(true)},
		"before a call":                  {least: 25, from: 1, every: 1, arm: calls(false)},
		"after a write":                  {after: true, least: 7, from: 1, every: 1, arm: calls(true)},
		"before something is kept":       {least: 50, from: 1, every: 2, arm: writes},
		"after something is kept":        {after: true, least: 50, from: 2, every: 2, arm: writes},
	}
}

// TestKilledAnywhereConverges kills a run wherever it can be killed. Whoever comes next finds out what was done: everyone
// ends with the access they should have, and nothing is done twice.
func TestKilledAnywhereConverges(t *testing.T) {
	t.Parallel()
	for what, d := range deaths() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := quickDisk(t)
			k := d.from
			for file := filepath.Join(dir, "0.db"); d.play(t, k, database{dsn: "sqlite:" + file}, file); k += d.every {
				file = filepath.Join(dir, fmt.Sprint(k, ".db"))
			}
			if k <= d.least {
				t.Errorf("a run had only %d such places", k-1)
			}
		})
	}
	t.Run("after a write, on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		d := deaths()["after a write"]
		for k := 1; d.play(t, k, database{storetest.DSN(t), storetest.Schema(t)}, ""); k += 2 {
			continue
		}
	})
}

// play plays one death and what comes after it, and says whether the place was reached.
func (d death) play(t *testing.T, k int, db database, file string) bool {
	t.Helper()
	reached := false
	bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
		r := tiny(t, db, fewer)
		defer func() { r.shut() }()
		r.patch(calm)
		if err := r.vendors.SetSwitches(map[string]string{"officernd.assignments_bulk": "list"}); err != nil {
			t.Fatal(err)
		}
		want, what := fewAtNine, fmt.Sprintf("killed at %d", k)
		if !d.first {
			r.sync(desk.InStep)
			r.patch(turmoil)
			time.Sleep(40 * time.Minute)
			want = fewAfter
		}
		r.shut()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		c := &cut{at: k, after: d.after, cancel: cancel}
		d.arm(t, r, c, file)
		result, err := desk.Result{}, error(nil)
		if err = r.start(); err == nil {
			result, err = r.try(ctx)
			r.shut()
		}
		if reached = c.dead.Load(); reached && !d.after && err == nil && result.Standing() == desk.InStep {
			t.Errorf("%s: the run ended well", what)
		}
		c.at = 0
		c.dead.Store(false)
		time.Sleep(time.Minute + time.Second) // what the dead process held is free again
		r.set.transport = r.vendors.Transport()
		r.open()
		r.settle(what, 3)
		r.wantInside(what, want)
		n := r.writes()
		r.sync(desk.InStep)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("%s: in step, and yet something was written: %v", what, s)
		}
		r.sound(what, "gus@x.test")
	})
	return reached
}

// lasting is the part of tiny's configuration whose access neither begins nor ends within a day, so that a run at any
// moment wants the same.
const lasting = `
      plans: {Hot desk: [General access], Night owl: [Night]}
      locations: {London: [Building]}
      floors: {London/Floor 1: [First floor], London/Floor 2: [Second floor]}
      resources: {London/Office 12: [Office 12]}
`

// TestAKilledProcessIsFollowedByOneThatConverges kills real processes, each at some call that it makes, as the system
// would that has no memory left.
func TestAKilledProcessIsFollowedByOneThatConverges(t *testing.T) {
	t.Parallel()
	reference := startProcesses(t)
	if code := reference.sync(0); code != exitInStep {
		t.Fatalf("an undisturbed run ended with exit code %d: %s", code, reference.said.String())
	}
	p := startProcesses(t)
	moments := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for range 6 { // the later ones find less to do, and may come to their end
		if p.sync(int64(10+moments.IntN(50))) == -1 {
			killed++
		}
	}
	if killed < 3 {
		t.Errorf("only %d processes were killed", killed)
	}
	for range 3 {
		if p.sync(0) == exitInStep {
			break
		}
	}
	want, got := reference.vendors.Groups("kisi"), p.vendors.Groups("kisi")
	for i := range want {
		if !slices.Equal(want[i].Members, got[i].Members) {
			t.Errorf("%s: %s", want[i].Name, difference(got[i].Members, want[i].Members))
		}
	}
	res, err := http.Get(p.base + "/_sandbox/world") //nolint:noctx // it is ours
	if err != nil {
		t.Fatal(err)
	}
	oneEach(t, "after the deaths", usersOf(t, res), got, p.vendors.Writes("kisi"))
	n := len(p.vendors.Writes("kisi"))
	if code := p.sync(0); code != exitInStep || len(p.vendors.Writes("kisi")) != n {
		t.Errorf("exit code %d, and %d writes more: %s", code, len(p.vendors.Writes("kisi"))-n, p.said.String())
	}
}

// processes are runs of cardea in processes of their own, against a sandbox on a socket.
type processes struct {
	t       *testing.T
	vendors *sandbox.Server
	base    string
	db      string
	config  string
	said    bytes.Buffer
	left    atomic.Int64 // calls until the process is killed; 0 = it lives
	process atomic.Pointer[os.Process]
}

func startProcesses(t *testing.T) *processes {
	t.Helper()
	world, err := sandbox.Parse("tiny.yaml", quickWorld(t))
	if err != nil {
		t.Fatal(err)
	}
	p := &processes{t: t}
	if p.vendors, err = sandbox.New(world, sandbox.Options{Now: time.Now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.left.Load() > 0 && p.left.Add(-1) == 0 {
			if err := p.process.Load().Kill(); err != nil {
				t.Error(err)
			}
		}
		p.vendors.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	dir := quickDisk(t)
	p.base, p.db, p.config = server.URL, filepath.Join(dir, "cardea.db"), filepath.Join(dir, "cardea.yaml")
	text := quickConfig(t, server.URL, p.db)
	text = text[:strings.Index(text, "mappings:")] + "mappings:" + lasting
	if err := os.WriteFile(p.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// sync runs one process, which is killed at its nth call (0 = not at all), and returns its exit code; -1 = killed.
func (p *processes) sync(n int64) int {
	p.t.Helper()
	p.said.Reset()
	p.left.Store(0)
	cmd := exec.CommandContext(p.t.Context(), "cardea", "sync", "--config", p.config)
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.process.Store(cmd.Process)
	p.left.Store(n)
	var failed *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &failed) {
		p.t.Fatal(err)
	}
	p.left.Store(0)
	p.free()
	return cmd.ProcessState.ExitCode()
}

// free ends the leases of the dead, as a minute would.
func (p *processes) free() {
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := db.ExecContext(p.t.Context(), "PRAGMA busy_timeout = 10000; UPDATE wake SET lease_until = 0"); err != nil {
		p.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		p.t.Fatal(err)
	}
}
