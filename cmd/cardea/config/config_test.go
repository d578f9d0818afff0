package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
)

const whole = `
database: sqlite:x.db
connections:
  rnd:  {system: officernd, org: acme, client_id: id, client_secret: {env: RND_SECRET}}
  kisi: {system: kisi, api_key: {file: kisi.key}, budget: 5/s}
integrations:
  london:
    space: rnd
    door: kisi
    zone: Europe/London
    locations: [London]
    location_settings: {London: {zone: Europe/London, hours: {mon-fri: "08:00-20:00"}, closures: [2026-12-25], extra_hours: {2026-12-24: "09:00-12:00"}}}
    lead: 10m
    approve: auto
    profile: {email: follow}
    brake: {group: {count: 5}, window: 12h}
    mappings:
      plans:     {Hot desk: [General access], Night owl: {groups: [General access], hours: always}}
      bookables: {Elephant: {groups: [Elephant room], lead: 10m, lag: 5m}}
      passes:    {"*": [General access]}
    groups: {First floor: {mode: shared, when_stale: keep, keep: [{account: cleaner@x.test, note: Cleaning, until: 2027-01-31}]}}
`

func parse(t *testing.T, text string) (*config.File, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kisi.key"), []byte("k3y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Parse(filepath.Join(dir, "c.yaml"), []byte(text), func(k string) string {
		return map[string]string{"RND_SECRET": "s3cret", "CARDEA_LISTEN": "127.0.0.1:9999"}[k]
	})
}

func TestReadsEveryPart(t *testing.T) {
	t.Parallel()
	f, err := parse(t, whole)
	if err != nil {
		t.Fatal(err)
	}
	in := f.Integrations["london"]
	switch {
	case f.Connections["rnd"].ClientSecret.Value() != "s3cret" || f.Connections["kisi"].APIKey.Value() != "k3y":
		t.Error("secrets come from the environment and from files")
	case f.Listen != "127.0.0.1:9999":
		t.Error("the environment goes over the file")
	case in.Lead.Duration != 10*time.Minute || in.Lag.Duration != 15*time.Minute || in.Approve.Text != "auto" || in.Mails.Text != "default":
		t.Errorf("defaults: %+v", in)
	case !in.Mappings.Plans["Night owl"].Hours.Always || len(in.Mappings.Plans["Hot desk"].Groups) != 1:
		t.Error("both forms of a mapping are read")
	case in.Brake.Over(cardea.DefaultBrake).Group != (cardea.BrakeLimit{Count: 5, Min: 3, Percent: 20}):
		t.Error("a brake number goes over its default, the others stay")
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	f, err := parse(t, whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, f.Connections["rnd"].ClientSecret); strings.Contains(s, "s3cret") {
			t.Errorf("%s shows the secret: %s", verb, s)
		}
	}
}

func TestBadInputIsNamedWithPlaceAndMend(t *testing.T) {
	t.Parallel()
	change := func(from, to string) string { return strings.Replace(whole, from, to, 1) }
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown key", change("lead: 10m", "leed: 10m"), []string{":13:", `"leed"`, `did you mean "lead"`}},
		{"unknown key at the top", change("database:", "databse:"), []string{":2:", `did you mean "database"`}},
		{"unknown key in a mapping", change("lag: 5m}", "lagg: 5m}"), []string{":19:", `"lagg"`, `"lag"`}},
		{"unknown key in a connection", change("api_key:", "apikey:"), []string{":5:", `"api_key"`}},
		{"twice", change("    lead: 10m", "    lead: 10m\n    lead: 5m"), []string{`"lead" stands twice`, "line 13"}},
		{"two mappings of one item", change("Night owl:", "Hot desk:"), []string{`"Hot desk" stands twice`}},
		{"bad duration", change("lead: 10m", "lead: ten"), []string{":13:", `"ten" is no duration`}},
		{"negative duration", change("lead: 10m", "lead: -10m"), []string{":13:", "negative"}},
		{"bad zone", change("zone: Europe/London\n", "zone: Europe/Londn\n"), []string{":10:", `no time zone "Europe/Londn"`, `"Europe/London"`}},
		{"bad hours", change("08:00-20:00", "8 to 20"), []string{":12:", "8 to 20"}},
		{"unknown connection", change("space: rnd", "space: rdn"), []string{":8:", `no connection "rdn"`, `"rnd"`}},
		{"bad choice", change("approve: auto", "approve: automatic"), []string{":14:", "auto, first, always"}},
		{"no note", change("note: Cleaning, ", ""), []string{":21:", "needs a note"}},
		{"missing variable", change("RND_SECRET", "NOT_SET"), []string{":4:", "NOT_SET is not set"}},
		{"missing file", change("kisi.key", "nowhere.key"), []string{":5:", "nowhere.key"}},
		{"lead on a plan", change("hours: always", "lead: 5m"), []string{"belong to bookables"}},
		{"what nothing here can state", change("lead: 10m", "passgate: on"), []string{":13:", "passgate"}},
		{"links for visitors", change("lead: 10m", "visitors: link"), []string{":13:", "visitors"}},
		{"not yaml", "a: [", []string{"line"}},
		{"wrong shape", change("locations: [London]", "locations: {London: x}"), []string{"c.yaml"}},
	} {
		_, err := parse(t, c.text)
		if err == nil {
			t.Errorf("%s: should be refused", c.name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q lacks %q", c.name, err, w)
			}
		}
	}
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse(t, strings.NewReplacer("lead: 10m", "leed: 10m", "api_key", "apikey").Replace(whole))
	if err == nil || !strings.Contains(err.Error(), "leed") || !strings.Contains(err.Error(), "apikey") {
		t.Errorf("both mistakes in one go, got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("connections: {a: }")
	f.Add("integrations: {x: {mappings: {plans: {a: {groups: }}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := config.Parse("c.yaml", []byte(text), func(string) string { return "" })
		if err == nil && file == nil {
			t.Error("neither a file nor a reason")
		}
	})
}
