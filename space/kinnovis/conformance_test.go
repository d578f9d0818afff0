package kinnovis_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	twin "github.com/cardea-access/cardea/sandbox/kinnovis"
	"github.com/cardea-access/cardea/space/kinnovis"
	"github.com/cardea-access/cardea/space/spacetest"
	"github.com/cardea-access/cardea/wire"
)

const (
	staticToken = "suite-token-0123456789"
	hookSecret  = "suite-hook-secret-0123456789"
)

// TestConformance asks of the connector what every space system must do, by a vendor that is as unkind as the assumed contract
// allows, and by one that is kind.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]map[string]string{
		"unkind": {},
		"kind": {
			"kinnovis.version": "2025-09", "kinnovis.ids": "integers", "kinnovis.dates": "utc", "kinnovis.booking_units": "units",
			"kinnovis.unit_switch": "shown", "kinnovis.order": "oldest", "kinnovis.single": "bare", "kinnovis.limit_over": "clamp",
			"kinnovis.links": "url", "kinnovis.parameters": "refuse", "kinnovis.error_bodies": "message",
			"kinnovis.throttle_reset": "seconds", "kinnovis.retry_after": "seconds", "kinnovis.hook_shape": "bare",
			"kinnovis.hook_data": "record",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spacetest.Run(t, rig(habits))
		})
	}
}

// table is where a kind lies at the vendor: the key in a world file, the path, the prefix of ids and the first number of one.
type table struct {
	key, path, prefix string
	first             int
}

var tables = map[cardea.Kind]table{
	cardea.KindLocation:  {"locations", "locations", "loc_", 1001},
	cardea.KindPlan:      {"unit_types", "unit-types", "utype_", 2001},
	cardea.KindResource:  {"units", "units", "unit_", 3001},
	cardea.KindPerson:    {"customers", "customers", "cus_", 4001},
	cardea.KindAgreement: {"bookings", "bookings", "book_", 5001},
}

// habitual is the n-th record of a kind, by the id that the vendor gives it.
func habitual(habits map[string]string, k cardea.Kind, n int) string {
	switch {
	case k == cardea.KindAssignment: // each booking is of the first unit
		return habitual(habits, cardea.KindAgreement, n) + "+" + habitual(habits, cardea.KindResource, 0)
	case habits["kinnovis.ids"] == "integers":
		return fmt.Sprint(tables[k].first + n)
	}
	return fmt.Sprintf("%s%d", tables[k].prefix, n)
}

func versionOf(habits map[string]string) string {
	if v := habits["kinnovis.version"]; v != "" {
		return v
	}
	return "v1"
}

func rig(habits map[string]string) spacetest.Rig {
	kinds := append(slices.Collect(maps.Keys(tables)), cardea.KindAssignment)
	page := map[cardea.Kind]int{}
	for _, k := range kinds {
		page[k] = 100
	}
	return spacetest.Rig{
		Open:         func(t *testing.T, o spacetest.Options) *spacetest.Bench { t.Helper(); return bench(t, habits, o) },
		Begin:        time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Organisation: habitual(habits, cardea.KindLocation, 0),
		Kinds:        kinds,
		Hooked:       true,
		Page:         page,
		Floor:        map[cardea.Kind]int{cardea.KindLocation: 1},
		RestsOn: map[cardea.Kind][]cardea.Kind{
			cardea.KindAssignment: {cardea.KindAgreement}, cardea.KindAgreement: {cardea.KindAssignment},
		},
		Classes: map[int]cardea.Class{http.StatusNotFound: cardea.Rejected}, // of a path; of a record it says so
		Rate:    kinnovis.Rate,
		Lacks:   map[string]string{"expiry": "the token is one that does not expire"},
	}
}

