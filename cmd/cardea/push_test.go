package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

const (
	pushToken = "matrix-acs-token-0123"
	pushAt    = "https://cardea.example.test/acs/space/"
)

// acsSpace is the Nexudus of the matrix, pushing.
var acsSpace = `{system: nexudus, base_url: "` + origin + `nexudus", user: olga@x.test, password: sandbox-password, acs: true, acs_token: ` +
	pushToken + `}`

// pushing configures the matrix's Nexudus with Kisi, where pushes decide.
func pushing(t *testing.T, mappings string, switches ...string) *rig {
	t.Helper()
	acs := fmt.Sprintf("nexudus:\n  acs: [{business: london, groups_url: %q, groups_token: %s, webhook_url: %q, webhook_bearer: %s}]\n",
		pushAt+"groups", pushToken, pushAt+"push", pushToken)
	if len(switches) > 0 {
		acs += "  switches: {" + strings.Join(switches, ", ") + "}\n"
	}
	world := strings.Replace(string(read(t, worldsDir+"matrix.yaml")), "nexudus:\n", acs, 1)
	// Pushes follow passes and not plans: as Ana's contract has no end, neither has her pass.
	world = strings.Replace(world, "IsFromTariff: true, ExpireDate: 2026-12-01}", "IsFromTariff: true}", 1)
	r := rigOf(t, "matrix", []byte(world), fmt.Sprintf(`
connections:
  space: %s
  door: %s
integrations:
  site:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    mappings:
%s`, acsSpace, doorSides[0].connection, mappings), onSQLite, nil)
	r.hooks = &hookEar{handler: r.app.hooks(r.term, &serveCmd{})}
	return r
}

const pushMapping = `      pushes: {"*": [General access, Office 12, Elephant room]}
`

// fetched is the sandbox's way to our groups route.
func (r *rig) fetched(_ context.Context, address string, h http.Header) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	req := httptest.NewRequest(http.MethodGet, u.Path, http.NoBody)
	req.Header = h.Clone()
	w := httptest.NewRecorder()
	r.hooks.handler.ServeHTTP(w, req)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", address, w.Code)
	}
	return w.Body.Bytes(), nil
}

// begin reads both sides before anything was pushed: Ana, whom Kisi has in a group, stays, and nobody comes.
func (r *rig) begin() {
	r.t.Helper()
	r.hooks.handler = r.app.hooks(r.term, &serveCmd{})
	if _, err := r.app.desk.Sync(r.t.Context(), nil); err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"General access": {"ana@x.test"}}, r.passing("kisi")); diff != "" {
		r.t.Fatalf("before anything was pushed: %s", diff)
	}
}

// mapped opens the mapping page in Nexudus, after which items may be mapped, and has everybody pushed.
func (r *rig) mapped() {
	r.t.Helper()
	groups, err := r.vendors.AccessGroups(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if len(groups) != 3 {
		r.t.Fatalf("Nexudus may map %v, want the three of the mapping", groups)
	}
	r.pushAll()
}

func (r *rig) pushAll() {
	r.t.Helper()
	if err := r.vendors.PushAccess(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// everybody is who passes in the matrix while Cleo has her room.
func everybody() map[string][]string {
	return map[string][]string{
		"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
	}
}

// matrixPushed is the pair of the matrix in which Nexudus says who passes: the same people as by our rules.
func matrixPushed(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, pushMapping)
		defer r.shut()
		r.begin()
		r.mapped()
		want := everybody()
		for i := range 2 {
			before := len(r.vendors.Writes("kisi"))
			r.sync(desk.InStep)
			if diff := cmp.Diff(want, r.passing("kisi")); diff != "" {
				t.Errorf("run %d: %s", i+1, diff)
			}
			if n := len(r.vendors.Writes("kisi")) - before; (n == 0) != (i == 1) {
				t.Errorf("run %d wrote %d times: %v", i+1, n, r.vendors.Writes("kisi")[before:])
			}
			r.pushAll() // the same again changes nothing
		}
		// The booking lapses as it was pushed; nothing has to be said once more.
		r.hooks.deaf = true
		at(t, "2026-11-23T10:15:01Z")
		r.sync(desk.InStep)
		delete(want, "Elephant room")
		if diff := cmp.Diff(want, r.passing("kisi")); diff != "" {
			t.Errorf("after the booking: %s", diff)
		}
	})
}

