package spacetest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
	"github.com/cardea-access/cardea/wire/readtest/liar"
)

// vendor is a space vendor in memory.
type vendor struct {
	liar.Vendor

	people   []cardea.Record
	teams    []cardea.Record
	holdings []cardea.Record
}

// rows lists what the vendor has of a kind.
func (v *vendor) rows(k cardea.Kind) []cardea.Record {
	switch k {
	case cardea.KindPerson:
		return v.people
	case cardea.KindTeam:
		return v.teams
	}
	return v.holdings
}

// newVendor makes a world.
func newVendor(o Options) *vendor {
	v := &vendor{}
	count := func(k cardea.Kind) int {
		if o.Kind == k {
			return o.Rows
		}
		return 1
	}
	for i := range count(cardea.KindPerson) {
		v.people = append(v.people, cardea.Person{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("Person %d", i), Team: "t0"})
	}
	for i := range count(cardea.KindTeam) {
		v.teams = append(v.teams, cardea.Team{ID: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Team %d", i)})
	}
	for i := range count(cardea.KindAgreement) {
		v.holdings = append(v.holdings, cardea.Agreement{ID: fmt.Sprintf("h%d", i), Person: "p0", Approved: true})
	}
	return v
}

// asked names the requests of a kind, or of single records of it.
func asked(k cardea.Kind, single bool) string { return fmt.Sprintf("%s.%t", k, single) }

// fakeRig is the rig of the fake; lies are what it does wrong.
func fakeRig(lie string) Rig {
	page := map[cardea.Kind]int{}
	for _, k := range fakeKinds {
		page[k] = liar.Page
	}
	return Rig{
		Open: func(_ *testing.T, o Options) *Bench {
			v := newVendor(o)
			f := &fake{liar.NewClient(&v.Vendor, o, lie, func(status int, _ bool) cardea.Class { return (&course{}).meaning(status) }), v}
			b := &Bench{
				System: f, Secrets: f.Secrets(), Said: f.Said, Writes: v.Writes, Expire: v.Expire,
				Truth: func(k cardea.Kind) []string {
					v.Lock()
					defer v.Unlock()
					var out []string
					for _, r := range v.rows(k) {
						out = append(out, r.Key().ID)
					}
					return out
				},
				Fault: func(f Fault) {
					v.Fault(liar.Fault{
						Trouble: readtest.Trouble{Effect: f.Effect, Status: f.Status, Rows: f.Rows, Skip: f.Skip, Times: f.Times},
						On:      asked(f.Kind, f.Single), RetryAfter: f.RetryAfter,
					})
				},
				Nobody: map[cardea.Kind]string{cardea.KindPerson: "px", cardea.KindTeam: "tx", cardea.KindAgreement: "hx"},
				Person: cardea.Key{Kind: cardea.KindPerson, ID: "p0"},
				Holds:  []cardea.Key{{Kind: cardea.KindTeam, ID: "t0"}, {Kind: cardea.KindAgreement, ID: "h0"}},
				Hook: func() (http.Header, []byte, []cardea.Key) {
					body := []byte("person:p0")
					return http.Header{"Signed": {sign(body)}}, body, []cardea.Key{{Kind: cardea.KindPerson, ID: "p0"}}
				},
			}
			if lie == "hides" {
				b.System = hidden{f}
			}
			return b
		},
		Organisation: "fake-1",
		Kinds:        fakeKinds,
		Hooked:       true,
		Page:         page,
		Rate:         liar.Rate(),
	}
}
