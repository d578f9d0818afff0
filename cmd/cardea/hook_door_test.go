package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// told says whether somebody is told of something by an issue of this code.
func (r *rig) told(code string) bool {
	r.t.Helper()
	list, err := r.app.desk.Inbox(r.t.Context(), "", false)
	if err != nil {
		r.t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(i desk.InboxIssue) bool { return i.Code == code })
}

// TestSilentHooksOfADoorAreAnIssue loses the door system's hooks while somebody takes entries away there.
func TestSilentHooksOfADoorAreAnIssue(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("kisi")
		stop := r.serving()
		defer stop()
		time.Sleep(40 * time.Minute)
		r.hooks.deaf = true
		time.Sleep(2 * time.Hour) // nothing changes, so that nothing is missed
		if r.told("hooks-silent") || standing(t, r, "kisi").Missed != 0 {
			t.Errorf("missed of nothing: %+v", standing(t, r, "kisi"))
		}
		for i := range 3 {
			if r.told("hooks-silent") {
				t.Errorf("silent after %d listings", i)
			}
			r.dropEdge("General access", "ana@x.test")
			time.Sleep(31 * time.Minute)
			if !r.in("General access", "ana") {
				t.Fatal("no listing found that Ana's entry is gone")
			}
		}
		if !r.told("hooks-silent") {
			t.Errorf("nobody was told that hooks are silent: %+v", standing(t, r, "kisi"))
		}
		r.hooks.deaf = false
		r.dropEdge("General access", "ana@x.test")
		time.Sleep(31 * time.Minute)
		if r.told("hooks-silent") {
			t.Error("hooks came again and the issue stands")
		}
	})
}

// TestAHookOfADoorThatWasSwitchedOffIsAnIssue has the vendor switch the webhook off, which it cannot say by that webhook.
func TestAHookOfADoorThatWasSwitchedOffIsAnIssue(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("kisi")
		stop := r.serving()
		defer stop()
		time.Sleep(40 * time.Minute)
		if r.told("hooks-off") {
			t.Error("hooks that are on are told to be off")
		}
		var rows []struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(r.atKisi(http.MethodGet, "integrations", ""), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("registered at Kisi: %v, %v", rows, err)
		}
		at := fmt.Sprintf("integrations/%d", rows[0].ID)
		r.atKisi(http.MethodPatch, at, `{"integration": {"enabled": false}}`)
		time.Sleep(31 * time.Minute)
		if !r.told("hooks-off") {
			t.Error("nobody was told that the webhook is off")
		}
		r.atKisi(http.MethodPatch, at, `{"integration": {"enabled": true}}`)
		time.Sleep(31 * time.Minute)
		if r.told("hooks-off") {
			t.Error("it is on again and the issue stands")
		}
		r.atKisi(http.MethodDelete, at, "")
		time.Sleep(31 * time.Minute)
		if !r.told("hooks-off") {
			t.Error("nobody was told that the webhook is gone")
		}
	})
}

// TestHooksOfOneConnectionNeedNoOther installs and removes hooks while the other side was never reached.
func TestHooksOfOneConnectionNeedNoOther(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		r.fault("officernd", sandbox.Fault{Path: "*", Status: 503})
		count := r.counting()
		install := func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
			return d.InstallHooks(ctx, "kisi", "https://cardea.example.test", "olga")
		}
		if text, code := r.hooksCLI("kisi", false, install); code != 0 || !strings.Contains(text, "registered and on") {
			t.Errorf("installed: exit %d, %q", code, text)
		}
		remove := func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
			return d.RemoveHooks(ctx, "kisi", "olga")
		}
		if text, code := r.hooksCLI("kisi", false, remove, "removed"); code != 0 || !strings.Contains(text, "nothing is registered any more") {
			t.Errorf("removed: exit %d, %q", code, text)
		}
		if asked := count.since(0, "officernd"); len(asked) > 0 {
			t.Errorf("the other connection was asked: %v", asked)
		}
	})
}
