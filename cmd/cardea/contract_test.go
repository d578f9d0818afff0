package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestSafetyContract plays the town: its records, the door by hand, faults, crashes and what people ask, drawn at random, and
// asks after every step whether each line of the safety contract holds. Then all is made calm, and the door system must hold
// exactly who has a reason. A sequence that fails is printed so that playing it again is one call of play.
func TestSafetyContract(t *testing.T) {
	t.Parallel()
	shares := map[string]int{"postgres": 2, "sqlite": 4} // a hundred times as many with -rapid.checks=10000, and in TestSoakContract
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

// contract plays so many games of about so many steps.
func contract(t *testing.T, engine string, games, steps int) {
	t.Helper()
	dir := quickDisk(t)
	t.Cleanup(func() { // what rapid keeps of a failure: the sequence is printed, and shorter
		if err := os.RemoveAll(filepath.Join("testdata", "rapid", strings.ReplaceAll(t.Name(), "/", "_"))); err != nil {
			t.Error(err)
		}
	})
	played, acted, ran, sent, found := 0, 0, 0, 0, map[string]string{}
	try := func(p plot) *game {
		played++
		g := play(t, engine, filepath.Join(dir, fmt.Sprint(played, ".db")), p)
		acted, ran, sent = acted+len(p.Steps), ran+g.calls, sent+g.judged
		return g
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := plotOf(steps).Draw(rt, "plot")
		if len(found) == 0 && played < games { // afterwards rapid tries less: that is done here
			if g := try(p); len(g.wrong) > 0 {
				g, short := shortest(p, g, try)
				found[p.String()] = fmt.Sprintf("%s\n\n%s\n\n%s", strings.Join(g.wrong, "\n"), short, strings.Join(g.trail, "\n"))
			}
		}
		if why := found[p.String()]; why != "" {
			rt.Fatal(why)
		}
	})
	t.Logf("%d games, %d steps, %d of them runs, %d writes", played, acted, ran, sent)
}

// shortest takes steps out of a sequence as long as the same goes wrong.
func shortest(p plot, g *game, try func(plot) *game) (*game, plot) {
	line, _, _ := strings.Cut(g.wrong[0], ":")
	for n := len(p.Steps) / 2; n > 0; n /= 2 {
		for i := 0; i+n <= len(p.Steps); {
			less := plot{p.Approve, slices.Concat(p.Steps[:i], p.Steps[i+n:])}
			if other := try(less); len(other.wrong) > 0 && strings.HasPrefix(other.wrong[0], line) {
				p, g = less, other
			} else {
				i += n
			}
		}
	}
	return g, p
}

// plotOf draws sequences. Every act is drawn as often as it says.
func plotOf(steps int) *rapid.Generator[plot] {
	var names []string
	all := acts()
	for _, name := range sortedKeys(all) {
		names = append(names, slices.Repeat([]string{name}, all[name].often)...)
	}
	number := rapid.IntRange(0, 23)
	one := rapid.Custom(func(t *rapid.T) move {
		return move{rapid.SampledFrom(names).Draw(t, "do"), number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")}
	})
	return rapid.Custom(func(t *rapid.T) plot {
		return plot{
			Approve: rapid.SampledFrom([]string{"auto", "auto", "first", "always"}).Draw(t, "approve"),
			Steps:   rapid.SliceOfN(one, steps/2, steps*3/2).Draw(t, "steps"),
		}
	})
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

// exact compares every group with the town.
func (g *game) exact() error {
	if err := g.missing(false); err != nil {
		return err
	}
	of, by, odd, err := g.accounts()
	if err != nil {
		return err
	}
	reasons := g.w.reasons(time.Now())
	for _, e := range g.places {
		group, account := e.group, e.account
		if group == gLounge || group == gCleaners || !e.runs(time.Now()) || account == "1" || account == "3" && group == gGeneral {
			continue
		}
		if (group == gBuilding || g.w.unmapped[group]) && g.hand[e.id] {
			continue
		}
		right := false
		for who := range reasons[group] {
			right = right || by[who] == account && !g.blocked[who]
		}
		for _, who := range of[account] {
			right = right || odd[who]
		}
		if !right {
			return fmt.Errorf("%s (%v) is in %s without a reason", e.email, of[account], group)
		}
	}
	return nil
}

// dump is every row of a PostgreSQL database, as text.
func (g *game) dump() ([]byte, error) {
	db, err := sql.Open("pgx", g.r.set.file.Database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	ctx := context.Background()
	texts := func(query string, args ...any) (out []string, err error) {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		return out, rows.Err()
	}
	tables, err := texts("SELECT table_name FROM information_schema.tables WHERE table_schema = $1", g.r.set.schema)
	if err != nil {
		return nil, err
	}
	if len(tables) < 10 {
		return nil, cardea.Errorf(cardea.Unknown, "the schema has %d tables", len(tables))
	}
	var b strings.Builder
	for _, table := range tables {
		rows, err := texts(fmt.Sprintf("SELECT t::text FROM %q.%q t", g.r.set.schema, table))
		if err != nil {
			return nil, err
		}
		b.WriteString(strings.Join(rows, "\n"))
	}
	return []byte(b.String()), nil
}
