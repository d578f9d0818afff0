package opentech_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/wire"
)

// system makes a connector, as another process would: it shares nothing with others but the memory.
func (f *fake) system(change ...func(*opentech.Config)) *opentech.System {
	f.t.Helper()
	now := func() time.Time { return f.clock }
	client, err := wire.New(wire.Config{
		Name: "gate", Base: opentech.ProductionAccess, Transport: f, Now: now, Header: opentech.Header(),
		Auth: wire.Static("Authorization", "Bearer t"), Classify: opentech.Classify, Rand: func() float64 { return 0 }, Retries: -1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	c := opentech.Config{Client: client, Memory: f.memory, Connection: "gate", Facility: "7", Rand: f.random, Now: now}
	for _, ch := range change {
		ch(&c)
	}
	s, err := opentech.New(c)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func portal(c *opentech.Config) { c.PortalVisitors = true }

func read(t *testing.T, s *opentech.System, scope cardea.Scope) *cardea.Intake {
	t.Helper()
	in := cardea.NewIntake(scope, nil)
	if err := s.Read(t.Context(), scope, in); err != nil {
		t.Fatal(err)
	}
	return in
}

func kinds(ks ...cardea.Kind) cardea.Scope { return cardea.Scope{Kinds: ks} }

// edges returns what came, by key, in words.
func edges(in *cardea.Intake) string {
	var out []string
	for _, r := range in.Collection(cardea.KindEdge).Records() {
		e := r.(cardea.Edge)
		text := string(e.Group) + "/" + string(e.Account)
		if e.Shut {
			text += " shut"
		}
		if e.Guest {
			text += " guest"
		}
		if e.Foreign != "" {
			text += " (" + e.Foreign + ")"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func (f *fake) edges() string { return edges(read(f.t, f.system(portal), kinds(cardea.KindEdge))) }

func (f *fake) status(unit int) string {
	return fmt.Sprint(f.find(f.units, strconv.Itoa(unit))["status"])
}

// wrote returns the writes since the last call of wrote.
func (f *fake) wrote() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := strings.Join(f.calls, " ")
	f.calls = nil
	return out
}

func person(name string) *cardea.NewAccount {
	return &cardea.NewAccount{
		Person: cardea.PersonID("rnd/person:" + name), Name: name + " Lima", First: name, Last: "Lima", Email: name + "@x.test",
	}
}

func account(name string) cardea.AccountID { return cardea.AccountID("p:rnd/person:" + name) }

func edge(group, name string) cardea.Edge {
	return cardea.Edge{Group: cardea.GroupID(group), Account: account(name), Window: cardea.Forever, Who: person(name)}
}

func guest(group, name string) cardea.Edge {
	e := edge(group, name)
	e.Guest = true
	return e
}

// grant expects every edge to be granted.
func grant(t *testing.T, s *opentech.System, es ...cardea.Edge) []string {
	t.Helper()
	refs, errs := s.Grant(t.Context(), es)
	for i, err := range errs {
		if err != nil || refs[i] == "" {
			t.Fatalf("%s: %q, %v", es[i].Key(), refs[i], err)
		}
	}
	return refs
}

func revoke(t *testing.T, s *opentech.System, es ...cardea.Edge) {
	t.Helper()
	well(t, s.Revoke(t.Context(), es)...)
}

func well(t *testing.T, errs ...error) {
	t.Helper()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
}

func class(t *testing.T, err error, want cardea.Class) {
	t.Helper()
	if cardea.ClassOf(err) != want {
		t.Errorf("%s (%v), want %s", cardea.ClassOf(err), err, want)
	}
}

func is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// lostAnswer loses the answers of one kind of write, after they took effect.
func (f *fake) lostAnswer(what string) {
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/"+what) {
			return nil, io.ErrUnexpectedEOF
		}
		return resp, nil
	}
}

// refuse refuses one kind of write.
func (f *fake) refuse(what string, status int) {
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/"+what) {
			return said(status, nil)
		}
		return nil
	}
}
