package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// TestAForeignSCIMServerIsKeptInStep runs the command against a SCIM server that this project did not write, where there are
// people and groups already. What the connector and its sandbox misunderstand alike, such a server does not.
func TestAForeignSCIMServerIsKeptInStep(t *testing.T) {
	t.Parallel()
	f := startForeign(t)
	f.user("ines.ito", "Ines@X.test", "") // has an account already, under another name and in another spelling
	joe := f.user("joe", "joe@x.test", "")
	sven, stella := f.user("sven", "sven@x.test", ""), f.user("stella", "stella@x.test", "")
	claire, adam := f.user("claire", "claire@x.test", ""), f.user("adam", "adam@x.test", "Org admin")
	general := f.group("General access", joe, stella, adam)
	f.group("Night", sven)
	f.group("Cleaners", claire) // nobody maps it

	c := startForeignCardea(t, f)
	want := map[string][]string{
		"General access": {"adam", "ana", "dora", "ines", "joe", "nora", "piet", "rita", "stella", "uma"},
		"Night":          {"dora", "finn", "sven"}, "Cleaners": {"claire"},
	}
	everybody := []string{
		"adam", "ana", "claire", "dora", "finn", "ines", "joe", "nora", "piet", "rita", "stella", "sven", "uma",
	}

	c.cardea(exitHeld, "sync") // whoever no record speaks for waits, in the first run
	f.wantInside("after the first run", want)
	f.wantUsers("after the first run", everybody) // each of them once: Ines was linked, Dora's two records share one
	f.wantWrites("accounts that were not there", http.MethodPost, 7)
	hash := regexp.MustCompile(`"hash": "([0-9a-f]{64})"`).FindStringSubmatch(c.cardea(exitHeld, "preview", "--json"))
	if hash == nil {
		t.Fatal("the preview has no hash")
	}

	c.cardea(exitInStep, "apply", hash[1])
	want["General access"] = without(want["General access"], "stella")
	f.wantInside("the stray was let go, in the exclusive group only, and staff was not", want)
	f.wantWrites("by the form that the RFC has, so that nothing had to be mended", "", 1)

	c.cardea(exitInStep, "sync")
	c.cardea(exitInStep, "sync")
	f.wantWrites("in step", "", 0)

	f.add(general, stella)
	c.patch(fmt.Sprintf("officernd: {memberships: [{_id: ms-ana, endDate: %s}]}", time.Now().AddDate(0, 0, -3).Format(time.DateOnly)))
	c.cardea(exitInStep, "sync")
	want["General access"] = without(want["General access"], "ana")
	f.wantInside("a membership ended, and somebody put the stray in again", want)
	f.wantUsers("accounts stay", everybody)
	f.wantWrites("two who went", "", 2)

	c.cardea(exitInStep, "sync")
	f.wantWrites("in step again", "", 0)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == name })
}

// foreignCardea is the command, with a configuration that joins tiny's OfficeRnD to the foreign server.
type foreignCardea struct {
	t       *testing.T
	vendors *sandbox.Server
	config  string
}

func startForeignCardea(t *testing.T, f *foreign) *foreignCardea {
	t.Helper()
	world, err := sandbox.Parse("tiny.yaml", quickWorld(t))
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now, Shift: true})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(vendors)
	t.Cleanup(server.Close)
	dir := quickDisk(t)
	c := &foreignCardea{t: t, vendors: vendors}
	c.config = writeFile(t, dir, "cardea.yaml", fmt.Sprintf(`
database: sqlite:%s/cardea.db
connections:
  rnd: {system: officernd, base_url: %s/officernd, org: acme, client_id: cardea, client_secret: sandbox-secret, budget: 20000/m}
  doors: {system: scim, base_url: %s, token: {env: SCIM_TOKEN}, budget: 400/s}
integrations:
  london:
    enabled: true
    space: rnd
    door: doors
    zone: Europe/London
    locations: [London]
    approve: auto
    groups: {Night: {mode: shared}}
    mappings:
      plans: {Hot desk: [General access], Night owl: [Night]}
`, dir, server.URL, f.base))
	// Whose membership begins or ends in these days is left out, so that the outcome does not hang on the day of the week.
	c.patch("officernd: {memberships: [{_id: ms-bea, delete: true}, {_id: ms-cal, delete: true}, {_id: ms-dan, delete: true}]}")
	return c
}

func (c *foreignCardea) patch(yaml string) {
	c.t.Helper()
	if err := c.vendors.Patch([]byte(yaml)); err != nil {
		c.t.Fatal(err)
	}
}

// cardea runs a command in this process, wants its exit code and returns what it printed.
func (c *foreignCardea) cardea(want int, args ...string) string {
	c.t.Helper()
	var out, said bytes.Buffer
	code := run(c.t.Context(), append([]string{args[0], "--config", c.config}, args[1:]...), &terminal{
		out: &out, err: &said, now: time.Now, getenv: func(name string) string {
			return map[string]string{"SCIM_TOKEN": foreignToken}[name]
		},
	})
	if code != want {
		c.t.Fatalf("cardea %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), code, want, out.String(), said.String())
	}
	return out.String()
}
