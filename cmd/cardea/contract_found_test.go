package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/store/storetest"
)

// TestAnAccountThatWasDeletedByHandIsMadeAgain is what the safety contract's test found: the pair with the account that is gone
// stood in the way of the new one for good, so that the person was never let in again.
func TestAnAccountThatWasDeletedByHandIsMadeAgain(t *testing.T) {
	t.Parallel()
	for _, approve := range []string{"auto", "always"} {
		for _, engine := range []string{"postgres", "sqlite"} {
			t.Run(approve+" "+engine, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(quickDisk(t), "cardea.db")
				db := database{dsn: "sqlite:" + file}
				if engine == "postgres" {
					db, file = database{storetest.DSN(t), storetest.Schema(t)}, ""
				}
				synctest.Test(t, func(t *testing.T) {
					at(t, "2026-11-23T08:45:00Z")
					g := newGame(t, approve, db, file)
					defer func() { g.r.shut() }()
					g.step(move{Do: "sync"})
					g.step(move{Do: "apply"})
					account := g.account("p4@x.test")
					g.killed["p4@x.test"]++
					g.byHand("{users: [{id: %s, delete: true}]}", account)
					g.quiet()
					time.Sleep(time.Minute)
					if again := g.account("p4@x.test"); again == account {
						t.Error("the account was not deleted: nothing is proved")
					}
					if len(g.wrong) > 0 {
						t.Error(fmt.Sprint(strings.Join(g.wrong, "\n"), "\n", strings.Join(g.trail, "\n")))
					}
				})
			})
		}
	}
}
