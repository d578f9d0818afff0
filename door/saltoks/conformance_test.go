package saltoks_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/saltoks"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/wiretest"
)

const (
	suiteClient   = "suite-client"
	suiteSecret   = "suite-secret+01/23%456=789" // as servers make them: it stands in a header as in a form
	suitePassword = "suite-password-0123456789"
	suiteBack     = "http://localhost/oauth/suite"
	suiteSite     = "5a170000-0000-4000-8000-000000000001"
	suiteNobody   = "5a170000-0000-4000-8000-0000000fffff"
	suiteLogin    = "owner@salto.test"
)

var suiteBegin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// kindest is the vendor that leaves nobody guessing.
var kindest = map[string]string{
	"client_auth": "any", "invalid_client": "401", "refresh": "kept", "pkce": "optional", "error_code": "number", "lists": "bare",
	"top": "page", "link_scheme": "same", "eq_case": "fold", "lag": "0", "create_status": "200", "delete_status": "204",
	"delete_lag": "0", "done_status": "200", "duplicate_email": "existing", "over_seats": "403", "member_again": "200",
	"remove_absent": "204", "bulk_bad": "skip", "patch_roles": "shown", "patch_profile": "403", "schedules_v12": "200",
	"entries_gap": "none", "entries_skip": "400",
}

// habit is a vendor's way of doing things.
type habit struct {
	switches map[string]string
	password bool // a service account's, else a consent's refresh token
	lacks    map[string]string
}

// of is a habit that differs from the defaults in some switches.
func of(switches ...string) habit {
	h := habit{switches: map[string]string{}}
	for i := 0; i < len(switches); i += 2 {
		h.switches[switches[i]] = switches[i+1]
	}
	return h
}

// TestConformance asks of the connector what every door system must do, by a vendor that is as unkind as its fact sheet allows,
// by one that is kind, and by those between that differ in what a client has to do.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]habit{
		"unkind":            {},
		"kind":              {switches: kindest, password: true, lacks: map[string]string{"empty page": bare}},
		"pages":             of("top", "page", "error_code", "number"),
		"bulk refused":      of("bulk_bad", "refuse"),
		"bulk skipped":      of("bulk_bad", "skip"),
		"late to be listed": of("new_listed", "late").without("lost answer", lateList),
		"tokens of minutes": of("token_life", "120", "refresh", "kept"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doortest.Run(t, h.rig())
		})
	}
}

// What cannot be shown, and why.
const (
	bare = "a bare array says neither how many rows there are nor what comes behind them (vendors/saltoks.md 1.7): that rows were left " +
		"out is judged when readings are compared"
	resumed = "what follows a page that is the last of its answer is asked for by the number of rows that came: nothing is lost, see " +
		"TestAPageThatCameShortIsFollowed"
	noForeign = "a membership of Salto KS has neither role nor owner: none is foreign (vendors/saltoks.md 2.5)"
	lists     = "whoever is said not to be found and stands in the group's list is in the group (vendors/saltoks.md 2.5): see " +
		"TestAGroupsListDecidesWhoIsOut"
	lateList = "the fact sheet knows of no delay in lists: somebody whose creation was lost is looked for during a quarter of a minute"
)

// without leaves a check out.
func (h habit) without(check, why string) habit {
	h.lacks = map[string]string{check: why}
	return h
}

func (h habit) rig() doortest.Rig {
	lacks := map[string]string{"foreign": noForeign, "gone already": lists}
	if h.switches["top"] != "page" || h.switches["lists"] == "bare" {
		lacks["short page"] = resumed
	}
	maps.Copy(lacks, h.lacks)
	return doortest.Rig{
		Open:         func(t *testing.T, o doortest.Options) *doortest.Bench { t.Helper(); return h.bench(t, o) },
		Begin:        suiteBegin,
		Organisation: suiteSite,
		Page:         map[cardea.Kind]int{cardea.KindGroup: 100, cardea.KindAccount: 100, cardea.KindEdge: 100},
		Floor:        map[cardea.Kind]int{cardea.KindAccount: 1},                         // the login
		RestsOn:      map[cardea.Kind][]cardea.Kind{cardea.KindEdge: {cardea.KindGroup}}, // members are asked group by group
		Classes: map[int]doortest.Meaning{
			http.StatusNotFound: {Write: cardea.Retry}, // the person and the group are there: it passes (vendors/saltoks.md 0.5)
			// The group can be read, so that it is this one change that is not permitted (vendors/saltoks.md 1.5).
			http.StatusForbidden: {Write: cardea.Rejected},
		},
		Rate:  saltoks.Rate,
		Lacks: lacks,
	}
}

