package scim_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/wire"
)

// notes is what is remembered beyond a process.
type notes map[string]bool

func (n notes) Habit(_ context.Context, connection, habit string) (bool, error) {
	return n[connection+habit], nil
}

func (n notes) KeepHabit(_ context.Context, connection, habit string, _ cardea.Instant) error {
	n[connection+habit] = true
	return nil
}

func (f *fake) remembering(n notes) *scim.System {
	f.t.Helper()
	client, err := wire.New(wire.Config{
		Name: "door", Base: base, Transport: f, Now: func() time.Time { return clock }, Auth: scim.Authorize("t0ken-value"),
		Classify: scim.Classify, Rand: func() float64 { return 0 }, Retries: 1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := scim.New(scim.Config{Client: client, Base: base, Now: func() time.Time { return clock }, Habits: n})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// A process that takes the last member out and dies leaves a server that shows no members any more: the next one must be able to
// look what became of it.
func TestANewProcessCanTellThatTheLastMemberIsOut(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user("u1", "ana@x.test")
	f.group("g", "u1")
	kept := notes{}
	for _, err := range f.remembering(kept).Revoke(t.Context(), []cardea.Edge{{Group: "g", Account: "u1"}}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, next := range map[string]*scim.System{"remembers": f.remembering(kept), "knows nothing": f.remembering(notes{})} {
		in := read(t, next, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"u1"}})
		grade := in.Collection(cardea.KindEdge).Evidence().Grade()
		if told := grade == cardea.Complete; told != (name == "remembers") {
			t.Errorf("a process that %s reads %v", name, grade)
		}
	}
}
