package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cardea-access/cardea/sandbox"
)

// TestMain makes this binary stand in for cardea in scripts and in tests that need a process of its own.
func TestMain(m *testing.M) {
	// What is drawn is the same each time; -rapid.seed=0 draws anew.
	if err := flag.Set("rapid.seed", "1"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"cardea": main})
}

// quickWorld is tiny a hundred times faster than the vendors, so that what runs in real time is over soon. Its week is always the last
// one: on every day the same is found, and no booking begins meanwhile.
func quickWorld(t *testing.T) []byte {
	t.Helper()
	text := string(read(t, worldsDir+"tiny.yaml"))
	moved := strings.Replace(text, "\nanchor: 2026-11-23\n", "\nanchor: 2026-11-30\n", 1)
	if moved == text {
		t.Fatal("tiny.yaml names another Monday")
	}
	return []byte("speed: 100\n" + moved)
}

// quickConfig is its configuration, with the vendors at an address.
func quickConfig(t *testing.T, base, db string) string {
	t.Helper()
	return strings.NewReplacer(
		"http://127.0.0.1:9090", base, "sqlite:tiny.db", "sqlite:"+db,
		"client_secret: sandbox-secret", "client_secret: sandbox-secret, budget: 20000/m",
		"api_key: sandbox-key", "api_key: sandbox-key, budget: 400/s",
	).Replace(string(read(t, worldsDir+"tiny.cardea.yaml")))
}

// played is a sandbox that a script talks to.
type played struct{ vendors *sandbox.Server }

// TestScripts plays the command line. Beside testscript's own commands there are
//
//	exits CODE COMMAND...        runs a command and wants its exit code
//	json                         wants the last standard output to be JSON
//	swap FILE OLD NEW            replaces a text that must stand in a file
//	patch FILE                   changes the world at the vendors
//	fault VENDOR FILE            makes a vendor misbehave; without a file it behaves again
//	hash FILE NAME               sets a variable to the hash that a preview printed
//	wrote N                      wants so many writes at the door system since the last time that this was asked
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			world := quickWorld(t)
			w, err := sandbox.Parse("tiny.yaml", world)
			if err != nil {
				return err
			}
			vendors, err := sandbox.New(w, sandbox.Options{Now: time.Now, Shift: true})
			if err != nil {
				return err
			}
			server := httptest.NewServer(vendors)
			e.Defer(server.Close)
			e.Values["played"] = &played{vendors}
			e.Setenv("SANDBOX", server.URL)
			e.Setenv("USER", "olga")
			for name, text := range map[string]string{
				"tiny.yaml": string(world), "cardea.yaml": quickConfig(t, server.URL, filepath.Join(e.WorkDir, "cardea.db")),
			} {
				if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "json": isJSON, "swap": swap, "patch": patchWorld, "fault": misbehave, "hash": hashIn,
			"wrote": wrote,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func isJSON(ts *testscript.TestScript, neg bool, _ []string) {
	out := ts.ReadFile("stdout")
	if valid := json.Valid([]byte(out)) && strings.TrimSpace(out) != ""; valid == neg {
		ts.Fatalf("JSON: %v: %s", valid, out)
	}
}

func swap(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: swap FILE OLD NEW")
	}
	was := ts.ReadFile(args[0])
	now := strings.ReplaceAll(was, args[1], strings.ReplaceAll(args[2], `\n`, "\n"))
	if now == was {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(now), 0o600))
}

func playedBy(ts *testscript.TestScript) *sandbox.Server {
	p, ok := ts.Value("played").(*played)
	if !ok {
		ts.Fatalf("there is no sandbox")
	}
	return p.vendors
}

func patchWorld(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: patch FILE")
	}
	ts.Check(playedBy(ts).Patch([]byte(ts.ReadFile(args[0]))))
}

func misbehave(ts *testscript.TestScript, _ bool, args []string) {
	switch len(args) {
	case 1:
		playedBy(ts).ClearFaults(args[0])
	case 2:
		var f sandbox.Fault
		ts.Check(json.NewDecoder(bytes.NewReader([]byte(ts.ReadFile(args[1])))).Decode(&f))
		ts.Check(playedBy(ts).Fault(args[0], f))
	default:
		ts.Fatalf("usage: fault VENDOR [FILE]")
	}
}

var printedHash = regexp.MustCompile(`cardea apply ([0-9a-f]{64})`)

func hashIn(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: hash FILE NAME")
	}
	found := printedHash.FindStringSubmatch(ts.ReadFile(args[0]))
	if found == nil {
		ts.Fatalf("%s prints no hash", args[0])
	}
	ts.Setenv(args[1], found[1])
}

func wrote(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: wrote N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	before, err := strconv.Atoi("0" + ts.Getenv("WROTE"))
	ts.Check(err)
	all := len(playedBy(ts).Writes("kisi"))
	ts.Setenv("WROTE", strconv.Itoa(all))
	if (all-before == want) == neg {
		ts.Fatalf("%d writes at the door system", all-before)
	}
}
