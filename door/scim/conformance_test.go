package scim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/wiretest"
)

const (
	suiteToken = "suite-token-0123456789"
	suiteBase  = "http://sandbox.test/scim/v2"
)

// kind is a server that leaves nobody guessing.
var kind = map[string]string{
	"members": "listed", "list_attributes": "honoured", "unasked": "absent", "empty_members": "list", "user_groups": "shown",
	"remove_form": "both", "remove_other": "400", "bare_remove": "400", "duplicate_add": "ok", "absent_remove": "204",
	"unknown_member": "400", "deleted_member": "goes", "patch_answer": "200", "op_case": "any", "put_omitted": "keeps",
	"etag": "offered", "filter": "honoured", "sort": "ignored", "max_results": "10", "page": "full", "total": "steady",
	"empty_list": "list", "user_name_case": "fold", "active": "boolean", "ids": "uuid", "external_id": "kept",
	"required": "user_name", "unknown_attributes": "ignored", "content_type": "either", "me": "offered", "config": "honest",
}

// habit is a server's way of doing things, and what the suite must know of it.
type habit struct {
	switches map[string]string
	page     int // rows of a page; 0 = a longer list than one page is never whole
	lacks    map[string]string
}

const (
	short = "a page may hold fewer rows than asked for (RFC 7644 3.4.2.4), and the next begins behind them: nothing is lost, " +
		"see TestAPageThatLostARowIsFollowed"
	brokenList = "who is a group and not a user is known when every group has come: nothing of a list that broke off is handed on"
	wayFirst   = "how the server wants it is found out by more than one write; see TestARemovalThatIsCutLeavesTheOthers"
	elsewhere  = "asked of the habits `defaults` and `kind`, and not another matter here"
)

// What a habit may change; the other checks are left to the habits `defaults` and `kind`, which are asked everything.
var (
	ofRemoval = []string{"grant", "foreign", "batch", "gone already", "lost answer", "cut:revoke"}
	ofMembers = append([]string{"scopes", "listing twice", "paging:edge", "refused", "empty list", "cut:grant"}, ofRemoval...)
	ofPeople  = []string{"create", "look-alike", "no e-mail", "lost answer", "cut:create"}
	ofPages   = []string{"paging:account", "paging:group", "paging:edge", "empty page", "breaks off", "listing twice"}
	ofWrites  = append([]string{"describe", "after", "status", "cut:grant", "create"}, ofRemoval...)
	ofAll     = slices.Concat(ofMembers, ofPeople, ofPages, ofWrites, []string{
		"wrong credentials", "limits", "throttle", "read-only", "secrets",
	})
)

// of is a habit that differs from the defaults, or from another map, in some switches, and what it is asked for them.
func of(base map[string]string, asks []string, switches ...string) habit {
	h := habit{switches: maps.Clone(base), lacks: map[string]string{}}
	if h.switches == nil {
		h.switches = map[string]string{}
	}
	for i := 0; i < len(switches); i += 2 {
		h.switches[switches[i]] = switches[i+1]
	}
	for _, name := range ofAll {
		if !slices.Contains(asks, name) {
			h.lacks[name] = elsewhere
		}
	}
	if h.switches["total"] == "steady" {
		h.page = 10
	}
	if h.switches["remove_form"] == "value" {
		h.lacks["cut:revoke"] = wayFirst
	}
	if h.switches["members"] == "users" {
		h.lacks["foreign"] = "groups within groups are not shown to anybody"
	}
	return h
}

// suiteHabits are those that differ in what a client must do.
func suiteHabits() map[string]habit {
	return map[string]habit{
		"defaults":            {},
		"kind":                {switches: kind, page: 10},
		"members listed":      of(nil, ofMembers, "members", "listed"),
		"members asked":       of(kind, ofMembers, "members", "asked"),
		"members users":       of(nil, ofMembers, "members", "users"),
		"versions":            of(nil, ofWrites, "etag", "offered"),
		"remove by value":     of(nil, ofRemoval, "remove_form", "value"),
		"remove by value 400": of(nil, ofRemoval, "remove_form", "value", "remove_other", "400"),
		"remove ignored":      of(nil, ofRemoval, "remove_form", "value", "remove_other", "ignored"),
		"filter 501":          of(nil, ofPeople, "filter", "501"),
		"filter honoured":     of(nil, ofPeople, "filter", "honoured", "config", "honest"),
		"pages shrink":        of(kind, ofPages, "page", "shrinks"),
		"pages count":         of(nil, ofPages, "total", "page"),
		"no configuration":    of(nil, ofWrites, "config", "404"),
	}
}

// TestConformance asks of the connector what every door system must do, by servers of many habits.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, h := range suiteHabits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doortest.Run(t, h.rig())
		})
	}
}

