package apply_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

// asked is a door system that notes of which groups and accounts it is asked for entries.
type asked struct {
	*looptest.Door

	scopes []string
}

func (a *asked) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if want.Wants(cardea.KindEdge) {
		a.scopes = append(a.scopes, fmt.Sprintf("groups %v accounts %v", want.Groups, want.Accounts))
	}
	return a.Door.Read(ctx, want, into)
}

// TestWhatIsReadBackCostsOneGroupWhereAnAccountCostsAll: one entry of a large group is read back by its account, unless the system knows
// groups alone. What became of a request that broke off is looked up the same way.
func TestWhatIsReadBackCostsOneGroupWhereAnAccountCostsAll(t *testing.T) {
	t.Parallel()
	for _, byGroup := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d, m := &asked{Door: looptest.NewDoor("G", "H")}, newMemory()
			l := d.Limits()
			l.ByGroup = byGroup
			d.Limit(l)
			who := d.Put("ana@x.test", cardea.Forever)
			for n := range 250 {
				d.Put(fmt.Sprintf("p%d@x.test", n), cardea.Forever, "G")
			}
			d.Fault(nth("grant", 1, looptest.Fault{After: cardea.Errorf(cardea.Unknown, "the connection broke")}))
			if _, err := applier(m, d).Apply(context.Background(), changeset(add("G", who, cardea.Forever)), stateOf(d.Door)); err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("groups [] accounts [%s]", who)
			if byGroup {
				want = "groups [G] accounts []"
			}
			if len(d.scopes) != 2 || slices.ContainsFunc(d.scopes, func(s string) bool { return s != want }) {
				t.Errorf("by group %t: asked for %q, want %q", byGroup, d.scopes, want)
			}
			if s := m.states()[cardea.OpKey("add G "+string(who))]; s != store.OpConfirmed {
				t.Errorf("in state %s", s)
			}
		})
	}
}
