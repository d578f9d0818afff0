package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// office is somebody at a command line, with a house connection called site.
type office struct {
	tb       testing.TB
	dir      string
	database string
	now      time.Time
	out, err bytes.Buffer
}

// The doors do not answer: nothing that is done to a house needs them.
const homeFile = `
connections:
  site: {system: house}
  kisi: {system: kisi, base_url: "http://127.0.0.1:1/kisi", api_key: none}
integrations:
  storage: {space: site, door: kisi, mappings: {plans: {Small: [General access]}}}
`

// atHome opens an office on a database that stays from one command to the next.
func atHome(tb testing.TB, db database) *office {
	tb.Helper()
	o := &office{tb: tb, dir: tb.TempDir(), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	o.database = "sqlite:" + filepath.Join(o.dir, "cardea.db")
	if db.schema != "" {
		s, err := store.Open(context.Background(), db.dsn, store.Options{Schema: db.schema})
		if err != nil {
			tb.Fatal(err)
		}
		if err := s.Close(); err != nil {
			tb.Fatal(err)
		}
		u, err := url.Parse(db.dsn)
		if err != nil {
			tb.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", db.schema)
		u.RawQuery = q.Encode()
		o.database = u.String()
	}
	o.file("cardea.yaml", homeFile)
	return o
}

// file writes a file of the office and returns its path.
func (o *office) file(name, text string) string {
	o.tb.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.tb.Fatal(err)
	}
	return path
}

// types runs a command and answers what it asks; without an answer nobody sits there.
func (o *office) types(answer string, args ...string) int {
	o.out.Reset()
	o.err.Reset()
	c := &terminal{out: &o.out, err: &o.err, now: func() time.Time { return o.now }, getenv: func(name string) string {
		return map[string]string{"CARDEA_DATABASE": o.database}[name]
	}}
	if answer != "" {
		c.in = strings.NewReader(answer)
	}
	return run(context.Background(), append(args, "--config", filepath.Join(o.dir, "cardea.yaml")), c)
}

// wants runs a command with nobody there and wants its exit code.
func (o *office) wants(code int, args ...string) {
	o.tb.Helper()
	if got := o.types("", args...); got != code {
		o.tb.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, o.out.String(), o.err.String())
	}
}

// says wants texts in what was printed, in this order.
func (o *office) says(printed *bytes.Buffer, texts ...string) {
	o.tb.Helper()
	rest := printed.String()
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			o.tb.Errorf("%q does not come (any more) in\n%s", text, printed)
			return
		}
		rest = after
	}
}

// kept returns what is in the database: keys, and the number of audit lines.
func (o *office) kept() (keys []string, audit int) {
	o.tb.Helper()
	s, err := store.Open(context.Background(), o.database, store.Options{})
	if err != nil {
		o.tb.Fatal(err)
	}
	defer s.Close()
	for _, k := range cardea.Kinds {
		records, err := s.In("default").HouseRecords(context.Background(), "site", k)
		if err != nil {
			o.tb.Fatal(err)
		}
		for _, r := range records {
			keys = append(keys, r.Key().String())
		}
	}
	lines, err := s.In("default").Audit(context.Background(), 100)
	if err != nil {
		o.tb.Fatal(err)
	}
	return keys, len(lines)
}

// wantKept wants exactly these records and so many audit lines.
func (o *office) wantKept(audit int, keys ...string) {
	o.tb.Helper()
	got, lines := o.kept()
	slices.Sort(got)
	slices.Sort(keys)
	if !slices.Equal(got, keys) || lines != audit {
		o.tb.Errorf("%d audit lines, want %d; records %v, want %v", lines, audit, got, keys)
	}
}

// rows are the rows of a sheet under its headings.
type rows [][]any

// book writes a workbook.
func (o *office) book(name string, units, customers, rentals rows) string {
	o.tb.Helper()
	f := excelize.NewFile()
	for _, s := range []struct {
		name string
		rows rows
	}{
		{"Unit types", rows{{"name", "access permissions"}, {"Small", "Gate"}}},
		{"Units", append(rows{{"location", "unit number", "unit type"}}, units...)},
		{"Customers", append(rows{{"customer id", "first name", "last name", "email"}}, customers...)},
		{"Rentals", append(rows{{"rental id", "unit", "customer", "further people", "move-in", "move-out", "locked"}}, rentals...)},
	} {
		if _, err := f.NewSheet(s.name); err != nil {
			o.tb.Fatal(err)
		}
		w, err := f.NewStreamWriter(s.name)
		if err != nil {
			o.tb.Fatal(err)
		}
		for i, cells := range s.rows {
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
				o.tb.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			o.tb.Fatal(err)
		}
	}
	path := filepath.Join(o.dir, name)
	if err := f.SaveAs(path); err != nil {
		o.tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		o.tb.Fatal(err)
	}
	return path
}

var (
	homeUnits     = rows{{"London", "A-1", "Small"}, {"London", "A-2", "Small"}}
	homeCustomers = rows{{"C-1", "Ana", "Lopez", "ana@x.test"}, {"C-2", "Jo", "Ray", "jo@x.test"}}
	homeRentals   = rows{
		{"R-1", "A-1", "C-1", "C-2", "2026-04-03", "", "no"},
		{"R-2", "A-2", "C-2", "", "2026-05-01", "2027-04-30", ""},
	}
	homeKeys = []string{
		"location:london", "resource:london/a-1", "resource:london/a-2", "plan:small", "person:C-1", "person:C-2",
		"agreement:R-1", "agreement:R-2", "assignment:R-1", "assignment:R-2",
	}
)
