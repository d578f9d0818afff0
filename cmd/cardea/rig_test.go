package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store/storetest"
)

// rig is a whole Cardea in one process: the vendors of a world file, a store, a desk. Time is the test bubble's.
type rig struct {
	t       *testing.T
	vendors *sandbox.Server
	app     *app
	flags   common
	set     settings
	term    *terminal
	hooks   *hookEar // who hears the vendors' webhooks; nil = nobody
}

const worldsDir = "../../testdata/worlds/"

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// at lets the bubble's time pass until an instant.
func at(t *testing.T, instant string) {
	t.Helper()
	when, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(when))
}

// newRig plays a world in process and configures Cardea with the file beside it, on an empty database.
func newRig(t *testing.T, name string, db database, edit func(*config.File)) *rig {
	t.Helper()
	return rigOf(t, name, read(t, worldsDir+name+".yaml"), string(read(t, worldsDir+name+".cardea.yaml")), db, edit)
}

// rigOf is newRig with a world and a configuration of the test's own. Secrets are sealed with a key that everybody knows.
func rigOf(t *testing.T, name string, vendors []byte, configuration string, db database, edit func(*config.File)) *rig {
	t.Helper()
	world, err := sandbox.Parse(name+".yaml", vendors)
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string { return map[string]string{"CARDEA_KEY": matrixKey}[name] }
	r := &rig{t: t, term: &terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now, getenv: getenv}}
	if r.vendors, err = sandbox.New(world, sandbox.Options{Now: time.Now, Hook: r.hooked, Fetch: r.fetched}); err != nil {
		t.Fatal(err)
	}
	file, err := config.Parse(worldsDir+name+".cardea.yaml", []byte(configuration), r.term.getenv)
	if err != nil {
		t.Fatal(err)
	}
	file.Database = db.dsn
	if edit != nil {
		edit(file)
	}
	r.set = settings{file: file, schema: db.schema, transport: r.vendors.Transport(), log: r.term.err}
	r.open()
	return r
}

// open starts Cardea, again after a close: what it knows is in the database.
func (r *rig) open() {
	r.t.Helper()
	a, err := r.flags.assemble(context.Background(), r.term, r.set)
	if err != nil {
		r.t.Fatal(err)
	}
	r.app = a
}

func (r *rig) shut() { r.app.shut() }

// sync does one run and wants this standing.
func (r *rig) sync(want desk.Standing) desk.Result {
	r.t.Helper()
	result, err := r.app.desk.Sync(context.Background(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if got := result.Standing(); got != want {
		r.t.Fatalf("standing %d, want %d: %s", got, want, brief(result))
	}
	return result
}

// members returns who could pass now, by group name.
func (r *rig) members() map[string][]string {
	out := map[string][]string{}
	for _, g := range r.vendors.Groups("kisi") {
		out[g.Name] = g.Members
	}
	return out
}

// writes counts what the door system has been sent so far.
func (r *rig) writes() int { return len(r.vendors.Writes("kisi")) }

// patch changes the world, as somebody at the vendors would.
func (r *rig) patch(yaml string) {
	r.t.Helper()
	if err := r.vendors.Patch([]byte(yaml)); err != nil {
		r.t.Fatal(err)
	}
}

// brief prints a result for a failing test: what was not read, what was planned and what became of it.
func brief(result desk.Result) string {
	var b strings.Builder
	for _, s := range result.Reads {
		fmt.Fprintf(&b, "\n%s: complete %v %s", s.Connection, s.Complete, s.Error)
		for _, c := range s.Collections {
			if c.Why != "" || c.Suspect {
				fmt.Fprintf(&b, "\n  %s: %s, suspect %v: %s", c.Kind, c.Grade, c.Suspect, c.Why)
			}
		}
	}
	for _, d := range result.Doors {
		fmt.Fprintf(&b, "\n%s: %d confirmed, %d failed, %d open %s", d.Door, d.Confirmed, d.Failed, d.Open, d.Error)
		for _, why := range d.Incomplete {
			fmt.Fprintf(&b, "\n  incomplete: %s", why)
		}
		for _, o := range d.Operations {
			fmt.Fprintf(&b, "\n  %s %s %s, %s until %s, %s: %s %s", o.Verb, o.PersonName+" "+o.Email, o.GroupName,
				o.Window.From, o.Window.Until, o.Cause, o.State, o.Error)
			if o.Held != nil {
				fmt.Fprintf(&b, " (held: %s)", o.Held.Why)
			}
		}
		for _, i := range d.Issues {
			fmt.Fprintf(&b, "\n  issue %s: %s", i.Code, i.Text)
		}
	}
	return b.String()[:min(b.Len(), 6000)]
}

// bubble runs a test in virtual time, from an instant on.
func bubble(t *testing.T, instant string, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		at(t, instant)
		f(t)
	})
}

// database is where a test's store lies.
type database struct{ dsn, schema string }

// eachDatabase runs a test on both engines, PostgreSQL first.
func eachDatabase(t *testing.T, f func(t *testing.T, db database)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, database{storetest.DSN(t), storetest.Schema(t)})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, onSQLite)
	})
}

// onSQLite is a database that is gone when it is closed; kept says where one stays.
var onSQLite = database{dsn: "sqlite::memory:"}

func kept(t *testing.T) database {
	t.Helper()
	return database{dsn: "sqlite:" + filepath.Join(t.TempDir(), "cardea.db")}
}
