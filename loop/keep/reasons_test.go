package keep_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestTheCauseIsJudgedOnTheReasonThatWentLast(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
		first, ok := member("ana")[1].(cardea.Agreement)
		if !ok {
			t.Fatal("the second record is the agreement")
		}
		second := first
		second.ID = "m-ana-2"
		b.sync()
		b.space.Put(second) // the entry stays as it is, for a new reason beside the first
		b.sync()
		first.End = cardea.Day{At: now - 24*cardea.Hour, Set: true} // ended, but the second one goes on
		b.space.Put(first)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
		b.space.Delete(second.Key())
		b.space.Deaf(true) // and nobody says whether it was deleted
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
		r := b.sync()
		ops := r.Plan.Changeset.Operations
		if len(ops) != 1 || ops[0].Verb != cardea.VerbRemove || ops[0].Cause != cardea.CauseVanished {
			t.Errorf("what went last vanished, and did not end: %s", said(ops))
		}
	})
}
