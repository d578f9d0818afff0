package main

import (
	"bytes"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// lasting is the part of tiny's configuration whose access neither begins nor ends within a day, so that a run at any
// moment wants the same.
const lasting = `
      plans: {Hot desk: [General access], Night owl: [Night]}
      locations: {London: [Building]}
      floors: {London/Floor 1: [First floor], London/Floor 2: [Second floor]}
      resources: {London/Office 12: [Office 12]}
`

// TestAKilledProcessIsFollowedByOneThatConverges kills real processes, each at some call that it makes, as the system
// would that has no memory left.
func TestAKilledProcessIsFollowedByOneThatConverges(t *testing.T) {
	t.Parallel()
	reference := startProcesses(t)
	if code := reference.sync(0); code != exitInStep {
		t.Fatalf("an undisturbed run ended with exit code %d: %s", code, reference.said.String())
	}
	p := startProcesses(t)
	moments := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for range 6 { // the later ones find less to do, and may come to their end
		if p.sync(int64(10+moments.IntN(50))) == -1 {
			killed++
		}
	}
	if killed < 3 {
		t.Errorf("only %d processes were killed", killed)
	}
	for range 3 {
		if p.sync(0) == exitInStep {
			break
		}
	}
	want, got := reference.vendors.Groups("kisi"), p.vendors.Groups("kisi")
	for i := range want {
		if !slices.Equal(want[i].Members, got[i].Members) {
			t.Errorf("%s: %s", want[i].Name, difference(got[i].Members, want[i].Members))
		}
	}
	res, err := http.Get(p.base + "/_sandbox/world")
	if err != nil {
		t.Fatal(err)
	}
	oneEach(t, "after the deaths", usersOf(t, res), got, p.vendors.Writes("kisi"))
	n := len(p.vendors.Writes("kisi"))
	if code := p.sync(0); code != exitInStep || len(p.vendors.Writes("kisi")) != n {
		t.Errorf("exit code %d, and %d writes more: %s", code, len(p.vendors.Writes("kisi"))-n, p.said.String())
	}
}

// processes are runs of cardea in processes of their own, against a sandbox on a socket.
type processes struct {
	t       *testing.T
	vendors *sandbox.Server
	base    string
	db      string
	config  string
	said    bytes.Buffer
	left    atomic.Int64 // calls until the process is killed; 0 = it lives
	process atomic.Pointer[os.Process]
}

func startProcesses(t *testing.T) *processes {
	t.Helper()
	world, err := sandbox.Parse("tiny.yaml", quickWorld(t))
	if err != nil {
		t.Fatal(err)
	}
	p := &processes{t: t}
	if p.vendors, err = sandbox.New(world, sandbox.Options{Now: time.Now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.left.Load() > 0 && p.left.Add(-1) == 0 {
			if err := p.process.Load().Kill(); err != nil {
				t.Error(err)
			}
		}
		p.vendors.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	dir := quickDisk(t)
	p.base, p.db, p.config = server.URL, filepath.Join(dir, "cardea.db"), filepath.Join(dir, "cardea.yaml")
	text := quickConfig(t, server.URL, p.db)
	text = text[:strings.Index(text, "mappings:")] + "mappings:" + lasting
	if err := os.WriteFile(p.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// sync runs one process, which is killed at its nth call (0 = not at all), and returns its exit code; -1 = killed.
func (p *processes) sync(n int64) int {
	p.t.Helper()
	p.said.Reset()
	p.left.Store(0)
	cmd := exec.CommandContext(p.t.Context(), "cardea", "sync", "--config", p.config)
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.process.Store(cmd.Process)
	p.left.Store(n)
	var failed *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &failed) {
		p.t.Fatal(err)
	}
	p.left.Store(0)
	p.free()
	return cmd.ProcessState.ExitCode()
}

// free ends the leases of the dead, as a minute would.
func (p *processes) free() {
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := db.ExecContext(p.t.Context(), "PRAGMA busy_timeout = 10000; UPDATE wake SET lease_until = 0"); err != nil {
		p.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		p.t.Fatal(err)
	}
}
