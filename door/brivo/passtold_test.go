package brivo_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
)

// heard are the types of what others were told, in order.
func (m *memory) heard() string {
	var out []string
	for _, e := range m.told {
		out = append(out, string(e.Type))
	}
	return strings.Join(out, " ")
}

func (m *memory) last(t *testing.T) cardea.PassEvent {
	t.Helper()
	if len(m.told) == 0 {
		t.Fatal("nobody was told anything")
	}
	data, is := m.told[len(m.told)-1].Data.(cardea.PassEvent)
	if !is {
		t.Fatalf("told %+v", m.told)
	}
	return data
}

// TestOthersAreToldOfEachInvitation: with its code where nobody else hands it out, and of its end.
func TestOthersAreToldOfEachInvitation(t *testing.T) {
	t.Parallel()
	for mode, code := range map[brivo.PassMode]string{brivo.PassesBrandedApp: "q7Zt2bLm", brivo.PassesBrivoApp: ""} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			f, m, s := passing(t, mode, brivo.PassesRemove)
			ana := []cardea.Whom{{ID: "rnd/person:1", Name: "Ana Silva", Email: "ana@x.test"}}
			wish := runs
			wish.People = ana
			must(t, settle(t, s, wish))
			must(t, settle(t, s, wish))
			if got := m.last(t); m.heard() != "pass.issued" || got.Code != code || got.Account != "7" || got.Email != "ana@x.test" ||
				!slices.Equal(got.People, ana) || got.Expires != cardea.At(f.now.Add(72*time.Hour)) || m.told[0].At != cardea.At(f.now) {
				t.Fatalf("told %s, %+v", m.heard(), got)
			}
			f.now = f.now.Add(73 * time.Hour)
			must(t, settle(t, s, wish))
			if got := m.last(t); m.heard() != "pass.issued pass.issued" || got.Code != code || got.Expires != cardea.At(f.now.Add(72*time.Hour)) {
				t.Fatalf("told %s, %+v", m.heard(), got)
			}
			wish.Runs = false
			must(t, settle(t, s, wish))
			must(t, settle(t, s, wish))
			if got := m.last(t); m.heard() != "pass.issued pass.issued pass.cancelled" || got.Code != "" || got.Expires != 0 {
				t.Errorf("told %s, %+v", m.heard(), got)
			}
			wish.Runs = true
			must(t, settle(t, s, wish))
			invitation := f.invitations[7][len(f.invitations[7])-1]
			invitation["status"] = "REDEEMED"
			wish.Runs = false
			must(t, settle(t, s, wish))
			if got := m.last(t); m.heard() != "pass.issued pass.issued pass.cancelled pass.issued pass.removed" || got.Code != "" {
				t.Errorf("told %s, %+v", m.heard(), got)
			}
		})
	}
}

// TestNobodyIsToldOfPassesOfOthers: what somebody else issued is theirs to tell of; neither is what was never issued.
func TestNobodyIsToldOfPassesOfOthers(t *testing.T) {
	t.Parallel()
	f, m, s := passing(t, brivo.PassesBrandedApp, brivo.PassesRemove)
	f.invitations[7] = []row{{
		"id": 3, "credentialId": 4, "accessCode": "theirs77", "status": "PENDING", "created": f.now.Add(-time.Hour).Format(time.RFC3339),
		"expiration": f.now.Add(time.Hour).Format(time.RFC3339),
	}}
	must(t, settle(t, s, runs))
	f.now = f.now.Add(2 * time.Hour)
	must(t, settle(t, s, runs))
	must(t, settle(t, s, ended))
	f.invitations[7] = nil
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return nil, errors.New("cut short")
		}
		return nil, nil
	}
	if err := settle(t, s, runs); err == nil {
		t.Error("nobody was told")
	}
	f.before = nil
	must(t, settle(t, s, ended)) // it was meant to be made, and never was
	if m.heard() != "" {
		t.Errorf("told %s", m.heard())
	}
}

// TestAnInvitationIsToldOfOnceWhereverItIsCutShort: by whoever comes to know of it, in the step in which that is kept.
func TestAnInvitationIsToldOfOnceWhereverItIsCutShort(t *testing.T) {
	t.Parallel()
	broken := errors.New("cut short")
	for name, cut := range map[string]func(f *fake, m *memory){
		"before the answer": func(f *fake, _ *memory) {
			f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
				if r.Method == http.MethodPost {
					return nil, broken
				}
				return resp, nil
			}
		},
		"before the answer is kept": func(_ *fake, m *memory) {
			m.fail = func(body string) error {
				var n struct{ Ref int }
				if json.Unmarshal([]byte(body), &n) == nil && n.Ref != 0 {
					return broken
				}
				return nil
			}
		},
		"after a call": func(_ *fake, _ *memory) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, m, s := passing(t, brivo.PassesBrandedApp, "")
			cut(f, m)
			if err := settle(t, s, runs); err == nil != (name == "after a call") {
				t.Fatal(err)
			}
			f.after, m.fail = nil, nil
			f.now = f.now.Add(time.Minute)
			other := f.system(func(c *brivo.Config) { c.Passes, c.Memory = brivo.PassesBrandedApp, m })
			for range 3 {
				must(t, settle(t, other, runs))
			}
			if m.heard() != "pass.issued" || m.last(t).Code != "q7Zt2bLm" {
				t.Errorf("told %s, %+v", m.heard(), m.told)
			}
			// The end is cut short between Brivo and us: whoever comes next tells of it, once.
			f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
				if r.Method == http.MethodDelete {
					return nil, broken
				}
				return resp, nil
			}
			if err := settle(t, other, ended); err == nil || m.heard() != "pass.issued" {
				t.Fatalf("%v, told %s", err, m.heard())
			}
			f.after = nil
			for range 2 {
				must(t, settle(t, other, ended))
			}
			if m.heard() != "pass.issued pass.cancelled" {
				t.Errorf("told %s", m.heard())
			}
		})
	}
}
