package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// engines runs a benchmark on both.
func engines(b *testing.B, f func(b *testing.B, s *store.Store, w *store.Workspace)) {
	for name, open := range map[string]func(testing.TB) *store.Store{"postgres": storetest.Postgres, "sqlite": storetest.SQLite} {
		b.Run("engine="+name, func(b *testing.B) {
			s := open(b)
			w := s.In("default")
			furnish(b, w)
			f(b, s, w)
		})
	}
}

// town is n people in companies of ten with what they hold: about three records for each.
func town(n int) []cardea.Record {
	var rs []cardea.Record
	for i := range 50 {
		rs = append(rs, cardea.Location{ID: fmt.Sprintf("l%d", i), Name: "L"}, cardea.Plan{ID: fmt.Sprintf("pl%d", i), Name: "P"},
			cardea.Floor{ID: fmt.Sprintf("f%d", i), Location: fmt.Sprintf("l%d", i)})
	}
	for i := range n {
		team, person := fmt.Sprintf("t%d", i/10), fmt.Sprintf("p%d", i)
		if i%10 == 0 {
			rs = append(rs, cardea.Team{ID: team, Name: "Company " + team, Status: cardea.Present})
		}
		desk := fmt.Sprintf("d%d", i)
		rs = append(rs,
			cardea.Person{ID: person, Name: "Some Body " + person, Email: person + "@x.test", Team: team, Status: cardea.Present},
			cardea.Agreement{ID: "m" + person, Person: person, Team: team, Plan: fmt.Sprintf("pl%d", i%50), Approved: true})
		if i%2 == 0 {
			rs = append(rs, cardea.Resource{ID: desk, Name: desk, Floor: fmt.Sprintf("f%d", i%50), Location: fmt.Sprintf("l%d", i%50)},
				cardea.Assignment{ID: "s" + person, Agreement: "m" + person, Resource: desk})
		}
	}
	return rs
}

func BenchmarkSaveFacts(b *testing.B) {
	engines(b, func(b *testing.B, _ *store.Store, w *store.Workspace) {
		rs := town(3000)
		n := 0
		for b.Loop() {
			n++
			for i, r := range rs { // every body is new
				if p, isPerson := r.(cardea.Person); isPerson {
					p.Phone = fmt.Sprint(n)
					rs[i] = p
				}
			}
			read(b, w, space, rs...)
		}
		b.ReportMetric(float64(n*len(rs))/b.Elapsed().Seconds(), "rows/s")
	})
}

func BenchmarkDirectoryOf(b *testing.B) {
	const people = 100_000
	rs := town(people)
	engines(b, func(b *testing.B, _ *store.Store, w *store.Workspace) {
		read(b, w, space, rs...)
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n += 7919
				d, err := w.DirectoryOf(b.Context(), space, []cardea.Key{{Kind: cardea.KindPerson, ID: fmt.Sprintf("p%d", n%people)}})
				if err != nil || len(d.People) != 1 || len(d.Agreements) != 10 {
					b.Fatal(len(d.People), len(d.Agreements), err)
				}
			}
		})
		b.Run(fmt.Sprintf("search/people=%d", people), func(b *testing.B) {
			for b.Loop() {
				if ps, err := w.People(b.Context(), space, "p4242@", 10); err != nil || len(ps) != 1 {
					b.Fatal(len(ps), err)
				}
			}
		})
	})
}

func BenchmarkMarkToClaim(b *testing.B) {
	engines(b, func(b *testing.B, s *store.Store, w *store.Workspace) {
		ctx := b.Context()
		at := noon
		for b.Loop() {
			at++
			must(b, w.MarkWake(ctx, store.Mark{Unit: doors, Kind: store.WakeKeep, At: at}))
			ls, err := s.Claim(ctx, "n", []string{store.WakeKeep}, at, time.Minute, 4)
			if err != nil || len(ls) != 1 {
				b.Fatal(ls, err)
			}
			must(b, s.Release(ctx, ls[0], cardea.Never))
		}
	})
}

func BenchmarkReserve(b *testing.B) {
	engines(b, func(b *testing.B, _ *store.Store, w *store.Workspace) {
		for b.Loop() {
			if _, err := w.Reserve(b.Context(), doors, time.Second, noon); err != nil {
				b.Fatal(err)
			}
		}
	})
}
