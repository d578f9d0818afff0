package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door/kisi"
)

// hookEar takes the vendors' webhooks to Cardea in process, and keeps what went by.
type hookEar struct {
	mu      sync.Mutex
	handler http.Handler
	deaf    bool // the network swallows what is sent
	sent    []delivery
	codes   []int
}

type delivery struct {
	path   string
	header http.Header
	body   []byte
}

// hooked is the sandbox's way out.
func (r *rig) hooked(_ context.Context, address string, h http.Header, body []byte) error {
	e := r.hooks
	if e == nil {
		return fmt.Errorf("nobody hears %s", address)
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	d := delivery{u.Path, h, body}
	e.mu.Lock()
	deaf := e.deaf
	e.sent = append(e.sent, d)
	e.mu.Unlock()
	if deaf {
		return nil
	}
	if code := e.post(d); code != http.StatusOK {
		return fmt.Errorf("%s answered %d", address, code)
	}
	return nil
}

// post delivers one.
func (e *hookEar) post(d delivery) int {
	req := httptest.NewRequest(http.MethodPost, d.path, bytes.NewReader(d.body))
	req.Header = d.header.Clone()
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, req)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.codes = append(e.codes, w.Code)
	return w.Code
}

func (e *hookEar) last(t *testing.T) delivery {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return e.sent[len(e.sent)-1]
}

// listening registers the hooks of both sides and serves them.
func (r *rig) listening(connections ...string) {
	r.t.Helper()
	r.hooks = &hookEar{handler: r.app.hooks(r.term, &serveCmd{})}
	set := r.set
	set.registers = true
	a, err := r.flags.assemble(r.t.Context(), r.term, set)
	if err != nil {
		r.t.Fatal(err)
	}
	d := a.desk
	if strings.Contains(r.set.file.Database, "memory") { // one database in memory is one app's
		a.shut()
		if err := r.restart(set); err != nil {
			r.t.Fatal(err)
		}
		d = r.app.desk
	} else {
		defer a.shut()
	}
	for _, c := range connections {
		standing, err := d.InstallHooks(r.t.Context(), c, "https://cardea.example.test", "tester")
		if err != nil || !standing.Installed || !standing.On {
			r.t.Fatalf("hooks of %s: %+v, %v", c, standing, err)
		}
	}
}

// restart replaces the app by one with other settings.
func (r *rig) restart(set settings) error {
	a, err := r.flags.assemble(context.Background(), r.term, set)
	if err != nil {
		return err
	}
	r.app.shut()
	r.app = a
	r.hooks.handler = a.hooks(r.term, &serveCmd{})
	return nil
}

// calls counts what is asked of the vendors.
type calls struct {
	next http.RoundTripper

	mu   sync.Mutex
	list []string
}

func (c *calls) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.list = append(c.list, req.Method+" "+req.URL.Path+strings.TrimSuffix("?"+req.URL.RawQuery, "?"))
	c.mu.Unlock()
	return c.next.RoundTrip(req)
}

// since returns the calls of a vendor after the first n of all, tokens left out.
func (c *calls) since(n int, vendor string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, call := range c.list[n:] {
		if strings.Contains(call, "/"+vendor+"/") && !strings.Contains(call, "oauth") {
			out = append(out, call)
		}
	}
	return out
}

func (c *calls) n() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.list)
}

// counting has every call to a vendor counted.
func (r *rig) counting() *calls {
	c := &calls{next: r.vendors.Transport()}
	r.set.transport = c
	r.app.shut()
	r.open()
	return c
}

func (r *rig) in(group, who string) bool { return slices.Contains(r.inside()[group], who) }

func standing(t *testing.T, r *rig, connection string) desk.HookStanding {
	t.Helper()
	hooks, err := r.app.store.In("default").Hooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := hooks[connection]
	return desk.HookStanding{Taken: h.Taken, Missed: h.Missed, Silent: h.Missed >= 3, Last: h.Last}
}

// dropEdge takes a person's entry away at the door system, as somebody there would.
func (r *rig) dropEdge(group, email string) {
	r.t.Helper()
	state, err := r.app.store.In("default").DoorState(r.t.Context(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	ref := ""
	for _, e := range state.Edges {
		g := slices.IndexFunc(state.Groups, func(g cardea.Group) bool { return g.ID == e.Group && g.Name == group })
		a := slices.IndexFunc(state.Accounts, func(a cardea.Account) bool { return a.ID == e.Account && a.Email == email })
		if g >= 0 && a >= 0 {
			ref = e.Ref
		}
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodDelete, "http://127.0.0.1:9090/kisi/role_assignments/"+ref, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header = kisi.Header()
	req.Header.Set("Authorization", "KISI-LOGIN sandbox-key")
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil || res.StatusCode/100 != 2 {
		r.t.Fatalf("delete %q: %v, %v", ref, res, err)
	}
	if err := res.Body.Close(); err != nil {
		r.t.Fatal(err)
	}
}
