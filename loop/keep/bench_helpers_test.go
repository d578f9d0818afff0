package keep_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
)

const (
	now      = cardea.Instant(1_762_000_000) * cardea.Second // 2025-11-01
	interval = 15 * time.Minute
)

var (
	_ door.System = (*looptest.Door)(nil)
	_ door.Timed  = (*looptest.Door)(nil)
)

// site is one space system, one door system and what keeps the second in step with the first.
type site struct {
	t      *testing.T
	s      *store.Store
	ws     *store.Workspace
	space  *looptest.Space
	door   *looptest.Door
	at     cardea.Instant
	store  keep.Store
	keeper *keep.Keeper
}

// newSite opens a site in a workspace of its own: plan "hot" gives General, room "elephant" gives Elephant.
func newSite(t *testing.T, s *store.Store, recs ...cardea.Record) *site {
	t.Helper()
	b := &site{
		t: t, s: s, ws: s.In(uuid.NewString()), at: now,
		space: looptest.NewSpace(append([]cardea.Record{
			cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"},
			cardea.Plan{ID: "hot", Name: "Hot desk"},
			cardea.Resource{ID: "elephant", Name: "Elephant", Location: "l", Bookable: true},
		}, recs...)...),
		door: looptest.NewDoor("General", "Elephant", "Other"),
	}
	b.store = b.ws
	for _, c := range []store.Connection{
		{Name: "rnd", Side: store.SideSpace, System: "fake"}, {Name: "kisi", Side: store.SideDoor, System: "fake"},
	} {
		if err := b.ws.SaveConnection(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	b.reset()
	return b
}

func settings() cardea.Settings {
	return cardea.Settings{
		Integration: "london", Zone: "Europe/London", Lead: 15 * time.Minute, Lag: 15 * time.Minute,
		Visitors: true, PassTail: true,
		Mappings: []cardea.Mapping{
			{Kind: cardea.ItemPlans, Item: "hot", Groups: []cardea.GroupID{"General"}},
			{Kind: cardea.ItemBookables, Item: "elephant", Groups: []cardea.GroupID{"Elephant"}},
		},
	}
}

// reset makes a new keeper, as a process that starts again does.
func (b *site) reset() {
	b.keeper = &keep.Keeper{
		Store: b.store, System: b.door, Door: "kisi",
		Integrations: []keep.Integration{{Settings: settings(), Space: "rnd"}},
		Approve:      cardea.ApproveAuto, Mails: cardea.MailsDefault, Horizon: 24 * time.Hour,
		Now: func() time.Time { return b.at.Time() }, Rand: func() float64 { return 0 }, Parallel: 1,
	}
}

// read reads the space side and moves the clock by an interval afterwards.
func (b *site) read() read.Report {
	b.t.Helper()
	r := &read.Reader{
		Store: b.ws, System: b.space, Connection: "rnd", Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: func() time.Time { return b.at.Time() },
	}
	rep, err := r.Full(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return rep
}

// sync is one read and one run with a sweep, after an interval has gone by.
func (b *site) sync() keep.Report {
	b.t.Helper()
	b.at = b.at.Add(interval)
	b.read()
	return b.run(keep.Options{Sweep: true})
}

func (b *site) run(o keep.Options) keep.Report {
	b.t.Helper()
	r, err := b.keeper.Run(context.Background(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func person(id string) cardea.Person {
	return cardea.Person{ID: id, Name: id + " Doe", Email: id + "@x.test", Status: cardea.Present}
}

func member(id string) []cardea.Record {
	return []cardea.Record{
		person(id), cardea.Agreement{ID: "m-" + id, Person: id, Plan: "hot", Location: "l", Approved: true,
			Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}},
	}
}

func members(ids ...string) []cardea.Record {
	var out []cardea.Record
	for _, id := range ids {
		out = append(out, member(id)...)
	}
	return out
}

// said prints operations in one line each.
func said(ops []cardea.Operation) string {
	var b strings.Builder
	for _, o := range ops {
		fmt.Fprintf(&b, "\n  %s %s %s %s %s", o.Verb, o.Group, o.Account, o.Person, o.Cause)
		if o.Held != nil {
			fmt.Fprintf(&b, " (held: %s)", o.Held.Why)
		}
	}
	return b.String()
}
