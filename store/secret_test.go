package store_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestSecretsOpenOnlyWhereTheyWereSealed(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		_, err := w.Secret(ctx, doors, "api_key")
		wantClass(t, err, cardea.NotFound)
		must(t, w.PutSecret(ctx, doors, "api_key", []byte("hush\x00hush")))
		must(t, w.PutSecret(ctx, doors, "other", []byte("other")))
		if v := ok(w.Secret(ctx, doors, "api_key")); string(v) != "hush\x00hush" {
			t.Errorf("the secret is %q", v)
		}
		must(t, w.PutSecret(ctx, doors, "api_key", []byte("new")))
		if v := ok(w.Secret(ctx, doors, "api_key")); string(v) != "new" {
			t.Errorf("the secret is %q", v)
		}
		_, err = s.In("other").Secret(ctx, doors, "api_key")
		wantClass(t, err, cardea.NotFound)
		// A sealed value that is put into another row does not open.
		must(t, s.Tamper(ctx, `UPDATE secret SET sealed = (SELECT o.sealed FROM secret o WHERE o.name = 'other'),
			nonce = (SELECT o.nonce FROM secret o WHERE o.name = 'other') WHERE name = 'api_key'`))
		_, err = w.Secret(ctx, doors, "api_key")
		wantClass(t, err, cardea.Auth)
		if err != nil && strings.Contains(err.Error(), "new") {
			t.Errorf("the error tells the secret: %v", err)
		}
	})
}

func TestTokensAreSecrets(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		if b, err := w.LoadToken(ctx, space); b != nil || err != nil {
			t.Errorf("no token is %q, %v", b, err)
		}
		must(t, w.SaveToken(ctx, space, []byte("t1")))
		must(t, w.SaveToken(ctx, space, []byte("t2")))
		if b := ok(w.LoadToken(ctx, space)); string(b) != "t2" {
			t.Errorf("the token is %q", b)
		}
	})
}

func TestSecretsNeedTheirKey(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "a%20b?c#d.db")
	open := func(key []byte) *store.Store {
		t.Helper()
		s := ok(store.Open(ctx, dsn, store.Options{Key: key}))
		t.Cleanup(func() { must(t, s.Close()) })
		return s
	}
	key := bytes.Repeat([]byte{1}, 32)
	must(t, open(key).In("default").PutSecret(ctx, doors, "k", []byte("v")))
	if v := ok(open(key).In("default").Secret(ctx, doors, "k")); string(v) != "v" {
		t.Errorf("the secret is %q", v)
	}
	_, err := open(bytes.Repeat([]byte{2}, 32)).In("default").Secret(ctx, doors, "k")
	wantClass(t, err, cardea.Auth)
	_, err = open(nil).In("default").Secret(ctx, doors, "k")
	wantClass(t, err, cardea.Rejected)
	wantClass(t, open(nil).In("default").PutSecret(ctx, doors, "k", nil), cardea.Rejected)
	_, err = store.Open(ctx, dsn, store.Options{Key: []byte("short")})
	wantClass(t, err, cardea.Rejected)
}
