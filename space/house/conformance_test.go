package house_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/house/sheet"
	"github.com/cardea-access/cardea/space/spacetest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestConformance asks of house what every space system must do, with its records in memory and in both databases.
func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		spacetest.Run(t, rig(func(_ *testing.T, recs []cardea.Record) house.Records { return &memory{records: recs} }))
	})
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, n := newOutside(t), atomic.Int64{}
		spacetest.Run(t, rig(func(t *testing.T, recs []cardea.Record) house.Records {
			t.Helper()
			w := s.In(fmt.Sprintf("house-%d", n.Add(1)))
			var err error
			o.do(func() {
				ctx := context.Background()
				err = w.SaveConnection(ctx, store.Connection{Name: "site", Side: store.SideSpace, System: "house"})
				if err == nil {
					err = w.SaveHouse(ctx, "site", recs, nil, "ana@x.test", "import")
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			return stored{o, w}
		}))
	})
}

// rig is a house whose records lie wherever keep puts them.
func rig(keep func(*testing.T, []cardea.Record) house.Records) spacetest.Rig {
	lacks := map[string]string{"secrets": "there are none", "expiry": "there is no token", "throttle": "there is no limit"}
	for _, wired := range []string{"wrong credentials", "passing trouble", "breaks off", "short page", "empty page", "status"} {
		lacks[wired] = "nothing goes over a wire: a collection comes from the database in one piece, or with an error"
	}
	return spacetest.Rig{
		Open:         func(t *testing.T, o spacetest.Options) *spacetest.Bench { t.Helper(); return bench(t, keep, o) },
		Begin:        start(),
		Organisation: "house:site",
		Kinds:        cardea.Kinds,
		Lacks:        lacks,
	}
}

