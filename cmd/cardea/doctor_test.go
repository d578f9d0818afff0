package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// doctor runs the command on a rig, for a person and as JSON, and wants this exit code of both. It returns what was printed
// for a person, and the diagnosis.
func (r *rig) doctor(want int, names ...string) (string, desk.Diagnosis) {
	r.t.Helper()
	var printed [2]string
	for i := range printed {
		var out bytes.Buffer
		c := *r.term
		c.out, c.color = &out, true
		x := &doctorCmd{Connections: names, Timeout: time.Minute}
		x.JSON = i == 1
		var code codeError
		if err := x.look(context.Background(), &c, r.app); err != nil && !errors.As(err, &code) {
			r.t.Fatal(err)
		}
		if int(code) != want {
			r.t.Fatalf("exit code %d, want %d: %s", code, want, out.String())
		}
		printed[i] = out.String()
	}
	var d desk.Diagnosis
	decoder := json.NewDecoder(strings.NewReader(printed[1]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		r.t.Fatal(err)
	}
	r.silent(printed[0], printed[1], r.logged())
	return printed[0], d
}

func (r *rig) logged() string {
	b, ok := r.term.err.(*bytes.Buffer)
	if !ok {
		r.t.Fatal("the log goes elsewhere")
	}
	return b.String()
}

// silent wants no secret of the configuration, nor a token, in any text.
func (r *rig) silent(texts ...string) {
	r.t.Helper()
	secrets := []string{"Bearer ", "KISI-LOGIN"}
	for _, c := range r.set.file.Connections {
		for _, s := range c.Secrets() {
			secrets = append(secrets, s)
		}
	}
	if len(secrets) < 4 {
		r.t.Fatalf("only %d secrets are looked for", len(secrets))
	}
	for _, text := range texts {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				r.t.Errorf("%q shows in: %s", s, text)
			}
		}
	}
}

// connection returns what was found of one, and the codes of its findings, minor ones in brackets.
func connection(t *testing.T, d desk.Diagnosis, name string) (e desk.Examination, codes []string) {
	t.Helper()
	i := slices.IndexFunc(d.Connections, func(e desk.Examination) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("nothing is said of %s", name)
	}
	for _, f := range d.Connections[i].Findings {
		code := f.Code
		if f.Minor {
			code = "(" + code + ")"
		}
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return d.Connections[i], codes
}

// readOnly opens a rig anew as doctor does.
func (r *rig) readOnly() *rig {
	r.shut()
	r.set.readOnly = true
	r.open()
	return r
}

func TestDoctorSaysThatAllIsWellAndWritesNowhere(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		db := kept(t)
		r := tiny(t, db).readOnly()
		defer r.shut()
		text, d := r.doctor(0)
		for _, part := range []string{
			"rnd", "officernd, acme, as cardea", "Acme (1), as olga@x.test", "not pinned yet", "holds times on each entry", "announces changes by webhook",
			"is asked at most 5/s", "api_key first seen just now", "never listed yet", "never read yet", "is staff", "every name is known", "All is well.",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not said in:\n%s", part, text)
			}
		}
		k, codes := connection(t, d, "kisi")
		if len(codes) > 0 || k.Organisation.ID != "1" || k.Clock != "agrees with ours" || k.Limits == nil || !k.Limits.SendsMail || len(k.Assumed) == 0 {
			t.Errorf("%v %+v", codes, k)
		}
		if rnd, codes := connection(t, d, "rnd"); len(codes) > 0 || !slices.Contains(rnd.Abilities, "hooked") || len(rnd.Assumed) == 0 {
			t.Errorf("%v %+v", codes, rnd)
		}
		if n := len(r.vendors.Writes("kisi")) + len(r.vendors.Writes("officernd")); n > 0 {
			t.Errorf("%d writes", n)
		}
		runs, err := r.app.desk.Runs(t.Context(), 10)
		if err != nil || len(runs) > 0 {
			t.Errorf("runs %v, %v", runs, err)
		}
		files, err := filepath.Glob(strings.TrimPrefix(db.dsn, "sqlite:") + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			r.silent(string(b))
		}
	})
}

func TestDoctorSaysHowAndWhenEverythingWasRead(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		first := cardea.At(time.Now())
		r.doctor(0)
		time.Sleep(3 * time.Hour)
		r.app.file.Connections["kisi"].APIKey = changedKey(t)
		text, d := r.doctor(0)
		k, _ := connection(t, d, "kisi")
		if k.Pinned != "1" || !k.ListedAt.Bounded() || k.ListedAt == 0 || first-k.ListedAt > cardea.Minute {
			t.Errorf("pinned to %q, listed %s", k.Pinned, k.ListedAt)
		}
		if len(k.Credentials) != 1 || k.Credentials[0].FirstSeen < first || k.Credentials[0].Changed < k.Credentials[0].FirstSeen+2*cardea.Hour {
			t.Errorf("credentials %+v", k.Credentials)
		}
		rnd, _ := connection(t, d, "rnd")
		if len(rnd.Collections) != len(cardea.Kinds) {
			t.Errorf("collections %+v", rnd.Collections)
		}
		for _, part := range []string{"complete, 3 h ago: ", "2 locations", "listed whole 3 h ago", "api_key changed just now, first seen 3 h ago"} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not said in:\n%s", part, text)
			}
		}
	})
}

