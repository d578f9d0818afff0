package store_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func apiToken(name, hash string) store.APIToken {
	return store.APIToken{
		Hash: hash, Name: name, Scopes: []string{"passes:read", "read"}, Made: noon, By: "olga", Expires: cardea.Never,
	}
}

func TestATokenIsFoundByItsHashAlone(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		one := apiToken("app", strings.Repeat("a", 64))
		must(t, w.AddAPIToken(ctx, one))
		same(t, "found", ok(w.APIToken(ctx, one.Hash)), one)
		for _, hash := range []string{"", "app", strings.Repeat("a", 63), strings.Repeat("A", 64)} {
			_, err := w.APIToken(ctx, hash)
			wantClass(t, err, cardea.NotFound)
		}
		_, err := s.In("other").APIToken(ctx, one.Hash)
		wantClass(t, err, cardea.NotFound)
		same(t, "elsewhere", len(ok(s.In("other").APITokens(ctx))), 0)
		wantClass(t, s.In("other").RevokeAPIToken(ctx, "app", "eve", noon), cardea.NotFound)
		must(t, s.In("other").UseAPIToken(ctx, one.Hash, noon, noon))
		same(t, "untouched", ok(w.APIToken(ctx, one.Hash)), one)
	})
}

func TestOnlyOneTokenOfANameCounts(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		first, second := apiToken("app", "1"), apiToken("app", "2")
		must(t, w.AddAPIToken(ctx, first))
		wantClass(t, w.AddAPIToken(ctx, second), cardea.Conflict)
		must(t, s.In("other").AddAPIToken(ctx, second))
		must(t, w.RevokeAPIToken(ctx, "app", "olga", noon+1))
		wantClass(t, w.RevokeAPIToken(ctx, "app", "olga", noon+2), cardea.NotFound)
		second.Made = noon + 3
		must(t, w.AddAPIToken(ctx, second))
		first.Revoked = noon + 1
		same(t, "all", ok(w.APITokens(ctx)), []store.APIToken{first, second})
		var told []string
		for _, l := range ok(w.Audit(ctx, 99)) {
			told = append(told, l.Who+" "+l.What+" "+string(l.Detail))
		}
		same(t, "audit", told, []string{
			`olga token created {"token":"app","scopes":["passes:read","read"],"expires":"never"}`,
			`olga token revoked {"token":"app"}`,
			`olga token created {"token":"app","scopes":["passes:read","read"],"expires":"never"}`,
		})
		must(t, w.VerifyAudit(ctx))
	})
}

func TestAUseOfATokenIsWrittenOnceInAWhile(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		one := apiToken("app", "1")
		must(t, w.AddAPIToken(ctx, one))
		used := func() cardea.Instant { return ok(w.APIToken(ctx, "1")).LastUsed }
		must(t, w.UseAPIToken(ctx, "1", noon+100, noon+40))
		same(t, "first", used(), noon+100)
		must(t, w.UseAPIToken(ctx, "1", noon+150, noon+90))
		same(t, "within the while", used(), noon+100)
		must(t, w.UseAPIToken(ctx, "1", noon+160, noon+100))
		same(t, "after it", used(), noon+160)
	})
}
