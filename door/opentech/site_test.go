package opentech_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
)

const (
	suiteFacility     = "7"
	suiteKey          = "c3VpdGUta2V5LTAxMjM0NTY3ODk="
	suiteSecret       = "c3VpdGUtc2VjcmV0LTAxMjM0NTY="
	suiteClientSecret = "suite-client-secret-0123"
	lockedOutVisitor  = 599 // of a world of the suite, by somebody at the gate
)

var (
	suiteBegin    = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	suiteProfiles = []string{"All Access", "Gate", "Second floor"}
)

// site is a faked OpenTech with one facility, and the vendor's side of it.
type site struct {
	server *sandbox.Server
	made   byte // connections so far
}

func newSite(t *testing.T, world string, switches map[string]string) *site {
	t.Helper()
	w, err := sandbox.Parse("suite.yaml", []byte(world))
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for k, v := range switches {
		own["opentech."+k] = v
	}
	server, err := sandbox.New(w, sandbox.Options{Now: time.Now, Switches: own})
	if err != nil {
		t.Fatal(err)
	}
	return &site{server: server}
}

// connection is what differs between connections to one site.
type connection struct {
	transport http.RoundTripper // nil = straight to the site
	memory    opentech.Memory
	secret    string // "" = the right one
	readOnly  bool
	recorder  *wire.Recorder
	profiles  bool
}