// changedKey is another key, as a configuration file would give it.
func changedKey(t *testing.T) config.Secret {
	t.Helper()
	f, err := config.Parse("c.yaml", []byte("connections: {kisi: {system: kisi, api_key: another-key}}"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return f.Connections["kisi"].APIKey
}

func TestDoctorSaysWhatIsTheMatterWithAVendor(t *testing.T) {
	t.Parallel()
	refused := func(f *config.File) { f.Connections["kisi"].APIKey = changedKey(t) }
	for name, c := range map[string]struct {
		edit    func(*config.File)
		spoil   func(r *rig, p *tap)
		code    int
		failed  []string // connections
		finding string   // CONNECTION CODE
		says    []string
	}{
		"down": {
			spoil: func(r *rig, _ *tap) { r.fault("kisi", sandbox.Fault{Status: 503}) }, code: 4, failed: []string{"kisi"},
			says: []string{"answered 503", "tries again by itself", "A connection does not work"},
		},
		"unreachable": {
			spoil: func(_ *rig, p *tap) {
				p.before = func(_ int, req *http.Request) (*http.Response, error) {
					if strings.Contains(req.URL.Path, "/officernd/") {
						return nil, errors.New("dial tcp: connection refused")
					}
					return nil, nil
				}
			},
			code: 4, failed: []string{"rnd"}, says: []string{"connection refused", "whether its address is right"},
		},
		"hanging": {
			spoil: func(_ *rig, p *tap) {
				p.before = func(_ int, req *http.Request) (*http.Response, error) {
					if strings.Contains(req.URL.Path, "/kisi/") {
						<-req.Context().Done()
						return nil, req.Context().Err()
					}
					return nil, nil
				}
			},
			code: 4, failed: []string{"kisi"}, says: []string{"kisi did not answer within 30 s"},
		},
		"wrong key": {edit: refused, code: 4, failed: []string{"kisi"}, says: []string{"the credentials are refused", "Check or renew its credentials"}},
		"wrong clock": {
			spoil: func(_ *rig, p *tap) {
				p.after = func(_ int, req *http.Request, res *http.Response) (*http.Response, error) {
					if strings.Contains(req.URL.Path, "/kisi/") {
						res.Header.Set("Date", time.Now().Add(5*time.Minute).UTC().Format(http.TimeFormat))
					}
					return res, nil
				}
			},
			code: 2, finding: "kisi clock", says: []string{"ahead of ours", "NTP", "Something should be mended"},
		},
		"another organisation": {
			spoil: func(r *rig, p *tap) {
				r.sync(desk.InStep)
				p.after = func(_ int, req *http.Request, res *http.Response) (*http.Response, error) {
					if strings.HasSuffix(req.URL.Path, "/kisi/organization") {
						return answer(res, `{"id": 2, "name": "Globex", "domain": "globex"}`), nil
					}
					return res, nil
				}
			},
			code: 2, finding: "kisi other-organisation", says: []string{"lead to Globex (2)", "belongs to Acme (1)", "make a new connection"},
		},
		"a group with times of its own": {
			spoil: func(r *rig, _ *tap) {
				r.patch("kisi: {groups: [{id: 11, time_restriction_enabled: true}, {id: 20, time_restriction_enabled: true, login_enabled: false}]}")
			},
			code: 2, finding: "kisi group-own-times", says: []string{`group "General access" has a time restriction`, "access by the app is off"},
		},
		"a door in lockdown": {
			spoil: func(r *rig, _ *tap) { r.patch("kisi: {locks: [{id: 1, locked_down: true}]}") },
			code:  2, finding: "kisi door-locked-down", says: []string{`"Front door" is in lockdown`},
		},
		"a list that cannot be had": {
			spoil: func(r *rig, _ *tap) { r.fault("kisi", sandbox.Fault{Path: "/locks", Status: 500}) },
			code:  2, finding: "kisi not-examined", says: []string{"not everything could be looked at", "--timeout"},
		},
		"a last read that broke": {
			spoil: func(r *rig, _ *tap) {
				r.fault("officernd", sandbox.Fault{Method: "GET", Path: "*/plans?*", Status: 500})
				r.sync(desk.Incomplete)
				r.clear()
			},
			code: 2, finding: "rnd read-incomplete", says: []string{"did not bring all plans"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := tiny(t, onSQLite, func(f *config.File) {
					if c.edit != nil {
						c.edit(f)
					}
				})
				defer func() { r.shut() }()
				p := r.tapped()
				if c.spoil != nil {
					c.spoil(r, p)
				}
				n := r.writes()
				text, d := r.doctor(c.code)
				for _, part := range c.says {
					if !strings.Contains(strings.ToLower(text), strings.ToLower(part)) {
						t.Errorf("%q is not said in:\n%s", part, text)
					}
				}
				for _, e := range d.Connections {
					if failed := slices.Contains(c.failed, e.Name); failed != (e.Error != "") || failed && e.Mend == "" {
						t.Errorf("%s: error %q, mend %q", e.Name, e.Error, e.Mend)
					}
					if len(e.Assumed) == 0 || len(e.Can) == 0 || e.Budget == "" {
						t.Errorf("%s: what needs no answer is not told: %+v", e.Name, e)
					}
				}
				if at, code, ok := strings.Cut(c.finding, " "); ok {
					if _, codes := connection(t, d, at); !slices.Contains(codes, code) {
						t.Errorf("%s: found %v", at, codes)
					}
				}
				if r.writes() != n {
					t.Error("doctor wrote at the vendor")
				}
			})
		})
	}
}

