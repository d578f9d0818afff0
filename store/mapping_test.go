package store_test

import (
	"encoding/json"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestMappingsAreSavedOverTheVersionThatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		other := s.In("other")
		furnish(t, other)
		for _, one := range []*store.Workspace{w, other} {
			must(t, one.SaveIntegration(ctx, store.Integration{Name: "london", Space: space, Door: doors}))
		}
		if m := ok(w.Mapping(ctx, "london")); m.Version != 0 || m.Body != nil {
			t.Errorf("before anything was saved: %+v", m)
		}
		first := store.Mapping{Integration: "london", Body: json.RawMessage(`{"a":1}`), At: noon, By: "olga"}
		marks := []store.Mark{{Unit: doors, Kind: store.WakeKeep, At: noon}}
		must(t, w.SaveMapping(ctx, first, map[string]string{"plans\x00Hot desk": "hot"}, marks, map[string]int{"rows": 1}))
		want := first
		want.Version = 1
		same(t, "saved", ok(w.Mapping(ctx, "london")), want)
		same(t, "names", ok(w.Resolved(ctx, "london")), map[string]string{"plans\x00Hot desk": "hot"})
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeKeep})), noon)
		if l := ok(w.Audit(ctx, 1)); l[0].Who != "olga" || l[0].What != "mappings" || string(l[0].Detail) != `{"rows":1}` {
			t.Errorf("audit: %+v", l)
		}
		// Two people edit the first version: the second to save it is told, and nothing of hers is kept.
		mine, hers := want, want
		mine.Body, hers.Body = json.RawMessage(`{"a":2}`), json.RawMessage(`{"a":3}`)
		must(t, w.SaveMapping(ctx, mine, nil, nil, nil))
		for _, late := range []store.Mapping{hers, first, {Integration: "london", Version: 7, Body: hers.Body, At: noon, By: "ida"}} {
			wantClass(t, w.SaveMapping(ctx, late, map[string]string{"plans\x00Hot desk": "else"}, nil, nil), cardea.Conflict)
		}
		if m := ok(w.Mapping(ctx, "london")); m.Version != 2 || string(m.Body) != `{"a":2}` {
			t.Errorf("%+v", m)
		}
		same(t, "names", ok(w.Resolved(ctx, "london")), map[string]string{"plans\x00Hot desk": "hot"})
		if n := len(ok(w.Audit(ctx, 9))); n != 2 {
			t.Errorf("%d audit lines", n)
		}
		if m := ok(other.Mapping(ctx, "london")); m.Version != 0 {
			t.Errorf("another workspace has %+v", m)
		}
		wantClass(t, w.SaveMapping(ctx, store.Mapping{Integration: "none", At: noon}, map[string]string{"plans\x00x": "y"}, nil, nil),
			cardea.NotFound)
	})
}
