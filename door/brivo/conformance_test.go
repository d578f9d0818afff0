package brivo_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/wiretest"
)

const (
	suiteBase   = "http://sandbox.test/brivo"
	suiteKey    = "suite-api-key-0123456789"
	suiteApp    = "3f1c0e52-1111-4222-8333-5a6b7c8d9e01"
	suiteSecret = "suite-app-secret-0123456789"
	suiteUser   = "acme1357"
	suitePass   = "suite-password-0123456789"
)

// suiteBegin is a Monday morning.
var suiteBegin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// TestConformance asks of the connector what every door system must do, by a vendor that is as unkind as its fact sheet
// allows, by one that is kind, and by one whose lists show as little as they were seen to show.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]map[string]string{
		"unkind": nil,
		"kind":   kindest(t),
		"thin":   {"brivo.list_rows": "thin", "brivo.list_external_id": "hidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doortest.Run(t, rig(habits))
		})
	}
}

// TestAShortPageIsFollowedToItsEnd: the offset counts records, so that a page which held fewer than were asked for is followed
// from what it gave, and nothing is lost. The suite's own check wants such a listing to be incomplete.
func TestAShortPageIsFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range []cardea.Kind{cardea.KindGroup, cardea.KindAccount, cardea.KindEdge} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const n, rows = 201, 60
				line := &wiretest.Line{}
				b := bench(t, nil, doortest.Options{Kind: kind, Rows: n, Line: line})
				short := rows
				b.Fault(doortest.Fault{On: listingOf[kind], Effect: doortest.Truncate, Rows: &short, Times: 1})
				want := cardea.Scope{Kinds: []cardea.Kind{kind}}
				in := cardea.NewIntake(want, nil)
				if err := b.System.Read(t.Context(), want, in); err != nil {
					t.Fatal(err)
				}
				e := in.Collection(kind).Evidence()
				if e.Grade() != cardea.Complete || e.Records() != n {
					t.Errorf("%s with %d of %d records", e.Grade(), e.Records(), n)
				}
			})
		})
	}
}

var listingOf = map[cardea.Kind]doortest.Call{
	cardea.KindGroup: doortest.OnGroups, cardea.KindAccount: doortest.OnAccounts, cardea.KindEdge: doortest.OnEdges,
}

// kindest is every switch at its second value; the hooks have tests of their own.
func kindest(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, s := range vendorOf(t, world(doortest.Options{}), nil).Switches() {
		if !strings.HasPrefix(s.Name, "brivo.hook_") {
			out[s.Name] = s.Values[1]
		}
	}
	return out
}

func rig(habits map[string]string) doortest.Rig {
	return doortest.Rig{
		Open:         func(t *testing.T, o doortest.Options) *doortest.Bench { t.Helper(); return bench(t, habits, o) },
		Begin:        suiteBegin,
		Organisation: "88001",
		Abilities:    []doortest.Ability{doortest.Rewritable},
		Page:         map[cardea.Kind]int{cardea.KindGroup: 100, cardea.KindAccount: 100, cardea.KindEdge: 100},
		RestsOn:      map[cardea.Kind][]cardea.Kind{cardea.KindEdge: {cardea.KindGroup}}, // there is no listing of all memberships
		Rate:         brivo.Rate,
		Classes:      map[int]doortest.Meaning{http.StatusForbidden: {Write: cardea.Rejected}}, // of one change, to a senior administrator
		Lacks: map[string]string{
			"foreign":    "every member of a group is a plain user (vendors/brivo.md 5)",
			"short page": "what a page lacks is read with the next one: TestAShortPageIsFollowedToItsEnd",
		},
	}
}