// TestPushesAreTakenOnlyFromNexudusAndInTheirOrder sends what somebody else might: nothing of it changes who passes.
func TestPushesAreTakenOnlyFromNexudusAndInTheirOrder(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, pushMapping)
		defer r.shut()
		r.begin()
		r.mapped()
		r.sync(desk.InStep)
		older := r.hooks.last(t) // Fay's, who has nothing; the other pushes are looked at below
		for _, d := range r.hooks.sent {
			if strings.Contains(string(d.body), "dina@x.test") {
				older = d
			}
		}
		want, before := everybody(), len(r.vendors.Writes("kisi"))
		marks := r.marked()
		same := func(what string, d delivery, code int) {
			t.Helper()
			if got := r.hooks.post(d); got != code {
				t.Errorf("%s: answered %d, want %d", what, got, code)
			}
			if diff := cmp.Diff(marks, r.marked()); diff != "" {
				t.Errorf("%s: somebody is to be looked at: %s", what, diff)
			}
			r.sync(desk.InStep)
			if diff := cmp.Diff(want, r.passing("kisi")); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
		none := strings.Index(string(older.body), `"groups":[`)
		if none < 0 {
			t.Fatalf("%s", older.body)
		}
		empty := fmt.Sprintf(`{"time":"2026-11-23T09:45:00Z","business":{"id":%s},"coworker":{"id":%s},"groups":[],"schedule":[]}`,
			r.idIn(older, "business"), r.idIn(older, "coworker"))
		forged := delivery{older.path, older.header.Clone(), []byte(empty)}
		forged.header.Set("Authorization", "Bearer "+pushToken+"4")
		same("forged", forged, http.StatusBadRequest)
		same("truncated", delivery{older.path, older.header, older.body[:len(older.body)/2]}, http.StatusBadRequest)
		same("replayed", older, http.StatusOK)
		past := strings.Replace(empty, "2026-11-23T09:45", "2026-11-23T07:00", 1)
		same("older", delivery{older.path, older.header, []byte(past)}, http.StatusOK)
		if n := len(r.vendors.Writes("kisi")); n != before {
			t.Errorf("wrote %v", r.vendors.Writes("kisi")[before:])
		}
		// A newer one that names nothing is believed: Dina goes, and the one before it does not bring her back.
		at(t, "2026-11-23T09:45:01Z")
		if code := r.hooks.post(delivery{older.path, older.header, []byte(empty)}); code != http.StatusOK {
			t.Fatalf("answered %d", code)
		}
		now := r.marked()
		if dina := cardea.PersonID("space/person:" + r.idIn(older, "coworker")); now[dina] == marks[dina] {
			t.Errorf("Dina is not to be looked at: %v", now)
		}
		marks = now
		r.sync(desk.InStep)
		want["General access"] = []string{"ana@x.test"}
		if diff := cmp.Diff(want, r.passing("kisi")); diff != "" {
			t.Errorf("after a newer push: %s", diff)
		}
		same("the one before", older, http.StatusOK)
	})
}

// marked returns the newest marks of who is to be looked at.
func (r *rig) marked() map[cardea.PersonID]int64 {
	r.t.Helper()
	marks, err := r.app.store.In("default").DirtyMarks(r.t.Context(), "door")
	if err != nil {
		r.t.Fatal(err)
	}
	return marks
}

// idIn returns the number of the business or coworker of a push.
func (r *rig) idIn(d delivery, what string) string {
	r.t.Helper()
	_, rest, found := strings.Cut(string(d.body), `"`+what+`":{`)
	rest, _, _ = strings.Cut(rest, "}")
	_, rest, is := strings.Cut(rest, `"id":`)
	if !found || !is {
		r.t.Fatalf("%s has no %s", d.body, what)
	}
	number, _, _ := strings.Cut(rest, ",")
	return number
}

