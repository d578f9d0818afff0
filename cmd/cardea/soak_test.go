//go:build soak

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// How the soak is configured, and with it the documented worst case: what a record says is acted on at the next reading, what
// is done at the door by hand at the next sweep; a run is over within the slack.
const (
	soakInterval = time.Hour
	soakSweep    = 6 * time.Hour
	soakSlack    = 10 * time.Minute
	soakSeed     = 20261019
)

// TestSoakLondon serves london for two months of virtual time on SQLite and for a week on PostgreSQL, as `cardea serve` does.
// Members come and go, rooms are booked and called off, people move, somebody at the door adds and removes entries by hand,
// vendors fail in every way they can, the process is stopped and killed, and what is held is released by a person some hours
// later. At every instant at which the answer can be another than before, a naive oracle says
// who must be able to pass and who may be. Beyond either is wrong, and nothing may be:
//
//   - Somebody who could not pass is wrong when every state of the world that could be the last one read gives a reason. Such
//     states are those of the last interval and slack; while a vendor fails or the process is down, and until an interval after,
//     those since the interval before the trouble began. So who has a standing reason keeps access through every fault. Where the
//     door fails or the process is down, a window that opens meanwhile may be staged late, no other.
//   - Somebody who could pass is wrong when none of those states gives a reason. Ends that were known act on the second, in
//     trouble too: the door holds the times. A record that vanished needs two readings. An entry made by hand may stay until the
//     next sweep; what a hold keeps waits for a person, and is counted apart.
//
// Of london's people every fourth is there, with all its sites, rooms, groups and companies. CARDEA_SOAK_DAYS sets the days on
// SQLite, CARDEA_SOAK_SHARE=1 brings everybody.
func TestSoakLondon(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		days, file, c := 7, "", &cut{}
		if db == onSQLite {
			days, file = 61, filepath.Join(quickDisk(t), "soak.db")
			if n, err := strconv.Atoi(os.Getenv("CARDEA_SOAK_DAYS")); err == nil {
				days = n
			}
			db = database{dsn: "sqlite:" + file}
		} else {
			db.dsn = c.commitsOf(t, db.dsn)
		}
		began := time.Now()
		bubble(t, "2026-10-19T07:05:00Z", func(t *testing.T) {
			s := newSoak(t, db, file, c, func(*config.Integration) {})
			defer func() { s.end() }()
			s.live(days)
			s.tell(t)
		})
		t.Logf("in %s", time.Since(began).Round(time.Second))
	})
}

// TestSoakLondonSeesWhatIsWrong lets a day pass with doors that open a minute late for a booking and close a minute late after it:
// whoever is out, or in, for that minute is found.
func TestSoakLondonSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, plant := range map[string]func(*config.Integration){
		" could not pass for 1m0s: ":       func(in *config.Integration) { in.Lead = config.Duration{Duration: 14 * time.Minute, Set: true} },
		":00Z could pass without a reason": func(in *config.Integration) { in.Lag = config.Duration{Duration: 16 * time.Minute, Set: true} },
	} {
		t.Run(strings.Trim(want, " :"), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(quickDisk(t), "soak.db")
			bubble(t, "2026-10-19T07:05:00Z", func(t *testing.T) {
				s := newSoak(t, database{dsn: "sqlite:" + file}, file, &cut{}, plant)
				defer func() { s.end() }()
				s.live(1)
				found := 0
				for _, w := range s.wrong {
					if strings.Contains(w, want) {
						found++
					}
				}
				if found == 0 {
					t.Errorf("nothing was found: %v", s.wrong)
				}
				t.Logf("%d times", found)
			})
		})
	}
}

// soak is london as it lives, and what is counted of it.
type soak struct {
	*rig

	draw *rand.Rand
	file string
	stop func()
	// c kills the process at a write, when it is dying.
	c     *cut
	dying bool
	died  atomic.Int64 // when a write killed the process
	armed time.Time
	last  int // for ids
	world []known
	// troubles are when a vendor failed or the process was down, oldest first.
	troubles []outage
	until    time.Time            // the faults are cleared then
	excused  map[string]time.Time // places that were changed by hand, and until when the door may show it
	waiting  map[string]time.Time // holds, and when a person will release them
	count    map[string]int
	wrong    []string

	watch   watch
	answer  foretold
	names   map[[2]string]string
	told    map[string]bool
	longest time.Duration // that somebody was out while times changed
}

