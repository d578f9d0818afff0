package officernd

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// HookScopes lists what the application must be granted beside Scopes before Cardea can register its webhook. They are asked for
// with a token of their own: one that is not granted must not spoil the reading (vendors/officernd.md 1.2).
var HookScopes = []string{
	"flex.settings.webhooks.read", "flex.settings.webhooks.create", "flex.settings.webhooks.update", "flex.settings.webhooks.delete",
}

// hookName marks the webhook that is ours; the vendor gives it no other name.
const hookName = "Cardea"

// hookEvents are those of the records that are kept (vendors/officernd.md 3); of the rest none changes who may pass.
func hookEvents() []string {
	var out []string
	for _, of := range []string{"company", "member", "membership", "booking", "fee"} {
		out = append(out, of+".created", of+".updated", of+".removed")
	}
	return append(out, "pass.created", "pass.updated", "occupancyslot.created", "occupancyslot.removed")
}

// webhook is the vendor's record.
type webhook struct {
	ID      ref      `json:"_id"`
	URL     string   `json:"url"`
	About   string   `json:"description"`
	Events  []string `json:"eventTypes"`
	Secret  string   `json:"secret"`
	Enabled *bool    `json:"isEnabled"` // omitted = enabled
}

func (w webhook) state() cardea.HookState {
	s := cardea.HookState{Ref: string(w.ID), URL: w.URL, On: w.Enabled == nil || *w.Enabled, Secret: w.Secret}
	switch {
	case !s.On:
		s.Why = "it is switched off"
	case !w.sends():
		s.Why = "not every event that matters is sent"
	}
	return s
}

func (w webhook) sends() bool {
	return !slices.ContainsFunc(hookEvents(), func(e string) bool { return !slices.Contains(w.Events, e) })
}

// Install implements space.Hooks.
func (s *System) Install(ctx context.Context, address string) (cardea.HookState, error) {
	all, err := s.webhooks(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	on := true
	want := webhook{URL: address, About: hookName, Events: hookEvents(), Enabled: &on}
	var kept *webhook
	for i := range all {
		w := &all[i]
		switch {
		case !ours(*w):
		case kept == nil && w.URL == address:
			kept = w
		default:
			if err := s.dropWebhook(ctx, w.ID); err != nil {
				return cardea.HookState{}, err
			}
		}
	}
	if kept != nil && kept.state().Why == "" {
		return kept.state(), nil
	}
	call := wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/webhooks", Body: want.body()}
	if kept != nil {
		call.Method, call.Path = http.MethodPut, "/webhooks/"+url.PathEscape(string(kept.ID))
	}
	var raw json.RawMessage
	call.Out = &raw
	if _, err := s.registrar.Do(ctx, call); err != nil {
		return cardea.HookState{}, err
	}
	made, err := oneWebhook(raw)
	if err != nil {
		return cardea.HookState{}, err
	}
	if made.Secret == "" && kept != nil {
		made.Secret = kept.Secret
	}
	return made.state(), nil
}

func (w webhook) body() map[string]any {
	return map[string]any{"url": w.URL, "description": w.About, "eventTypes": w.Events, "isEnabled": true}
}

// oneWebhook reads an answer that is one webhook, or a list of one as the older API gives it (vendors/officernd.md 3).
func oneWebhook(raw json.RawMessage) (webhook, error) {
	var w webhook
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		var list []webhook
		if err := json.Unmarshal(raw, &list); err != nil || len(list) != 1 {
			return w, cardea.Errorf(cardea.Unknown, "OfficeRnD registered a webhook and did not show it: run hooks check")
		}
		return list[0], nil
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.ID == "" {
		return w, cardea.Errorf(cardea.Unknown, "OfficeRnD registered a webhook and did not show it: run hooks check")
	}
	return w, nil
}

// Installed implements space.Hooks.
func (s *System) Installed(ctx context.Context) (cardea.HookState, error) {
	all, err := s.webhooks(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	for _, w := range all {
		if ours(w) {
			return w.state(), nil
		}
	}
	return cardea.HookState{}, cardea.Errorf(cardea.NotFound, "OfficeRnD has no webhook of ours: run hooks install")
}

// Uninstall implements space.Hooks.
func (s *System) Uninstall(ctx context.Context) error {
	all, err := s.webhooks(ctx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if ours(w) {
			if err := s.dropWebhook(ctx, w.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func ours(w webhook) bool { return w.About == hookName }

// webhooks lists them all.
func (s *System) webhooks(ctx context.Context) ([]webhook, error) {
	if s.registrar == nil {
		return nil, cardea.Errorf(cardea.Rejected, "webhooks are registered by the hooks command alone")
	}
	var out []webhook
	cursor := ""
	for range maxPages {
		q := url.Values{}
		if cursor != "" {
			q.Set("$cursorNext", cursor)
		}
		var raw json.RawMessage
		call := wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/webhooks", Query: q, Out: &raw}
		if _, err := s.registrar.Do(ctx, call); err != nil {
			return nil, err
		}
		p, err := decodePage(raw)
		if err != nil {
			return nil, err
		}
		for _, row := range p.rows {
			var w webhook
			if json.Unmarshal(row, &w) == nil && w.ID != "" {
				out = append(out, w)
			}
		}
		if p.cursor == "" || p.cursor == cursor {
			return out, nil
		}
		cursor = p.cursor
	}
	return out, nil
}

func (s *System) dropWebhook(ctx context.Context, id ref) error {
	_, err := s.registrar.Do(ctx, wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: "/webhooks/" + url.PathEscape(string(id))})
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	return err
}