// TestWhatNobodyPushedAgainStandsUntilItLapses: Nexudus is silent for days, and who was not heard of is compared with the records.
func TestWhatNobodyPushedAgainStandsUntilItLapses(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, pushMapping+`      plans: {Hot desk: [General access], Private office: [General access]}
`, "acs_open_end: 'null'")
		defer r.shut()
		r.begin()
		r.mapped()
		r.sync(desk.InStep)
		at(t, "2026-11-26T09:00:00Z")
		r.sync(desk.InStep)
		want := everybody()
		delete(want, "Elephant room")
		if diff := cmp.Diff(want, r.passing("kisi")); diff != "" {
			t.Errorf("after three silent days: %s", diff)
		}
		// By the plans Eli would have General access and Dina, who has passes alone, would not.
		if got := r.codes("push-differs"); got != 2 {
			t.Errorf("%d people differ from the records, want Dina and Eli", got)
		}
	})
}

// codes counts the open issues of a code.
func (r *rig) codes(code string) int {
	r.t.Helper()
	issues, err := r.app.store.In("default").Issues(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	for _, i := range issues {
		if i.Issue.Code == code {
			n++
		}
	}
	return n
}

// TestAPushedGroupThatNoMappingNamesIsAnIssue until the mapping names it.
func TestAPushedGroupThatNoMappingNamesIsAnIssue(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, `      pushes: {"*": [General access, Office 12]}
`)
		defer r.shut()
		r.begin()
		groups, err := r.vendors.AccessGroups(t.Context())
		if err != nil || len(groups) != 2 {
			t.Fatalf("%v, %v: want the two of the mapping", groups, err)
		}
		r.pushAll()
		r.sync(desk.InStep)
		if in := r.passing("kisi"); r.codes("push-unresolved") != 1 || in["Elephant room"] != nil || len(in["Office 12"]) != 1 {
			t.Errorf("%d issues, and %v pass", r.codes("push-unresolved"), in)
		}
	})
}

// TestDoctorTellsOfPushes looks before anything was pushed, after it, and after a day of silence.
func TestDoctorTellsOfPushes(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, pushMapping)
		defer r.shut()
		r.begin()
		said, d := r.doctor(2, "space")
		for _, text := range []string{
			"Nothing was ever pushed to it", "Update access control", "https://YOUR-HOST/acs/space/groups", "https://YOUR-HOST/acs/space/push",
			"acs_token of this connection, which is set", "none came yet",
		} {
			if !strings.Contains(strings.Join(strings.Fields(said), " "), text) {
				t.Errorf("%q is not said: %s", text, said)
			}
		}
		if strings.Contains(said, pushToken) || d.Connections[0].Pushes.Last != 0 {
			t.Errorf("%+v", d.Connections[0])
		}
		r.mapped()
		time.Sleep(time.Hour)
		if err := r.app.store.In("default").SaveHook(t.Context(), "space", "https://cardea.example.test/base/hooks/space", "", cardea.At(time.Now()), "olga"); err != nil {
			t.Fatal(err)
		}
		said, d = r.doctor(0, "space")
		if p := d.Connections[0].Pushes; p == nil || p.Last == 0 || p.Kept < 4 || p.Webhook != "https://cardea.example.test/base/acs/space/push" ||
			!strings.Contains(said, "the last one came 60 min ago") && !strings.Contains(said, "the last one came 1 h ago") {
			t.Errorf("%+v: %s", p, said)
		}
		r.hooks.deaf = true
		time.Sleep(24 * time.Hour)
		if said, _ = r.doctor(0, "space"); !strings.Contains(said, "The last push came 25 h ago") || !strings.Contains(said, "have it push everybody") {
			t.Errorf("that it is silent is not said: %s", said)
		}
	})
}

// TestDoctorMissesAMappingOfPushes has an integration map plans, which decide nothing where pushes do.
func TestDoctorMissesAMappingOfPushes(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, "      plans: {Hot desk: [General access]}\n")
		defer r.shut()
		if said, _ := r.doctor(2, "space"); !strings.Contains(said, "No integration that is switched on maps pushes") {
			t.Errorf("it is not said: %s", said)
		}
	})
}