// answer is an answer with another body.
func answer(res *http.Response, body string) *http.Response {
	out := *res
	out.Header = res.Header.Clone()
	out.Header.Del("Content-Length")
	out.Body, out.ContentLength = http.NoBody, int64(len(body))
	out.Body = &closing{strings.NewReader(body)}
	return &out
}

type closing struct{ *strings.Reader }

func (closing) Close() error { return nil }

func TestDoctorLooksUpNamesWithoutHavingReadAnything(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite, set(t, `{zone: "", mappings: {plans: {Hot dsk: [General acess]}}}`))
		defer r.shut()
		r.patch("officernd: {locations: [{_id: london, timezone: \"\"}]}")
		text, d := r.doctor(2)
		for _, part := range []string{
			`there is no plan "Hot dsk": did you mean "Hot desk"?`, `no access group "General acess": did you mean "General access"?`,
			"integration london: ", "Correct it in the configuration file",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not said in:\n%s", part, text)
			}
		}
		if len(d.Integrations) != 1 || !d.Integrations[0].Checked {
			t.Errorf("%+v", d.Integrations)
		}
		// One connection alone: the integration is left out.
		if _, d := r.doctor(0, "kisi"); len(d.Connections) != 1 || len(d.Integrations) != 0 {
			t.Errorf("%+v", d)
		}
	})
}

func TestDoctorRunsBesideAServer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			stop := r.serving()
			time.Sleep(time.Second) // in the middle of the first run
			r.doctor(0)
			time.Sleep(5 * time.Minute)
			r.doctor(0)
			stop()
			r.sync(desk.InStep)
			r.sound("after it")
			r.wantInside("after it", atNine)
		})
	})
}

func TestDoctorSaysOfEveryDoorSystemWhatItCan(t *testing.T) {
	t.Parallel()
	f, err := config.Parse("c.yaml", []byte(`
connections:
  scim: {system: scim, base_url: "http://127.0.0.1:1/scim", token: sc1m-t0ken-hush}
  store: {system: opentech, api_key: key-hush, api_secret: secret-hush, client_id: c, client_secret: client-hush, facility: "7"}
  home: {system: house}
`), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	f.Database, f.Key = "sqlite::memory:", strings.Repeat("ab", 32)
	bubble(t, morning, func(t *testing.T) {
		r := &rig{t: t, term: &terminal{err: &bytes.Buffer{}, now: time.Now}}
		dead := &tap{before: func(int, *http.Request) (*http.Response, error) { return nil, errors.New("nobody is there") }}
		r.set = settings{file: f, transport: dead, readOnly: true, log: r.term.err}
		r.open()
		defer r.shut()
		text, d := r.doctor(4)
		store, _ := connection(t, d, "store")
		if !slices.Equal(store.Abilities, []string{"lockable", "coded", "rewritable", "profiled", "units", "examined"}) || len(store.Credentials) != 3 {
			t.Errorf("%+v", store)
		}
		if home, _ := connection(t, d, "home"); home.Error != "" || home.Budget != "" || home.Clock != "" {
			t.Errorf("%+v", home)
		}
		for _, part := range []string{"holds no times", "locks entries", "has rentable units", "writes to nobody", "no integration", "nobody is there"} {
			if !strings.Contains(strings.ToLower(text), part) {
				t.Errorf("%q is not said in:\n%s", part, text)
			}
		}
	})
}
