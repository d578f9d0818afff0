package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
)

// seldom reads whole twice a day: nothing but a hook can be what was acted on.
func seldom(f *config.File) {
	for _, i := range f.Integrations {
		i.Interval.Duration = 12 * time.Hour
	}
}

// abusable registers the hooks of a connection, where its vendor's API can, and counts what is asked of vendors.
func abusable(r *rig, connection string) (*rig, *calls) {
	count := r.counting()
	if r.hooks == nil {
		r.listening(connection)
	} else {
		r.hooks.handler = r.app.hooks(r.term, &serveCmd{})
	}
	return r, count
}

func patching(yaml string) func(*rig) { return func(r *rig) { r.patch(yaml) } }

// abusedVendors are those whose hooks are taken.
func abusedVendors() []abused {
	suspended := "nexudus: {coworkers: [{Id: eli, Active: %v}]}"
	locked := "kinnovis: {bookings: [{id: book_ana, has_access: %v}]}"
	olga := "brivo: {users: [{id: 1, groups: [%s]}]}"
	return []abused{
		{
			name: "nexudus", connection: "space", door: "kisi", gone: [2]string{"Office 12", "eli@x.test"}, anew: true,
			make: func(t *testing.T) (*rig, *calls) {
				t.Helper()
				return abusable(pair(t, nexudusSide(t), doorSide("kisi"), kept(t), commonMappings(doorSide("kisi")), seldom), "space")
			},
			away: patching(fmt.Sprintf(suspended, false)), back: patching(fmt.Sprintf(suspended, true)),
			older:   patching("nexudus: {coworkers: [{Id: ana, Active: false}]}"),
			newer:   patching("nexudus: {coworkers: [{Id: ana, Active: true}]}"),
			another: [2]string{"eli@x.test", "ana@x.test"}, forged: forgedBy("X-Nexudus-Hook-Signature"),
		},
		{
			name: "kinnovis", connection: "kvs", door: "opentech", gone: [2]string{"A-101", "ana@x.test"}, window: 5 * time.Minute,
			make: func(t *testing.T) (*rig, *calls) { t.Helper(); return abusable(north(t, nil, seldom), "kvs") },
			away: patching(fmt.Sprintf(locked, false)), back: patching(fmt.Sprintf(locked, true)),
			older:   patching("kinnovis: {bookings: [{id: book_eli, has_access: false}]}"),
			newer:   patching("kinnovis: {bookings: [{id: book_eli, has_access: true}]}"),
			another: [2]string{"book_ana", "book_ben"},
			forged: func(t *testing.T, d, other delivery) map[string]delivery {
				t.Helper()
				out := forgedBy("X-Kinnovis-Signature")(t, d, other)
				later := d.header.Clone()
				_, sum, _ := strings.Cut(d.header.Get("X-Kinnovis-Signature"), ",")
				later.Set("X-Kinnovis-Signature", fmt.Sprintf("t=%d,%s", time.Now().Unix()+1, sum))
				out["with another time"] = delivery{d.path, later, d.body}
				return out
			},
		},
		{
			name: "kisi", connection: "kisi", door: "kisi", gone: [2]string{"General access", "ana@x.test"}, atDoor: true,
			window: 3 * 24 * time.Hour,
			make:   func(t *testing.T) (*rig, *calls) { t.Helper(); return abusable(tiny(t, kept(t), seldom), "kisi") },
			away: func(r *rig) {
				time.Sleep(20 * time.Second) // Kisi's pace
				r.dropEdge("General access", "ana@x.test")
			},
			older: func(r *rig) { r.stray("Night", "ana@x.test", true) }, newer: func(r *rig) { r.stray("Night", "ana@x.test", false) },
			another: [2]string{`"object_id":`, `"object_id":1`}, forged: forgedBy("X-Signature"),
		},
		{
			name: "brivo", connection: "door", door: "brivo", gone: [2]string{"General access", "ana@x.test"}, atDoor: true,
			window: 3 * 24 * time.Hour, unsigned: true,
			make: func(t *testing.T) (*rig, *calls) {
				t.Helper()
				r, count := abusable(pair(t, spaceSide("house"), brivoSide, kept(t), commonMappings(brivoSide), seldom), "door")
				fillHouse(r)
				return r, count
			},
			away:    patching("brivo: {users: [{id: 2, groups: []}]}"),
			older:   patching(fmt.Sprintf(olga, "Elephant room")),
			newer:   patching(fmt.Sprintf(olga, "")),
			another: [2]string{`"uuid":"`, `"uuid":"another`},
			forged: func(t *testing.T, d, _ delivery) map[string]delivery {
				t.Helper()
				bare, _, secret := strings.Cut(d.path, "/secret=")
				if !secret {
					t.Fatalf("no secret in %s", d.path)
				}
				return map[string]delivery{
					"to the address alone":  {bare, d.header, d.body},
					"with an empty secret":  {bare + "/secret=", d.header, d.body},
					"with another secret":   {bare + "/secret=" + strings.Repeat("0", 64), d.header, d.body},
					"with half the secret":  {d.path[:len(d.path)-32], d.header, d.body},
					"with more behind it":   {d.path + "0", d.header, d.body},
					"with another's header": {bare, http.Header{cardea.HookPath: {strings.TrimPrefix(d.path, bare+"/")}}, d.body},
				}
			},
		},
		opentechAbused(),
	}
}

// forgedBy are deliveries with another signature, in a header.
func forgedBy(header string) func(t *testing.T, d, other delivery) map[string]delivery {
	return func(t *testing.T, d, other delivery) map[string]delivery {
		t.Helper()
		signature := d.header.Get(header)
		if signature == "" || signature == other.header.Get(header) {
			t.Fatalf("signed with %v", d.header)
		}
		with := func(values ...string) delivery {
			h := d.header.Clone()
			h[http.CanonicalHeaderKey(header)] = values
			return delivery{d.path, h, d.body}
		}
		last := "0"
		if strings.HasSuffix(signature, last) {
			last = "1"
		}
		return map[string]delivery{
			"unsigned":                    with(),
			"with an empty signature":     with(""),
			"with another signature":      with(signature[:len(signature)-1] + last),
			"with half a signature":       with(signature[:len(signature)/2]),
			"signed twice":                with(signature, signature),
			"with what another came with": with(other.header.Get(header)),
		}
	}
}

// stray is somebody at Kisi who puts a person into a group, or takes them out.
func (r *rig) stray(group, email string, in bool) {
	r.t.Helper()
	if !in {
		e, there := r.edge(group, email)
		if !there {
			r.t.Fatalf("%s is not in %s", email, group)
		}
		r.atKisi(http.MethodDelete, "role_assignments/"+e.ID, "")
		return
	}
	state, err := r.app.store.In("default").DoorState(r.t.Context(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	g := slices.IndexFunc(state.Groups, func(g cardea.Group) bool { return g.Name == group })
	a := slices.IndexFunc(state.Accounts, func(a cardea.Account) bool { return strings.EqualFold(a.Email, email) })
	if g < 0 || a < 0 {
		r.t.Fatalf("nobody knows %s or %s", group, email)
	}
	body, err := json.Marshal(map[string]any{"role_assignment": map[string]any{
		"user_id": json.Number(state.Accounts[a].ID), "group_id": json.Number(state.Groups[g].ID), "role_id": "group_basic",
	}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.atKisi(http.MethodPost, "role_assignments", string(body))
}
