package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

const codesWorld = `
name: storage
anchor: 2026-11-23
opentech:
  applications: [{id: cardea-app, secret: app-secret}]
  accounts: [{key: "YWNtZS1rZXk=", secret: "YWNtZS1zZWNyZXQ=", name: Acme, facilities: [north]}]
  facilities:
    - id: north
      name: North
      propertyNumber: N-1
      timegroups: [{id: 3, name: 24 Hour, isDefault: true}]
      accessprofiles: [{id: 5, name: All Access, isDefault: true}]
      units: [{unitNumber: "101"}]
`

const codesConfig = `
connections:
  site: {system: house, name: Acme}
  gate: {system: opentech, auth_url: "http://127.0.0.1:9090/opentech/auth",
    base_url: "http://127.0.0.1:9090/opentech/accesscontrol", client_id: cardea-app, client_secret: app-secret,
    api_key: "YWNtZS1rZXk=", api_secret: "YWNtZS1zZWNyZXQ=", facility: N-1}
integrations:
  storage: {space: site, door: gate, zone: Europe/London, approve: auto, mappings: {units: {}}}
`

// gatepost hears which codes are sent to the vendor.
type gatepost struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []string
}

var sentCode = regexp.MustCompile(`"accessCode":\s*"(\d+)"`)

func (g *gatepost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.mu.Lock()
		for _, m := range sentCode.FindAllSubmatch(body, -1) {
			g.sent = append(g.sent, string(m[1]))
		}
		g.mu.Unlock()
	}
	return g.next.RoundTrip(r)
}

// codedRig is a desk whose people have codes: Ana on 101 and 102, Bea, a guest of hers, on 101.
type codedRig struct {
	*rig

	gate *gatepost
}

func newCoded(t *testing.T) *codedRig {
	t.Helper()
	r := rigOf(t, "storage", []byte(codesWorld), codesConfig, kept(t), nil)
	r.shut()
	s := &codedRig{r, &gatepost{next: r.set.transport}}
	r.set.transport = s.gate
	r.term.getenv = func(name string) string { return map[string]string{"USER": "olga"}[name] }
	r.open()
	start := date(t, "2026-06-01")
	who := func(id, name string) cardea.Person {
		return cardea.Person{ID: id, Name: name, Email: id + "@x.test", Location: "n", Status: cardea.Present}
	}
	rental := func(id, person, unit string, guests ...string) []cardea.Record {
		return []cardea.Record{
			cardea.Agreement{ID: id, Person: person, Guests: guests, Plan: "small", Location: "n", Approved: true, Start: start},
			cardea.Assignment{ID: "as-" + id, Agreement: id, Resource: "u" + unit, Start: start},
		}
	}
	unit := func(number string) cardea.Resource {
		return cardea.Resource{ID: "u" + number, Name: number, Location: "n", Unit: true, Assignable: true}
	}
	records := []cardea.Record{
		cardea.Location{ID: "n", Name: "North", Zone: "Europe/London"}, cardea.Plan{ID: "small", Name: "Small unit"},
		unit("101"), unit("102"), unit("103"), who("ana", "Ana Li"), who("bea", "Bea Ng"), who("cy", "Cy Om"),
	}
	records = append(append(records, rental("r1", "ana", "101", "bea")...), rental("r2", "ana", "102")...)
	ctx := context.Background()
	if err := r.app.desk.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.app.desk.SaveHouse(ctx, "site", records, nil, "test"); err != nil {
		t.Fatal(err)
	}
	r.sync(desk.InStep)
	r.shut()
	return s
}

// said runs a command and returns what it printed on standard output and standard error, with its error.
func (s *codedRig) said(do func(context.Context, *terminal, settings) error) (out, log string, err error) {
	var stdout, stderr bytes.Buffer
	c := &terminal{out: &stdout, err: &stderr, now: time.Now, getenv: s.term.getenv}
	err = do(context.Background(), c, settings{file: s.set.file, transport: s.gate})
	return stdout.String(), stderr.String(), err
}

func codeOf(person string, unit ...string) oneCode {
	return oneCode{Person: person, Unit: strings.Join(unit, "")}
}