// kept is a token store in memory.
type kept map[string][]byte

func (k kept) LoadToken(_ context.Context, name string) ([]byte, error) { return k[name], nil }

func (k kept) SaveToken(_ context.Context, name string, token []byte) error {
	k[name] = token
	return nil
}

// patient is a client that lets Salto forget that somebody is new: what happens in the first minutes is asked by tests of
// their own.
type patient struct{ *saltoks.System }

// Create implements door.System.
func (p patient) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	made, err := p.System.Create(ctx, a)
	if err == nil {
		time.Sleep(2*time.Minute + time.Second)
	}
	return made, err
}

// consent logs in at Salto's page, allows what is asked, and brings the code back.
func consent(t *testing.T, server *sandbox.Server, grant *wire.CodeGrant) {
	t.Helper()
	const verifier = "suite-verifier-suite-verifier-suite-verifier"
	page := ask(t, server, http.MethodGet, grant.Prove("http://sandbox.test/saltoks/identity/connect/authorize", "s", verifier), nil)
	asked := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(page.body)
	if asked == nil {
		t.Fatalf("no page of consent: %+v", page)
	}
	back := ask(t, server, http.MethodPost, "http://sandbox.test/saltoks/identity/account/consent", url.Values{
		"request": {asked[1]}, "username": {suiteLogin}, "password": {suitePassword}, "decision": {"allow"},
	})
	at, err := url.Parse(back.location)
	if err != nil || at.Query().Get("code") == "" || !strings.HasPrefix(back.location, suiteBack) {
		t.Fatalf("sent back to %q, %v", back.location, err)
	}
	if err := grant.ExchangeProven(t.Context(), at.Query().Get("code"), verifier); err != nil {
		t.Fatal(err)
	}
}

type page struct {
	status         int
	body, location string
}

// ask is a browser; with a form it posts.
func ask(t *testing.T, server *sandbox.Server, method, address string, form url.Values) page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := server.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{res.StatusCode, string(body), res.Header.Get("Location")}
}

