package brivo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/brivo"
)

const invitations = "/users/7/credentials/digital-invitations"

// passing is a System that issues passes, on a Brivo with one user.
func passing(t *testing.T, mode brivo.PassMode, after brivo.PassAfter) (*fake, *memory, *brivo.System) {
	t.Helper()
	f, m := newFake(t), &memory{kept: map[string]cardea.Kept{}}
	f.user(7, "ana@x.test", "Ana", "Silva")
	s := f.system(func(c *brivo.Config) { c.Passes, c.PassesAfter, c.Memory = mode, after, m })
	return f, m, s
}

var (
	runs  = door.PassWish{Account: "7", Email: "ana@x.test", Runs: true}
	soon  = door.PassWish{Account: "7", Email: "ana@x.test", Soon: true}
	ended = door.PassWish{Account: "7", Email: "ana@x.test"}
)

func settle(t *testing.T, s *brivo.System, w door.PassWish) error {
	t.Helper()
	return s.SettlePasses(t.Context(), []door.PassWish{w})[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, s *brivo.System) string {
	t.Helper()
	issued, _, err := s.Passes(t.Context())
	must(t, err)
	var out []string
	for _, p := range issued {
		out = append(out, string(p.State))
	}
	return strings.Join(out, " ")
}

func (f *fake) invited() (n int) { return count(f.calls, "POST "+invitations) }

func TestInvitesOnceAtTheFirstGrant(t *testing.T) {
	t.Parallel()
	for mode, mailed := range map[brivo.PassMode]string{brivo.PassesBrivoApp: "true", brivo.PassesBrandedApp: "false"} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			f, m, s := passing(t, mode, "")
			must(t, settle(t, s, soon))
			if f.invited() != 0 {
				t.Error("invited before the access began")
			}
			for range 3 {
				must(t, settle(t, s, runs))
			}
			if f.invited() != 1 || f.invitations[7][0]["mailed"] != mailed || f.invitations[7][0]["referenceId"] != "ana@x.test" {
				t.Errorf("%d invitations: %v", f.invited(), f.invitations[7])
			}
			code, err := s.PassCode(t.Context(), "7")
			if err != nil || code != "q7Zt2bLm" {
				t.Errorf("the code is %q, %v", code, err)
			}
			for _, k := range m.kept {
				if strings.Contains(k.Body, "q7Zt2bLm") || k.Secret != "q7Zt2bLm" {
					t.Error("the code is kept in clear")
				}
			}
		})
	}
}

func TestAnExpiredInvitationIsSentAgainOnlyWhenAGrantIsNear(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	must(t, settle(t, s, runs))
	f.now = f.now.Add(71 * time.Hour)
	must(t, settle(t, s, runs))
	if f.invited() != 1 {
		t.Fatal("sent again before it expired")
	}
	f.now = f.now.Add(2 * time.Hour)
	must(t, settle(t, s, soon))
	if f.invited() != 2 {
		t.Fatalf("sent %d times", f.invited())
	}
	must(t, settle(t, s, runs))
	f.now = f.now.Add(73 * time.Hour)
	must(t, settle(t, s, ended))
	if f.invited() != 2 || states(t, s) != "" {
		t.Errorf("sent %d times, left %q", f.invited(), states(t, s))
	}
}

func TestAnExpiredInvitationThatStillBlocksIsCancelledFirst(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	must(t, settle(t, s, runs))
	f.now = f.now.Add(80 * time.Hour)
	refusals := 0
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && refusals == 0 {
			refusals++
			f.invitations[7][0]["status"], f.invitations[7][0]["expiration"] = "PENDING", f.now.Add(-time.Hour).Format(time.RFC3339)
			return said(409, row{"code": 409, "message": "pending"}), nil
		}
		return nil, nil
	}
	must(t, settle(t, s, runs))
	if n := len(f.invitations[7]); n != 2 || count(f.calls, "DELETE "+invitations) != 2 { // before it, and when it blocks all the same
		t.Errorf("%d invitations after %v", n, f.calls)
	}
}

func TestAPendingInvitationIsCancelledAtTheEnd(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	must(t, settle(t, s, runs))
	must(t, settle(t, s, ended))
	if f.invitations[7][0]["status"] != "CANCELLED" || states(t, s) != "" {
		t.Errorf("%v, left %q", f.invitations[7], states(t, s))
	}
	n := len(f.calls)
	must(t, settle(t, s, ended))
	if len(f.calls) != n {
		t.Errorf("what is over costs calls: %v", f.calls[n:])
	}
}

