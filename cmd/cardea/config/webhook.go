package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/notify"
)

// Webhook is somebody who is told of events.
type Webhook struct {
	URL    Name   `yaml:"url"`
	Secret Secret `yaml:"secret"`
	Events []Name `yaml:"events"`

	Line int `yaml:"-"`
}

// webhooks checks who is told of what.
func (f *File) webhooks(p *problems, getenv func(string) string) {
	known := []string{}
	for _, t := range cardea.EventTypes() {
		known = append(known, string(t))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Webhooks)) {
		w := f.Webhooks[name]
		if w == nil {
			p.add(0, "webhook %q is empty: give it a url, a secret and events", name)
			continue
		}
		if w.URL.Text == "" {
			p.add(w.Line, "webhook %q has no url: write where it is, as https://app.example.com/cardea", name)
		} else if _, err := notify.Address(w.URL.Text); err != nil {
			p.add(w.URL.Line, "webhook %q: %v", name, err)
		}
		if err := w.Secret.resolve(filepath.Dir(f.Path), getenv); err != nil {
			p.add(w.Secret.Line, "webhook %q: %v", name, err)
		} else if w.Secret.value == "" {
			p.add(w.Line, "webhook %q has no secret: what it is told is signed with one; make one with: openssl rand -base64 32", name)
		} else if _, err := notify.Key(w.Secret.value); err != nil {
			p.add(w.Secret.Line, "webhook %q: %v", name, err)
		}
		if len(w.Events) == 0 {
			p.add(w.Line, "webhook %q is told of nothing: list events, of %s", name, strings.Join(known, ", "))
		}
		for _, e := range w.Events {
			if !slices.Contains(known, e.Text) {
				p.add(e.Line, "webhook %q: there is no event %q, only %s%s", name, e.Text, strings.Join(known, ", "),
					desk.Nearest(e.Text, known))
			}
		}
		if f.Key == "" {
			p.add(w.Line, "webhook %q: what is to be told is kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32", name)
		}
	}
}

// EventTypes are those that the webhook is told of.
func (w *Webhook) EventTypes() []cardea.EventType {
	out := make([]cardea.EventType, len(w.Events))
	for i, e := range w.Events {
		out[i] = cardea.EventType(e.Text)
	}
	return out
}

// hideSecret puts a reference in the place of a secret that stands in clear, and names its variable.
func (w *Webhook) hideSecret(name string, n *yaml.Node) []string {
	secret := child(n, "secret")
	if w == nil || secret == nil || secret.Kind != yaml.ScalarNode || secret.Value == "" {
		return nil
	}
	variable := variableOf(name, "secret")
	ref := mapping("env", scalar(variable))
	ref.Style = yaml.FlowStyle
	put(n, "secret", ref)
	return []string{variable}
}
