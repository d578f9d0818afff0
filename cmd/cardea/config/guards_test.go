package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

const guarded = `
connections:
  rnd: {system: house}
  kisi: {system: kisi, api_key: k}
integrations:
  london:
    space: rnd
    door: kisi
    zone: Europe/London
`

func TestTheBrakeHasNumbersForGroupsPlacesAndIntegrations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]func(*cardea.Brake){
		`{}`:                        func(*cardea.Brake) {},
		`{add: {min: 7}}`:           func(b *cardea.Brake) { b.Add.Min = 7 },
		`{add: {group: {min: 7}}}`:  func(b *cardea.Brake) { b.Add.Min = 7 },
		`{location: {percent: 33}}`: func(b *cardea.Brake) { b.Location.Percent = 33 },
		`{add: {location: {count: 40}, integration: {min: 9, percent: 1}}}`: func(b *cardea.Brake) {
			b.AddLocation.Count, b.AddIntegration = 40, cardea.BrakeLimit{Min: 9, Percent: 1}
		},
	} {
		f, err := parse(t, guarded+"    brake: "+text+"\n")
		if err != nil {
			t.Fatal(text, err)
		}
		b := cardea.DefaultBrake
		want(&b)
		if got := f.Integrations["london"].Brake.Over(cardea.DefaultBrake); got != b {
			t.Errorf("%s: %+v, want %+v", text, got, b)
		}
	}
	for _, text := range []string{`{add: {location: {min: -1}}}`, `{location: {percent: -2}}`, `{add: {room: {min: 1}}}`} {
		if _, err := parse(t, guarded+"    brake: "+text+"\n"); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestWhenStaleKeepsOrExpires(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`keep`: 0, `expire`: 12 * time.Hour, `{expire: 3h}`: 3 * time.Hour,
	} {
		f, err := parse(t, guarded+"    groups: {A: {when_stale: "+text+"}}\n")
		if err != nil {
			t.Fatal(text, err)
		}
		if got := f.Integrations["london"].Groups["A"].WhenStale.Expire; got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{`drop`, `{expire: 5m}`, `{expire: soon}`, `{keep: 3h}`, `[expire]`} {
		if _, err := parse(t, guarded+"    groups: {A: {when_stale: "+text+"}}\n"); err == nil || !strings.Contains(err.Error(), "when_stale") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