// bench starts a Salto KS and a connection to it.
func (h habit) bench(t *testing.T, o doortest.Options) *doortest.Bench {
	t.Helper()
	text, groups := world(o)
	w, err := sandbox.Parse("suite.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	switches := map[string]string{"saltoks.password_grant": "allowed"}
	for name, value := range h.switches {
		switches["saltoks."+name] = value
	}
	server, err := sandbox.New(w, sandbox.Options{Now: time.Now, Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	secret := suiteSecret
	if o.WrongSecret {
		secret = "another-secret-9876543210"
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil // long listings: writing them down takes longer than reading them
	}
	line := o.Line.Around(server.Transport())
	oauth := wire.OAuthConfig{
		Name: "suite", TokenURL: "http://sandbox.test/saltoks/identity/connect/token", ClientID: suiteClient, Secret: secret, Basic: true,
		Header: saltoks.TokenHeader(suiteClient, secret), Classify: saltoks.RefusedToken, Transport: line, Now: time.Now, Recorder: recorder,
	}
	var auth wire.Authorizer
	if h.password {
		oauth.Scopes, oauth.Username, oauth.Password = saltoks.ScopesPassword, suiteLogin, suitePassword
		auth = wire.PasswordGrant(oauth)
	} else {
		oauth.Scopes, oauth.Store = saltoks.ScopesCode, kept{}
		given := oauth
		given.Header, given.Transport, given.Recorder = saltoks.TokenHeader(suiteClient, suiteSecret), server.Transport(), nil
		consent(t, server, wire.AuthorizationCode(given, suiteBack))
		if o.WrongSecret { // what was replaced in the file counts with the next refresh
			expire(t, server)
		}
		auth = wire.AuthorizationCode(oauth, suiteBack).Authorizer()
	}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: "http://sandbox.test/saltoks", Transport: line, Now: time.Now, Auth: auth,
		Budget: wire.NewBudget("suite", saltoks.Rate, wire.LocalSlots(), time.Now), ReadOnly: o.ReadOnly,
		Secrets: []string{secret, suitePassword, saltoks.Basic(suiteClient, secret)}, Recorder: recorder, Classify: saltoks.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := saltoks.New(saltoks.Config{Client: client, Site: suiteSite, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &doortest.Bench{
		System: patient{system}, Groups: groups,
		Truth:  func() []cardea.Edge { return truth(server) },
		Writes: func() int { return len(server.Writes("saltoks")) },
		Fault:  func(f doortest.Fault) { strike(t, server, f) },
		Expire: func() { expire(t, server) },
		Secrets: []string{
			secret, suitePassword, saltoks.Basic(suiteClient, secret), base64.StdEncoding.EncodeToString([]byte(suiteClient + ":" + secret)),
		},
		Said: said.String,
		Nobody: map[cardea.Kind]string{
			cardea.KindGroup: suiteNobody, cardea.KindAccount: suiteNobody, cardea.KindEdge: string(groupID(0)) + "/" + suiteNobody,
		},
	}
}

func groupID(i int) cardea.GroupID {
	return cardea.GroupID(fmt.Sprintf("6a170000-0000-4000-8000-%012d", i))
}

// world is a world file with so many rows, and the groups that can be written to.
func world(o doortest.Options) (string, []cardea.GroupID) {
	groups, users, edges := 2, 3, 2
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
	fmt.Fprintf(&b, `name: suite
anchor: 2026-11-23
saltoks:
  clients: [{id: %s, secret: %q, redirect_uris: [%q]}]
  logins: [{username: %s, password: %s}]
  sites:
    - id: %s
      customer_reference: Suite
      subscribed_user_amount: 5000
      locks: [{id: front, customer_reference: Front}]
      users:
        - {id: owner, user: {first_name: Olga, last_name: Owner, email: %s, has_profile: true}, roles: [site_admin]}
`, suiteClient, suiteSecret, suiteBack, suiteLogin, suitePassword, suiteSite, suiteLogin)
	for i := range users - 1 {
		fmt.Fprintf(&b, "        - {id: p%d, user: {first_name: Person, last_name: N%d, email: person%d@x.test}}\n", i, i, i)
	}
	b.WriteString("      access_groups:\n")
	of := map[int][]string{}
	for i := range edges {
		at, who := i%2, i/2
		if o.Kind == "" {
			at, who = 0, i
		}
		of[at] = append(of[at], fmt.Sprintf("p%d", who))
	}
	var ids []cardea.GroupID
	for i := range groups {
		fmt.Fprintf(&b, "        - {id: %s, customer_reference: Group %d, users: [%s], locks: [front], time_schedules: [always]}\n",
			groupID(i), i, strings.Join(of[i], ", "))
		ids = append(ids, groupID(i))
	}
	return b.String(), ids
}

// truth is what the vendor's control route shows; an edge is named by the platform id.
func truth(server *sandbox.Server) []cardea.Edge {
	var out []cardea.Edge
	for _, g := range server.Groups("saltoks") {
		for _, e := range g.All {
			one := cardea.Edge{Group: cardea.GroupID(g.ID), Account: cardea.AccountID(e.ID), Window: cardea.Forever}
			one.Ref = one.Key().ID
			out = append(out, one)
		}
	}
	return out
}

func expire(t *testing.T, server *sandbox.Server) {
	t.Helper()
	if p := ask(t, server, http.MethodPost, "http://sandbox.test/_sandbox/saltoks/expire", nil); p.status != http.StatusOK {
		t.Fatalf("tokens do not end: %+v", p)
	}
}

// strike turns a fault of the suite into the sandbox's.
func strike(t *testing.T, server *sandbox.Server, f doortest.Fault) {
	t.Helper()
	const at = "/v1.2/sites/" + suiteSite
	requests := map[doortest.Call][2]string{
		doortest.OnDescribe: {"GET", "/v1.2/me"},
		doortest.OnGroups:   {"GET", at + "/access_groups?*"},
		doortest.OnAccounts: {"GET", at + "/users?*"},
		doortest.OnEdges:    {"GET", at + "/access_groups/*/users?*"},
		doortest.OnCreate:   {"POST", at + "/users"},
		doortest.OnGrant:    {"PATCH", at + "/access_groups/*/users"},
		doortest.OnRevoke:   {"PATCH", at + "/access_groups/*/users"},
	}
	r, ok := requests[f.On]
	if !ok {
		t.Fatalf("no request for %s", f.On)
	}
	err := server.Fault("saltoks", sandbox.Fault{
		Method: r[0], Path: r[1], Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter, Rows: f.Rows,
		Skip: f.Skip, Times: f.Times,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPageThatCameShortIsFollowed takes rows out of the first page of each listing: they come with the next.
func TestAPageThatCameShortIsFollowed(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]habit{"counted": {}, "bare": of("lists", "bare")} {
		for kind, on := range map[cardea.Kind]doortest.Call{
			cardea.KindGroup: doortest.OnGroups, cardea.KindAccount: doortest.OnAccounts, cardea.KindEdge: doortest.OnEdges,
		} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(suiteBegin))
					const rows = 130
					b := h.bench(t, doortest.Options{Kind: kind, Rows: rows, Line: &wiretest.Line{}})
					left := 3
					b.Fault(doortest.Fault{On: on, Effect: doortest.Truncate, Rows: &left, Times: 1})
					in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{kind}}, nil)
					if err := b.System.Read(t.Context(), cardea.Scope{Kinds: []cardea.Kind{kind}}, in); err != nil {
						t.Fatal(err)
					}
					p := in.Collection(kind)
					if got := len(p.Records()); got != rows || p.Evidence().Grade() != cardea.Complete {
						t.Errorf("%d of %d rows came, %v", got, rows, p.Evidence().Grade())
					}
				})
			})
		}
	}
}

