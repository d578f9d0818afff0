package main

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/store"
)

const everySystem = `connections:
  rnd: {system: officernd, org: acme, client_id: c, client_secret: hush-hush}
  home: {system: house}
  kisi: {system: kisi, api_key: hush-hush}
  scim: {system: scim, base_url: "http://127.0.0.1:1/scim", token: hush-hush}
integrations:
  london:
    space: SPACE
    door: DOOR
    SETTING
`

// connecting parses and connects, as every command does before it asks anybody.
func connecting(t *testing.T, text string) error {
	t.Helper()
	f, err := config.Parse("c.yaml", []byte(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, _, err = connect(f, wiring{now: time.Now, slots: s.In("default"), records: s.In("default")})
	return err
}

func TestWhatASystemCannotDoIsRefusedAtConfiguration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		space, door, setting string
		want                 []string // none = accepted
	}{
		{"rnd", "kisi", "mails: always", nil},
		{"rnd", "scim", "mails: never", nil},
		{"rnd", "scim", "mails: default", nil},
		{"rnd", "scim", "mails: always", []string{"c.yaml:10: ", "integration london: mails: scim writes to nobody", "write default or never"}},
		{"home", "kisi", "mappings: {units: {}}", nil},
		{"rnd", "kisi", "mappings: {plans: {Hot desk: [General]}}", nil},
		{"rnd", "kisi", "mappings: {units: {}}", []string{"c.yaml:10: ", "units: OfficeRnD has no rentable units", "take units out"}},
		{"rnd", "kisi", "mappings:\n      plans: {}\n      units: {A1: [General]}", []string{"c.yaml:12: ", "no rentable units"}},
		{"rnd", "kisi", "profile: {email: follow}", []string{"c.yaml:10: ", "profile: kisi cannot change email", "write once"}},
		{"kisi", "rnd", "lead: 5m", []string{`c.yaml:8: `, `"kisi" is no space system`, "c.yaml:9: ", `"rnd" is no door system`}},
		{
			"rnd", "scim", "mails: always\n    mappings: {units: {}}\n    profile: {phone: follow}",
			[]string{"c.yaml:10: ", "mails: ", "c.yaml:11: ", "units: "},
		},
		{"rnd", "scim", "lead: 5m\n    lag: 5m\n    location_settings: {London: {hours: {mon-fri: \"08:00-20:00\"}}}", nil},
	} {
		err := connecting(t, strings.NewReplacer("SPACE", c.space, "DOOR", c.door, "SETTING", c.setting).Replace(everySystem))
		if len(c.want) == 0 {
			if err != nil {
				t.Errorf("%s to %s, %s: refused: %v", c.space, c.door, c.setting, err)
			}
			continue
		}
		if err == nil || cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%s to %s, %s: %v", c.space, c.door, c.setting, err)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s to %s, %s: %q lacks %q", c.space, c.door, c.setting, err, part)
			}
		}
	}
}
