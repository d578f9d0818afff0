package brivo_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func came(path string) http.Header { return http.Header{cardea.HookPath: {path}} }

func TestOnlyTheSecretAddressIsBelieved(t *testing.T) {
	t.Parallel()
	s := newFake(t).system()
	body := []byte(`{"uuid":"u-1","occurred":"2026-11-20T08:59:00Z","eventObject":{"id":30210455,"objectType":"USER"}}`)
	for _, path := range []string{"", hookPass, "secret=", "secret=" + strings.ToUpper(hookPass), "secret=" + hookPass + "/x"} {
		if _, err := s.Verify(t.Context(), came(path), body); cardea.ClassOf(err) != cardea.Auth {
			t.Errorf("%q: %v", path, err)
		}
	}
	hint, err := s.Verify(t.Context(), came("secret="+hookPass), body)
	if err != nil || hint.Event != "u-1" || !slices.Equal(hint.Keys, []cardea.Key{{Kind: cardea.KindAccount, ID: "30210455"}}) {
		t.Errorf("%+v, %v", hint, err)
	}
	if _, err := s.Verify(t.Context(), came("secret="+hookPass), []byte(`[]`)); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("a body that is no event: %v", err)
	}
	old := []byte(`{"uuid":"u-1","occurred":"2026-11-01T08:59:00.123Z"}`)
	if _, err := s.Verify(t.Context(), came("secret="+hookPass), old); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("an event of three weeks ago: %v", err)
	}
}

func TestEventsNameWhatToLookAtAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newFake(t).system()
	for _, c := range []struct {
		body string
		want []cardea.Key
	}{
		{`{"eventObject":{"id":5,"objectType":"GROUP"}}`, []cardea.Key{{Kind: cardea.KindGroup, ID: "5"}}},
		{`{"securityAction":{"securityActionId":4001},"eventObject":{"id":7,"objectType":"USER"},"eventData":{"userGroupObjectId":5}}`,
			[]cardea.Key{{Kind: cardea.KindAccount, ID: "7"}, {Kind: cardea.KindGroup, ID: "5"}}},
		{`{"objectType":"ACCESS_POINT","securityAction":{"securityActionId":2004},"actor":{"id":7},"eventObject":{"id":9,"name":"Lobby"}}`, nil},
		{`{"eventObject":{"id":0,"objectType":"USER"},"eventData":{"credentials":[]}}`, nil},
		{`{}`, nil},
	} {
		hint, err := s.Verify(t.Context(), came("secret="+hookPass), []byte(c.body))
		if err != nil || !slices.Equal(hint.Keys, c.want) {
			t.Errorf("%s: %v, %v", c.body, hint.Keys, err)
		}
	}
}

func TestInstallMakesOneSubscriptionAndTakesTheOldAway(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.subscriptions = []row{{"id": 1, "name": "Theirs", "url": "https://else.test/x", "criteria": []row{}}}
	s := f.system()
	const url = "https://cardea.test/hooks/brivo"
	if _, err := s.Installed(t.Context()); cardea.ClassOf(err) != cardea.NotFound {
		t.Errorf("got %v", err)
	}
	for range 2 {
		st, err := s.Install(t.Context(), url, hookPass)
		if err != nil || st.URL != url || st.Secret != hookPass || !st.On || st.Why != "" {
			t.Errorf("%+v, %v", st, err)
		}
	}
	if len(f.subscriptions) != 2 || f.subscriptions[1]["url"] != url+"/secret="+hookPass || f.subscriptions[1]["errorEmail"] != "admin@x.test" {
		t.Errorf("registered: %v", f.subscriptions)
	}
	if got := fmt.Sprint(f.subscriptions[1]["criteria"]); !strings.Contains(got, "AUDIT") {
		t.Errorf("subscribed to %s", got)
	}
	st, err := s.Installed(t.Context())
	if err != nil || st.URL != url || strings.Contains(fmt.Sprintf("%+v", st), hookPass) {
		t.Errorf("%+v, %v", st, err)
	}
	for range 2 {
		if err := s.Uninstall(t.Context()); err != nil || len(f.subscriptions) != 1 {
			t.Errorf("left %v, %v", f.subscriptions, err)
		}
	}
}
