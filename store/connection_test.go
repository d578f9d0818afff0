package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestConnectionKeepsItsPinWhenSavedAgain(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		org := cardea.Organisation{ID: "7", Name: "Acme", Skew: 1500 * time.Millisecond}
		must(t, w.Pin(ctx, doors, org))
		c := store.Connection{
			Name: doors, Side: store.SideDoor, System: "kisi", Managed: "file", State: "ok",
			Settings: json.RawMessage(`{"budget":"5/s"}`),
		}
		must(t, w.SaveConnection(ctx, c))
		c.Organisation, c.OrganisationName, c.Skew = "7", "Acme", org.Skew
		cs := ok(w.Connections(ctx))
		same(t, "connections", cs, []store.Connection{
			c, {Name: space, Side: store.SideSpace, System: "officernd", Settings: json.RawMessage(`{}`)},
		})
	})
}

// TestAConnectionThatIsShownMoreIsTheSameOrganisation: it was pinned by less, and is not pinned by less again.
func TestAConnectionThatIsShownMoreIsTheSameOrganisation(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.Pin(ctx, doors, cardea.Organisation{ID: "administrator:1"}))
		wantClass(t, w.Pin(ctx, doors, cardea.Organisation{ID: "99", Was: "administrator:2"}), cardea.Conflict)
		wantClass(t, w.Pin(ctx, doors, cardea.Organisation{ID: "99"}), cardea.Conflict)
		must(t, w.Pin(ctx, doors, cardea.Organisation{ID: "99", Was: "administrator:1", Name: "House"}))
		must(t, w.Pin(ctx, doors, cardea.Organisation{ID: "99", Was: "administrator:2", Name: "House"}))
		wantClass(t, w.Pin(ctx, doors, cardea.Organisation{ID: "administrator:1"}), cardea.Conflict)
		for _, c := range ok(w.Connections(ctx)) {
			if c.Name == doors && (c.Organisation != "99" || c.OrganisationName != "House") {
				t.Errorf("pinned to %+v", c)
			}
		}
	})
}

func TestConnectionNameStaysWithItsSystem(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		wantClass(t, w.SaveConnection(ctx, store.Connection{Name: doors, Side: store.SideDoor, System: "brivo"}), cardea.Conflict)
		wantClass(t, w.SaveConnection(ctx, store.Connection{Name: doors, Side: store.SideSpace, System: "kisi"}), cardea.Conflict)
		wantClass(t, w.SaveConnection(ctx, store.Connection{Name: "x", Side: "roof", System: "kisi"}), cardea.Rejected)
		wantClass(t, w.SaveConnection(ctx, store.Connection{
			Name: "x", Side: store.SideDoor, System: "kisi", Settings: json.RawMessage(`{`),
		}), cardea.Rejected)
		if cs := ok(w.Connections(ctx)); len(cs) != 2 || cs[0].System != "kisi" {
			t.Errorf("connections are %v", cs)
		}
	})
}

func TestRefusesTwoConnectionsThatAreOneOrganisation(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveConnection(ctx, store.Connection{Name: "kisi2", Side: store.SideDoor, System: "kisi"}))
		must(t, w.Pin(ctx, doors, cardea.Organisation{ID: "7", Name: "Acme"}))
		must(t, w.Pin(ctx, doors, cardea.Organisation{ID: "7", Name: "Acme Ltd"}))
		wantClass(t, w.Pin(ctx, "kisi2", cardea.Organisation{ID: "7"}), cardea.Conflict)
		wantClass(t, w.Pin(ctx, doors, cardea.Organisation{ID: "8"}), cardea.Conflict)
		wantClass(t, w.Pin(ctx, "nobody", cardea.Organisation{ID: "9"}), cardea.NotFound)
		wantClass(t, w.Pin(ctx, doors, cardea.Organisation{}), cardea.Rejected)
		must(t, w.Pin(ctx, space, cardea.Organisation{ID: "7"})) // the same id at another system is another tenant
		cs := ok(w.Connections(ctx))
		if cs[0].Organisation != "7" || cs[0].OrganisationName != "Acme Ltd" || cs[1].Organisation != "" {
			t.Errorf("pins are %+v", cs)
		}
	})
}

func TestIntegrationNeedsItsConnections(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		i := store.Integration{Name: "london", Space: space, Door: doors, Managed: "file", Settings: json.RawMessage(`{"a":1}`)}
		must(t, w.SaveIntegration(ctx, i))
		wantClass(t, w.SaveIntegration(ctx, store.Integration{Name: "x", Space: "nobody", Door: doors}), cardea.NotFound)
		i.Settings = json.RawMessage(`{"a":2}`)
		must(t, w.SaveIntegration(ctx, i))
		same(t, "integrations", ok(w.Integrations(ctx)), []store.Integration{i})
	})
}

func TestResolvedNamesAreKeptAndReplaced(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveIntegration(ctx, store.Integration{Name: "london", Space: space, Door: doors}))
		must(t, w.SaveResolved(ctx, "london", map[string]string{"plans\x00Hot desk": "1", "groups\x00Hot desk": "2"}))
		must(t, w.SaveResolved(ctx, "london", map[string]string{"plans\x00Hot desk": "3", "floors\x00London/1": "4"}))
		same(t, "resolved", ok(w.Resolved(ctx, "london")), map[string]string{
			"plans\x00Hot desk": "3", "groups\x00Hot desk": "2", "floors\x00London/1": "4",
		})
		wantClass(t, w.SaveResolved(ctx, "paris", map[string]string{"plans\x00x": "1"}), cardea.NotFound)
		wantClass(t, w.SaveResolved(ctx, "london", map[string]string{"x": "1"}), cardea.Rejected)
	})
}

func TestApprovalMakesAGroupOursAndKeepsItsPolicy(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		p := cardea.Policy{
			Group: "1", Mode: cardea.Shared, Keep: []cardea.Keep{{Account: "cleaner@x.test", Note: "Cleaning", Until: cardea.Never}},
		}
		must(t, w.SavePolicy(ctx, doors, p))
		must(t, w.Approve(ctx, doors, []cardea.GroupID{"1", "2"}, []cardea.OpKey{"k1"}, "ana@x.test", noon))
		must(t, w.Approve(ctx, doors, nil, []cardea.OpKey{"k1", "k2"}, "ana@x.test", noon))
		p.Ours = true
		same(t, "policies", ok(w.Policies(ctx, doors)), map[cardea.GroupID]cardea.Policy{
			"1": p, "2": {Group: "2", Mode: cardea.Exclusive, Keep: []cardea.Keep{}, Ours: true},
		})
		same(t, "approved", ok(w.Approved(ctx, doors)), map[cardea.OpKey]bool{"k1": true, "k2": true})
		lines := ok(w.Audit(ctx, 10))
		if len(lines) != 2 || lines[1].Who != "ana@x.test" || lines[1].What != "approve" {
			t.Errorf("audit says %+v", lines)
		}
		p.Ours = false
		must(t, w.SavePolicy(ctx, doors, p))
		if ok(w.Policies(ctx, doors))["1"].Ours {
			t.Error("a group cannot be made observed again")
		}
	})
}
