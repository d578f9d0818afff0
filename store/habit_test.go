package store_test

import (
	"testing"

	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestAHabitIsRememberedOfItsConnectionOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, ctx := s.In("default"), t.Context()
		must(t, w.KeepHabit(ctx, doors, "shows", noon)) // not kept yet
		if ok(w.Habit(ctx, doors, "shows")) {
			t.Error("something is remembered of a connection that is not there")
		}
		must(t, w.SaveConnection(ctx, store.Connection{Name: doors, Side: "door", System: "scim"}))
		must(t, w.KeepHabit(ctx, doors, "shows", noon))
		must(t, w.KeepHabit(ctx, doors, "shows", noon+1))
		if !ok(w.Habit(ctx, doors, "shows")) || ok(w.Habit(ctx, doors, "hides")) || ok(w.Habit(ctx, "other", "shows")) {
			t.Error("a habit is forgotten, or taken for another's")
		}
		if ok(s.In("elsewhere").Habit(ctx, doors, "shows")) {
			t.Error("another workspace's habit was told")
		}
	})
}
