package desk_test

import (
	"context"
	"errors"
	"strings"
	mutex "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

// logged is a door system that keeps a log and times of its own on its groups.
type logged struct {
	*looptest.Door

	mu    mutex.Mutex
	asked []cardea.Instant
	tell  []cardea.Key
	fail  error
	times string
	timed int // how often its times were asked
}

func (l *logged) Poll(_ context.Context, since cardea.Instant) (cardea.Hint, cardea.Instant, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, since)
	if l.fail != nil || since == 0 {
		return cardea.Hint{}, since, l.fail
	}
	tell := l.tell
	l.tell = nil
	return cardea.Hint{Keys: tell}, since + 1, nil
}

func (l *logged) OwnTimes(context.Context, cardea.GroupID) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timed++
	return l.times, l.fail
}

// house opens a desk over it.
func (l *logged) house(t *testing.T, s *store.Store) *desk.Desk {
	t.Helper()
	records := append([]cardea.Record{
		cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"}, cardea.Plan{ID: "hot", Name: "Hot desk"},
	}, ofNow("ana")...)
	d := desk.New(desk.Config{
		Store: s, Node: "test", Now: time.Now,
		Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: looptest.NewSpace(records...)}},
		Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: l, CallsPerHour: 1000}},
		Integrations: []desk.Integration{integration("one", "Hot desk", "General")},
	})
	if err := d.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func ofNow(id string) []cardea.Record {
	rs := member(id, "hot")
	a, ok := rs[1].(cardea.Agreement)
	if ok {
		a.Start = cardea.Day{At: cardea.At(time.Now().Add(-24 * time.Hour)), Set: true}
		rs[1] = a
	}
	return rs
}

func memory(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestALogThatIsPolledHasThePeopleLookedAtThatItNames takes somebody out by hand: a log that names them puts them back with the next
// poll, one that does not leaves it to the next listing. A log that cannot be read holds nothing up.
func TestALogThatIsPolledHasThePeopleLookedAtThatItNames(t *testing.T) {
	t.Parallel()
	for name, names := range map[string]bool{"named": true, "not named": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &logged{Door: looptest.NewDoor("General")}
				d := l.house(t, memory(t))
				stop, err := d.Start(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				time.Sleep(time.Minute)
				e, in := l.Edge("General", "ana@x.test")
				if !in {
					t.Fatal("nobody was let in")
				}
				ana := e.Account
				l.Take("General", ana)
				l.mu.Lock()
				if names {
					l.tell = []cardea.Key{cardea.Account{ID: ana}.Key(), cardea.Account{ID: "nobody"}.Key()}
				}
				l.mu.Unlock()
				time.Sleep(6 * time.Minute)
				if _, has := l.Edge("General", "ana@x.test"); has != names {
					t.Errorf("in the group again: %t", has)
				}
				l.mu.Lock()
				defer l.mu.Unlock()
				if n := len(l.asked); n < 2 || n > 3 || l.asked[0] != 0 || l.asked[1] == 0 {
					t.Errorf("asked for what happened since %v", l.asked)
				}
			})
		})
	}
}

func TestALogThatCannotBeReadHoldsNothingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &logged{Door: looptest.NewDoor("General"), fail: errors.New("away")}
		d := l.house(t, memory(t))
		stop, err := d.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		time.Sleep(11 * time.Minute)
		if _, in := l.Edge("General", "ana@x.test"); !in {
			t.Error("nobody was let in")
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if n := len(l.asked); n < 2 || n > 4 {
			t.Errorf("asked %d times in eleven minutes", n)
		}
	})
}

func TestExplainNamesAGroupsOwnTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &logged{Door: looptest.NewDoor("General", "Other"), times: "only Mon-Fri 08:00-18:00 by time schedules of its own"}
		d := l.house(t, memory(t))
		if _, err := d.Sync(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		ask := func(group cardea.GroupID) say.Explained {
			t.Helper()
			x, err := d.Explain(t.Context(), say.Question{Person: "rnd/person:ana", Door: "kisi", Group: group, At: cardea.At(time.Now())})
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		for range 3 {
			x := ask("General")
			if x.Door.OwnTimes != l.times {
				t.Errorf("own times are %q", x.Door.OwnTimes)
			}
			a := say.Explanation(x, say.Clock{Now: cardea.At(time.Now())})
			if !strings.Contains(a.Door, "General opens only Mon-Fri 08:00-18:00") {
				t.Errorf("told as %s", a.Door)
			}
		}
		if l.timed != 1 {
			t.Errorf("asked %d times for three pages", l.timed)
		}
		if x := ask("Other"); x.Door.OwnTimes != "" || l.timed != 1 {
			t.Errorf("of a group that nobody maps: %q", x.Door.OwnTimes)
		}
		l.fail = errors.New("away")
		time.Sleep(11 * time.Minute)
		if x := ask("General"); x.Door.OwnTimes != "" || l.timed != 2 {
			t.Errorf("of a door system that is away: %q after %d", x.Door.OwnTimes, l.timed)
		}
		if ask("General"); l.timed != 2 {
			t.Errorf("a door system that is away is waited for with each page: asked %d times", l.timed)
		}
		l.fail = nil
		time.Sleep(time.Minute)
		if x := ask("General"); x.Door.OwnTimes != l.times || l.timed != 3 {
			t.Errorf("of a door system that is back: %q after %d", x.Door.OwnTimes, l.timed)
		}
	})
}
