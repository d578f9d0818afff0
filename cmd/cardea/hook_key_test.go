package main

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// TestHooksAreInstalledAgainAfterTheKeyWasLost: what the lost key sealed stands in nobody's way.
func TestHooksAreInstalledAgainAfterTheKeyWasLost(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		install := func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
			return d.InstallHooks(ctx, "kisi", "https://cardea.example.test", "olga")
		}
		for range 2 { // the second time there is a secret of before
			if text, code := r.hooksCLI("kisi", false, install); code != 0 {
				t.Fatalf("exit %d, %q", code, text)
			}
		}
		r.shut()
		r.set.file.Key = strings.Repeat("b7", 32)
		r.open()
		secrets := wiring{hooks: r.app.store.In("default")}.secretsOf("kisi")
		if known, err := secrets(t.Context()); cardea.ClassOf(err) != cardea.Retry || len(known) != 0 {
			t.Errorf("with another key %d secrets open, %v", len(known), err)
		}
		if text, code := r.hooksCLI("kisi", false, install); code != 0 || !strings.Contains(text, "registered and on") {
			t.Errorf("installed again: exit %d, %q", code, text)
		}
		if known, err := secrets(t.Context()); err != nil || len(known) == 0 {
			t.Errorf("after that %d secrets open, %v", len(known), err)
		}
	})
}