// known is a state of the world, from an instant on.
type known struct {
	naive

	at       time.Time
	vanished bool                      // a record vanished: that is believed when it is read twice
	answers  map[int64]map[string]bool // who passes, by quarter of an hour
}

// outage is a time in which a vendor failed or the process was down.
type outage struct {
	from, to time.Time
	late     bool // windows could not be staged
}

func newSoak(t *testing.T, db database, file string, c *cut, plant func(*config.Integration)) *soak {
	t.Helper()
	text := thinned(t)
	r := rigOf(t, "london", text, string(read(t, worldsDir+"london.cardea.yaml")), db, func(f *config.File) {
		f.Retain.Records.Duration, f.Retain.History.Duration = desk.KeepLeast, 2*desk.KeepLeast
		for _, in := range f.Integrations {
			in.Interval = config.Duration{Duration: soakInterval, Set: true}
			in.DoorSweep = config.Sweep{Duration: config.Duration{Duration: soakSweep, Set: true}}
			plant(in)
		}
	})
	r.shut()
	if file != "" {
		c.commits(t, file)
	}
	r.set.poll = 5 * time.Minute // nobody else asks for anything: most of the time would go into looking
	s := &soak{
		rig: r, draw: rand.New(rand.NewPCG(soakSeed, 1)), file: file, excused: map[string]time.Time{},
		waiting: map[string]time.Time{}, count: map[string]int{}, c: c, names: map[[2]string]string{}, told: map[string]bool{},
		world: []known{{naive: naively(t, text), answers: map[int64]map[string]bool{}}},
		watch: watch{shut: map[string]time.Time{}, open: map[string]time.Time{}, held: map[string]bool{}},
	}
	c.cancel = func() { s.died.Store(time.Now().UnixNano()) }
	s.set.transport = c.mute(s.seen(s.vendors.Transport()))
	s.serve()
	return s
}

// serve starts the process anew. It may die at that.
func (s *soak) serve() {
	s.t.Helper()
	s.stop = func() {}
	err := s.start()
	if err == nil {
		err = s.app.desk.Connect(context.Background())
	}
	if err == nil {
		var stop func()
		if stop, err = s.app.desk.Start(context.Background()); err == nil {
			s.stop = stop
		}
	}
	if err != nil && !(s.dying && s.c.dead.Load()) {
		s.t.Fatal(err)
	}
}

func (s *soak) end() {
	s.stop()
	if s.app != nil {
		s.shut()
	}
}

// live lets the days pass.
func (s *soak) live(days int) {
	began := time.Now()
	time.Sleep(20 * time.Minute)
	s.look()
	s.watch.judged = time.Now()
	for day := range days {
		tomorrow := began.AddDate(0, 0, day+1)
		events := s.today()
		for time.Now().Before(tomorrow) {
			next := earlier(tomorrow, time.Now().Truncate(time.Hour).Add(time.Hour))
			if len(events) > 0 {
				next = earlier(next, events[0].at)
			}
			if !s.until.IsZero() {
				next = earlier(next, s.until)
			}
			time.Sleep(time.Until(next))
			s.notice()
			s.judge()
			s.mend()
			for len(events) > 0 && !events[0].at.After(time.Now()) {
				events[0].do()
				events = events[1:]
			}
		}
		if s.count["days"]++; s.count["days"]%5 == 0 {
			s.t.Logf("%d days: %d instants judged, %d wrong, %s of processor time", s.count["days"], s.count["instants judged"],
				len(s.wrong), burnt().Round(time.Second))
		}
		if len(s.wrong) > 20 {
			return
		}
	}
}

// notice sees whether the process died.
func (s *soak) notice() {
	if s.dying && s.c.dead.Load() && s.troubles[len(s.troubles)-1].from != s.diedAt() {
		s.troubles = append(s.troubles, outage{from: s.diedAt(), late: true})
	}
}

// diedAt is when a write killed the process. Who stands between the process and PostgreSQL has another clock: there it is when
// it was first to die.
func (s *soak) diedAt() time.Time {
	if s.file == "" {
		return s.armed
	}
	return time.Unix(0, s.died.Load())
}

