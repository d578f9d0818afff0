package kisi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/kisi"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
)

const apiKey = "suite-key-0123456789"

// TestConformance asks of the connector what every door system must do, by a vendor that is as unkind as its fact sheet
// allows, and by one that is kind.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]map[string]string{
		"unkind": nil,
		"kind": {
			"kisi.duplicate": "422", "kisi.empty_range": "digits", "kisi.email_filter": "fold", "kisi.email_case": "keep",
			"kisi.retry_after": "seconds", "kisi.patch_validity": "accept", "kisi.expired": "removed", "kisi.limit_over": "clamp",
			"kisi.offset_over": "empty", "kisi.headers": "lenient",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doortest.Run(t, rig(habits))
		})
	}
}

func rig(habits map[string]string) doortest.Rig {
	return doortest.Rig{
		Open:         func(t *testing.T, o doortest.Options) *doortest.Bench { t.Helper(); return bench(t, habits, o) },
		Begin:        time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Organisation: "4711",
		Abilities:    []doortest.Ability{doortest.Timed, doortest.Rewritable},
		Page:         map[cardea.Kind]int{cardea.KindGroup: 250, cardea.KindAccount: 100, cardea.KindEdge: 250},
		Floor:        map[cardea.Kind]int{cardea.KindAccount: 1}, // the user of the key
		// The key's user is the owner, so that it is this one change that is forbidden (vendors/kisi.md 2.3).
		Classes: map[int]doortest.Meaning{http.StatusForbidden: {Write: cardea.Rejected}},
		Rate:    kisi.Rate,
		Lacks:   map[string]string{"expiry": "an API key has no end (vendors/kisi.md 1.2)"},
	}
}

// bench starts a Kisi and a connection to it.
func bench(t *testing.T, habits map[string]string, o doortest.Options) *doortest.Bench {
	t.Helper()
	text, groups := world(o)
	w, err := sandbox.Parse("suite.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(w, sandbox.Options{Now: time.Now, Switches: habits})
	if err != nil {
		t.Fatal(err)
	}
	key := apiKey
	if o.WrongSecret {
		key = "another-key-9876543210"
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: "http://sandbox.test/kisi", Transport: o.Line.Around(server.Transport()), Now: time.Now,
		Auth: kisi.Authorize(key), Budget: wire.NewBudget("suite", kisi.Rate, wire.LocalSlots(), time.Now), ReadOnly: o.ReadOnly,
		Header: kisi.Header(), Secrets: []string{key}, Recorder: recorder, Classify: kisi.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := kisi.New(kisi.Config{Client: client, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &doortest.Bench{
		System: system, Groups: groups,
		Truth:   func() []cardea.Edge { return truth(t, server) },
		Writes:  func() int { return len(server.Writes("kisi")) },
		Fault:   func(f doortest.Fault) { strike(t, server, f) },
		Secrets: []string{key},
		Said:    said.String,
		Nobody: map[cardea.Kind]string{
			cardea.KindGroup: "999999", cardea.KindAccount: "999999", cardea.KindEdge: "100/999999",
		},
	}
}

// world is a world file with so many rows, and the groups that can be written to.
func world(o doortest.Options) (string, []cardea.GroupID) {
	groups, users, edges := 2, 3, 0
	switch o.Kind {
	case cardea.KindGroup:
		groups, users, edges = o.Rows, 1, 0
	case cardea.KindAccount:
		users, edges = o.Rows, 0
	case cardea.KindEdge:
		users, edges = 1+max(1, (o.Rows+1)/2), o.Rows
	default:
	}
	var b strings.Builder
	b.WriteString("name: suite\nanchor: 2026-11-23\nkisi:\n  organization: {id: 4711, name: Suite, domain: suite}\n")
	fmt.Fprintf(&b, "  keys: [{secret: %s, user: owner@kisi.test}]\n", apiKey)
	var ids []cardea.GroupID
	b.WriteString("  groups:\n")
	for i := range groups {
		fmt.Fprintf(&b, "    - {id: %d, name: Group %d}\n", 100+i, i)
		ids = append(ids, cardea.GroupID(fmt.Sprint(100+i)))
	}
	b.WriteString("  users:\n    - {id: 1, email: owner@kisi.test, name: Owner}\n")
	for i := range users - 1 {
		fmt.Fprintf(&b, "    - {id: %d, email: person%d@x.test, name: Person %d}\n", 1000+i, i, i)
	}
	b.WriteString("  role_assignments:\n    - {id: 1, user_id: 1, organization_id: 4711, role_id: organization_owner}\n")
	for i := range edges {
		fmt.Fprintf(&b, "    - {id: %d, user_id: %d, group_id: %d}\n", 5000+i, 1000+i/2, 100+i%2)
	}
	if o.Kind == "" { // two, and one that is not ours to touch
		b.WriteString("    - {id: 5000, user_id: 1000, group_id: 100}\n    - {id: 5001, user_id: 1001, group_id: 100}\n")
		b.WriteString("    - {id: 9000, user_id: 1, group_id: 101, role_id: group_manager}\n")
	}
	return b.String(), ids
}

// truth is what the vendor's control route shows; managers are no plain members.
func truth(t *testing.T, server *sandbox.Server) []cardea.Edge {
	t.Helper()
	var out []cardea.Edge
	for _, g := range server.Groups("kisi") {
		for _, e := range g.All {
			if e.ID == "9000" {
				continue
			}
			w := cardea.Forever
			for _, end := range []struct {
				text string
				at   *cardea.Instant
			}{{e.From, &w.From}, {e.Until, &w.Until}} {
				if end.text == "" {
					continue
				}
				at, err := time.Parse(time.RFC3339, end.text)
				if err != nil {
					t.Fatal(err)
				}
				*end.at = cardea.At(at)
			}
			out = append(out, cardea.Edge{
				Group: cardea.GroupID(g.ID), Account: cardea.AccountID(e.Account), Ref: e.ID, Window: w,
			})
		}
	}
	return out
}

// strike turns a fault of the suite into the sandbox's.
func strike(t *testing.T, server *sandbox.Server, f doortest.Fault) {
	t.Helper()
	requests := map[doortest.Call][2]string{
		doortest.OnDescribe: {"GET", "/organization"},
		doortest.OnGroups:   {"GET", "/groups?"},
		doortest.OnAccounts: {"GET", "/users?"},
		doortest.OnEdges:    {"GET", "/role_assignments?applies_to_type=Group"},
		doortest.OnCreate:   {"POST", "/users"},
		doortest.OnGrant:    {"POST", "/role_assignments"},
		doortest.OnRevoke:   {"DELETE", "/role_assignments/"},
	}
	r, ok := requests[f.On]
	if !ok {
		t.Fatalf("no request for %s", f.On)
	}
	err := server.Fault("kisi", sandbox.Fault{
		Method: r[0], Path: r[1], Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter, Rows: f.Rows,
		Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}