// TestAGroupsListDecidesWhoIsOut answers a removal with "not found": it is a success only when the list of members says so too.
func TestAGroupsListDecidesWhoIsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(suiteBegin))
		b := habit{}.bench(t, doortest.Options{Line: &wiretest.Line{}})
		edge := b.Truth()[0]
		b.Fault(doortest.Fault{On: doortest.OnRevoke, Effect: doortest.Refuse, Status: http.StatusNotFound, Times: 1})
		if err := b.System.Revoke(t.Context(), []cardea.Edge{edge})[0]; cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("removed, they say, who is in the group: %v", err)
		}
		for range 2 { // once taken out, and once out already, which this vendor answers with 404
			if err := b.System.Revoke(t.Context(), []cardea.Edge{edge})[0]; err != nil {
				t.Error(err)
			}
		}
		if n := len(b.Truth()); n != 1 {
			t.Errorf("%d edges are left, want 1", n)
		}
	})
}

// TestAGroupThatPassesOverSomebodyNewIsAskedAgain puts somebody into a group that does not know them yet. Whatever the vendor says
// to that, a success even, it is to be tried again, and goes through a minute later.
func TestAGroupThatPassesOverSomebodyNewIsAskedAgain(t *testing.T) {
	t.Parallel()
	for _, bulk := range []string{"partial", "refuse", "skip"} {
		t.Run(bulk, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(suiteBegin))
				b := of("bulk_bad", bulk).bench(t, doortest.Options{Line: &wiretest.Line{}})
				system := b.System.(patient).System
				made, err := system.Create(t.Context(), cardea.NewAccount{Name: "Nina New", Email: "nina@suite.test", Mails: cardea.MailsDefault})
				if err != nil {
					t.Fatal(err)
				}
				there := b.Truth()[0]
				both := []cardea.Edge{
					{Group: groupID(1), Account: made.ID, Window: cardea.Forever}, {Group: groupID(1), Account: there.Account, Window: cardea.Forever},
				}
				_, errs := system.Grant(t.Context(), both)
				if cardea.ClassOf(errs[0]) != cardea.Retry || errs[1] != nil {
					t.Fatalf("at once: %v", errs)
				}
				e, ok := errors.AsType[*cardea.Error](errs[0])
				if !ok || e.After < 10*time.Second || e.After > time.Minute {
					t.Fatalf("tried again after %v", errs[0])
				}
				time.Sleep(time.Minute)
				for range 2 { // and once more, which changes nothing
					if _, errs := system.Grant(t.Context(), both); errs[0] != nil || errs[1] != nil {
						t.Errorf("a minute later: %v", errs)
					}
				}
				if n := len(b.Truth()); n != 4 {
					t.Errorf("%d edges, want 4", n)
				}
			})
		})
	}
}
