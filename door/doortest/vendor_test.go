package doortest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
	"github.com/cardea-access/cardea/wire/readtest/liar"
)

// vendor is a door vendor in memory.
type vendor struct {
	liar.Vendor

	accounts []cardea.Account
	groups   []cardea.Group
	edges    []cardea.Edge
}

// has returns the place of an edge.
func (v *vendor) has(e cardea.Edge) int {
	return slices.IndexFunc(v.edges, func(o cardea.Edge) bool { return o.Key() == e.Key() })
}

func (v *vendor) group(id cardea.GroupID) int {
	return slices.IndexFunc(v.groups, func(g cardea.Group) bool { return g.ID == id })
}

func (v *vendor) truth() []cardea.Edge {
	v.Lock()
	defer v.Unlock()
	var out []cardea.Edge
	for _, e := range v.edges {
		if e.Foreign == "" {
			out = append(out, e)
		}
	}
	return out
}

// newVendor makes a world.
func newVendor(o Options) *vendor {
	v := &vendor{}
	groups, accounts, edges := 2, 2, 1
	switch o.Kind {
	case cardea.KindGroup:
		groups, accounts, edges = o.Rows, 0, 0
	case cardea.KindAccount:
		accounts, edges = o.Rows, 0
	case cardea.KindEdge:
		accounts, edges = (o.Rows+1)/2, o.Rows
	}
	for i := range groups {
		v.groups = append(v.groups, cardea.Group{ID: cardea.GroupID(fmt.Sprintf("g%d", i)), Name: fmt.Sprintf("Group %d", i)})
	}
	for i := range accounts {
		v.accounts = append(v.accounts, cardea.Account{
			ID: cardea.AccountID(fmt.Sprintf("a%d", i)), Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@x.test", i),
		})
	}
	for i := range edges {
		v.edges = append(v.edges, cardea.Edge{
			Group: v.groups[i%2].ID, Account: v.accounts[i/2].ID, Ref: fmt.Sprintf("e%d", i), Window: cardea.Forever,
			Attributes: cardea.Attributes{Profile: "plain", TimeGroup: "always"},
		})
	}
	if o.Kind == "" {
		other := v.edges[0]
		other.Account, other.Ref = "a1", "e1"
		v.edges = append(v.edges, other)
		v.edges = append(v.edges, cardea.Edge{Group: "g1", Account: "a1", Ref: "f", Window: cardea.Forever, Foreign: "a team"})
	}
	return v
}

func classOf(status int, write bool) cardea.Class {
	m := usual(status)
	if write {
		return m.Write
	}
	return m.Read
}

// fakeRig is the rig of the fake; lies are what it does wrong.
func fakeRig(lie string) Rig {
	return Rig{
		Open: func(_ *testing.T, o Options) *Bench {
			v := newVendor(o)
			f := &fake{liar.NewClient(&v.Vendor, o, lie, classOf), v}
			b := &Bench{
				System: f, Groups: []cardea.GroupID{"g0", "g1"}, Truth: v.truth, Secrets: f.Secrets(), Said: f.Said, Writes: v.Writes, Expire: v.Expire,
				Fault: func(f Fault) {
					v.Fault(liar.Fault{
						Trouble: readtest.Trouble{Effect: f.Effect, Status: f.Status, Rows: f.Rows, Skip: f.Skip, Times: f.Times},
						On:      string(f.On), RetryAfter: f.RetryAfter,
					})
				},
				Nobody: map[cardea.Kind]string{cardea.KindGroup: "gx", cardea.KindAccount: "ax", cardea.KindEdge: "g0/ax"},
				Profiles: []cardea.Attributes{
					{Profile: "plain", TimeGroup: "nights"}, {Profile: "all doors", TimeGroup: "always"},
				},
			}
			if lie == "hides" {
				b.System = hidden{f}
			}
			return b
		},
		Organisation: "fake-1",
		Abilities:    []Ability{Timed, Profiled, Rewritable, Lockable, Units},
		Page:         map[cardea.Kind]int{cardea.KindGroup: liar.Page, cardea.KindAccount: liar.Page, cardea.KindEdge: liar.Page},
		Rate:         liar.Rate(),
	}
}
