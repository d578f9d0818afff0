package store_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

const visitors = "visitor"

func TestConnectorsRememberBetweenRuns(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		same(t, "nothing", ok(w.Recall(ctx, doors, visitors)), []cardea.Kept{})
		b := cardea.Kept{ID: "b", Body: `{"unit":"101"}`, Secret: "4711\x00\xff"}
		a := cardea.Kept{ID: "a", Body: "plain"}
		must(t, w.Remember(ctx, doors, visitors, b))
		must(t, w.Remember(ctx, doors, visitors, a))
		must(t, w.Remember(ctx, doors, "unit", cardea.Kept{ID: "a", Body: "another kind"}))
		must(t, w.Remember(ctx, space, visitors, cardea.Kept{ID: "a", Body: "another connection"}))
		same(t, "sorted by id", ok(w.Recall(ctx, doors, visitors)), []cardea.Kept{a, b})
		b.Body, b.Secret, a.Secret = "moved", "0815", "new"
		must(t, w.Remember(ctx, doors, visitors, b))
		must(t, w.Remember(ctx, doors, visitors, a))
		same(t, "replaced", ok(w.Recall(ctx, doors, visitors)), []cardea.Kept{a, b})
		a.Secret = ""
		must(t, w.Remember(ctx, doors, visitors, a))
		same(t, "without its secret", ok(w.Recall(ctx, doors, visitors)), []cardea.Kept{a, b})
		for id, want := range map[string]string{"a": "true", "b": "false"} {
			got := ok(s.Look(ctx, `SELECT CASE WHEN sealed IS NULL AND nonce IS NULL THEN 'true' ELSE 'false' END FROM kept
				WHERE connection = 'kisi' AND kind = 'visitor' AND id = $1`, id))
			if got != want {
				t.Errorf("%s has no secret: %s, want %s", id, got, want)
			}
		}
		must(t, w.Forget(ctx, doors, visitors, "b"))
		must(t, w.Forget(ctx, doors, visitors, "b"))
		same(t, "forgotten", ok(w.Recall(ctx, doors, visitors)), []cardea.Kept{a})
		if n := len(ok(w.Recall(ctx, doors, "unit"))) + len(ok(w.Recall(ctx, space, visitors))); n != 2 {
			t.Errorf("of the others %d are left", n)
		}
		wantClass(t, w.Remember(ctx, "nobody", visitors, a), cardea.NotFound)
	})
}

func TestRememberedSecretsOpenOnlyWhereTheyWereSealed(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		other := s.In("other")
		furnish(t, other)
		must(t, w.Remember(ctx, doors, visitors, cardea.Kept{ID: "1", Secret: "hush"}))
		must(t, w.Remember(ctx, doors, visitors, cardea.Kept{ID: "2", Secret: "other id"}))
		must(t, w.Remember(ctx, doors, "unit", cardea.Kept{ID: "1", Secret: "other kind"}))
		must(t, w.Remember(ctx, space, visitors, cardea.Kept{ID: "1", Secret: "other connection"}))
		must(t, other.Remember(ctx, doors, visitors, cardea.Kept{ID: "1", Secret: "other workspace"}))
		must(t, w.PutSecret(ctx, doors, "visitor", []byte("other table")))
		for _, from := range []string{
			`kept o WHERE o.workspace_id = 'default' AND o.connection = 'kisi' AND o.kind = 'visitor' AND o.id = '2'`,
			`kept o WHERE o.workspace_id = 'default' AND o.connection = 'kisi' AND o.kind = 'unit' AND o.id = '1'`,
			`kept o WHERE o.workspace_id = 'default' AND o.connection = 'rnd' AND o.kind = 'visitor' AND o.id = '1'`,
			`kept o WHERE o.workspace_id = 'other' AND o.connection = 'kisi' AND o.kind = 'visitor' AND o.id = '1'`,
			`secret o WHERE o.workspace_id = 'default' AND o.connection = 'kisi' AND o.name = 'visitor'`,
		} {
			must(t, w.Remember(ctx, doors, visitors, cardea.Kept{ID: "1", Secret: "hush"}))
			if got := ok(w.Recall(ctx, doors, visitors))[0].Secret; got != "hush" {
				t.Fatalf("the secret is %q", got)
			}
			must(t, s.Tamper(ctx, `UPDATE kept SET sealed = (SELECT o.sealed FROM `+from+`), nonce = (SELECT o.nonce FROM `+from+`)
				WHERE workspace_id = 'default' AND connection = 'kisi' AND kind = 'visitor' AND id = '1'`))
			_, err := w.Recall(ctx, doors, visitors)
			wantClass(t, err, cardea.Auth)
			if err != nil && (strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "kisi")) {
				t.Errorf("the error says %v", err)
			}
		}
		must(t, s.Tamper(ctx, `UPDATE kept SET nonce = NULL WHERE id = '1'`))
		_, err := w.Recall(ctx, doors, visitors)
		wantClass(t, err, cardea.Auth)
	})
}

func TestRememberedSecretsNeedTheirKey(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	open := func(key []byte) *store.Workspace {
		t.Helper()
		s := ok(store.Open(ctx, dsn, store.Options{Key: key, Now: noon.Time}))
		t.Cleanup(func() { must(t, s.Close()) })
		return s.In("default")
	}
	keyless := open(nil)
	furnish(t, keyless)
	plain, coded := cardea.Kept{ID: "1", Body: "x"}, cardea.Kept{ID: "1", Body: "x", Secret: "4711"}
	must(t, keyless.Remember(ctx, doors, visitors, plain))
	err := keyless.Remember(ctx, doors, visitors, coded)
	wantClass(t, err, cardea.Rejected)
	if err == nil || !strings.Contains(err.Error(), "CARDEA_KEY") || !strings.Contains(err.Error(), "openssl rand -hex 32") ||
		strings.Contains(err.Error(), "4711") {
		t.Errorf("the error says %v", err)
	}
	same(t, "what needs no key", ok(keyless.Recall(ctx, doors, visitors)), []cardea.Kept{plain})
	must(t, open(bytes.Repeat([]byte{1}, 32)).Remember(ctx, doors, visitors, coded))
	_, err = keyless.Recall(ctx, doors, visitors)
	wantClass(t, err, cardea.Rejected)
	_, err = open(bytes.Repeat([]byte{2}, 32)).Recall(ctx, doors, visitors)
	wantClass(t, err, cardea.Auth)
	same(t, "with the key", ok(open(bytes.Repeat([]byte{1}, 32)).Recall(ctx, doors, visitors)), []cardea.Kept{coded})
}
