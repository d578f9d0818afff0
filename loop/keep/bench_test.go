package keep_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// crowd fills a workspace with people in teams of ten on one plan, each with an account and an entry.
func crowd(b *testing.B, ws *store.Workspace, people int) {
	b.Helper()
	ctx := context.Background()
	upsert := map[cardea.Kind][]cardea.Record{}
	put := func(r cardea.Record) { upsert[r.Key().Kind] = append(upsert[r.Key().Kind], r) }
	put(cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"})
	put(cardea.Plan{ID: "hot", Name: "Hot desk"})
	put(cardea.Resource{ID: "elephant", Name: "Elephant", Location: "l", Bookable: true})
	door := store.DoorChange{
		Door: "kisi", At: now, GroupsWhole: true, AccountsWhole: true, EdgesOf: []cardea.GroupID{"General", "Elephant"},
		Groups: []cardea.Group{{ID: "General", Name: "General"}, {ID: "Elephant", Name: "Elephant"}},
	}
	for i := range people {
		id, team := fmt.Sprintf("p%06d", i), fmt.Sprintf("t%05d", i/10)
		p := person(id)
		p.Team = team
		put(p)
		if i%10 == 0 {
			put(cardea.Team{ID: team, Name: team, Status: cardea.Present, Location: "l"})
			put(cardea.Agreement{ID: "m" + team, Team: team, Plan: "hot", Location: "l", Approved: true})
		}
		account := cardea.AccountID("a" + id)
		door.Accounts = append(door.Accounts, cardea.Account{ID: account, Email: p.Email, External: "rnd/person:" + id})
		door.Edges = append(door.Edges, cardea.Edge{Group: "General", Account: account, Ref: id, Window: cardea.Forever})
	}
	var changes []store.ReadChange
	for _, kind := range cardea.Kinds {
		changes = append(changes, store.ReadChange{
			Connection: "rnd", Kind: kind, Upsert: upsert[kind],
			Collection: &store.Collection{Kind: kind, Grade: cardea.Complete, At: now, CompleteAt: now, Records: len(upsert[kind])},
		})
	}
	if err := ws.SaveRead(ctx, now, "bench", changes, nil, nil); err != nil {
		b.Fatal(err)
	}
	if err := ws.SaveDoorRead(ctx, door, nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOnePerson is what a hook costs before the first request goes out: one person from the store, by the closure
// of their own records, decided and compared. The budget is 5 ms at 100,000 people (DESIGN.md 8).
func BenchmarkOnePerson(b *testing.B) {
	engines := []struct {
		name string
		open func(testing.TB) *store.Store
	}{{"postgres", storetest.Postgres}, {"sqlite", storetest.SQLite}}
	for _, people := range []int{1_000, 100_000} {
		for _, e := range engines {
			b.Run(fmt.Sprintf("people=%d/%s", people, e.name), func(b *testing.B) {
				ws := e.open(b).In("default")
				ctx := context.Background()
				for _, c := range []store.Connection{
					{Name: "rnd", Side: store.SideSpace, System: "fake"}, {Name: "kisi", Side: store.SideDoor, System: "fake"},
				} {
					if err := ws.SaveConnection(ctx, c); err != nil {
						b.Fatal(err)
					}
				}
				crowd(b, ws, people)
				k := &keep.Keeper{
					Store: ws, System: looptest.NewDoor("General", "Elephant"), Door: "kisi",
					Integrations: []keep.Integration{{Settings: settings(), Space: "rnd"}}, Approve: cardea.ApproveAuto,
					Horizon: 24 * time.Hour, Now: now.Time,
				}
				n := 0
				for b.Loop() {
					n++
					id := cardea.PersonID(fmt.Sprintf("rnd/person:p%06d", n*7919%people))
					if _, err := k.PlanFor(ctx, []cardea.PersonID{id}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkFullPlan is one look at everything from the store.
func BenchmarkFullPlan(b *testing.B) {
	const people = 100_000
	ws := storetest.SQLite(b).In("default")
	ctx := context.Background()
	for _, c := range []store.Connection{
		{Name: "rnd", Side: store.SideSpace, System: "fake"}, {Name: "kisi", Side: store.SideDoor, System: "fake"},
	} {
		if err := ws.SaveConnection(ctx, c); err != nil {
			b.Fatal(err)
		}
	}
	crowd(b, ws, people)
	k := &keep.Keeper{
		Store: ws, System: looptest.NewDoor("General", "Elephant"), Door: "kisi",
		Integrations: []keep.Integration{{Settings: settings(), Space: "rnd"}}, Approve: cardea.ApproveAuto,
		Horizon: 24 * time.Hour, Now: now.Time,
	}
	for b.Loop() {
		p, err := k.Plan(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if len(p.Wanted) != people {
			b.Fatalf("%d grants", len(p.Wanted))
		}
	}
}
