package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

const exported = `
# an old key: never-print-me
database: postgres://cardea:db-password@127.0.0.1:5432/cardea?sslmode=disable
listen: 127.0.0.1:8099
connections:
  rnd: {system: officernd, base_url: "http://127.0.0.1:9090/officernd", org: acme, client_id: cardea, client_secret: sandbox-secret}
  kisi: {system: kisi, base_url: "http://127.0.0.1:9090/kisi", api_key: {env: KISI_KEY}, budget: 4/s}
integrations:
  london: &london
    space: rnd
    door: kisi
    zone: Europe/London
    locations: [London]
    location_settings: {London: {zone: Europe/London, hours: {mon-fri: "08:00-20:00"}, closures: [2026-12-25]}}
    approve: auto
    brake: {group: {count: 5}, window: 12h}
  fixed:
    <<: *london
    approve: auto
    mappings: {plans: {Hot desk: [General access]}}
`

// TestExportRoundTrips writes the configuration in force, with mappings that the store has, and reads it again: it asks for the same,
// and no secret is in it.
func TestExportRoundTrips(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			env := map[string]string{"KISI_KEY": "sandbox-key", "CARDEA_RND_CLIENT_SECRET": "sandbox-secret"}
			getenv := func(name string) string { return env[name] }
			first, err := config.Parse("first.yaml", []byte(exported), getenv)
			if err != nil {
				t.Fatal(err)
			}
			r := tiny(t, db, func(f *config.File) { dsn := f.Database; *f = *first; f.Database = dsn })
			defer r.shut()
			section := string(read(t, tinySection(t))) + `groups:
  First floor: {mode: shared, keep: [{account: cleaner@x.test, note: "Cleaning, daily", until: 2027-01-31}, {account: "id:1", note: boss}]}
`
			section = strings.Replace(section, "Day room: [Day room]", "Day room: {groups: [Day room], lead: 0s, trim: true}", 1)
			r.setMappings(mapEdit{with: paper(t, section), yes: true}, exitInStep)
			r.set.file.Database = first.Database
			stored, _, err := r.app.desk.Section(t.Context(), "london")
			if err != nil {
				t.Fatal(err)
			}
			text, variables, err := r.set.file.Export(map[string]desk.Section{"london": stored})
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"sandbox-secret", "sandbox-key", "db-password", "never-print-me"} {
				if strings.Contains(string(text), secret) {
					t.Errorf("%q is in it:\n%s", secret, text)
				}
			}
			if d := cmp.Diff([]string{"CARDEA_DATABASE", "CARDEA_RND_CLIENT_SECRET"}, variables); d != "" {
				t.Error(d)
			}
			second, err := config.Parse("second.yaml", text, getenv)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if got := second.Connections["rnd"].Secrets()["client_secret"]; got != "sandbox-secret" {
				t.Errorf("the secret is %q", got)
			}
			want, err := integrations(first)
			if err != nil {
				t.Fatal(err)
			}
			got, err := integrations(second)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if want[i].Name == "london" {
					want[i].Mappings, want[i].Groups, want[i].Units, want[i].Stored = stored.Mappings, stored.Groups, stored.Units, false
				}
			}
			places := cmpopts.IgnoreFields(desk.Named{}, "Where")
			if d := cmp.Diff(want, got, places, cmpopts.IgnoreFields(desk.Integration{}, "Where", "MappedAt", "WhyNoGroup"),
				cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s\n%s", d, text)
			}
			twice, _, err := second.Export(nil)
			if err != nil || string(twice) != string(text) {
				t.Errorf("exported twice: %v %s", err, cmp.Diff(string(text), string(twice)))
			}
		})
	})
}

// TestExportPrintsTheFileOfEveryWorld reads what the command prints, for every configuration that there is.
func TestExportPrintsTheFileOfEveryWorld(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := stored(t, kept(t))
		defer r.shut()
		code, out, log := r.command(nil, (&exportCmd{}).do)
		if code != exitInStep || !strings.Contains(log, "CARDEA_KISI_API_KEY") || strings.Contains(out, "sandbox-key") {
			t.Fatalf("exit code %d\n%s\n%s", code, log, out)
		}
		env := func(string) string { return "x" }
		if _, err := config.Parse("again.yaml", []byte(out), env); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if !strings.Contains(out, "Night owl") {
			t.Errorf("the mappings of the store are not in it:\n%s", out)
		}
		if code, out, _ := r.command(nil, (&exportCmd{onOrders{JSON: true}}).do); code != exitInStep || !strings.HasPrefix(out, "{") {
			t.Errorf("%d %s", code, out)
		}
	})
	for _, name := range []string{"tiny", "london"} {
		path := worldsDir + name + ".cardea.yaml"
		f, err := config.Load(path, os.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := f.Export(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := config.Parse(path, text, func(string) string { return "x" })
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		one, err := integrations(f)
		if err != nil {
			t.Fatal(err)
		}
		other, err := integrations(again)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(one, other, cmpopts.IgnoreFields(desk.Named{}, "Where"),
			cmpopts.IgnoreFields(desk.Integration{}, "Where", "MappedAt", "WhyNoGroup")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