// mend ends faults whose time is over, brings up a process that died, and has people release what waits.
func (s *soak) mend() {
	now := time.Now()
	if !s.until.IsZero() && !now.Before(s.until) {
		s.clear()
		s.until = time.Time{}
	}
	if s.dying && s.c.dead.Load() {
		s.notice()
		s.end()
		time.Sleep(time.Minute + time.Second)
		s.c.at, s.dying = 0, false
		s.c.dead.Store(false)
		s.troubles[len(s.troubles)-1].to = time.Now()
		s.count["killed"]++
		s.serve()
	}
	holds, err := s.app.desk.Holds(context.Background(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	there := map[string]bool{}
	for _, h := range holds {
		if !h.Releasable || h.Released {
			continue
		}
		there[h.ID] = true
		if _, seen := s.waiting[h.ID]; !seen {
			s.count["holds"]++
			s.waiting[h.ID] = now.Add(time.Duration(60+s.draw.IntN(300)) * time.Minute)
		}
		if now.Before(s.waiting[h.ID]) {
			continue
		}
		n, err := s.app.desk.Release(context.Background(), []desk.Hold{h}, "Ada")
		if err != nil && cardea.ClassOf(err) != cardea.Conflict {
			s.t.Fatal(err)
		}
		s.count["operations released"] += n
	}
	maps.DeleteFunc(s.waiting, func(id string, _ time.Time) bool { return !there[id] })
}

func (s *soak) now() known { return s.world[len(s.world)-1] }

// states are what could be the last that was read, at most so old as what is acted on at once, and as what takes two readings.
// late says since when windows may have been staged late; zero = they are on time.
func (s *soak) states(now time.Time) (must, may []known, late time.Time) {
	since := now
	for _, t := range s.troubles {
		to := t.to
		if t.from.After(now) {
			continue
		}
		if to.IsZero() || to.Add(soakInterval+soakSlack).After(now) {
			since = earlier(since, t.from)
			if t.late && (late.IsZero() || t.from.Before(late)) {
				late = t.from
			}
		}
	}
	one, two := since.Add(-soakInterval-soakSlack), since.Add(-2*soakInterval-soakSlack)
	for i, w := range s.world {
		if w.at.After(now) {
			break
		}
		ends := now.Add(time.Hour)
		gone := false
		if i+1 < len(s.world) && !s.world[i+1].at.After(now) {
			ends, gone = s.world[i+1].at, s.world[i+1].vanished
		}
		if ends.After(one) {
			must = append(must, w)
		}
		if ends.After(one) || gone && ends.After(two) {
			may = append(may, w)
		}
	}
	return must, may, late
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// tell prints what was done, and fails when anything was wrong.
func (s *soak) tell(t *testing.T) {
	t.Helper()
	for place, since := range s.watch.shut {
		s.wrong = append(s.wrong, since.UTC().Format(time.RFC3339Nano)+" could not pass, and cannot yet: "+place)
	}
	for _, w := range s.vendors.Writes("kisi") {
		s.count["requests that wrote at the door"]++
		if w.Method == "DELETE" && strings.HasPrefix(w.Path, "/users") {
			s.wrong = append(s.wrong, "an account was deleted: "+w.Path)
		}
	}
	ws := s.app.store.In("default")
	if err := ws.VerifyAudit(context.Background()); err != nil {
		s.wrong = append(s.wrong, err.Error())
	}
	lines, err := ws.Audit(context.Background(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.HasPrefix(l.Who, "keep ") {
			s.count["operations"]++
			s.count["operations: "+l.What]++
		}
	}
	for what, n := range maps.Clone(s.count) {
		if strings.HasPrefix(what, "faults: ") {
			s.count["faults injected"] += n
		}
	}
	for _, kind := range []string{"members", "bookings"} {
		name := map[string]string{"members": "people", "bookings": "bookings"}[kind]
		s.count[name] = len(s.now().kinds[kind])
	}
	s.count["accounts at the door"] = len(s.users())
	dir, err := ws.Directory(context.Background(), "rnd")
	if err != nil {
		t.Fatal(err)
	}
	s.count["bookings still kept at the end"] = len(dir.Bookings)
	runs, err := ws.Runs(context.Background(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	s.count["runs and readings still kept at the end"] = len(runs)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(s.count)) {
		fmt.Fprintf(w, "%s\t%d\n", name, s.count[name])
	}
	fmt.Fprintf(w, "longest out while times changed\t%s\n", s.longest)
	fmt.Fprintf(w, "share of london's people\t1 in %d\n", share())
	fmt.Fprintf(w, "processor time of the process so far\t%s\n", burnt().Round(time.Second))
	fmt.Fprintf(w, "wrong edges at any instant\t%d\n", len(s.wrong))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", b.String())
	if len(s.wrong) > 0 {
		t.Errorf("wrong:\n%s", strings.Join(s.wrong[:min(len(s.wrong), 40)], "\n"))
	}
}
