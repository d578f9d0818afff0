package kisi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// fixedSum signs {} with the key hush.
const fixedSum = "505c20ac604f662945b662a1f13a9ca2f03bf0b1986f505d5aef48e10da8c918"

var hookNoon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hookSystem is a connection that asks nobody.
func hookSystem(tb testing.TB, secrets ...string) *System {
	tb.Helper()
	now := func() time.Time { return hookNoon }
	client, err := wire.New(wire.Config{Name: "kisi", Base: "http://kisi.test", Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := New(Config{Client: client, Now: now, HookSecrets: func(context.Context) ([]string, error) { return secrets, nil }})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func signedAs(body, key, prefix string) http.Header {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	h := http.Header{}
	h.Set("X-Signature", prefix+hex.EncodeToString(mac.Sum(nil)))
	return h
}

func flat(kind, object string, id any) string {
	return fmt.Sprintf(`{"uuid":"u-1","type":%q,"object_type":%q,"object_id":%v,"created_at":"2026-11-23T11:59:00.000Z"}`, kind, object, id)
}

func TestHookNamesWhatToLookAt(t *testing.T) {
	t.Parallel()
	key := func(kind cardea.Kind, id string) []cardea.Key { return []cardea.Key{{Kind: kind, ID: id}} }
	for _, c := range []struct {
		body string
		want []cardea.Key
	}{
		{flat("user.update", "User", 42), key(cardea.KindAccount, "42")},
		{flat("user.destroy", "User", `"42"`), key(cardea.KindAccount, "42")},
		{flat("role_assignment.create", "RoleAssignment", 7), key(cardea.KindEdge, "+7")},
		{flat("role_assignment.destroy", "RoleAssignment", 7), key(cardea.KindEdge, "7")},
		{flat("share.create", "Share", 7), key(cardea.KindGroup, "")},
		{flat("lock.unlock", "Lock", 7), nil},
		{flat("user.update", "User", `{"a":1}`), nil},
		{flat("user.update", "User", `null`), nil},
	} {
		got, err := hookSystem(t, "hush").Verify(t.Context(), signedAs(c.body, "hush", "sha256="), []byte(c.body))
		if err != nil || !slices.Equal(got.Keys, c.want) || got.Event != "u-1" {
			t.Errorf("%s: %+v, %v", c.body, got, err)
		}
	}
	off := flat("integration.disable_due_to_error", "Integration", 1)
	if got, err := hookSystem(t, "hush").Verify(t.Context(), signedAs(off, "hush", ""), []byte(off)); err != nil || got.Off == "" {
		t.Errorf("switched off: %+v, %v", got, err)
	}
}

func TestHookSignatureHasTwoForms(t *testing.T) {
	t.Parallel()
	body := flat("user.update", "User", 42)
	// Worked out apart from this code: printf '%s' '{}' | openssl dgst -sha256 -hmac hush
	fixed := http.Header{"X-Signature": {"sha256=" + fixedSum}}
	if _, err := hookSystem(t, "hush").Verify(t.Context(), fixed, []byte(`{}`)); err != nil {
		t.Errorf("the fixed example: %v", err)
	}
	upper := signedAs(body, "hush", "")
	upper.Set("X-Signature", strings.ToUpper(upper.Get("X-Signature")))
	two := signedAs(body, "hush", "")
	two.Add("X-Signature", two.Get("X-Signature"))
	for name, c := range map[string]struct {
		h    http.Header
		body string
		ok   bool
	}{
		"prefixed": {signedAs(body, "hush", "sha256="), body, true}, "bare": {signedAs(body, "hush", ""), body, true},
		"upper case": {upper, body, true}, "the secret before": {signedAs(body, "before", ""), body, true},
		"another key": {signedAs(body, "other", ""), body, false}, "another prefix": {signedAs(body, "hush", "sha1="), body, false},
		"another body": {signedAs(body, "hush", ""), body + " ", false}, "truncated": {signedAs(body, "hush", ""), body[:20], false},
		"no header": {http.Header{}, body, false}, "two headers": {two, body, false}, "an empty key": {signedAs(body, "", ""), body, false},
		"a short digest": {http.Header{"X-Signature": {"00"}}, body, false},
	} {
		got, err := hookSystem(t, "hush", "before").Verify(t.Context(), c.h, []byte(c.body))
		if c.ok != (err == nil) || !c.ok && (cardea.ClassOf(err) != cardea.Auth || got.Keys != nil) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestHookWithoutASecretIsNotBelieved(t *testing.T) {
	t.Parallel()
	if _, err := hookSystem(t).Verify(t.Context(), signedAs("{}", "", ""), []byte("{}")); cardea.ClassOf(err) != cardea.Auth {
		t.Error(err)
	}
	broken := hookSystem(t)
	broken.hooks.secrets = func(context.Context) ([]string, error) { return nil, cardea.Errorf(cardea.Retry, "no database") }
	if _, err := broken.Verify(t.Context(), signedAs("{}", "", ""), []byte("{}")); cardea.ClassOf(err) != cardea.Retry {
		t.Error(err)
	}
}

func TestOldEventIsNotBelieved(t *testing.T) {
	t.Parallel()
	body := strings.Replace(flat("user.update", "User", 42), "2026-11-23", "2026-11-20", 1)
	if _, err := hookSystem(t, "hush").Verify(t.Context(), signedAs(body, "hush", ""), []byte(body)); cardea.ClassOf(err) != cardea.Auth {
		t.Error(err)
	}
}

func FuzzHook(f *testing.F) {
	f.Add("sha256=00", []byte(`{}`), false)
	f.Add("", []byte(flat("user.update", "User", 42)), true)
	f.Add("", []byte(`{"uuid":1}`), true)
	f.Fuzz(func(t *testing.T, header string, body []byte, sign bool) {
		h := http.Header{"X-Signature": {header}}
		if sign {
			h = signedAs(string(body), "hush", "")
		}
		got, err := hookSystem(t, "hush").Verify(t.Context(), h, body)
		if !sign && err == nil {
			t.Errorf("believed %q", header)
		}
		if err != nil && got.Keys != nil {
			t.Errorf("refused, and yet %v", got)
		}
		var e *cardea.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("an error of no class: %v", err)
		}
		for _, k := range got.Keys {
			if k.Kind != cardea.KindGroup && strings.Trim(k.ID, "+0123456789") != "" {
				t.Errorf("%s is no id of Kisi's", k)
			}
		}
	})
}
