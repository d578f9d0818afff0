package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// foreignDir holds a SCIM server that this project did not write.
const foreignDir = "../../testdata/scimserver"

const foreignToken = "a-token-of-the-test"

// foreign is the server in a process of its own, and what stands in front of it and counts.
type foreign struct {
	t      *testing.T
	direct string // its SCIM base URL, for the hands of others
	base   string // the same through the counter, for Cardea

	mu     sync.Mutex
	writes []string
}

// startForeign starts the server on a free port of the loopback. It ends with the test, and with this process at the latest,
// for it ends when its standard input does.
func startForeign(t *testing.T) *foreign {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("tests need Node.js 20 or later: %v; install it, then run `make deps`", err)
	}
	if _, err := os.Stat(filepath.Join(foreignDir, "node_modules", "@better-auth", "scim")); err != nil {
		t.Fatalf("tests need a SCIM server from npm: %v; run `make deps`", err)
	}
	said := &spoken{}
	cmd := exec.CommandContext(context.Background(), node, "server.mjs") // the test's own context ends before its clean-up
	cmd.Dir, cmd.Stdout, cmd.Stderr = foreignDir, said, said
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "SCIM_TOKEN=" + foreignToken}
	if _, err := cmd.StdinPipe(); err != nil { // held open until the process has ended
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f := &foreign{t: t}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-ended
		if t.Failed() {
			t.Logf("the foreign server said: %s", said)
		}
	})
	f.direct = whereForeign(t, said, ended)
	f.count()
	return f
}

// whereForeign waits until the server says where it is.
func whereForeign(t *testing.T, said *spoken, ended chan error) string {
	t.Helper()
	for range 600 {
		if line, _, whole := strings.Cut(said.String(), "\n"); whole && address.MatchString(line) {
			return line
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the foreign server ended: %v: %s", err, said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("the foreign server does not say where it is: %s", said)
	return ""
}

// count puts a proxy before the server that takes down what is written.
func (f *foreign) count() {
	f.t.Helper()
	at, err := url.Parse(f.direct)
	if err != nil {
		f.t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: at.Scheme, Host: at.Host}) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			f.mu.Lock()
			f.writes = append(f.writes, r.Method+" "+r.URL.Path)
			f.mu.Unlock()
		}
		on.ServeHTTP(w, r)
	}))
	f.t.Cleanup(server.Close)
	f.base = server.URL + at.Path
}

// wantWrites counts what Cardea wrote by a method, "" = any, since the last time that this was asked.
func (f *foreign) wantWrites(when, method string, want int) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	got := 0
	for _, w := range f.writes {
		if strings.HasPrefix(w, method) {
			got++
		}
	}
	if got != want {
		f.t.Errorf("%s: %d writes %s, want %d: %q", when, got, method, want, f.writes)
	}
	f.writes = nil
}

// resource is what these tests read of users and groups.
type resource struct {
	ID          string
	DisplayName string
	Emails      []struct{ Value string }
	Members     []struct{ Value string }
}

// do asks the server directly, as an administrator with another program would.
func (f *foreign) do(method, path string, body, out any) {
	f.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.direct+path, bytes.NewReader(sent))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + foreignToken}, "Content-Type": {"application/scim+json"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if closed := res.Body.Close(); err != nil || closed != nil || res.StatusCode >= http.StatusMultipleChoices {
		f.t.Fatalf("%s %s: %s %s %v %v", method, path, res.Status, text, err, closed)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(text, out); err != nil {
		f.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
}

// user makes somebody, with a role if one is given, and returns the id.
func (f *foreign) user(name, email, role string) string {
	f.t.Helper()
	body := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": name,
		"name": map[string]string{"givenName": name, "familyName": "-"}, "emails": []map[string]any{{"value": email, "primary": true}},
	}
	if role != "" {
		body["roles"] = []map[string]string{{"value": role}}
	}
	var made resource
	f.do(http.MethodPost, "/Users", body, &made)
	return made.ID
}

// group makes one with these members and returns its id.
func (f *foreign) group(name string, members ...string) string {
	f.t.Helper()
	var made resource
	f.do(http.MethodPost, "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": name, "members": values(members),
	}, &made)
	return made.ID
}

// add puts somebody in by hand.
func (f *foreign) add(group, member string) {
	f.t.Helper()
	f.do(http.MethodPatch, "/Groups/"+group, map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []map[string]any{{"op": "add", "path": "members", "value": values([]string{member})}},
	}, nil)
}

func values(ids []string) []map[string]string {
	var out []map[string]string
	for _, id := range ids {
		out = append(out, map[string]string{"value": id})
	}
	return out
}

// people are all users, by id: what stands before the @ of their address.
func (f *foreign) people() map[string]string {
	f.t.Helper()
	var list struct{ Resources []resource }
	f.do(http.MethodGet, "/Users?count=100", nil, &list)
	out := map[string]string{}
	for _, u := range list.Resources {
		out[u.ID] = "nobody"
		if len(u.Emails) > 0 {
			name, _, _ := strings.Cut(u.Emails[0].Value, "@")
			out[u.ID] = strings.ToLower(name)
		}
	}
	return out
}

func (f *foreign) wantUsers(when string, want []string) {
	f.t.Helper()
	if got := slices.Sorted(maps.Values(f.people())); !slices.Equal(got, want) {
		f.t.Errorf("%s there are the users %q, want %q", when, got, want)
	}
}

func (f *foreign) wantInside(when string, want map[string][]string) {
	f.t.Helper()
	people := f.people()
	var list struct{ Resources []resource }
	f.do(http.MethodGet, "/Groups?count=100", nil, &list)
	got := map[string][]string{}
	for _, g := range list.Resources {
		for _, m := range g.Members {
			got[g.DisplayName] = append(got[g.DisplayName], people[m.Value])
		}
		slices.Sort(got[g.DisplayName])
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[name], want[name]) {
			f.t.Errorf("%s, %s: %s", when, name, difference(got[name], want[name]))
		}
	}
	if len(got) != len(want) {
		f.t.Errorf("%s there are the groups %q", when, slices.Sorted(maps.Keys(got)))
	}
}