func TestACodeIsShownOnceToWhoAsks(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		issued := slices.Clone(s.gate.sent)
		if len(issued) != 3 {
			t.Fatalf("%d codes were issued", len(issued))
		}
		list := func() string {
			t.Helper()
			out, log, err := s.said((&codesListCmd{}).do)
			if err != nil || log != "" {
				t.Fatal(err, log)
			}
			return out
		}
		want := "opens  person               shown\n" +
			"101    Ana Li <ana@x.test>  not yet\n101    Bea Ng <bea@x.test>  not yet\n102    Ana Li <ana@x.test>  not yet\n" +
			"3 codes, 3 of them not shown yet\n"
		if got := list(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}

		out, log, err := s.said((&codesShowCmd{codeOf("bea@x.test")}).do)
		digits := strings.TrimSpace(out)
		if err != nil || !slices.Contains(issued, digits) || out != digits+"\n" {
			t.Fatalf("not one of the codes that were sent was printed: %v", err)
		}
		if !strings.Contains(log, "Bea Ng <bea@x.test> on 101") || !strings.Contains(log, "not be shown again") ||
			!strings.Contains(log, "cardea codes renew bea@x.test\n") || strings.Contains(log, digits) {
			t.Errorf("said %q", log)
		}
		if got := list(); !strings.Contains(got, "Bea Ng <bea@x.test>  Mon 23 Nov 09:00") ||
			!strings.Contains(got, "2 of them not shown yet; times are those of London") {
			t.Errorf("got\n%s", got)
		}
		time.Sleep(time.Hour)
		out, _, err = s.said((&codesShowCmd{codeOf("Bea Ng", "101")}).do)
		if cardea.ClassOf(err) != cardea.Conflict || out != "" || !strings.Contains(err.Error(), "Mon 23 Nov 09:00") ||
			!strings.Contains(err.Error(), "cardea codes renew") || strings.Contains(err.Error(), digits) {
			t.Errorf("%q, %v", out, err)
		}
	})
}

func TestARenewedCodeHoldsAndIsShownOnce(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		show := func() (string, error) {
			out, _, err := s.said((&codesShowCmd{codeOf("site/person:ana", "102")}).do)
			return strings.TrimSpace(out), err
		}
		first, err := show()
		if err != nil {
			t.Fatal(err)
		}
		s.gate.sent = nil
		out, _, err := s.said((&codesRenewCmd{codeOf("ana li", " 102 ")}).do)
		if err != nil || !strings.Contains(out, "Ana Li <ana@x.test> has a new code on 102") ||
			!strings.Contains(out, "cardea codes show 'ana li' 102\n") {
			t.Fatalf("%q, %v", out, err)
		}
		if len(s.gate.sent) != 1 || strings.Contains(out, s.gate.sent[0]) {
			t.Fatalf("%d codes were sent; said %q", len(s.gate.sent), out)
		}
		second, err := show()
		if err != nil || second != s.gate.sent[0] || second == first {
			t.Errorf("the new code is not the one that is shown: %v", err)
		}
		if _, err = show(); cardea.ClassOf(err) != cardea.Conflict {
			t.Errorf("shown twice: %v", err)
		}
		// Nobody's access changed with it.
		s.open()
		defer s.shut()
		writes := len(s.vendors.Writes("opentech"))
		s.sync(desk.InStep)
		if n := len(s.vendors.Writes("opentech")) - writes; n != 0 {
			t.Errorf("the next run wrote %d times", n)
		}
		lines, err := s.app.store.In("default").Audit(context.Background(), 100)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, l := range lines {
			if !strings.HasPrefix(l.What, "code ") {
				continue
			}
			told = append(told, l.Who+": "+l.What)
			if text := string(l.Detail); !strings.Contains(text, "site/person:ana") || !strings.Contains(text, "unit:102") {
				t.Errorf("the audit log does not say whose and where: %s", text)
			}
		}
		want := []string{"command line, olga: code shown", "command line, olga: code renewed", "command line, olga: code shown"}
		if !slices.Equal(told, want) {
			t.Errorf("the audit log says %q", told)
		}
	})
}

func TestACodeGoesWithItsRental(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		s.open()
		ended := cardea.Agreement{
			ID: "r2", Person: "ana", Plan: "small", Location: "n", Approved: true,
			Start: date(t, "2026-06-01"), End: date(t, "2026-11-22"),
		}
		if err := s.app.desk.SaveHouse(context.Background(), "site", []cardea.Record{ended}, nil, "test"); err != nil {
			t.Fatal(err)
		}
		s.sync(desk.InStep)
		s.shut()
		out, _, err := s.said((&codesShowCmd{codeOf("ana@x.test", "102")}).do)
		if cardea.ClassOf(err) != cardea.NotFound || out != "" {
			t.Errorf("%q, %v", out, err)
		}
		// With one left, the unit need not be named.
		out, _, err = s.said((&codesShowCmd{codeOf("ana@x.test")}).do)
		if err != nil || !slices.Contains(s.gate.sent, strings.TrimSpace(out)) {
			t.Errorf("the code on 101 is not shown: %v", err)
		}
	})
}

