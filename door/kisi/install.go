package kisi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// hookName marks the webhook that is ours.
const hookName = "Cardea"

// hookEvents are those that Verify understands; whether an empty list means all is not known (vendors/kisi.md 2.10).
func hookEvents() []string {
	var out []string
	for _, of := range []string{"user", "role_assignment", "member", "share", "group"} {
		out = append(out, of+".create", of+".update", of+".destroy")
	}
	return append(out, "team_membership.create", "team_membership.destroy", "integration.warn_due_to_error",
		"integration.disable_due_to_error")
}

// integration is the vendor's record of a webhook.
type integration struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	URL     string   `json:"url"`
	Enabled bool     `json:"enabled"`
	Broken  bool     `json:"disabled_due_to_error"`
	Events  []string `json:"enabled_events"`
}

func (i integration) ours() bool { return i.Type == "event_webhook" && i.Name == hookName }

func (i integration) state() cardea.HookState {
	s := cardea.HookState{Ref: number(i.ID), URL: i.URL, On: i.Enabled && !i.Broken}
	switch {
	case i.Broken:
		s.Why = "Kisi switched it off because the address did not answer"
	case !i.Enabled:
		s.Why = "it is switched off"
	case slices.ContainsFunc(hookEvents(), func(e string) bool { return !slices.Contains(i.Events, e) }):
		s.Why = "not every event that matters is sent"
	}
	return s
}

// Install implements door.Hooks. The vendor never shows the signing key again, and what it does with a change of a webhook is not
// documented, so that a webhook is always made anew and the old one taken away after it: no event falls between.
func (s *System) Install(ctx context.Context, address, secret string) (cardea.HookState, error) {
	before, err := s.webhooks(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	var made integration
	body := map[string]any{"integration": map[string]any{
		"type": "event_webhook", "name": hookName, "url": address, "enabled": true, "enabled_events": hookEvents(), "signature_key": secret,
	}}
	if _, err := s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/integrations", Body: body, Out: &made,
	}); err != nil {
		return cardea.HookState{}, err
	}
	for _, old := range before {
		if err := s.dropWebhook(ctx, old.ID); err != nil {
			return cardea.HookState{}, err
		}
	}
	return made.state(), nil
}

// Installed implements door.Hooks.
func (s *System) Installed(ctx context.Context) (cardea.HookState, error) {
	all, err := s.webhooks(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	if len(all) == 0 {
		return cardea.HookState{}, cardea.Errorf(cardea.NotFound, "Kisi has no webhook of ours: run hooks install")
	}
	return all[0].state(), nil
}

// Uninstall implements door.Hooks.
func (s *System) Uninstall(ctx context.Context) error {
	all, err := s.webhooks(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		if err := s.dropWebhook(ctx, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// webhooks lists those that are ours. The listing has no count that is needed: it goes on while pages are full.
func (s *System) webhooks(ctx context.Context) ([]integration, error) {
	const page = 100
	var out []integration
	for offset := 0; ; offset += page {
		var raw []json.RawMessage
		q := url.Values{"limit": {strconv.Itoa(page)}, "offset": {strconv.Itoa(offset)}}
		call := wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/integrations", Query: q, Out: &raw}
		if _, err := s.client.Do(ctx, call); err != nil {
			return nil, err
		}
		for _, row := range raw {
			var i integration
			if json.Unmarshal(row, &i) == nil && i.ID > 0 && i.ours() {
				out = append(out, i)
			}
		}
		if len(raw) < page {
			return out, nil
		}
	}
}

func (s *System) dropWebhook(ctx context.Context, id int64) error {
	_, err := s.client.Do(ctx, wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: "/integrations/" + number(id)})
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	return err
}
