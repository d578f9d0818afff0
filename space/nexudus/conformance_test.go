package nexudus_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/space/nexudus"
	"github.com/cardea-access/cardea/space/spacetest"
	"github.com/cardea-access/cardea/wire"
)

const (
	suiteUser    = "olga@x.test"
	userPassword = "suite-password-0123456789"
	hookSecret   = "suite-hook-sécret-0123456789"
)

// TestConformance asks of the connector what every space system must do, by a vendor that is as unkind as its fact sheet
// allows, by one that is kind, and by those whose rows and errors look another way.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]map[string]string{
		"unkind": {},
		"kind": {
			"throttle": "429", "limits": "older", "limit_scope": "credential", "token_life": "7d", "max_size": "1000",
			"list_collections": "absent", "list_scalars": "present", "string_filter": "exact", "filter_zone": "utc",
			"rule_failure": "400", "error_bodies": "json", "separator": ";", "local_suffix": "none", "cancellation_day": "in",
			"hook_digest": "utf8", "dir": "names",
		},
		"otherwise": {"list_collections": "null", "error_bodies": "empty", "separator": ",", "hook_wire": "ascii", "dir": "1/-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spacetest.Run(t, rig(habits))
		})
	}
}

func rig(habits map[string]string) spacetest.Rig {
	page, size := map[cardea.Kind]int{}, 100
	if habits["max_size"] != "" {
		size = 500 // what the connector asks for
	}
	for _, k := range cardea.Kinds {
		page[k] = size
	}
	classes := map[int]cardea.Class{http.StatusConflict: cardea.Throttled} // 0.1: the throttle, and it comes without words
	if habits["error_bodies"] == "" {
		classes[http.StatusNotFound] = cardea.Rejected // a web page is no word about a record (6)
	}
	return spacetest.Rig{
		Open:         func(t *testing.T, o spacetest.Options) *spacetest.Bench { t.Helper(); return bench(t, habits, o) },
		Begin:        time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Organisation: "1001",
		Kinds:        cardea.Kinds,
		Hooked:       true,
		Page:         page,
		Classes:      classes,
		RestsOn: map[cardea.Kind][]cardea.Kind{ // they are one listing, of contracts
			cardea.KindAssignment: {cardea.KindAgreement}, cardea.KindAgreement: {cardea.KindAssignment},
		},
		Rate: nexudus.Rate,
		Lacks: map[string]string{
			"breaks off:assignment": "assignments stand in contracts: of a listing of contracts that broke off none are known, it has failed",
		},
	}
}

