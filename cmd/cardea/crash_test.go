package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
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
	dir, err := os.MkdirTemp("/dev/shm", "cardea-test-") //nolint:usetesting // TempDir lies on the disk
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
	arm   func(r *rig, c *cut)
}

// deaths are every kind of it; TestCrashSweep has those at what is written to the store.
func deaths() map[string]death {
	calls := func(writes bool) func(*rig, *cut) {
		return func(r *rig, c *cut) { r.set.transport = c.calls(r.vendors.Transport(), writes) }
	}
	return map[string]death{
		"before a write of the first run": {first: true, least: 10, arm: calls(true)},
		"after a write of the first run":  {first: true, after: true, least: 10, arm: calls(true)},
		"before a call":                   {least: 25, arm: calls(false)},
		"after a write":                   {after: true, least: 7, arm: calls(true)},
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
			k := 1
			for d.play(t, k, database{dsn: "sqlite:" + filepath.Join(dir, fmt.Sprint(k, ".db"))}) {
				k++
			}
			if k <= d.least {
				t.Errorf("a run had only %d such places", k-1)
			}
		})
	}
	t.Run("after a write, on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		d := deaths()["after a write"]
		for k := 1; d.play(t, k, database{storetest.DSN(t), storetest.Schema(t)}); k += 2 {
			continue
		}
	})
}

// play plays one death and what comes after it, and says whether the place was reached.
func (d death) play(t *testing.T, k int, db database) bool {
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
		d.arm(r, c)
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
