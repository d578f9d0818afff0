package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestSafetyContract plays the town: its records, the door by hand, faults, crashes and what people ask, drawn at random, and
// asks after every step whether each line of the safety contract holds. Then all is made calm, and the door system must hold
// exactly who has a reason. A sequence that fails is printed so that playing it again is one call of play.
func TestSafetyContract(t *testing.T) {
	t.Parallel()
	shares := map[string]int{"postgres": 20, "sqlite": 40} // of a hundred sequences; of more with -rapid.checks, others with -rapid.seed
	if storetest.Raced {
		shares = map[string]int{"postgres": 2, "sqlite": 4}
	}
	for engine, share := range shares {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			contract(t, engine, max(1, checks(t)*share/100), 50)
		})
	}
}

// checks is how many sequences rapid would draw; 100 unless -rapid.checks says otherwise.
func checks(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// contract plays so many games of about so many steps, at several tables: most of a game's time its database takes.
func contract(t *testing.T, engine string, games, steps int) {
	t.Helper()
	const tables = 4
	for n := range tables {
		t.Run(fmt.Sprint("table ", n+1), func(t *testing.T) {
			t.Parallel()
			table(t, engine, games, steps, func(game int) bool { return game%tables == n })
		})
	}
}

// table plays those of the games that are its own.
func table(t *testing.T, engine string, games, steps int, own func(game int) bool) {
	t.Helper()
	dir := quickDisk(t)
	t.Cleanup(func() { // what rapid keeps of a failure: the sequence is printed, and shorter
		if err := os.RemoveAll(filepath.Join("testdata", "rapid", strings.ReplaceAll(t.Name(), "/", "_"))); err != nil {
			t.Error(err)
		}
	})
	drawn, played, acted, ran, sent, found := 0, 0, 0, 0, 0, map[string]string{}
	try := func(p plot) *game {
		played++
		g := play(t, engine, filepath.Join(dir, fmt.Sprint(played, ".db")), p)
		acted, ran, sent = acted+len(p.Steps), ran+g.calls, sent+g.judged
		if testing.Verbose() && played%10 == 0 {
			t.Logf("%d games, %d steps so far", played, acted)
		}
		return g
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := plotOf(steps).Draw(rt, "plot")
		if len(found) == 0 && drawn < games { // afterwards rapid tries less: that is done here
			if drawn++; own(drawn) {
				if g := try(p); len(g.wrong) > 0 {
					g, short := shortest(p, g, try)
					found[p.String()] = fmt.Sprintf("%s\n\n%s\n\n%s", strings.Join(g.wrong, "\n"), short, strings.Join(g.trail, "\n"))
				}
			}
		}
		if why := found[p.String()]; why != "" {
			rt.Fatal(why)
		}
	})
	t.Logf("%d games, %d steps, %d of them runs, %d writes", played, acted, ran, sent)
}

// play plays one sequence in a bubble of its own, up to the first thing that is wrong.
func play(t *testing.T, engine, file string, p plot) (g *game) {
	t.Helper()
	db := database{dsn: "sqlite:" + file}
	if engine == "postgres" {
		db, file = database{storetest.DSN(t), storetest.Schema(t)}, ""
	}
	synctest.Test(t, func(t *testing.T) {
		at(t, "2026-11-23T08:45:00Z")
		g = newGame(t, p.Approve, db, file)
		defer func() { g.r.shut() }()
		g.step(move{Do: "sync"})
		for _, s := range p.Steps {
			if g.step(s); len(g.wrong) > 0 {
				return
			}
		}
		g.quiet()
	})
	return g
}

// step does one step and has it judged.
func (g *game) step(s move) {
	g.trail = append(g.trail, fmt.Sprintf("%s %s %d %d %d", time.Now().UTC().Format(time.RFC3339), s.Do, s.A, s.B, s.C))
	g.begin(s.Do)
	acts()[s.Do].do(g, s)
	if len(g.result.Doors) > 0 {
		g.calls++
		g.trail = append(g.trail, fmt.Sprintf("  standing %d", g.result.Standing()))
	}
	g.judge()
}

// quiet mends everything, lets people approve what waits, and wants the door system to hold exactly who has a reason.
func (g *game) quiet() {
	g.step(move{Do: "calm"})
	g.step(move{Do: "thaw"})
	still := 0
	for range 14 {
		time.Sleep(16 * time.Minute)
		g.step(move{Do: "sync"})
		if len(g.wrong) > 0 {
			return
		}
		if g.ranOK && g.result.Standing() == desk.InStep {
			if still++; still == 3 {
				break
			}
			continue
		}
		still = 0
		if g.step(move{Do: "apply"}); len(g.wrong) > 0 {
			return
		}
	}
	if still < 3 {
		g.wrong = append(g.wrong, "6 it converges: nothing stands in the way, and it is not in step: "+brief(g.result))
		return
	}
	if err := g.exact(); err != nil {
		g.wrong = append(g.wrong, "6 it converges: "+err.Error())
	}
	if n := g.judged; g.only == "" {
		if g.step(move{Do: "sync"}); len(g.r.vendors.Writes("kisi")) != n {
			g.wrong = append(g.wrong, fmt.Sprintf("6 it converges: in step, and yet something was written: %v", g.r.sent(n)))
		}
	}
}