// bench starts a Nexudus and a connection to it.
func bench(t *testing.T, habits map[string]string, o spacetest.Options) *spacetest.Bench {
	t.Helper()
	w := newWorld(o)
	parsed, err := sandbox.Parse("suite.yaml", []byte(w.text()))
	if err != nil {
		t.Fatal(err)
	}
	switches := map[string]string{}
	for name, value := range habits {
		switches["nexudus."+name] = value
	}
	server, err := sandbox.New(parsed, sandbox.Options{Now: time.Now, Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	password := userPassword
	if o.WrongSecret {
		password = "another-password-9876543210"
	}
	hosts, err := nexudus.HostsOf("http://sandbox.test/nexudus")
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
		Budget: wire.NewBudget("suite", nexudus.Rate, wire.LocalSlots(), time.Now), Classify: nexudus.Classify,
		Secrets: []string{password, hookSecret},
		Auth: nexudus.NewToken(nexudus.TokenConfig{
			Name: "suite", TokenURL: hosts.Token, User: suiteUser, Password: password, Transport: line, Now: time.Now, Recorder: recorder,
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := nexudus.New(nexudus.Config{Client: client, Account: suiteUser, HookSecret: hookSecret, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &spacetest.Bench{
		System:  system,
		Truth:   func(k cardea.Kind) []string { return w.ids[k] },
		Writes:  func() int { return len(server.Writes("nexudus")) },
		Fault:   func(f spacetest.Fault) { strike(t, server, f) },
		Expire:  func() { expire(t, server) },
		Secrets: []string{password, hookSecret},
		Said:    said.String,
		Nobody:  nobody(),
		Person:  cardea.Key{Kind: cardea.KindPerson, ID: "6001"},
		Holds: []cardea.Key{
			{Kind: cardea.KindTeam, ID: "5001"}, {Kind: cardea.KindAgreement, ID: "8001"}, {Kind: cardea.KindAssignment, ID: "8001-3001"},
			{Kind: cardea.KindBooking, ID: "9001"}, {Kind: cardea.KindPass, ID: "11001"},
		},
		Hook: func() (http.Header, []byte, []cardea.Key) { return announce(habits) },
	}
}

// nobody are ids that are not there. The assignment is of a contract that is.
func nobody() map[cardea.Kind]string {
	out := map[cardea.Kind]string{}
	for _, k := range cardea.Kinds {
		out[k] = "999999"
	}
	out[cardea.KindAssignment] = "8001-999999"
	return out
}

// announce is a webhook as the vendor sends it (vendors/nexudus.md 3.3).
func announce(habits map[string]string) (http.Header, []byte, []cardea.Key) {
	body := []byte(`[{"Id":8001,"CoworkerId":6001,"TariffId":4001,"CoworkerFullName":"Łucja Ångström 🚪"}]`)
	message := []byte(`[{"Id":8001,"CoworkerId":6001,"TariffId":4001,"CoworkerFullName":"?ucja ?ngstr?m ??"}]`)
	if habits["hook_wire"] == "ascii" {
		body = message
	}
	if habits["hook_digest"] == "utf8" {
		message = body
	}
	mac := hmac.New(sha256.New, []byte(strings.ReplaceAll(hookSecret, "é", "?")))
	mac.Write(message)
	h := http.Header{}
	h.Set(nexudus.SignatureHeader, strings.ToUpper(hex.EncodeToString(mac.Sum(nil))))
	h.Set(cardea.HookPath, "/CoworkerContractUpdate")
	return h, body, []cardea.Key{{Kind: cardea.KindAgreement, ID: "8001"}}
}

// expire ends every token, by the sandbox's control route.
func expire(t *testing.T, server *sandbox.Server) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://sandbox.test/_sandbox/nexudus/expire", nil)
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
	cardea.KindLocation: "sys/businesses", cardea.KindFloor: "sys/floorplans", cardea.KindResource: "spaces/resources",
	cardea.KindPlan: "billing/tariffs", cardea.KindTeam: "spaces/teams", cardea.KindPerson: "spaces/coworkers",
	cardea.KindVisitor: "spaces/visitors", cardea.KindAgreement: "billing/coworkercontracts",
	cardea.KindAssignment: "billing/coworkercontracts", cardea.KindBooking: "spaces/bookings",
	cardea.KindPass: "billing/coworkertimepasses",
}

// strike turns a fault of the suite into the sandbox's. Pages have a query; reads by id, one or many, come after a slash.
func strike(t *testing.T, server *sandbox.Server, f spacetest.Fault) {
	t.Helper()
	path := "/api/" + routes[f.Kind]
	switch {
	case f.Kind == "":
		path = "/api/sys/businesses?"
	case f.Single:
		path += "/"
	default:
		path += "?"
	}
	err := server.Fault("nexudus", sandbox.Fault{
		Method: http.MethodGet, Path: path, Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter,
		Rows: f.Rows, Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// world is a world file under way: rows by the file's keys, ids by kind.
type world struct {
	rows map[string][]string
	ids  map[cardea.Kind][]string
}

// add makes n rows whose ids follow base; own is how an id is called in our words.
func (w *world) add(k cardea.Kind, n int, key string, base int, own, rest string) {
	for i := range n {
		id := fmt.Sprint(base + i + 1)
		w.rows[key] = append(w.rows[key], fmt.Sprintf("{Id: %s, %s}", id, strings.ReplaceAll(rest, "$", fmt.Sprint(i))))
		if own != "" {
			w.ids[k] = append(w.ids[k], strings.ReplaceAll(own, "$", id))
		}
	}
}

// newWorld makes so many rows of the kind, and one of each that it or the small world needs.
func newWorld(o spacetest.Options) *world {
	w := &world{rows: map[string][]string{}, ids: map[cardea.Kind][]string{}}
	needs := map[cardea.Kind][]string{
		cardea.KindAgreement: {"coworkers"}, cardea.KindBooking: {"coworkers", "resources"},
		cardea.KindAssignment: {"coworkers", "floorplandesks"}, cardea.KindPass: {"coworkers", "timepasses"},
	}
	for _, c := range []struct {
		kind      cardea.Kind
		key       string
		base      int
		own, rest string
	}{
		{cardea.KindLocation, "businesses", 1000, "$", "Name: Location $"},
		{cardea.KindFloor, "floorplans", 2000, "$", "Name: Floor $, BusinessId: 1001"},
		{"desk", "floorplandesks", 3000, "desk-$", "Name: Office $, ItemType: 1" + oneIf(o.Kind == "", ", FloorPlanId: 2001")},
		{cardea.KindResource, "resources", 3000, "$", "Name: Room $"},
		{cardea.KindPlan, "tariffs", 4000, "$", "Name: Plan $"},
		{cardea.KindTeam, "teams", 5000, "$", "Name: Team $" + oneIf(o.Kind == "", ", TeamMembers: [6001], PayingMemberId: 6001")},
		{cardea.KindPerson, "coworkers", 6000, "$", "FullName: Person $, Email: person$@x.test"},
		{cardea.KindVisitor, "visitors", 7000, "$", "FullName: Visitor $, Email: visitor$@x.test, HostApprovalStatus: 1"},
		{"type", "timepasses", 10000, "", "Name: Day pass"},
		{cardea.KindAgreement, "coworkercontracts", 8000, "$", "CoworkerId: 6001, StartDate: 2026-01-01" +
			oneIf(o.Kind == "" || o.Kind == cardea.KindAssignment, ", Desks: [3001]")},
		{cardea.KindBooking, "bookings", 9000, "$",
			"ResourceId: 3001, CoworkerId: 6001, FromTime: 2026-11-24T10:00:00Z, ToTime: 2026-11-24T11:00:00Z"},
		{cardea.KindPass, "coworkertimepasses", 11000, "$", "CoworkerId: 6001, TimePassId: 10001, RemainingUses: 4, TotalUses: 5"},
	} {
		n := 0
		switch {
		case o.Kind == c.kind, o.Kind == cardea.KindAssignment && c.kind == cardea.KindAgreement:
			n = o.Rows
		case o.Kind == "", slices.Contains(needs[o.Kind], c.key), c.kind == cardea.KindLocation && o.Kind != c.kind:
			n = 1
		}
		w.add(c.kind, n, c.key, c.base, c.own, c.rest)
	}
	for _, id := range w.ids[cardea.KindAgreement] {
		if o.Kind == "" || o.Kind == cardea.KindAssignment {
			w.ids[cardea.KindAssignment] = append(w.ids[cardea.KindAssignment], id+"-3001")
		}
	}
	if o.Kind == "" {
		w.ids[cardea.KindResource] = append(w.ids[cardea.KindResource], w.ids["desk"]...)
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
	b.WriteString("name: suite\nanchor: 2026-11-23\nnexudus:\n")
	fmt.Fprintf(&b, "  users: [{email: %s, password: %s}]\n  webhook_secret: %s\n", suiteUser, userPassword, hookSecret)
	for _, key := range slices.Sorted(maps.Keys(w.rows)) {
		fmt.Fprintf(&b, "  %s:\n", key)
		for _, r := range w.rows[key] {
			fmt.Fprintf(&b, "    - %s\n", r)
		}
	}
	return b.String()
}
