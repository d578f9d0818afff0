package config_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea/cmd/cardea/config"
)

const told = `
webhooks:
  app:
    url: https://app.example.com/cardea
    secret: {env: APP_SECRET}
    events: [pass.issued, pass.cancelled]
`

func parseWebhooks(text string, env map[string]string) (*config.File, error) {
	return config.Parse("c.yaml", []byte(text), func(k string) string { return env[k] })
}

var toldEnv = map[string]string{
	"APP_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "CARDEA_KEY": strings.Repeat("0f", 32), "SHORT": "too short",
}

func TestReadsWhoIsTold(t *testing.T) {
	t.Parallel()
	f, err := parseWebhooks(told, toldEnv)
	if err != nil {
		t.Fatal(err)
	}
	app := f.Webhooks["app"]
	if app.URL.Text != "https://app.example.com/cardea" || app.Secret.Value() != toldEnv["APP_SECRET"] || len(app.EventTypes()) != 2 ||
		app.EventTypes()[1] != "pass.cancelled" {
		t.Errorf("%+v", app)
	}
}

func TestBadWebhooksAreNamedWithPlaceAndMend(t *testing.T) {
	t.Parallel()
	change := func(from, to string) string { return strings.Replace(told, from, to, 1) }
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown key", change("secret:", "sekret:"), []string{":5:", `"sekret"`, `did you mean "secret"`}},
		{"unknown event", change("pass.cancelled", "pass.canceled"), []string{":6:", `"pass.canceled"`, `did you mean "pass.cancelled"`}},
		{"event that nobody asks for", change("pass.cancelled", "webhook.test"), []string{":6:", "webhook.test"}},
		{"no event", change("[pass.issued, pass.cancelled]", "[]"), []string{":4:", "is told of nothing"}},
		{"http", change("https:", "http:"), []string{":4:", "https://"}},
		{"no address", change("https://app.example.com/cardea", "app"), []string{":4:", "no address"}},
		{"no url", change("    url: https://app.example.com/cardea\n", ""), []string{"has no url"}},
		{"no secret", change("    secret: {env: APP_SECRET}\n", ""), []string{"has no secret", "openssl"}},
		{"short secret", change("APP_SECRET", "SHORT"), []string{":5:", "9 bytes"}},
		{"secret that is not set", change("APP_SECRET", "NOWHERE"), []string{":5:", "NOWHERE is not set"}},
		{"empty", "webhooks: {app: }", []string{`"app" is empty`}},
	} {
		_, err := parseWebhooks(c.text, toldEnv)
		if err == nil {
			t.Errorf("%s: should be refused", c.name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q lacks %q", c.name, err, w)
			}
		}
		if strings.Contains(err.Error(), "too short") {
			t.Errorf("%s: the secret is in %q", c.name, err)
		}
	}
	_, err := parseWebhooks(told, map[string]string{"APP_SECRET": toldEnv["APP_SECRET"]})
	if err == nil || !strings.Contains(err.Error(), "CARDEA_KEY") {
		t.Errorf("without a key: %v", err)
	}
}

func TestAWebhooksSecretIsNotExported(t *testing.T) {
	t.Parallel()
	const clear = "a secret that stands in the file in clear"
	f, err := parseWebhooks(strings.Replace(told, "{env: APP_SECRET}", clear, 1), toldEnv)
	if err != nil {
		t.Fatal(err)
	}
	text, variables, err := f.Export(nil)
	if err != nil || strings.Contains(string(text), clear) || strings.Join(variables, " ") != "CARDEA_APP_SECRET" {
		t.Fatalf("%v %v\n%s", err, variables, text)
	}
	again, err := parseWebhooks(string(text), map[string]string{"CARDEA_APP_SECRET": clear, "CARDEA_KEY": toldEnv["CARDEA_KEY"]})
	if err != nil || again.Webhooks["app"].Secret.Value() != clear {
		t.Errorf("%v\n%s", err, text)
	}
}