func (h habit) rig() doortest.Rig {
	lacks := map[string]string{"expiry": "a token of the operator's has no end", "short page": short}
	maps.Copy(lacks, h.lacks)
	sum := sha256.Sum256([]byte("sandbox.test/scim/v2"))
	rig := doortest.Rig{
		Open:         func(t *testing.T, o doortest.Options) *doortest.Bench { t.Helper(); return h.bench(t, o) },
		Begin:        time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Abilities:    []doortest.Ability{doortest.Rewritable},
		Organisation: "scim-" + hex.EncodeToString(sum[:10]),
		Floor:        map[cardea.Kind]int{cardea.KindEdge: 1}, // where nobody is in any group nothing proves that
		RestsOn: map[cardea.Kind][]cardea.Kind{ // members come with the groups
			cardea.KindGroup: {cardea.KindEdge}, cardea.KindEdge: {cardea.KindGroup},
		},
		Rate:  scim.Rate,
		Lacks: lacks,
	}
	if h.switches["me"] == "offered" {
		rig.Floor[cardea.KindAccount] = 1
	}
	if h.switches["members"] == "users" {
		rig.RestsOn[cardea.KindEdge] = append(rig.RestsOn[cardea.KindEdge], cardea.KindAccount)
	}
	if h.page > 0 {
		lacks["breaks off:edge"] = brokenList
		rig.Page = map[cardea.Kind]int{cardea.KindGroup: h.page, cardea.KindAccount: h.page, cardea.KindEdge: h.page}
	}
	return rig
}

