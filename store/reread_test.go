package store_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestWhatIsToBeReadAgainIsAskedOnceForEachEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		m1, m2 := cardea.Key{Kind: cardea.KindAgreement, ID: "m1"}, cardea.Key{Kind: cardea.KindAgreement, ID: "m2"}
		ask := func(k cardea.Key, ends cardea.Instant) store.Reread {
			return store.Reread{Key: k, Ends: ends, Due: ends - 3, Until: ends + 15}
		}
		must(t, w.AskAgain(ctx, space, []store.Reread{ask(m2, noon+70), ask(m1, noon+50)}, noon))
		same(t, "asked", ok(w.Rereads(ctx, space)), []store.Reread{ask(m1, noon+50), ask(m2, noon+70)})
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeRead})), noon+47)
		must(t, w.Reread(ctx, space, []cardea.Key{m1}, noon+48, nil))
		seen := ask(m1, noon+50)
		seen.Seen = noon + 48
		later := ask(m1, noon+50)
		later.Until = noon + 99
		must(t, w.AskAgain(ctx, space, []store.Reread{later}, noon+49))
		same(t, "asked twice", ok(w.Rereads(ctx, space)), []store.Reread{seen, ask(m2, noon+70)})
		must(t, w.AskAgain(ctx, space, []store.Reread{ask(m1, noon+60)}, noon+49))
		same(t, "another end", ok(w.Rereads(ctx, space)), []store.Reread{ask(m1, noon+60), ask(m2, noon+70)})
		same(t, "elsewhere", ok(s.In("other").Rereads(ctx, space)), []store.Reread{})
		late := ask(m1, noon.Add(48*time.Hour))
		must(t, w.AskAgain(ctx, space, []store.Reread{late}, noon.Add(48*time.Hour)))
		same(t, "long past", ok(w.Rereads(ctx, space)), []store.Reread{late})
	})
}
