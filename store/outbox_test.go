package store_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

const passCode = "AB12-open-sesame"

func issued(account string) cardea.Event {
	return cardea.Event{Type: cardea.PassIssued, At: noon, Data: cardea.PassEvent{
		Door: doors, Account: cardea.AccountID(account), Email: account + "@x.test", Code: passCode,
		People: []cardea.Whom{{ID: "rnd/person:1", Name: "Ana Almeida", Email: account + "@x.test"}},
	}}
}

// hear has endpoints be told of passes that are issued.
func hear(t *testing.T, w *store.Workspace, names ...string) {
	t.Helper()
	var es []store.Endpoint
	for _, n := range names {
		es = append(es, store.Endpoint{Name: n, Events: []cardea.EventType{cardea.PassIssued}, Address: "there"})
	}
	must(t, w.SaveEndpoints(t.Context(), es, noon))
}

// rawOutbox is all that the table of what is to be told holds, as somebody sees it who has the database, bytes in both their forms.
func rawOutbox(t *testing.T, s *store.Store) string {
	t.Helper()
	ctx := t.Context()
	text := func(column string) string {
		if s.Engine() == "postgres" {
			return "COALESCE(encode(" + column + ", 'hex'), '')"
		}
		return "COALESCE(hex(" + column + "), '')"
	}
	agg := map[string]string{"postgres": "string_agg(%s, ' ')", "sqlite": "group_concat(%s, ' ')"}[s.Engine()]
	row := "workspace_id || ' ' || endpoint || ' ' || id || ' ' || type || ' ' || outcome || ' ' || key_id || ' ' || " +
		text("nonce") + " || ' ' || " + text("sealed")
	out := ok(s.Look(ctx, "SELECT "+fmt.Sprintf(agg, row)+" FROM outbox"))
	for _, word := range strings.Fields(out) {
		if b, err := hex.DecodeString(word); err == nil {
			out += " " + string(b)
		}
	}
	return out
}

func TestWhatIsToBeToldIsSealedAndErased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := s.In("a")
		furnish(t, w)
		hear(t, w, "app", "other")
		ctx := t.Context()
		must(t, w.RememberTelling(ctx, doors, "pass", cardea.Kept{ID: "7", Body: "{}", Secret: passCode}, issued("7")))
		raw := rawOutbox(t, s)
		if len(raw) < 500 {
			t.Fatalf("little is in the table: %q", raw)
		}
		for _, secret := range []string{passCode, "sesame", "Almeida", "x.test", "account"} {
			if strings.Contains(strings.ToLower(raw), strings.ToLower(secret)) {
				t.Errorf("%q is in the table in clear", secret)
			}
		}
		outs := ok(w.Outs(ctx, "app", noon, 0, 10))
		if len(outs) != 1 || !strings.Contains(string(outs[0].Body), passCode) || outs[0].Type != cardea.PassIssued || outs[0].At != noon {
			t.Fatalf("%+v", outs)
		}
		other := ok(w.Outs(ctx, "other", noon, 0, 10))
		// A row that was moved does not open.
		must(t, s.Tamper(ctx, "DELETE FROM outbox WHERE endpoint = 'other'"))
		must(t, s.Tamper(ctx, "UPDATE outbox SET endpoint = 'other'"))
		if moved := ok(w.Outs(ctx, "other", noon, 0, 10)); len(moved) != 1 || moved[0].Body != nil || moved[0].ID != other[0].ID {
			t.Errorf("%+v", moved)
		}
		must(t, s.Tamper(ctx, "UPDATE outbox SET endpoint = 'app'"))
		must(t, w.Sent(ctx, "app", outs[0], noon+5, nil))
		if n := ok(s.Look(ctx, "SELECT COUNT(*) FROM outbox WHERE sealed IS NULL AND nonce IS NULL AND outcome = 'delivered'")); n != "1" {
			t.Errorf("what was delivered is still there: %s", rawOutbox(t, s))
		}
		must(t, w.RememberTelling(ctx, doors, "pass", cardea.Kept{ID: "8", Body: "{}"}, issued("8")))
		must(t, w.Lose(ctx, "app", ok(w.Outs(ctx, "app", noon, 0, 10))[0], noon+6, nil))
		if n := ok(s.Look(ctx, "SELECT COUNT(*) FROM outbox WHERE endpoint = 'app' AND sealed IS NOT NULL")); n != "0" {
			t.Error("what was given up is still there")
		}
		must(t, w.ForgetOuts(ctx, "app", noon+6, nil))
		if n := ok(s.Look(ctx, "SELECT COUNT(*) FROM outbox WHERE endpoint = 'app'")); n != "1" {
			t.Errorf("%s rows are left, want the later one", n)
		}
	})
}