// bench starts a Kinnovis and a connection to it.
func bench(t *testing.T, habits map[string]string, o spacetest.Options) *spacetest.Bench {
	t.Helper()
	text, ids := worldOf(habits, o)
	parsed, err := sandbox.Parse("suite.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(parsed, sandbox.Options{Now: time.Now, Switches: habits})
	if err != nil {
		t.Fatal(err)
	}
	secret := staticToken
	if o.WrongSecret {
		secret = "another-token-9876543210"
	}
	base := "http://sandbox.test/kinnovis"
	if v := habits["kinnovis.version"]; v != "" {
		base += "/" + v
	}
	if base, err = kinnovis.BaseOf(base); err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: base, Transport: o.Line.Around(server.Transport()), Now: time.Now, ReadOnly: o.ReadOnly, Recorder: recorder,
		Budget: wire.NewBudget("suite", kinnovis.Rate, wire.LocalSlots(), time.Now), Classify: kinnovis.Classify,
		Secrets: []string{secret, hookSecret}, Auth: kinnovis.Authorize(secret),
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := kinnovis.New(kinnovis.Config{Client: client, HookSecret: hookSecret, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	nobody := map[cardea.Kind]string{}
	for k := range tables {
		nobody[k] = habitual(habits, k, 900)
	}
	nobody[cardea.KindAssignment] = habitual(habits, cardea.KindAgreement, 900) + "+" + habitual(habits, cardea.KindResource, 0)
	held := cardea.Key{Kind: cardea.KindAgreement, ID: habitual(habits, cardea.KindAgreement, 0)}
	return &spacetest.Bench{
		System: system, Truth: func(k cardea.Kind) []string { return ids[k] }, Writes: func() int { return len(server.Writes("kinnovis")) },
		Fault: func(f spacetest.Fault) { strike(t, server, habits, f) }, Secrets: []string{secret, hookSecret}, Said: said.String,
		Nobody: nobody, Person: cardea.Key{Kind: cardea.KindPerson, ID: habitual(habits, cardea.KindPerson, 0)},
		Holds: []cardea.Key{held, {Kind: cardea.KindAssignment, ID: habitual(habits, cardea.KindAssignment, 0)}},
		Hook:  func() (http.Header, []byte, []cardea.Key) { return announce(habits, held) },
	}
}

// announce is a webhook as the vendor sends it.
func announce(habits map[string]string, k cardea.Key) (http.Header, []byte, []cardea.Key) {
	data := fmt.Sprintf(`{"booking_id":%q}`, k.ID)
	if habits["kinnovis.hook_data"] == "record" {
		data = fmt.Sprintf(`{"booking":{"id":%s,"customer_id":4001}}`, k.ID)
	}
	body := fmt.Appendf(nil, `{"id":"evt_1","type":"access.revoked","data":%s}`, data)
	if habits["kinnovis.hook_shape"] != "bare" {
		body = fmt.Appendf(nil, `{"event":%s}`, body)
	}
	h := http.Header{}
	h.Set(kinnovis.SignatureHeader, twin.Sign(body, hookSecret, time.Now().Unix()))
	return h, body, []cardea.Key{k}
}

// strike turns a fault of the suite into the sandbox's. Pages have a query, reads by id none; there is no list of assignments but
// that of the bookings.
func strike(t *testing.T, server *sandbox.Server, habits map[string]string, f spacetest.Fault) {
	t.Helper()
	path := tables[f.Kind].path
	switch f.Kind {
	case "":
		path = "locations"
	case cardea.KindAssignment:
		path = "bookings"
	default:
	}
	path = "/" + versionOf(habits) + "/" + path
	if f.Single {
		path += "/"
	} else {
		path += "?"
	}
	err := server.Fault("kinnovis", sandbox.Fault{
		Method: http.MethodGet, Path: path, Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter,
		Rows: f.Rows, Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// worldOf writes so many rows of the kind, and one of each other: a booking needs a customer and a unit, a unit its type and
// location.
func worldOf(habits map[string]string, o spacetest.Options) (string, map[cardea.Kind][]string) {
	many := o.Kind
	if many == cardea.KindAssignment {
		many = cardea.KindAgreement
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: suite\nanchor: 2026-11-23\nkinnovis:\n  tokens: [{secret: %s, scopes: all}]\n", staticToken)
	ids := map[cardea.Kind][]string{}
	for _, one := range []struct {
		kind  cardea.Kind
		rest  string
		needs []cardea.Kind // who cannot be without it
	}{
		{cardea.KindLocation, "name: Location $, timezone: Europe/Vienna", slices.Collect(maps.Keys(tables))},
		{cardea.KindPlan, "location_id: loc_0, name: Type $", nil},
		{cardea.KindResource, "location_id: loc_0, name: Unit $, access_permissions: [Gate]", []cardea.Kind{cardea.KindAgreement}},
		{cardea.KindPerson, "name: Person $, email: person$@x.test", []cardea.Kind{cardea.KindAgreement}},
		{cardea.KindAgreement, "customer_id: cus_0, unit_ids: [unit_0], move_in_date: 2026-01-01", nil},
	} {
		n := 0
		switch {
		case one.kind == many:
			n = o.Rows
		case many == "", slices.Contains(one.needs, many):
			n = 1
		}
		if n > 0 {
			fmt.Fprintf(&b, "  %s:\n", tables[one.kind].key)
		}
		for i := range n {
			fmt.Fprintf(&b, "    - {id: %s%d, %s}\n", tables[one.kind].prefix, i, strings.ReplaceAll(one.rest, "$", fmt.Sprint(i)))
			ids[one.kind] = append(ids[one.kind], habitual(habits, one.kind, i))
			if one.kind == cardea.KindAgreement {
				ids[cardea.KindAssignment] = append(ids[cardea.KindAssignment], habitual(habits, cardea.KindAssignment, i))
			}
		}
	}
	return b.String(), ids
}