// bench starts a Brivo and a connection to it.
func bench(t *testing.T, habits map[string]string, o doortest.Options) *doortest.Bench {
	t.Helper()
	server := vendorOf(t, world(o), habits)
	password := suitePass
	if o.WrongSecret {
		password = "another-password-9876543210"
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	transport := o.Line.Around(server.Transport())
	hosts, err := brivo.HostsOf(suiteBase, "")
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{suiteKey, suiteSecret, password, brivo.Basic(suiteApp, suiteSecret)}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: hosts.API, Transport: transport, Now: time.Now,
		Auth: wire.PasswordGrant(wire.OAuthConfig{
			Name: "suite", TokenURL: hosts.Auth + "/oauth/token", ClientID: suiteApp, Secret: suiteSecret, Basic: true,
			Username: suiteUser, Password: password, Header: brivo.TokenHeader(suiteKey, suiteApp, suiteSecret),
			Classify: brivo.RefusedToken, Transport: transport, Now: time.Now, Recorder: recorder,
		}),
		Budget: wire.NewBudget("suite", brivo.Rate, wire.LocalSlots(), time.Now), ReadOnly: o.ReadOnly,
		Header: brivo.Header(suiteKey), Secrets: secrets, Recorder: recorder, Classify: brivo.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := brivo.New(brivo.Config{Client: client, Connection: "suite", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &doortest.Bench{
		System: system, Groups: []cardea.GroupID{"100", "101"},
		Truth:  func() []cardea.Edge { return truth(server) },
		Writes: func() int { return writes(server) },
		Fault:  func(f doortest.Fault) { strike(t, server, f) },
		Expire: func() {
			time.Sleep(time.Minute) // a refused token is replaced at most once a minute
			control(t, server, http.MethodPost, "/_sandbox/brivo/expire", "")
		},
		Secrets: secrets,
		Said:    said.String,
		Nobody: map[cardea.Kind]string{
			cardea.KindGroup: "999999", cardea.KindAccount: "999999", cardea.KindEdge: "100/999999",
		},
	}
}

func vendorOf(t *testing.T, text string, habits map[string]string) *sandbox.Server {
	t.Helper()
	w, err := sandbox.Parse("suite.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(w, sandbox.Options{Now: time.Now, Switches: maps.Clone(habits)})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// world is a world file with so many rows.
func world(o doortest.Options) string {
	groups, users, edges := 2, 3, 2
	switch o.Kind {
	case cardea.KindGroup:
		groups, users, edges = o.Rows, 0, 0
	case cardea.KindAccount:
		users, edges = o.Rows, 0
	case cardea.KindEdge:
		users, edges = o.Rows, o.Rows
	default:
	}
	var b strings.Builder
	b.WriteString("name: suite\nanchor: 2026-11-23\nbrivo:\n  account: {id: 88001, name: Suite, region: us, passes: 10}\n")
	fmt.Fprintf(&b, "  keys: [{key: %s, monthly: 1000000}]\n", suiteKey) // a developer key's 25 calls a second
	fmt.Fprintf(&b, "  applications: [{id: 901, name: Suite, clientId: %s, secret: %s, grantTypes: [password]}]\n", suiteApp, suiteSecret)
	fmt.Fprintf(&b, "  administrators: [{id: 41, username: %s, password: %s, email: owner@brivo.test, identityType: SENIOR}]\n",
		suiteUser, suitePass)
	b.WriteString("  groups:\n")
	for i := range groups {
		fmt.Fprintf(&b, "    - {id: %d, name: Group %d}\n", 100+i, i)
	}
	if users > 0 {
		b.WriteString("  users:\n")
	}
	for i := range users {
		in := ""
		if i < edges {
			in = ", groups: [Group 0]"
		}
		fmt.Fprintf(&b, "    - {id: %d, firstName: Person, lastName: P%d, emails: [person%d@x.test]%s}\n", 1000+i, i, i, in)
	}
	return b.String()
}

// truth is what the vendor's control route shows. The name of a membership is ours: the vendor has none.
func truth(server *sandbox.Server) []cardea.Edge {
	var out []cardea.Edge
	for _, g := range server.Groups("brivo") {
		for _, e := range g.All {
			out = append(out, cardea.Edge{
				Group: cardea.GroupID(g.ID), Account: cardea.AccountID(e.Account), Ref: g.ID + "/" + e.Account, Window: cardea.Forever,
			})
		}
	}
	return out
}

// writes counts what changes something: a token is no write.
func writes(server *sandbox.Server) int {
	n := 0
	for _, w := range server.Writes("brivo") {
		if !strings.Contains(w.Path, "/oauth/") {
			n++
		}
	}
	return n
}

func control(t *testing.T, server *sandbox.Server, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://sandbox.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", method, path, res.StatusCode, out.String(), err)
	}
	return out.String()
}

// strike turns a fault of the suite into the sandbox's.
func strike(t *testing.T, server *sandbox.Server, f doortest.Fault) {
	t.Helper()
	const api = "/api/v1/api"
	requests := map[doortest.Call][2]string{
		doortest.OnDescribe: {"GET", "/administrators/whoami"},
		doortest.OnGroups:   {"GET", "/groups?"},
		doortest.OnAccounts: {"GET", "/users?"},
		doortest.OnEdges:    {"GET", "/groups/*/users?*"},
		doortest.OnCreate:   {"POST", "/*users"},
		doortest.OnGrant:    {"PUT", "/groups/*/users/*"},
		doortest.OnRevoke:   {"DELETE", "/groups/*/users/*"},
	}
	r, ok := requests[f.On]
	if !ok {
		t.Fatalf("no request for %s", f.On)
	}
	err := server.Fault("brivo", sandbox.Fault{
		Method: r[0], Path: api + r[1], Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter, Rows: f.Rows,
		Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}
