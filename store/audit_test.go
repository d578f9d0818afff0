package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestAuditLinesFollowEachOther(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.VerifyAudit(ctx))
		must(t, s.In("never written to").VerifyAudit(ctx))
		must(t, w.Note(ctx, noon, "ana", "freeze", map[string]int{"doors": 2}))
		must(t, w.Note(ctx, noon+1, "ana", "thaw", nil))
		must(t, s.In("other").Note(ctx, noon, "zoe", "freeze", nil))
		ls := ok(w.Audit(ctx, 9))
		if len(ls) != 2 || ls[0].N != 2 || ls[0].Prev != ls[1].Hash || ls[1].Prev != "" || ls[0].Hash == ls[1].Hash {
			t.Fatalf("lines %+v", ls)
		}
		if string(ls[1].Detail) != `{"doors":2}` || ls[0].Detail != nil || ls[0].At != noon+1 {
			t.Errorf("lines %+v", ls)
		}
		if one := ok(w.Audit(ctx, 1)); len(one) != 1 || one[0].N != 2 {
			t.Errorf("the newest line is %+v", one)
		}
		must(t, w.VerifyAudit(ctx))
	})
}

func TestVerifyNamesTheFirstBrokenLine(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *store.Workspace) {
		ctx := t.Context()
		for i, c := range []struct{ tamper, want string }{
			{`UPDATE audit SET detail = '77' WHERE workspace_id = $1 AND n IN (3, 4)`, "line 3 was changed"},
			{`UPDATE audit SET who = 'anax', what = '' WHERE workspace_id = $1 AND n = 2`, "line 2 was changed"},
			{`UPDATE audit SET at = at + 1 WHERE workspace_id = $1 AND n = 5`, "line 5 was changed"},
			{`DELETE FROM audit WHERE workspace_id = $1 AND n = 3`, "line 3 is missing"},
			{`DELETE FROM audit WHERE workspace_id = $1 AND n = 1`, "line 1 is missing"},
			{`DELETE FROM audit WHERE workspace_id = $1 AND n > 3`, "ends at line 3, but 5 were written: line 4"},
			{`DELETE FROM audit WHERE workspace_id = $1`, "ends at line 0"},
			{`UPDATE audit SET prev = '' WHERE workspace_id = $1 AND n = 4`, "line 4 does not follow line 3"},
			{`UPDATE audit SET hash = 'x' WHERE workspace_id = $1 AND n = 5`, "line 5 was changed"},
			{`UPDATE workspace SET audit_hash = 'x' WHERE workspace_id = $1`, "line 5 is missing or changed"},
		} {
			w := s.In(fmt.Sprintf("w%d", i))
			for n := range 5 {
				must(t, w.Note(ctx, noon, "ana", "x", n))
			}
			must(t, w.VerifyAudit(ctx))
			must(t, s.Tamper(ctx, c.tamper, w.ID()))
			err := w.VerifyAudit(ctx)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.tamper, err, c.want)
			}
		}
	})
}

func TestAuditChainHoldsUnderManyWriters(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 20 {
					o := op(fmt.Sprintf("%d/%d", g, i), cardea.VerbAdd)
					if err := w.Answered(ctx, doors, "r", store.Outcome{Op: o, At: noon}, nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		must(t, w.VerifyAudit(ctx))
		if ls := ok(w.Audit(ctx, 1)); ls[0].N != 80 {
			t.Errorf("%d lines", ls[0].N)
		}
	})
}

func TestLongAuditLogIsVerifiedToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		for i := range 1002 {
			must(t, w.Note(ctx, noon, "ana", "x", i))
		}
		must(t, w.VerifyAudit(ctx))
		must(t, s.Tamper(ctx, `UPDATE audit SET what = 'y' WHERE workspace_id = $1 AND n = 1001`, w.ID()))
		if err := w.VerifyAudit(ctx); err == nil || !strings.Contains(err.Error(), "line 1001 was changed") {
			t.Error(err)
		}
	})
}