func TestCodesAsJSON(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		issued := slices.Clone(s.gate.sent)
		inJSON := codeOf("bea@x.test")
		inJSON.JSON = true
		out, _, err := s.said((&codesShowCmd{inJSON}).do)
		var one struct {
			Code    string
			Door    string
			ShownAt cardea.Instant `json:"shown_at"`
		}
		if err != nil || json.Unmarshal([]byte(out), &one) != nil || !slices.Contains(issued, one.Code) || one.Door != "gate" ||
			one.ShownAt != cardea.At(time.Now()) {
			t.Errorf("%v: %+v", err, one.ShownAt)
		}
		out, _, err = s.said((&codesListCmd{onCodes{JSON: true}}).do)
		var all []desk.AccessCode
		if err != nil || json.Unmarshal([]byte(out), &all) != nil || len(all) != 3 {
			t.Fatalf("%v: %s", err, out)
		}
		for _, c := range all {
			if (c.ShownAt != 0) != (c.People[0].ID == "site/person:bea") || c.Door != "gate" || c.GroupName == "" {
				t.Errorf("%+v", c)
			}
		}
		renewed, _, err := s.said((&codesRenewCmd{inJSON}).do)
		if err != nil || strings.Contains(renewed, "shown_at") {
			t.Errorf("%v: %s", err, renewed)
		}
		for _, digits := range s.gate.sent {
			if strings.Contains(out+renewed, digits) {
				t.Error("a code stands in a list")
			}
		}
	})
}

func TestCodesOfNobodyAndNowhereAreRefused(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		elsewhere := codeOf("bea@x.test")
		elsewhere.Door = "gaet"
		for _, c := range []struct {
			ask   oneCode
			class cardea.Class
			says  string
		}{
			{codeOf("zoe@x.test"), cardea.NotFound, `nobody is called "zoe@x.test"`},
			{codeOf("Bea"), cardea.NotFound, "did you mean Bea Ng <bea@x.test>?"},
			{codeOf("cy@x.test"), cardea.NotFound, "Cy Om has no code"},
			{codeOf("bea@x.test", "102"), cardea.NotFound, `Bea Ng has no code on "102"`},
			{codeOf("bea@x.test", "999"), cardea.NotFound, `Bea Ng has no code on "999"`},
			{codeOf("ana@x.test"), cardea.Rejected, "Ana Li has codes on 101 and 102: name the unit"},
			{elsewhere, cardea.NotFound, `no door connection "gaet": did you mean "gate"?`},
		} {
			before := len(s.gate.sent)
			for name, do := range map[string]func(context.Context, *terminal, settings) error{
				"show": (&codesShowCmd{c.ask}).do, "renew": (&codesRenewCmd{c.ask}).do,
			} {
				out, _, err := s.said(do)
				if cardea.ClassOf(err) != c.class || !strings.Contains(err.Error(), c.says) || out != "" {
					t.Errorf("%s %s %s: %v %q", name, c.ask.Person, c.ask.Unit, err, out)
				}
			}
			if len(s.gate.sent) != before {
				t.Errorf("%s %s: a code was changed", c.ask.Person, c.ask.Unit)
			}
		}
	})
}

func TestARenewalThatTheVendorRefusesLeavesTheCode(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newCoded(t)
		issued := slices.Clone(s.gate.sent)
		if err := s.vendors.Fault("opentech", sandbox.Fault{
			Method: http.MethodPost, Path: "/accesscontrol/facilities/*/visitors/*/update", Status: 400, Times: 5, Effect: "error",
		}); err != nil {
			t.Fatal(err)
		}
		_, log, err := s.said((&codesRenewCmd{codeOf("bea@x.test")}).do)
		if err == nil || !strings.Contains(err.Error(), "the code of Bea Ng on 101 was not renewed") {
			t.Fatal(err)
		}
		for _, digits := range s.gate.sent {
			if strings.Contains(err.Error()+log, digits) {
				t.Error("a code stands in an error")
			}
		}
		s.vendors.ClearFaults("opentech")
		out, _, err := s.said((&codesShowCmd{codeOf("bea@x.test")}).do)
		if err != nil || !slices.Contains(issued, strings.TrimSpace(out)) {
			t.Errorf("the old code is lost: %v", err)
		}
	})
}