// TestToldAndRememberedAreOne: where one of the two cannot be written neither is.
func TestToldAndRememberedAreOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := s.In("a")
		furnish(t, w)
		hear(t, w, "app")
		ctx := t.Context()
		kept := cardea.Kept{ID: "7", Body: "one"}
		must(t, w.RememberTelling(ctx, doors, "pass", kept, issued("7")))
		before := ok(w.Recall(ctx, doors, "pass"))
		must(t, s.Tamper(ctx, "ALTER TABLE outbox RENAME TO gone"))
		kept.Body = "two"
		if err := w.RememberTelling(ctx, doors, "pass", kept, issued("7")); err == nil {
			t.Error("what cannot be told was remembered")
		}
		if err := w.ForgetTelling(ctx, doors, "pass", "7", issued("7")); err == nil {
			t.Error("what cannot be told was forgotten")
		}
		must(t, s.Tamper(ctx, "ALTER TABLE gone RENAME TO outbox"))
		if diff := cmp.Diff(before, ok(w.Recall(ctx, doors, "pass"))); diff != "" {
			t.Error(diff)
		}
		must(t, s.Tamper(ctx, "ALTER TABLE kept RENAME TO gone"))
		if err := w.RememberTelling(ctx, doors, "pass", kept, issued("7")); err == nil {
			t.Error("what cannot be remembered was told")
		}
		must(t, s.Tamper(ctx, "ALTER TABLE gone RENAME TO kept"))
		if outs := ok(w.Outs(ctx, "app", noon, 0, 10)); len(outs) != 1 {
			t.Errorf("%d events wait, want one", len(outs))
		}
		next := ok(s.NextWake(ctx, []string{store.WakeOutbox}))
		if next != noon {
			t.Errorf("woken at %s, not when it happened", next)
		}
	})
}

// TestEventsAreNumberedAsTheyAreWritten: many writers at once, and each endpoint's numbers are without gap or double.
func TestEventsAreNumberedAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := s.In("a")
		furnish(t, w)
		hear(t, w, "app", "other")
		errs := make(chan error)
		const writers, each = 8, 10
		for i := range writers {
			go func() {
				var err error
				for n := range each {
					id := fmt.Sprintf("%d-%d", i, n)
					if e := w.RememberTelling(context.Background(), doors, "pass", cardea.Kept{ID: id}, issued(id)); e != nil {
						err = e
					}
				}
				errs <- err
			}()
		}
		for range writers {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"app", "other"} {
			outs := ok(w.Outs(t.Context(), name, noon, 0, 1000))
			ids := map[string]bool{}
			for i, o := range outs {
				ids[o.ID] = true
				if o.N != int64(i+1) || o.Body == nil {
					t.Fatalf("%s: event %d has the number %d", name, i+1, o.N)
				}
			}
			if len(ids) != writers*each {
				t.Errorf("%s: %d events", name, len(ids))
			}
		}
	})
}

// TestEndpointsOfAnotherWorkspaceHearNothing: who is told is a matter of the workspace.
func TestEndpointsOfAnotherWorkspaceHearNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := s.In("a"), s.In("b")
		furnish(t, a)
		furnish(t, b)
		hear(t, a, "app")
		hear(t, b, "app")
		must(t, a.RememberTelling(t.Context(), doors, "pass", cardea.Kept{ID: "7"}, issued("7")))
		if len(ok(a.Outs(t.Context(), "app", noon, 0, 9))) != 1 || len(ok(b.Outs(t.Context(), "app", noon, 0, 9))) != 0 {
			t.Error("an event went to another workspace's endpoint, or not to its own")
		}
		must(t, b.SaveEndpoints(t.Context(), nil, noon))
		if len(ok(a.Outs(t.Context(), "app", noon, 0, 9))) != 1 {
			t.Error("what waits in one workspace went with another's endpoint")
		}
	})
}

func TestWithoutAKeyNobodyIsTold(t *testing.T) {
	t.Parallel()
	s := ok(store.Open(t.Context(), "sqlite::memory:", store.Options{}))
	defer s.Close()
	err := s.In("a").SaveEndpoints(t.Context(), []store.Endpoint{{Name: "app"}}, noon)
	wantClass(t, err, cardea.Rejected)
	must(t, s.In("a").SaveEndpoints(t.Context(), nil, noon))
}
