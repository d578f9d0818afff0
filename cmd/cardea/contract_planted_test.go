package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/store"
)

// planted is a bug that somebody put into Cardea, as far as the outside can tell, and the one oracle that must see it.
type planted struct {
	oracle  string
	approve string // auto unless it says otherwise
	edit    func(*config.File)
	play    func(g *game)
}

// call sends the door system what no operation asked for, with Cardea's own key, as a bug of Cardea would.
func (g *game) call(method, path, body string) {
	time.Sleep(5 * time.Second) // the vendor's limit
	req, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1:9090/kisi"+path, strings.NewReader(body))
	if err != nil {
		g.r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "KISI-LOGIN "+townKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	res, err := g.r.vendors.Transport().RoundTrip(req)
	if err != nil {
		g.r.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		g.r.t.Fatal(err)
	}
	if res.StatusCode >= 400 {
		g.r.t.Fatalf("%s %s: %d", method, path, res.StatusCode)
	}
	g.observe(false)
}

func (g *game) give(account, group string) {
	g.call(http.MethodPost, "/role_assignments", fmt.Sprintf(
		`{"role_assignment": {"applies_to_type": "Group", "applies_to_id": %s, "assignee_type": "User", "assignee_id": %s, `+
			`"role_id": "group_basic"}}`,
		group, account))
}

// take removes the edge of somebody, named by e-mail.
func (g *game) take(mail, group string) {
	for id, e := range g.places {
		if e.email == mail && e.group == group {
			g.call(http.MethodDelete, "/role_assignments/"+id, "")
			return
		}
	}
	g.r.t.Fatalf("%s is not in %s", mail, group)
}

// account finds an account by e-mail.
func (g *game) account(mail string) string {
	for id, m := range g.users() {
		if m == mail {
			return id
		}
	}
	g.r.t.Fatalf("%s has no account", mail)
	return ""
}

// sabotaged is a step that does the run and then what the planted bug does beside it.
func (g *game) sabotaged(kind string, f func()) {
	g.begin(kind)
	if kind == "sync" {
		g.sync(context.Background())
	}
	f()
	g.judge()
}

// tamper changes the database behind the store's back.
func (g *game) tamper(query string) {
	db, err := sql.Open("sqlite", "file:"+g.file)
	if err != nil {
		g.r.t.Fatal(err)
	}
	if _, err = db.ExecContext(context.Background(), query); err != nil {
		g.r.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		g.r.t.Fatal(err)
	}
}

// plants are the planted bugs: one for every oracle at least.
func plants(t *testing.T) map[string]planted {
	t.Helper()
	return map[string]planted{
		"somebody is taken out whose reason stands": {oracle: "1 silence is no departure", play: func(g *game) {
			g.sabotaged("sync", func() { g.take("p1@x.test", gGeneral) })
		}},
		"somebody is taken out and nothing says why": {oracle: "2 every removal has a cause", play: func(g *game) {
			g.sabotaged("sync", func() { g.take("p4@x.test", gNight) })
		}},
		"the brake lets everything through": {
			oracle: "2 absence passes the brake", edit: set(t, "brake: {group: {count: 99, min: 99}, integration: {min: 99}}"),
			play: func(g *game) {
				for _, account := range []string{"3", "4", "5"} {
					g.put(account, gFloor)
				}
				g.step(move{Do: "sync"})
			},
		},
		"the brake holds who has ended": {oracle: "2 what is known does not wait for it", play: func(g *game) {
			g.sabotaged("sync", func() {
				o := cardea.Operation{Verb: cardea.VerbRemove, Group: gNight, Cause: cardea.CauseEnded}
				o.Held = &cardea.Hold{Code: cardea.HeldBrake}
				g.ops = append(g.ops, store.OpRow{Op: o, State: store.OpHeld})
			})
		}},
		"a preview writes": {oracle: "3 preview has no writer", play: func(g *game) {
			g.sabotaged("preview", func() { g.give("4", gNight) })
		}},
		"more is applied than was shown": {oracle: "3 only what was approved is applied", play: func(g *game) {
			g.edit(0, func(d *deal) { d.to = "2026-11-20" })
			g.sabotaged("sync", func() {
				g.kind, g.shown = "apply", map[cardea.OpKey]bool{}
			})
		}},
		"something is applied before anybody approved": {
			oracle: "3 only what was approved is applied", approve: "first",
			play: func(g *game) { g.sabotaged("sync", func() { g.give("4", gNight) }) },
		},
		"somebody else's entry of a shared group goes": {oracle: "4 what is not ours stays in a shared group", play: func(g *game) {
			g.put("4", gBuilding)
			g.sabotaged("sync", func() { g.take("stan@x.test", gBuilding) })
		}},
		"staff is taken out": {oracle: "4 staff and kept people stay", play: func(g *game) {
			g.sabotaged("sync", func() { g.take("olga@x.test", gGeneral) })
		}},
		"who is kept is taken out": {oracle: "4 staff and kept people stay", play: func(g *game) {
			g.put("3", gGeneral)
			g.sabotaged("sync", func() { g.take("kept@x.test", gGeneral) })
		}},
		"a group that was never mapped is changed": {oracle: "4 other groups are not touched", play: func(g *game) {
			g.sabotaged("sync", func() { g.take("cleaner@x.test", gCleaners) })
		}},
		"a watched group is changed": {oracle: "4 other groups are not touched", play: func(g *game) {
			g.sabotaged("sync", func() { g.give("4", gLounge) })
		}},
		"an account is deleted": {oracle: "4 no account is deleted", play: func(g *game) {
			g.sabotaged("sync", func() { g.call(http.MethodDelete, "/users/5", "") })
		}},
		"what is confirmed is not there": {oracle: "5 confirmed is true", play: func(g *game) {
			g.change(func(w *town) { w.deals["x"] = deal{id: "x", who: "p9", plan: "owl", from: "2026-11-20"} })
			g.sabotaged("sync", func() {
				for id, e := range g.places {
					if e.email == "p9@x.test" && e.group == gNight {
						g.byHand("{role_assignments: [{id: %s, delete: true}]}", id)
					}
				}
			})
		}},
		"nobody is told of a removal that does not take effect": {
			oracle: "5 an unconfirmed revocation is told",
			play: func(g *game) {
				g.issues = func() ([]store.IssueRow, error) { return nil, nil }
				g.doorUp = false
				g.deaf.Store(true)
				g.edit(0, func(d *deal) { d.to = "2026-11-20" })
				g.step(move{Do: "sync"})
				time.Sleep(16 * time.Minute)
				g.step(move{Do: "sync"})
			},
		},
		"somebody is invited again": {oracle: "6 nobody is invited twice", play: func(g *game) {
			for range 2 {
				g.sabotaged("sync", func() { g.call(http.MethodPost, "/users", `{"user": {"email": "n@x.test", "name": "N"}}`) })
				g.byHand("{users: [{id: %s, delete: true}]}", g.account("n@x.test"))
			}
		}},
		"somebody has two entries in a group": {oracle: "6 one account and one edge each", play: func(g *game) {
			g.sabotaged("sync", func() {
				for _, e := range g.places {
					if e.email == "p1@x.test" {
						e.id = "again"
						g.places[e.id] = e
						break
					}
				}
				g.pinned = true
			})
		}},
		"somebody is forgotten": {oracle: "7 the others are served", play: func(g *game) {
			g.broken = "p2"
			g.sabotaged("sync", func() { g.take("p1@x.test", gGeneral) })
		}},
		"a line of the audit log is changed": {oracle: "8 the audit log only grows", play: func(g *game) {
			g.sabotaged("sync", func() { g.tamper("UPDATE audit SET what = 'nothing' WHERE n = 3") })
		}},
		"the audit log is written anew": {oracle: "8 the audit log only grows", play: func(g *game) {
			g.sabotaged("sync", func() { g.chain[2] = "another" })
		}},
		"an entry is made without an operation": {oracle: "8 every write is an operation's", play: func(g *game) {
			g.sabotaged("sync", func() { g.give("4", gNight) })
		}},
		"an account is made without an operation": {oracle: "8 every write is an operation's", play: func(g *game) {
			g.sabotaged("sync", func() { g.call(http.MethodPost, "/users", `{"user": {"email": "n@x.test", "name": "N"}}`) })
		}},
		"a key is logged": {oracle: "9 secrets stay secret", play: func(g *game) {
			g.sabotaged("sync", func() { fmt.Fprintln(g.r.term.err, "calling with", townKey) })
		}},
		"a token is printed": {oracle: "9 secrets stay secret", play: func(g *game) {
			g.sabotaged("sync", func() { g.texts = append(g.texts, g.tokens[0]) })
		}},
		"a secret is stored": {oracle: "9 secrets stay secret", play: func(g *game) {
			g.sabotaged("sync", func() {
				if err := g.ws().Note(context.Background(), cardea.At(time.Now()), "a", "b", townClientSecret); err != nil {
					g.r.t.Error(err)
				}
			})
		}},
		"somebody who is blocked is let in": {oracle: "blocked people are out", play: func(g *game) {
			g.blocked["p1"] = true // Cardea knows nothing of it
			g.step(move{Do: "sync"})
		}},
		"something is written while frozen": {oracle: "nothing is written while frozen", play: func(g *game) {
			g.step(move{Do: "freeze"})
			g.sabotaged("sync", func() { g.give("4", gNight) })
		}},
		"somebody without a reason stays": {oracle: "6 it converges", play: func(g *game) {
			g.only = "none"
			g.hand["x"] = true
			g.quiet()
			g.give("4", gFloor)
			if err := g.exact(); err != nil {
				g.wrong = append(g.wrong, "6 it converges: "+err.Error())
			}
		}},
		"a revocation is lost": {oracle: "6 it converges", play: func(g *game) {
			g.only = "none"
			g.edit(0, func(d *deal) { d.to = "2026-11-20" })
			g.rogue = func(g *game, _ bool, _ *http.Request) { g.deaf.Store(true) }
			g.quiet()
		}},
	}
}

// TestEachOracleFailsOnAPlantedBug plants a bug for every oracle of the safety contract's test, and wants it to complain; and
// wants nobody to complain where there is none.
func TestEachOracleFailsOnAPlantedBug(t *testing.T) {
	t.Parallel()
	all := plants(t)
	for _, o := range append(oracles(), contractOracle{name: "6 it converges"}) {
		if !slices.ContainsFunc(sortedKeys(all), func(name string) bool { return all[name].oracle == o.name }) {
			t.Errorf("no bug is planted for %q", o.name)
		}
	}
	dir := quickDisk(t)
	for name, p := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				at(t, "2026-11-23T08:45:00Z")
				if p.approve == "" {
					p.approve = "auto"
				}
				if p.edit == nil {
					p.edit = func(*config.File) {}
				}
				file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
				g := newGame(t, p.approve, database{dsn: "sqlite:" + file}, file, p.edit)
				defer g.r.shut()
				if g.step(move{Do: "sync"}); len(g.wrong) > 0 {
					t.Fatalf("somebody complains before the bug: %v", g.wrong)
				}
				g.only = p.oracle
				p.play(g)
				if len(g.wrong) == 0 || !strings.HasPrefix(g.wrong[0], p.oracle) {
					t.Errorf("nobody complains, but %v", g.wrong)
				}
			})
		})
	}
}
