package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write into docs/guides what commands really print")

// TestGuides does what each page of docs/guides says, in order, in a folder of its own, and wants every command to print what the
// page shows. CONTRIBUTING.md says how such a page is written. With -update pages are rewritten. One page after another: the
// process has one working directory, and commands are typed as an operator types them.
func TestGuides(t *testing.T) {
	pages, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no guides", err)
	}
	for _, page := range append(pages, "../../docs/moving-in.md") {
		path, err := filepath.Abs(page)
		if err != nil {
			t.Fatal(err)
		}
		shared, err := filepath.Abs("../../testdata")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			lines := strings.Split(string(read(t, path)), "\n")
			all, err := steps(lines)
			if err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			t.Chdir(t.TempDir())
			if err := os.Symlink(shared, "testdata"); err != nil {
				t.Fatal(err)
			}
			got := make([][]string, len(all))
			bubble(t, morning, func(t *testing.T) { walk(t, page, all, got) })
			if *update {
				if err := os.WriteFile(path, []byte(strings.Join(rewritten(lines, all, got), "\n")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// walk does the steps; got becomes what those printed that printed something else than the page shows.
func walk(t *testing.T, page string, all []guideStep, got [][]string) {
	g := &guide{t: t, env: map[string]string{"USER": "olga"}}
	ctx, stop := context.WithCancel(t.Context())
	defer func() { stop(); g.background.Wait() }()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if s.file != "" {
			if err := os.WriteFile(s.file, []byte(s.body), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		printed := strings.ReplaceAll(g.do(ctx, s), here+"/", "")
		if found := anyHash.FindAllString(printed, -1); found != nil {
			g.hash = found[len(found)-1]
		}
		text := []string{}
		if printed = strings.TrimRight(printed, "\n"); printed != "" {
			text = strings.Split(printed, "\n")
		}
		if alike(s.want, text) {
			continue
		}
		got[i] = text
		if !*update {
			t.Errorf("%s:%d: $ %s\n%s", page, s.line, s.command, cmp.Diff(s.want, text))
		}
	}
}

// guide is one page being walked.
type guide struct {
	t          *testing.T
	wires      wires
	env        map[string]string
	code       int    // of the last command
	hash       string // the last that was printed: HASH in a command stands for it
	background sync.WaitGroup
	jobs       []func() // stop what was begun with &, %1 first
}

var anyHash = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// do types one command and returns what the terminal shows.
func (g *guide) do(ctx context.Context, s guideStep) string {
	args, _ := words(s.command)
	for i := range args {
		if args[i] == "HASH" {
			args[i] = g.hash
		}
	}
	if len(args) == 0 {
		return ""
	}
	switch name, rest := args[0], args[1:]; {
	case name == "cardea":
		return g.cardea(ctx, rest)
	case name == "at" && len(rest) == 1:
		at(g.t, rest[0])
		synctest.Wait()
		return ""
	case name == "export" && len(rest) == 1 && strings.Contains(rest[0], "="):
		key, value, _ := strings.Cut(rest[0], "=")
		g.env[key] = value
		return ""
	case name == "kill" && len(rest) == 1:
		for i, stop := range g.jobs {
			if rest[0] == fmt.Sprintf("%%%d", i+1) {
				stop()
				synctest.Wait()
				return ""
			}
		}
	case s.command == "echo $?":
		return fmt.Sprintln(g.code)
	case name == "curl":
		out, err := g.curl(ctx, rest)
		if err != nil {
			return fmt.Sprintln("curl:", err)
		}
		return out
	}
	g.t.Fatalf("line %d: a guide cannot type %q; CONTRIBUTING.md says what it can", s.line, s.command)
	return ""
}

// cardea runs the command as main does. With & at its end it goes on until the page ends, and what it printed so far is shown.
func (g *guide) cardea(ctx context.Context, args []string) string {
	printed := &screen{}
	c := &terminal{out: printed, err: printed, now: time.Now, getenv: func(k string) string { return g.env[k] }, network: g.wires.network()}
	if n := len(args); n > 0 && args[n-1] == "&" {
		ctx, stop := context.WithCancel(ctx)
		g.jobs = append(g.jobs, stop)
		g.background.Go(func() {
			if code := run(ctx, args[:n-1], c); code != 0 {
				g.t.Errorf("$ cardea %s ended with %d: %s", strings.Join(args, " "), code, printed.text())
			}
		})
		synctest.Wait()
		return printed.text()
	}
	var file *os.File
	if n := len(args); n > 2 && args[n-2] == ">" {
		var err error
		if file, err = os.Create(args[n-1]); err != nil {
			g.t.Fatal(err)
		}
		c.out, args = file, args[:n-2]
	}
	g.code = run(ctx, args, c)
	if file != nil {
		if err := file.Close(); err != nil {
			g.t.Fatal(err)
		}
	}
	synctest.Wait()
	return printed.text()
}

// curl does what a guide needs of it: -X, -d or --data-binary, -H, -L; -s is taken for granted.
func (g *guide) curl(ctx context.Context, args []string) (string, error) {
	method, url, body, header, follow := "", "", "", http.Header{}, false
	for len(args) > 0 {
		takes := map[string]func(string){
			"-X": func(v string) { method = v },
			"-d": func(v string) { body = v }, "--data-binary": func(v string) { body = v },
			"-H": func(v string) { k, val, _ := strings.Cut(v, ":"); header.Add(k, strings.TrimSpace(val)) },
		}
		flagged, takesOne := takes[args[0]]
		switch {
		case takesOne && len(args) > 1:
			flagged(args[1])
			args = args[1:]
		case args[0] == "-L":
			follow = true
		case args[0] == "-s":
		case strings.HasPrefix(args[0], "-"):
			return "", fmt.Errorf("%s is not for guides", args[0])
		default:
			url = args[0]
		}
		args = args[1:]
	}
	if method == "" && body != "" {
		method = http.MethodPost
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header = header
	client := &http.Client{Transport: g.wires.network().transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		if follow {
			return nil
		}
		return http.ErrUseLastResponse
	}}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(res.Body)
	synctest.Wait()
	return string(text), errors.Join(err, res.Body.Close())
}

// screen is a terminal that several write to.
type screen struct {
	mu   sync.Mutex
	seen bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.Write(p)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}