func TestARedeemedPassStaysUnlessItIsToGo(t *testing.T) {
	t.Parallel()
	for after, gone := range map[brivo.PassAfter]int{brivo.PassesKeep: 0, brivo.PassesRemove: 1} {
		for _, seen := range []bool{true, false} { // whether a run saw that it was redeemed
			f, _, s := passing(t, brivo.PassesBrivoApp, after)
			must(t, settle(t, s, runs))
			f.invitations[7][0]["status"] = "REDEEMED"
			if seen {
				f.now = f.now.Add(80 * time.Hour)
				must(t, settle(t, s, runs))
				if states(t, s) != string(door.PassRedeemed) || f.invited() != 1 {
					t.Fatalf("%q after %d invitations", states(t, s), f.invited())
				}
			}
			must(t, settle(t, s, ended))
			credential := fmt.Sprint("DELETE /users/7/credentials/", f.invitations[7][0]["credentialId"])
			if n := count(f.calls, credential); n != gone || count(f.calls, "DELETE "+invitations) != 0 {
				t.Errorf("%s, seen %v: %v", after, seen, f.calls)
			}
			must(t, settle(t, s, runs))
			if f.invited() != 1 {
				t.Errorf("%s: %d invitations for somebody whose pass is redeemed", after, f.invited())
			}
		}
	}
}

func TestPassesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"PENDING", "REDEEMED"} {
		f, _, s := passing(t, brivo.PassesBrivoApp, brivo.PassesRemove)
		f.invitations[7] = []row{{
			"id": 3, "credentialId": 4, "accessCode": "theirs77", "status": status, "created": f.now.Add(-time.Hour).Format(time.RFC3339),
			"expiration": f.now.Add(time.Hour).Format(time.RFC3339),
		}}
		must(t, settle(t, s, runs))
		f.now = f.now.Add(2 * time.Hour)
		must(t, settle(t, s, runs))
		must(t, settle(t, s, ended))
		if len(f.writes()) != 0 {
			t.Errorf("%s: %v", status, f.writes())
		}
		if code, err := s.PassCode(t.Context(), "7"); err == nil {
			t.Errorf("the code %q of somebody else's invitation is given out", code)
		}
	}
}

// TestAnInvitationGoesOutOnceWhereverItIsCutShort plays each place at which a process can end, and lets another one go on.
func TestAnInvitationGoesOutOnceWhereverItIsCutShort(t *testing.T) {
	t.Parallel()
	broken := errors.New("cut short")
	for name, cut := range map[string]func(f *fake, m *memory){
		"before the intent is kept": func(_ *fake, m *memory) { m.fail = func(string) error { return broken } },
		"before the request": func(f *fake, _ *memory) {
			f.before = func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost {
					return nil, broken
				}
				return nil, nil
			}
		},
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
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, m, s := passing(t, brivo.PassesBrivoApp, "")
			cut(f, m)
			if err := settle(t, s, runs); err == nil {
				t.Fatal("nobody was told")
			}
			f.before, f.after, m.fail = nil, nil, nil
			f.now = f.now.Add(time.Minute)
			other := f.system(func(c *brivo.Config) { c.Passes, c.Memory = brivo.PassesBrivoApp, m })
			for range 2 {
				must(t, settle(t, other, runs))
			}
			if n := len(f.invitations[7]); n != 1 || states(t, other) != string(door.PassPending) {
				t.Errorf("%d invitations went out, %q", n, states(t, other))
			}
			must(t, settle(t, other, ended))
			if f.invitations[7][0]["status"] != "CANCELLED" {
				t.Errorf("it was taken for somebody else's: %v", f.invitations[7])
			}
		})
	}
}

func TestARefusedInvitationIsNotAskedForWithEveryRun(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return said(412, row{"code": 412, "message": "no passes left"}), nil
		}
		return nil, nil
	}
	for range 5 {
		if err := settle(t, s, runs); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "no passes left") {
			t.Errorf("got %v", err)
		}
	}
	if f.invited() != 1 {
		t.Errorf("asked %d times within a moment", f.invited())
	}
	f.before, f.now = nil, f.now.Add(7*time.Hour)
	must(t, settle(t, s, runs))
	none := runs
	none.Account, none.Email = "8", " "
	if err := settle(t, s, none); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("without an address: %v", err)
	}
}

func TestASilentInvitationStaysSilent(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	quiet := runs
	quiet.Mails = cardea.MailsNever
	must(t, settle(t, s, quiet))
	f.now = f.now.Add(80 * time.Hour)
	must(t, settle(t, s, runs))
	if len(f.invitations[7]) != 2 || f.invitations[7][0]["mailed"] != "false" || f.invitations[7][1]["mailed"] != "false" {
		t.Errorf("somebody whom nobody was to write to was written to: %v", f.invitations[7])
	}
}

func TestPassesOffAsksNobody(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	_, on, err := s.Passes(t.Context())
	if err != nil || on || settle(t, s, runs) != nil || len(f.calls) != 0 {
		t.Errorf("on %v, %v, %v", on, err, f.calls)
	}
	for _, c := range []brivo.Config{
		{Passes: "brivo"}, {PassesAfter: "never"}, {Passes: brivo.PassesBrivoApp},
	} {
		c.Client, c.Now = f.client(apiKey), time.Now
		if _, err := brivo.New(c); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%+v: %v", c.Passes, err)
		}
	}
}
