package officernd

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

const hookURL = "https://cardea.test/hooks/rnd"

func hookRow(n int, about, url string, more string) string {
	return row(n, fmt.Sprintf(`,"description":%q,"url":%q,"secret":"secret-%d"%s`, about, url, n, more))
}

func everyEvent() string { return `,"eventTypes":["` + strings.Join(hookEvents(), `","`) + `"]` }

// registered is a vendor with webhooks whose registrar may be used; sent notes what was written.
func registered(t *testing.T, answer func(method string) (int, string), rows ...string) (*System, *vendor, *[]string) {
	t.Helper()
	v, sent := newVendor(t).empty(), &[]string{}
	v.route["/webhooks"] = func(r *http.Request) (int, string) {
		if r.Method == http.MethodGet {
			v.size = 1
			return v.list("/webhooks", rows, r.URL.Query())
		}
		*sent = append(*sent, r.Method)
		return answer(r.Method)
	}
	for n := range 9 {
		v.route["/webhooks/"+id(n)] = func(r *http.Request) (int, string) {
			*sent = append(*sent, fmt.Sprintf("%s %d", r.Method, n))
			return answer(r.Method)
		}
	}
	s := v.system()
	s.registrar = s.client
	return s, v, sent
}

func TestWebhookAnswersOfBothVersionsAreRead(t *testing.T) {
	t.Parallel()
	made := hookRow(1, hookName, hookURL, everyEvent())
	for name, body := range map[string]string{"one object, as v2": made, "a list of one, as v1": "[" + made + "]"} {
		s, _, sent := registered(t, func(string) (int, string) { return http.StatusCreated, body })
		st, err := s.Install(t.Context(), hookURL)
		if err != nil || !st.On || st.Secret != "secret-1" || st.Ref != id(1) || !slices.Equal(*sent, []string{"POST"}) {
			t.Errorf("%s: %+v, %v, sent %v", name, st, err, *sent)
		}
	}
	for name, body := range map[string]string{"nothing": ``, "an empty list": `[]`, "two": "[" + made + "," + made + "]", "no id": `{"url":"x"}`} {
		s, _, _ := registered(t, func(string) (int, string) { return http.StatusCreated, body })
		if st, err := s.Install(t.Context(), hookURL); err == nil {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

func TestOnlyOurWebhooksAreTouchedAndThoseByPut(t *testing.T) {
	t.Parallel()
	foreign := hookRow(1, "Door bell", hookURL, everyEvent())
	off := hookRow(2, hookName, hookURL, everyEvent()+`,"isEnabled":false`)
	// PUT shows no secret: the one of the listing is kept.
	s, _, sent := registered(t, func(string) (int, string) {
		return http.StatusOK, row(2, `,"url":"`+hookURL+`","isEnabled":true`+everyEvent())
	}, foreign, off, hookRow(3, hookName, "https://old.test/hooks/rnd", everyEvent()))
	st, err := s.Install(t.Context(), hookURL)
	if err != nil || !st.On || st.Secret != "secret-2" || !slices.Equal(*sent, []string{"DELETE 3", "PUT 2"}) {
		t.Errorf("%+v, %v, sent %v", st, err, *sent)
	}
}

func TestAWebhookIsOnUnlessItSaysOtherwise(t *testing.T) {
	t.Parallel()
	for more, why := range map[string]string{
		everyEvent():                        "",
		everyEvent() + `,"isEnabled":true`:  "",
		everyEvent() + `,"isEnabled":false`: "it is switched off",
		`,"eventTypes":["member.updated"]`:  "not every event that matters is sent",
	} {
		// Ours is on the second page.
		s, _, sent := registered(t, nil, hookRow(1, "Door bell", "https://x.test", ""), hookRow(2, hookName, hookURL, more))
		st, err := s.Installed(t.Context())
		if err != nil || st.Why != why || st.Ref != id(2) || len(*sent) != 0 {
			t.Errorf("%s: %+v, %v", more, st, err)
		}
	}
}

func TestAWebhookThatIsGoneAlreadyIsRemoved(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]cardea.Class{http.StatusOK: "", http.StatusNotFound: "", http.StatusBadRequest: cardea.Rejected} {
		body := `{"statusCode":404,"message":"Item with Id (` + id(2) + `)"}`
		s, _, sent := registered(t, func(string) (int, string) { return status, body }, hookRow(2, hookName, hookURL, everyEvent()))
		if err := s.Uninstall(t.Context()); cardea.ClassOf(err) != want || !slices.Equal(*sent, []string{"DELETE 2"}) {
			t.Errorf("%d: %v, sent %v", status, err, *sent)
		}
	}
}

func TestWebhooksAreRegisteredWithATokenOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, s := range HookScopes {
		if slices.Contains(Scopes, s) {
			t.Errorf("%s is asked for with the reading's token, which it would spoil where it is not granted", s)
		}
	}
	s := newVendor(t).system()
	if _, err := s.Install(t.Context(), hookURL); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("without a registrar: %v", err)
	}
}

func TestOnlyEventsThatExistAreAskedFor(t *testing.T) {
	t.Parallel()
	got := hookEvents()
	for _, want := range []string{"membership.removed", "booking.updated", "member.removed", "pass.updated", "occupancyslot.removed"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not asked for", want)
		}
	}
	for _, none := range []string{"pass.removed", "occupancyslot.updated", "assignment.created", "visitor.created", "checkin.created"} {
		if slices.Contains(got, none) {
			t.Errorf("there is no %s", none)
		}
	}
	if kinds := newVendor(t).system().Announces(); slices.Contains(kinds, cardea.KindAssignment) || slices.Contains(kinds, cardea.KindVisitor) {
		t.Errorf("what no event tells of is said to be announced: %v", kinds)
	}
}
