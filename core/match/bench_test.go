package match_test

import (
	"fmt"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
)

func BenchmarkPair(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		for _, linked := range []bool{true, false} {
			b.Run(fmt.Sprintf("people=%d/linked=%v", n, linked), func(b *testing.B) {
				in := match.Input{People: make(map[cardea.PersonID]cardea.Person, n), NeedsEmail: true}
				for i := range n {
					p, a := cardea.PersonID(fmt.Sprintf("rnd/person:%08x", i)), cardea.AccountID(fmt.Sprintf("%08d", i))
					email := fmt.Sprintf("p%d@x.test", i)
					in.People[p] = cardea.Person{Name: "Ana Lima", Email: email}
					in.Accounts = append(in.Accounts, cardea.Account{ID: a, Email: email})
					if linked {
						in.Links = append(in.Links, cardea.Link{Person: p, Account: a, How: match.HowEmail})
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					if r := match.Pair(in); len(r.Links) != n || len(r.Issues) != 0 {
						b.Fatalf("%d links, %d issues", len(r.Links), len(r.Issues))
					}
				}
			})
		}
	}
}
