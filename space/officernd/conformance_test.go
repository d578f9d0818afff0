package officernd_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/space/officernd"
	"github.com/cardea-access/cardea/space/spacetest"
	"github.com/cardea-access/cardea/wire"
)

const (
	clientSecret = "suite-secret-0123456789"
	hookSecret   = "suite-hook-secret-0123456789"
)

// TestConformance asks of the connector what every space system must do, by a vendor that is as unkind as its fact sheet
// allows, and by one that is kind.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]map[string]string{
		"unkind": {},
		"kind": {
			"officernd.assignments_bulk": "list", "officernd.assignment_by_id": "answer", "officernd.visitor_by_id": "answer",
			"officernd.empty_cursor": "null", "officernd.retry_after": "seconds", "officernd.limit_over": "clamp",
			"officernd.open_series_end": "far",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spacetest.Run(t, rig(habits))
		})
	}
}

func rig(habits map[string]string) spacetest.Rig {
	page, lacks := map[cardea.Kind]int{}, map[string]string{}
	for _, k := range cardea.Kinds {
		page[k] = 50
	}
	return spacetest.Rig{
		Open:         func(t *testing.T, o spacetest.Options) *spacetest.Bench { t.Helper(); return bench(t, habits, o) },
		Begin:        time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Organisation: "suite",
		Kinds:        cardea.Kinds,
		Hooked:       true,
		Page:         page,
		Classes:      map[int]cardea.Class{http.StatusNotFound: cardea.Rejected}, // of a path; of a record it says so (1.6)
		Rate:         officernd.Rate,
		Lacks:        lacks,
	}
}