// server starts a server with the habit.
func (h habit) server(t *testing.T, world string) *sandbox.Server {
	t.Helper()
	w, err := sandbox.Parse("suite.yaml", []byte(world))
	if err != nil {
		t.Fatal(err)
	}
	switches := map[string]string{}
	for k, v := range h.switches {
		switches["scim."+k] = v
	}
	server, err := sandbox.New(w, sandbox.Options{Now: time.Now, Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// bench starts a server with a world of the suite and a connection to it.
func (h habit) bench(t *testing.T, o doortest.Options) *doortest.Bench {
	t.Helper()
	return suiteBench(t, h.server(t, suiteWorld(o, h.switches["me"] == "offered")), o)
}

// suiteBench connects to a server.
func suiteBench(t *testing.T, server *sandbox.Server, o doortest.Options) *doortest.Bench {
	t.Helper()
	token := suiteToken
	if o.WrongSecret {
		token = "another-token-9876543210"
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: suiteBase, Transport: o.Line.Around(server.Transport()), Now: time.Now,
		Auth: scim.Authorize(token), Budget: wire.NewBudget("suite", scim.Rate, wire.LocalSlots(), time.Now), ReadOnly: o.ReadOnly,
		Secrets: []string{token}, Recorder: recorder, Classify: scim.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := scim.New(scim.Config{Client: client, Base: suiteBase, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	b := &doortest.Bench{
		System:  system,
		Truth:   func() []cardea.Edge { return suiteTruth(server) },
		Writes:  func() int { return len(server.Writes("scim")) },
		Fault:   func(f doortest.Fault) { strike(t, server, f) },
		Secrets: []string{token},
		Said:    said.String,
		Nobody:  map[cardea.Kind]string{cardea.KindGroup: "999999", cardea.KindAccount: "999999"},
	}
	for _, g := range server.Groups("scim") {
		b.Groups = append(b.Groups, cardea.GroupID(g.ID))
	}
	if len(b.Groups) > 0 {
		b.Nobody[cardea.KindEdge] = string(b.Groups[0]) + "/999999"
	}
	return b
}

// suiteWorld is a world file with so many rows. Edges are groups of one member each. With me there is the token's own user.
func suiteWorld(o doortest.Options, me bool) string {
	groups, users := 2, 3
	switch o.Kind {
	case cardea.KindGroup:
		groups, users = o.Rows, 1
	case cardea.KindAccount:
		groups, users = 0, o.Rows
		if me {
			users--
		}
	case cardea.KindEdge:
		groups = o.Rows
	default:
	}
	var b strings.Builder
	b.WriteString("name: suite\nanchor: 2026-11-23\nscim:\n  name: Suite\n")
	user := ""
	if me {
		user = ", user: cardea@x.test"
	}
	fmt.Fprintf(&b, "  tokens: [{secret: %s%s}]\n  users:\n", suiteToken, user)
	if me {
		b.WriteString(suiteUser(900, "cardea"))
	}
	for i := range users {
		b.WriteString(suiteUser(1000+i, fmt.Sprintf("person%d", i)))
	}
	b.WriteString("  groups:\n")
	for i := range groups {
		members := ""
		switch {
		case o.Kind == cardea.KindEdge:
			members = fmt.Sprintf("person%d@x.test", i%3)
		case o.Kind == "" && i == 0:
			members = "person0@x.test, person1@x.test"
		case o.Kind == "" && i == 1:
			members = "\"group:Group 0\""
		}
		fmt.Fprintf(&b, "    - {id: %q, displayName: Group %d, members: [%s]}\n", fmt.Sprint(5000+i), i, members)
	}
	return b.String()
}

func suiteUser(id int, name string) string {
	return fmt.Sprintf("    - {id: %q, userName: %s@x.test, displayName: %s, name: {givenName: P, familyName: Q}, emails: [%s@x.test]}\n",
		fmt.Sprint(id), name, name, name)
}

// suiteTruth is what the control route shows; groups within groups are no plain members.
func suiteTruth(server *sandbox.Server) []cardea.Edge {
	var out []cardea.Edge
	for _, g := range server.Groups("scim") {
		for _, e := range g.All {
			if !strings.HasPrefix(e.Account, "group:") {
				out = append(out, edge(cardea.GroupID(g.ID), cardea.AccountID(e.Account)))
			}
		}
	}
	return out
}

// strike turns a fault of the suite into the sandbox's. Describe goes on where one of its requests is not known to the
// server, so that its faults strike them all.
func strike(t *testing.T, server *sandbox.Server, f doortest.Fault) {
	t.Helper()
	requests := map[doortest.Call][2]string{
		doortest.OnDescribe: {"GET", "/v2/"},
		doortest.OnGroups:   {"GET", "/v2/Groups?"},
		doortest.OnAccounts: {"GET", "/v2/Users?"},
		doortest.OnEdges:    {"GET", "/v2/Groups?"},
		doortest.OnCreate:   {"POST", "/v2/Users"},
		doortest.OnGrant:    {"PATCH", "/v2/Groups/"},
		doortest.OnRevoke:   {"PATCH", "/v2/Groups/"},
	}
	r, ok := requests[f.On]
	if !ok {
		t.Fatalf("no request for %s", f.On)
	}
	err := server.Fault("scim", sandbox.Fault{
		Method: r[0], Path: r[1], Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter, Rows: f.Rows,
		Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readKind reads one listing of a server in a bubble.
func readKind(t *testing.T, h habit, o doortest.Options, f *sandbox.Fault) *cardea.Pages {
	t.Helper()
	o.Line = &wiretest.Line{}
	server := h.server(t, suiteWorld(o, false))
	b := suiteBench(t, server, o)
	if f != nil {
		if err := server.Fault("scim", *f); err != nil {
			t.Fatal(err)
		}
	}
	in := cardea.NewIntake(kinds(o.Kind), nil)
	if err := b.System.Read(t.Context(), in.Scope(), in); err != nil {
		t.Fatal(err)
	}
	return in.Collection(o.Kind)
}

// TestAPageThatLostARowIsFollowed: whatever a page leaves out comes with the next.
func TestAPageThatLostARowIsFollowed(t *testing.T) {
	t.Parallel()
	for _, k := range []cardea.Kind{cardea.KindGroup, cardea.KindAccount, cardea.KindEdge} {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rows, path := 4, "/v2/Groups?"
				if k == cardea.KindAccount {
					path = "/v2/Users?"
				}
				h := of(kind, nil, "me", "501")
				p := readKind(t, h, doortest.Options{Kind: k, Rows: 25}, &sandbox.Fault{
					Method: "GET", Path: path, Effect: sandbox.EffectTruncate, Rows: &rows, Skip: 1, Times: 1,
				})
				if e := p.Evidence(); e.Grade() != cardea.Complete || e.Records() != 25 {
					t.Errorf("%s with %d of 25", e.Grade(), e.Records())
				}
			})
		})
	}
}

// TestATotalThatMovesBetweenPagesIsNoWholeList: a deleted row looks like an estimate that comes true. Nobody is missing for
// it, and who may be there already is not made again.
func TestATotalThatMovesBetweenPagesIsNoWholeList(t *testing.T) {
	t.Parallel()
	for total, want := range map[string]cardea.Grade{"changes": cardea.Incomplete, "page": cardea.Incomplete, "steady": cardea.Complete} {
		t.Run(total, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h, o := of(nil, nil, "total", total, "max_results", "10"), doortest.Options{Kind: cardea.KindAccount, Rows: 15}
				p := readKind(t, h, o, nil)
				if e := p.Evidence(); e.Grade() != want || len(p.MissingOnes()) > 0 {
					t.Errorf("%s (%s) with %d of 15, missing %v", e.Grade(), e.Why(), e.Records(), p.MissingOnes())
				}
				o.Line = &wiretest.Line{}
				found, err := h.bench(t, o).System.Find(t.Context(), cardea.NewAccount{Email: "person14@x.test"})
				if (err == nil) != (want == cardea.Complete) || err == nil && len(found) != 1 || err != nil && cardea.ClassOf(err) != cardea.Retry {
					t.Errorf("Find: %v, %v", found, err)
				}
			})
		})
	}
}