// connect makes a connector as cmd does.
func (s *site) connect(t *testing.T, c connection) *opentech.System {
	t.Helper()
	if c.transport == nil {
		c.transport = s.server.Transport()
	}
	if c.secret == "" {
		c.secret = suiteSecret
	}
	hosts, err := opentech.HostsOf("http://sandbox.test/opentech/auth", "http://sandbox.test/opentech/accesscontrol", "")
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.New(wire.Config{
		Name: "gate", Base: hosts.Access, Transport: c.transport, Now: time.Now, Header: opentech.Header(),
		Auth: wire.PasswordGrant(wire.OAuthConfig{
			Name: "gate", TokenURL: hosts.Token, ClientID: "cardea", Secret: suiteClientSecret, Username: suiteKey, Password: c.secret,
			Transport: c.transport, Now: time.Now, Recorder: c.recorder,
		}),
		Budget: wire.NewBudget("gate", opentech.Rate, wire.LocalSlots(), time.Now), ReadOnly: c.readOnly, Recorder: c.recorder,
		Secrets: []string{suiteKey, c.secret, suiteClientSecret}, Classify: opentech.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.made++
	system, err := opentech.New(opentech.Config{
		Client: client, Memory: c.memory, Connection: "gate", Facility: "N-1", PortalVisitors: c.profiles, Now: time.Now,
		Rand: rand.NewChaCha8([32]byte{s.made}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return system
}

// control asks a control route of the sandbox.
func (s *site) control(t *testing.T, method, path string, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://sandbox.test"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.server.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, res.StatusCode, body, err)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// holding are the rows of the site that the suite looks at.
type holding struct {
	Units []struct {
		ID                 int64
		UnitNumber, Status string
	}
	Visitors []struct {
		ID, UnitID, AccessProfileID, TimeGroupID                    int64
		Email                                                       string
		IsTenant, IsPortalVisitor, IsEnabled, IsLockedOut, Departed bool
		AccessCode                                                  string
		ExtendedData                                                map[string]string
	}
	AccessProfiles, TimeGroups []struct {
		ID        int64
		Name      string
		IsDefault bool
	}
}

func (s *site) holds(t *testing.T) holding {
	t.Helper()
	var world struct{ Vendors struct{ OpenTech holding } }
	s.control(t, http.MethodGet, "/_sandbox/world", &world)
	return world.Vendors.OpenTech
}

// truth are the plain edges as the vendor holds them: who is listed and neither moved out nor locked out at the gate.
func (s *site) truth(t *testing.T) []cardea.Edge {
	t.Helper()
	h := s.holds(t)
	profiles, groups := map[int64]string{}, map[int64]string{}
	for _, p := range h.AccessProfiles {
		profiles[p.ID] = p.Name
		if p.IsDefault {
			profiles[0] = p.Name
		}
	}
	for _, g := range h.TimeGroups {
		groups[g.ID] = g.Name
		if g.IsDefault {
			groups[0] = g.Name
		}
	}
	var out []cardea.Edge
	for _, v := range h.Visitors {
		if v.Departed || v.ID == lockedOutVisitor {
			continue
		}
		e := cardea.Edge{
			Group: cardea.GroupID(fmt.Sprintf("profile:%d", v.AccessProfileID)), Account: cardea.AccountID("mail:" + v.Email),
			Ref: fmt.Sprint(v.ID), Window: cardea.Forever, Shut: !v.IsEnabled,
			Attributes: cardea.Attributes{Profile: profiles[v.AccessProfileID], TimeGroup: groups[v.TimeGroupID]},
		}
		if key := v.ExtendedData["cardea"]; key != "" {
			e.Account = cardea.AccountID(key)
		}
		for _, u := range h.Units {
			if u.ID == v.UnitID {
				e.Group = cardea.GroupID("unit:" + strings.ToLower(strings.TrimSpace(u.UnitNumber)))
				e.Shut = e.Shut || u.Status == "Delinquent"
			}
		}
		out = append(out, e)
	}
	return out
}

// status is a unit's own state at the vendor; "" = it is not there.
func (s *site) status(t *testing.T, number string) string {
	t.Helper()
	for _, u := range s.holds(t).Units {
		if u.UnitNumber == number {
			return u.Status
		}
	}
	return ""
}

// suiteCodes are the codes of a world's own visitors.
func suiteCodes() []string {
	var out []string
	for i := range 8 {
		out = append(out, suiteCode(i))
	}
	return append(out, suiteCode(99))
}

func suiteCode(i int) string { return fmt.Sprint(83650417 + i) }

// suiteWorld is a world file with so many rows.
func suiteWorld(o doortest.Options, profiles bool) string {
	var units, visitors []string
	visitor := func(i, place int, more string) {
		where := fmt.Sprintf("unitId: %d", 100+place)
		if profiles {
			where = fmt.Sprintf("accessProfileId: %d, isPortalVisitor: true", 41+place)
		} else if !strings.Contains(strings.Join(visitors, ""), where+",") {
			where += ", isTenant: true"
		}
		visitors = append(visitors, fmt.Sprintf("        - {id: %d, %s, accessCode: %q, %s}\n", 500+i, where, suiteCode(i), more))
	}
	named := func(i int) string {
		return fmt.Sprintf("firstName: Person, lastName: N%d, email: person%d@x.test", i, i)
	}
	unit := func(id int, number, status string) {
		units = append(units, fmt.Sprintf("        - {id: %d, unitNumber: %q, status: %s}\n", id, number, status))
	}
	switch o.Kind {
	case cardea.KindGroup:
		n := o.Rows
		if profiles {
			n -= len(suiteProfiles)
		}
		for i := range n {
			unit(100+i, fmt.Sprint(100+i), "Vacant")
		}
	case cardea.KindAccount:
		unit(100, "100", "Vacant")
		for i := range o.Rows {
			visitor(i, 0, named(i))
		}
	case cardea.KindEdge:
		for i := range 3 {
			unit(100+i, fmt.Sprint(100+i), "Vacant")
		}
		for i := range o.Rows {
			visitor(i, i%3, named(i/3))
		}
	default:
		unit(100, "100", "Vacant")
		unit(101, "99", "Vacant")
		for i := range 3 {
			unit(201+i, fmt.Sprintf("U-%d", 1+i), "Vacant")
		}
		visitor(0, 0, named(0))
		visitor(1, 0, named(1))
		visitor(99, 1, named(99)+", isEnabled: false, isLockedOut: true")
	}
	var b strings.Builder
	b.WriteString("name: suite\nanchor: 2026-11-23\nopentech:\n")
	fmt.Fprintf(&b, "  applications: [{id: cardea, secret: %s}]\n", suiteClientSecret)
	fmt.Fprintf(&b, "  accounts: [{key: %q, secret: %q, name: Acme, facilities: [%q]}]\n", suiteKey, suiteSecret, suiteFacility)
	fmt.Fprintf(&b, "  facilities:\n    - id: %s\n      name: North\n      propertyNumber: N-1\n", suiteFacility)
	b.WriteString("      timegroups: [{id: 31, name: 24 Hour, isDefault: true}, {id: 32, name: Days}]\n      accessprofiles:\n")
	for i, name := range suiteProfiles {
		fmt.Fprintf(&b, "        - {id: %d, name: %s, isDefault: %t}\n", 41+i, name, i == 0)
	}
	b.WriteString("      units:\n" + strings.Join(units, "") + "      visitors:\n" + strings.Join(visitors, ""))
	return b.String()
}
