//go:build soak

package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestSoakSizeOfASite measures what docs/scale.md reckons with: how many bytes a site of 300 people and 20 groups takes, each of
// them in three, after its first sync, and how many more a run takes in which nothing changes.
func TestSoakSizeOfASite(t *testing.T) {
	const people, groups = 300, 20
	var world strings.Builder
	fmt.Fprintf(&world, "anchor: 2026-11-23\nspeed: 1000\nkisi:\n  organization: {id: 1, name: Size, domain: size, time_zone: Europe/London}\n"+
		"  keys: [{secret: tenant-key, user: owner@x.test}]\n  places: [{id: 1, name: London, time_zone: Europe/London}]\n"+
		"  locks: [{id: 1, name: Door, place_id: London}]\n  users: [{id: 1, name: Olga, email: owner@x.test}]\n"+
		"  role_assignments: [{id: 1, user_id: owner@x.test, role_id: organization_owner, applies_to_type: Organization}]\n  groups:\n")
	mappings := make([]string, groups)
	records := []cardea.Record{}
	for g := range groups {
		fmt.Fprintf(&world, "    - {id: %d, name: Group %d, place_id: London}\n", 100+g, g)
		mappings[g] = fmt.Sprintf("P%d: [Group %d, Group %d, Group %d]", g, g, (g+1)%groups, (g+2)%groups)
		records = append(records, cardea.Plan{ID: fmt.Sprintf("p%d", g), Name: fmt.Sprintf("P%d", g)})
	}
	for i := range people {
		id := fmt.Sprintf("person-%06d", i)
		records = append(records,
			cardea.Person{ID: id, Name: "Some Body " + id, Email: id + "@example.test", Status: cardea.Present},
			cardea.Agreement{ID: "m-" + id, Person: id, Plan: fmt.Sprintf("p%d", i%groups), Approved: true,
				Start: cardea.DayAt(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))})
	}
	file := filepath.Join(quickDisk(t), "size.db")
	schema := storetest.Schema(t)
	ctx := context.Background()
	for engine, dsn := range map[string]string{
		"postgres": storetest.DSN(t) + "&search_path=" + schema, "sqlite": "sqlite:" + file,
	} {
		w, err := sandbox.Parse("size.yaml", []byte(world.String()))
		if err != nil {
			t.Fatal(err)
		}
		vendors, err := sandbox.New(w, sandbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(vendors)
		o := store.Options{Now: time.Now}
		if engine == "postgres" {
			o.Schema = schema
		}
		s, err := store.Open(ctx, strings.TrimSuffix(dsn, "&search_path="+schema), o)
		if err != nil {
			t.Fatal(err)
		}
		size := func() int64 { return sizeOf(t, engine, dsn, schema, file) }
		empty := size()
		ws := s.In("default")
		if err := ws.SaveConnection(ctx, store.Connection{Name: "home", Side: store.SideSpace, System: "house", Managed: "file"}); err != nil {
			t.Fatal(err)
		}
		if err := ws.SaveHouse(ctx, "home", records, nil, "test", "made"); err != nil {
			t.Fatal(err)
		}
		config := writeFile(t, quickDisk(t), "cardea.yaml", fmt.Sprintf("database: %q\nconnections:\n  home: {system: house, name: Size}\n"+
			"  door: {system: kisi, base_url: %s/kisi, api_key: tenant-key, budget: 500/s}\nintegrations:\n"+
			"  size: {enabled: true, space: home, door: door, zone: Europe/London, approve: auto, mappings: {plans: {%s}}}\n",
			dsn, server.URL, strings.Join(mappings, ", ")))
		sync := func() {
			began := time.Now()
			var said strings.Builder
			for code, n := -1, 0; code != exitInStep; n++ {
				if n == 3 {
					t.Fatalf("exit code %d: %s", code, said.String()[max(0, said.Len()-500):])
				}
				code = run(ctx, []string{"sync", "--config", config}, &terminal{out: &said, err: &said, now: time.Now, getenv: os.Getenv})
			}
			t.Logf("%s: a sync took %s", engine, time.Since(began).Round(time.Millisecond))
		}
		sync()
		first := size()
		for range 10 {
			sync()
		}
		t.Logf("%s: empty %d, after the first sync %d more, each of ten runs in step %d more; %d writes at the vendor",
			engine, empty, first-empty, (size()-first)/10, len(vendors.Writes("kisi")))
		server.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func sizeOf(t *testing.T, engine, dsn, schema, file string) int64 {
	t.Helper()
	if engine == "sqlite" {
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var pages, size int64
		if err := db.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("PRAGMA page_size").Scan(&size); err != nil {
			t.Fatal(err)
		}
		return pages * size
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "+
		"WHERE n.nspname = $1 AND relkind = 'r'", schema)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	total := int64(0)
	var big []string
	for rows.Next() {
		var name string
		var bytes int64
		if err := rows.Scan(&name, &bytes); err != nil {
			t.Fatal(err)
		}
		if total += bytes; bytes > 100_000 {
			big = append(big, fmt.Sprintf("%s %d", name, bytes))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d in all: %s", total, strings.Join(big, ", "))
	return total
}
