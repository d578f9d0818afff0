package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/console"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// crowd fills a house with people, each with an account in three of sixty groups, and with a long history.
func crowd(b *testing.B, h house, people int) (run string) {
	b.Helper()
	ctx := b.Context()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(h.Connect(ctx))
	records := []cardea.Record{
		cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"},
		cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Plan{ID: "office", Name: "Office"},
	}
	door := store.DoorChange{Door: "kisi", At: start, GroupsWhole: true, AccountsWhole: true}
	for g := range 60 {
		door.Groups = append(door.Groups, cardea.Group{ID: cardea.GroupID(fmt.Sprint("g", g)), Name: fmt.Sprint("Group ", g)})
	}
	for _, g := range []string{"General", "Floor", "Other"} {
		door.Groups = append(door.Groups, cardea.Group{ID: cardea.GroupID(g), Name: g})
	}
	var ops []cardea.Operation
	var issues []cardea.Issue
	for i := range people {
		id := fmt.Sprint("p", i)
		records = append(records, member(id, "hot")...)
		account := cardea.AccountID(fmt.Sprint("a", i))
		door.Accounts = append(door.Accounts, cardea.Account{ID: account, Name: id + " Doe", Email: id + "@x.test"})
		for n := range 3 {
			door.Edges = append(door.Edges, cardea.Edge{
				Group: door.Groups[(i+n*7)%60].ID, Account: account, Window: cardea.Forever,
			})
		}
		person := cardea.PersonOf("rnd", cardea.Key{Kind: cardea.KindPerson, ID: id})
		if i%5 == 0 {
			op := cardea.Operation{Verb: cardea.VerbAdd, Cause: cardea.CauseGranted, Group: "General", Account: account, Person: person}
			op.Key = cardea.KeyOf("kisi", op)
			if i%10 == 0 {
				op.Held = &cardea.Hold{Code: cardea.HeldApproval, Why: "the group's changes wait for approval"}
			}
			ops = append(ops, op)
		}
		if i%50 == 0 {
			issues = append(issues, cardea.Issue{Code: "left-but-named", Person: person, Group: "General", Text: "the person has left"})
		}
	}
	must(h.ws.SaveRead(ctx, start, "test", []store.ReadChange{{Connection: "rnd", Kind: cardea.KindPerson, Upsert: records,
		Collection: &store.Collection{Kind: cardea.KindPerson, Grade: cardea.Complete, At: start, CompleteAt: start, Records: people}}},
		nil, nil))
	must(h.ws.SaveDoorRead(ctx, door, nil))
	for _, in := range []string{"one", "two"} {
		must(h.ws.SaveResolved(ctx, in, map[string]string{
			"plans\x00Hot desk": "hot", "plans\x00Office": "office", "groups\x00General": "General", "groups\x00Floor": "Floor",
		}))
	}
	must(h.ws.SaveIssues(ctx, "keep:kisi", issues, start))
	for i := range 200 {
		r := store.Run{
			ID: fmt.Sprintf("run%03d", i), Unit: "kisi", Kind: store.WakeKeep, Started: start.Add(time.Duration(i) * time.Minute),
			Ended: start.Add(time.Duration(i)*time.Minute + time.Second), Outcome: keep.Held, Changeset: "hash",
			Counts: map[string]int{
				"add/granted": i, "held/add/granted": 10_000, keep.HeldOf + "General": 10_000, keep.Planned: len(ops),
			},
		}
		must(h.ws.SaveRun(ctx, r))
		run = r.ID
	}
	must(h.ws.SaveChangeset(ctx, run, cardea.Changeset{Door: "kisi", Hash: "hash", MadeAt: start, Operations: ops}, nil))
	*h.at = start.Add(4 * time.Hour)
	return run
}

// BenchmarkPage asks for what a person looks at (DESIGN.md 8: under 50 ms at 100,000 people).
func BenchmarkPage(b *testing.B) {
	const people = 100_000
	for name, open := range map[string]func(testing.TB) *store.Store{"postgres": storetest.Postgres, "sqlite": storetest.SQLite} {
		b.Run("engine="+name, func(b *testing.B) {
			h := newHouse(b, open(b))
			run := crowd(b, h, people)
			handler := console.New(console.Config{
				Desk: h.Desk, Now: func() time.Time { return h.at.Time() }, Hosts: []string{"example.com"},
			})
			asked := url.Values{"q": {"p4242@x.test"}, "person": {"rnd/person:p4242"}, "group": {"kisi/General"}}.Encode()
			for what, path := range map[string]string{
				"start": "/", "poll": "/now", "answer": "/?" + asked, "explain": "/explain?" + asked, "search": "/people?q=p4242",
				"run": "/runs/" + run,
			} {
				b.Run(fmt.Sprintf("page=%s/people=%d", what, people), func(b *testing.B) {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
					if what != "start" && what != "answer" {
						r.Header.Set("HX-Request", "true")
					}
					for b.Loop() {
						w := httptest.NewRecorder()
						if handler.ServeHTTP(w, r); w.Code != http.StatusOK || w.Body.Len() < 500 {
							b.Fatalf("%d %s", w.Code, w.Body)
						}
					}
				})
			}
			b.Run("desk=overview", func(b *testing.B) {
				for b.Loop() {
					o, err := h.Overview(b.Context())
					if err != nil || o.Held != 10_000 || o.Integrations[0].State != say.Held {
						b.Fatal(states(o), err)
					}
				}
			})
		})
	}
}

var _ console.Desk = (*desk.Desk)(nil)
