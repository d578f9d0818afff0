package main

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// shell runs commands one after another as a person types them, each with a process of its own: what is kept is in the database.
type shell struct {
	t      *testing.T
	term   *terminal
	config string
	env    map[string]string
}

func newShell(t *testing.T, switches, env map[string]string) *shell {
	t.Helper()
	world, err := sandbox.Parse("tiny.yaml", read(t, worldsDir+"tiny.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now, Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{t: t, config: filepath.Join(t.TempDir(), "cardea.yaml"), env: env}
	text := strings.ReplaceAll(string(read(t, worldsDir+"tiny.cardea.yaml")), "sqlite:tiny.db",
		"sqlite:"+filepath.Join(t.TempDir(), "tiny.db"))
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.term = &terminal{
		now: time.Now, getenv: func(name string) string { return s.env[name] }, network: network{transport: vendors.Transport()},
	}
	return s
}

// run returns the exit code and both streams.
func (s *shell) run(args ...string) (code int, out, err string) {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	s.term.out, s.term.err = &stdout, &stderr
	code = run(context.Background(), append(args, "--config", s.config), s.term)
	return code, stdout.String(), stderr.String()
}

// spend does one sync, and then takes the four tokens that are left of the minute, as four more commands would.
func (s *shell) spend() {
	s.t.Helper()
	if code, out, err := s.run("sync"); code != 0 {
		s.t.Fatalf("ended with %d: %s%s", code, out, err)
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"cardea"}, "client_secret": {"sandbox-secret"},
		"scope": {"flex.community.members.read"},
	}
	for range 4 {
		r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:9090/officernd/oauth/token", strings.NewReader(form.Encode()))
		if err != nil {
			s.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := s.term.network.transport.RoundTrip(r)
		if err != nil || res.StatusCode != http.StatusOK {
			s.t.Fatal(res, err)
		}
		if err := res.Body.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestASixthCommandInAMinute: OfficeRnD gives out five tokens a minute, and without CARDEA_KEY every command takes one.
func TestASixthCommandInAMinute(t *testing.T) {
	t.Parallel()
	const answered = "answered 429"
	t.Run("tells it once where the wait is long", func(t *testing.T) {
		t.Parallel()
		bubble(t, morning, func(t *testing.T) {
			s := newShell(t, map[string]string{"officernd.retry_after": "none"}, nil)
			s.spend()
			code, out, err := s.run("sync")
			if n := strings.Count(out+err, answered); code != exitIncomplete || n != 1 {
				t.Errorf("ended with %d and told it %d times:\n%s%s", code, n, out, err)
			}
			if !strings.Contains(out, "try again in a minute; with CARDEA_KEY set tokens are kept") ||
				!strings.Contains(out, "rnd  read 0 records in 0.0 s") {
				t.Errorf("it waited, or does not say what to do:\n%s", out)
			}
			if code, out, err := s.run("doctor"); strings.Count(out+err, answered) != 1 || code != exitIncomplete {
				t.Errorf("doctor ended with %d:\n%s%s", code, out, err)
			}
			time.Sleep(time.Minute)
			if code, out, err := s.run("sync"); code != 0 {
				t.Errorf("a minute later: %d\n%s%s", code, out, err)
			}
		})
	})
	t.Run("waits where the wait is short", func(t *testing.T) {
		t.Parallel()
		bubble(t, morning, func(t *testing.T) {
			s := newShell(t, map[string]string{"officernd.retry_after": "seconds"}, nil)
			began := time.Now()
			s.spend()
			time.Sleep(time.Until(began.Add(45 * time.Second)))
			code, out, err := s.run("sync")
			if code != 0 || strings.Contains(out+err, answered) || strings.Count(err, "rnd gives out no more tokens for now: waiting") != 1 {
				t.Errorf("ended with %d:\n%s%s", code, out, err)
			}
		})
	})
	t.Run("needs no token where they are kept", func(t *testing.T) {
		t.Parallel()
		bubble(t, morning, func(t *testing.T) {
			s := newShell(t, nil, map[string]string{"CARDEA_KEY": matrixKey})
			s.spend()
			if code, out, err := s.run("sync"); code != 0 || err != "" {
				t.Fatalf("ended with %d:\n%s%s", code, out, err)
			}
		})
	})
}