// bench starts an OfficeRnD and a connection to it.
func bench(t *testing.T, habits map[string]string, o spacetest.Options) *spacetest.Bench {
	t.Helper()
	w := newWorld(o)
	parsed, err := sandbox.Parse("suite.yaml", []byte(w.text()))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(parsed, sandbox.Options{Now: time.Now, Switches: habits})
	if err != nil {
		t.Fatal(err)
	}
	secret := clientSecret
	if o.WrongSecret {
		secret = "another-secret-9876543210"
	}
	hosts, err := officernd.HostsOf("http://sandbox.test/officernd", "suite")
	if err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	recorder, line := wire.NewRecorder(said), o.Line.Around(server.Transport())
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: hosts.API, Transport: line, Now: time.Now, ReadOnly: o.ReadOnly, Recorder: recorder,
		Budget: wire.NewBudget("suite", officernd.Rate, wire.LocalSlots(), time.Now), Classify: officernd.Classify,
		Secrets: []string{secret, hookSecret},
		Auth: wire.ClientCredentials(wire.OAuthConfig{
			Name: "suite", TokenURL: hosts.Token, ClientID: "cardea", Secret: secret, Scopes: officernd.Scopes, Transport: line,
			Now: time.Now, Recorder: recorder,
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := officernd.New(officernd.Config{
		Client: client, Org: "suite", Account: "cardea", HookSecret: hookSecret, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	nobody := map[cardea.Kind]string{}
	for _, k := range cardea.Kinds {
		if alone(k, habits) { // of the others nobody can say that one is gone
			nobody[k] = sandbox.ID("nobody")
		}
	}
	key := func(k cardea.Kind, name string) cardea.Key { return cardea.Key{Kind: k, ID: sandbox.ID(name)} }
	return &spacetest.Bench{
		System:  system,
		Truth:   func(k cardea.Kind) []string { return w.ids[k] },
		Writes:  func() int { return len(server.Writes("officernd")) },
		Fault:   func(f spacetest.Fault) { strike(t, server, habits, f) },
		Expire:  func() { expire(t, server) },
		Secrets: []string{secret, hookSecret},
		Said:    said.String,
		Nobody:  nobody,
		Person:  key(cardea.KindPerson, "person-0"),
		Holds: []cardea.Key{
			key(cardea.KindTeam, "team-0"), key(cardea.KindAgreement, "agreement-0"), key(cardea.KindAssignment, "assignment-0"),
			key(cardea.KindBooking, "booking-0"), key(cardea.KindPass, "pass-0"),
		},
		Hook: func() (http.Header, []byte, []cardea.Key) { return announce(key(cardea.KindAgreement, "agreement-0")) },
	}
}

// announce is a webhook as the vendor sends it (vendors/officernd.md 3).
func announce(k cardea.Key) (http.Header, []byte, []cardea.Key) {
	body := fmt.Appendf(nil, `{"eventType":"membership.updated","data":{"object":{"_id":%q}}}`, k.ID)
	stamp := time.Now().Unix()
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write(body)
	fmt.Fprintf(mac, ".%d", stamp)
	h := http.Header{}
	h.Set(officernd.SignatureHeader, fmt.Sprintf("t=%d,signature=%s", stamp, hex.EncodeToString(mac.Sum(nil))))
	return h, body, []cardea.Key{k}
}

// expire ends every token, by the sandbox's control route.
func expire(t *testing.T, server *sandbox.Server) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://sandbox.test/_sandbox/officernd/expire", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Transport().RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal("tokens could not be ended", err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// routes are the collections' paths.
var routes = map[cardea.Kind]string{
	cardea.KindLocation: "locations", cardea.KindFloor: "floors", cardea.KindResource: "resources", cardea.KindPlan: "plans",
	cardea.KindTeam: "companies", cardea.KindPerson: "members", cardea.KindVisitor: "visitors",
	cardea.KindAgreement: "memberships", cardea.KindAssignment: "assignments", cardea.KindBooking: "bookings",
	cardea.KindPass: "passes",
}

// strike turns a fault of the suite into the sandbox's. Pages have a query, reads by id none. Where assignments cannot be
// listed in bulk, the pages are those of a membership; where there is no read by id, the listing stands in for it.
func strike(t *testing.T, server *sandbox.Server, habits map[string]string, f spacetest.Fault) {
	t.Helper()
	path := "/api/v2/organizations/suite/" + routes[f.Kind]
	switch {
	case f.Kind == "":
		path += "locations?"
	case f.Single && !alone(f.Kind, habits):
	case f.Single:
		path += "/"
	case f.Kind == cardea.KindAssignment && habits["officernd.assignments_bulk"] != "list":
		path += "?*membership=*"
	default:
		path += "?"
	}
	err := server.Fault("officernd", sandbox.Fault{
		Method: http.MethodGet, Path: path, Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter,
		Rows: f.Rows, Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// alone says whether records of a kind can be read by id.
func alone(k cardea.Kind, habits map[string]string) bool {
	switch k {
	case cardea.KindAssignment:
		return habits["officernd.assignment_by_id"] == "answer"
	case cardea.KindVisitor:
		return habits["officernd.visitor_by_id"] == "answer"
	default:
		return true
	}
}

// world is a world file under way: rows by the file's keys, ids by kind.
type world struct {
	rows map[string][]string
	ids  map[cardea.Kind][]string
}

func (w *world) add(k cardea.Kind, n int, key, name, rest string) {
	for i := range n {
		id := fmt.Sprintf("%s-%d", name, i)
		row := strings.ReplaceAll(rest, "$", fmt.Sprint(i))
		w.rows[key] = append(w.rows[key], fmt.Sprintf("{_id: %s, %s}", id, row))
		w.ids[k] = append(w.ids[k], sandbox.ID(id))
	}
}

// newWorld makes so many rows of the kind, and one of each that it or the small world needs.
func newWorld(o spacetest.Options) *world {
	w := &world{rows: map[string][]string{}, ids: map[cardea.Kind][]string{}}
	count := func(k cardea.Kind) int {
		if o.Kind == k {
			return o.Rows
		}
		return 1
	}
	needs := map[cardea.Kind][]cardea.Kind{
		cardea.KindLocation: {}, cardea.KindPlan: {}, cardea.KindTeam: {}, cardea.KindPerson: {}, cardea.KindVisitor: {},
		cardea.KindFloor: {cardea.KindLocation}, cardea.KindResource: {}, cardea.KindAgreement: {cardea.KindPerson},
		cardea.KindAssignment: {cardea.KindPerson, cardea.KindAgreement, cardea.KindResource},
		cardea.KindBooking:    {cardea.KindPerson, cardea.KindResource}, cardea.KindPass: {cardea.KindPerson},
	}
	wanted := func(k cardea.Kind) bool { return o.Kind == "" || o.Kind == k || slices.Contains(needs[o.Kind], k) }
	for _, c := range []struct {
		kind            cardea.Kind
		key, name, rest string
	}{
		{cardea.KindLocation, "locations", "location", "name: Location $, timezone: Europe/London"},
		{cardea.KindFloor, "floors", "floor", "name: Floor $, location: location-0"},
		{cardea.KindResource, "resources", "resource", "name: Desk $, type: desk"},
		{cardea.KindPlan, "plans", "plan", "name: Plan $"},
		{cardea.KindTeam, "companies", "team", "name: Team $"},
		{cardea.KindPerson, "members", "person", "name: Person $, email: person$@x.test" + oneIf(o.Kind == "", ", company: team-0")},
		{cardea.KindVisitor, "visitors", "visitor", "name: Visitor $, email: visitor$@x.test"},
		{cardea.KindAgreement, "memberships", "agreement",
			"name: Agreement $, status: approved, isPersonal: true, member: person-0, startDate: 2026-01-01"},
		{cardea.KindAssignment, "assignments", "assignment",
			"membership: agreement-0, resource: resource-0, startDate: 2026-01-01"},
		{cardea.KindBooking, "bookings", "booking",
			"resource: resource-0, member: person-0, start: 2026-11-24T10:00:00Z, end: 2026-11-24T11:00:00Z"},
		{cardea.KindPass, "passes", "pass", "member: person-0, isPersonal: true, count: 5, usedCount: 1, validFrom: 2026-11-01"},
	} {
		if wanted(c.kind) {
			w.add(c.kind, count(c.kind), c.key, c.name, c.rest)
		}
	}
	return w
}

func oneIf(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

func (w *world) text() string {
	var b strings.Builder
	b.WriteString("name: suite\nanchor: 2026-11-23\nofficernd:\n  org: suite\n")
	fmt.Fprintf(&b, "  clients: [{id: cardea, secret: %s, scopes: all}]\n", clientSecret)
	b.WriteString("  resource_types:\n    - {_id: type-desk, title: Desk, type: desk, canAssign: true}\n")
	for key, rows := range w.rows {
		fmt.Fprintf(&b, "  %s:\n", key)
		for _, r := range rows {
			fmt.Fprintf(&b, "    - %s\n", r)
		}
	}
	return b.String()
}