func bench(t *testing.T, keep func(*testing.T, []cardea.Record) house.Records, o spacetest.Options) *spacetest.Bench {
	t.Helper()
	recs := rows(t, o)
	faulty := &faulty{Records: keep(t, recs)}
	s, err := house.New(house.Config{Connection: "site", Records: faulty, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	b := &spacetest.Bench{
		System: s,
		Truth: func(k cardea.Kind) []string {
			var ids []string
			for _, r := range recs {
				if r.Key().Kind == k {
					ids = append(ids, r.Key().ID)
				}
			}
			return ids
		},
		Writes: func() int { return 0 }, // house.Records has no way to write
		Fault:  func(f spacetest.Fault) { faulty.faults = append(faulty.faults, f) },
		Nobody: map[cardea.Kind]string{},
		Person: cardea.Key{Kind: cardea.KindPerson, ID: "0"},
	}
	for _, k := range cardea.Kinds {
		b.Nobody[k] = "nobody"
	}
	for _, k := range []cardea.Kind{
		cardea.KindTeam, cardea.KindAgreement, cardea.KindAssignment, cardea.KindBooking, cardea.KindPass, cardea.KindResource,
		cardea.KindPlan, cardea.KindLocation, cardea.KindFloor,
	} {
		b.Holds = append(b.Holds, cardea.Key{Kind: k, ID: "0"})
	}
	return b
}

// rows is a world of so many records of a kind and one of each other. What it needs is always there.
func rows(t *testing.T, o spacetest.Options) []cardea.Record {
	t.Helper()
	april := day(t, "2026-04-01")
	makers := map[cardea.Kind]func(id string) cardea.Record{
		cardea.KindLocation: func(id string) cardea.Record { return cardea.Location{ID: id, Name: "L" + id, Zone: "Europe/London"} },
		cardea.KindFloor:    func(id string) cardea.Record { return cardea.Floor{ID: id, Name: "F" + id, Location: "0"} },
		cardea.KindResource: func(id string) cardea.Record {
			return cardea.Resource{ID: id, Name: "R" + id, Location: "0", Floor: "0", Assignable: true, Unit: true}
		},
		cardea.KindPlan: func(id string) cardea.Record { return cardea.Plan{ID: id, Name: "P" + id} },
		cardea.KindTeam: func(id string) cardea.Record { return cardea.Team{ID: id, Name: "T" + id, Status: cardea.Present} },
		cardea.KindPerson: func(id string) cardea.Record {
			return cardea.Person{ID: id, Name: "Ana " + id, Team: "0", Email: "ana" + id + "@x.test", Status: cardea.Present}
		},
		cardea.KindVisitor: func(id string) cardea.Record {
			return cardea.Person{ID: id, Name: "Vi " + id, Visitor: true, Host: "0", Status: cardea.Present}
		},
		cardea.KindAgreement: func(id string) cardea.Record {
			return cardea.Agreement{ID: id, Person: "0", Plan: "0", Location: "0", Approved: true, Start: april}
		},
		cardea.KindAssignment: func(id string) cardea.Record {
			return cardea.Assignment{ID: id, Agreement: "0", Resource: "0", Start: april}
		},
		cardea.KindBooking: func(id string) cardea.Record {
			return cardea.Booking{ID: id, Resource: "0", Location: "0", Person: "0", Visitors: []string{"0"}, Start: at(1), End: at(2)}
		},
		cardea.KindPass: func(id string) cardea.Record { return cardea.Pass{ID: id, Person: "0", HalfCount: 4, HalfUsed: 1} },
	}
	var out []cardea.Record
	for _, k := range cardea.Kinds {
		n := 1
		if o.Kind == k {
			n = o.Rows
		}
		for i := range n {
			out = append(out, makers[k](fmt.Sprint(i)))
		}
	}
	return out
}

// faulty lets the database have troubles: a refusal or a broken answer is an error, an empty list is one.
type faulty struct {
	house.Records

	faults []spacetest.Fault
}

func (f *faulty) strike(k cardea.Kind, single bool) (struck spacetest.Fault, is bool) {
	for _, one := range f.faults {
		if one.Kind == k && one.Single == single {
			return one, true
		}
	}
	return struck, false
}

func busy() error { return cardea.Errorf(cardea.Retry, "the database is busy") }

func (f *faulty) HouseRecords(ctx context.Context, connection string, k cardea.Kind) ([]cardea.Record, error) {
	if one, is := f.strike(k, false); is && one.Effect == spacetest.Empty {
		return nil, nil
	} else if is {
		return nil, busy()
	}
	return f.Records.HouseRecords(ctx, connection, k)
}

func (f *faulty) HouseRecord(ctx context.Context, connection string, k cardea.Key) (cardea.Record, bool, error) {
	if _, is := f.strike(k.Kind, true); is {
		return nil, false, busy()
	}
	return f.Records.HouseRecord(ctx, connection, k)
}

// outside does what is asked of a database outside the bubble of a check: a database's connections serve many bubbles.
type outside struct {
	mu    sync.Mutex
	calls chan func()
	done  chan struct{}
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{calls: make(chan func()), done: make(chan struct{})}
	go func() {
		for f := range o.calls {
			f()
			o.done <- struct{}{}
		}
	}()
	t.Cleanup(func() { close(o.calls) })
	return o
}

func (o *outside) do(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls <- f
	<-o.done
}

// stored reads a workspace from within a bubble.
type stored struct {
	o *outside
	w *store.Workspace
}

func (s stored) HouseRecords(ctx context.Context, connection string, k cardea.Kind) (recs []cardea.Record, err error) {
	ctx = context.WithoutCancel(ctx) // its end is of the bubble
	s.o.do(func() { recs, err = s.w.HouseRecords(ctx, connection, k) })
	return recs, err
}

func (s stored) HouseRecord(ctx context.Context, connection string, k cardea.Key) (r cardea.Record, is bool, err error) {
	ctx = context.WithoutCancel(ctx)
	s.o.do(func() { r, is, err = s.w.HouseRecord(ctx, connection, k) })
	return r, is, err
}

// TestAUnitOfAnotherNumberIsAnotherUnit: ids are made of numbers, so that the old unit goes and a new one comes; capitals and
// spaces make no other number.
func TestAUnitOfAnotherNumberIsAnotherUnit(t *testing.T) {
	t.Parallel()
	units := func(number string) []cardea.Record {
		recs, err := sheet.ReadCSV(strings.NewReader("location,name,rented unit\nLondon,"+number+",yes\n"), sheet.List{
			Kind: cardea.KindResource, Known: []cardea.Record{cardea.Location{ID: "london", Name: "London"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return recs
	}
	before := units("A-12")
	if d := house.Diff(before, units(" a-12")); len(d.Added)+len(d.Removed) > 0 {
		t.Errorf("spelling made another unit: %+v", d)
	}
	d := house.Diff(before, units("A-13"))
	gone := slices.Equal(d.Drop(), []cardea.Key{{Kind: cardea.KindResource, ID: "london/a-12"}})
	if !gone || len(d.Added) != 1 || len(d.Changed) != 0 {
		t.Errorf("%+v", d)
	}
}
