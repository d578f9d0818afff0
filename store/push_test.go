package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestANewerPushReplacesAnOlderAndNeverTheOtherWay(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		push := func(at cardea.Instant, until cardea.Instant, groups ...string) cardea.Push {
			p := cardea.Push{Person: "7", Location: "1", At: at, Came: noon + 3}
			for _, g := range groups {
				p.Groups = append(p.Groups, cardea.Pushed{Group: g, Until: until})
			}
			return p
		}
		take := func(p cardea.Push, look bool) bool {
			t.Helper()
			return ok(w.TakePush(ctx, store.PushTaken{Connection: space, Push: p, Doors: []string{doors}, Look: look}))
		}
		person := []cardea.PersonID{cardea.PersonOf(space, cardea.Key{Kind: cardea.KindPerson, ID: "7"})}
		first := push(noon, cardea.Never, "a", "b")
		same(t, "first", take(first, true), true)
		same(t, "kept", ok(w.Pushes(ctx, space, nil)), []cardea.Push{first})
		same(t, "dirty", ok(w.Dirty(ctx, doors)), person)
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeKeep})), noon+3)
		same(t, "looked at", ok(s.NextWake(ctx, []string{store.WakeLook})), noon+3)
		same(t, "again", take(first, true), false)
		same(t, "older", take(push(noon-1, cardea.Never, "c"), false), false)
		same(t, "kept", ok(w.Pushes(ctx, space, nil)), []cardea.Push{first})
		newer := push(noon+1, noon+9)
		same(t, "newer", take(newer, false), true)
		elsewhere := push(noon-5, noon+9, "d")
		elsewhere.Location = "2"
		same(t, "at another location", take(elsewhere, false), true)
		same(t, "all", ok(w.Pushes(ctx, space, nil)), []cardea.Push{newer, elsewhere})
		same(t, "of them", ok(w.Pushes(ctx, space, []cardea.Key{{Kind: cardea.KindPerson, ID: "7"}})), []cardea.Push{newer, elsewhere})
		same(t, "of others", len(ok(w.Pushes(ctx, space, []cardea.Key{{Kind: cardea.KindPerson, ID: "8"}}))), 0)
		same(t, "of nobody", len(ok(w.Pushes(ctx, space, []cardea.Key{}))), 0)
	})
}

func TestAPushThatIsNotNewMarksNobody(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		p := cardea.Push{Person: "7", Location: "1", At: noon, Came: noon}
		same(t, "kept", ok(w.TakePush(ctx, store.PushTaken{Connection: space, Push: p})), true)
		p.At--
		same(t, "older", ok(w.TakePush(ctx, store.PushTaken{Connection: space, Push: p, Doors: []string{doors}, Look: true})), false)
		same(t, "dirty", len(ok(w.Dirty(ctx, doors))), 0)
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeKeep, store.WakeLook})), cardea.Never)
	})
}
