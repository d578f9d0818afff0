package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house/sheet"
)

// TestImportOfAWorkbook goes the way of an operator: a first import, an equal one, one that waits, one that is made.
func TestImportOfAWorkbook(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := atHome(t, db)
		units := o.book("units.xlsx", homeUnits, homeCustomers, homeRentals)

		o.wants(exitPending, "import", units, "--dry-run")
		o.says(&o.out, "10 added", "rehearsal")
		o.wantKept(0)

		o.wants(exitInStep, "import", units)
		o.says(&o.out, `the sheet "Sheet1" is none of the template's`, "site  units.xlsx: 10 added", "locations: 1 added", "resources: 2 added", "memberships: 2 added", "Saved")
		o.wantKept(1, homeKeys...)

		for _, flag := range []string{"--yes", "--dry-run"} {
			o.wants(exitInStep, "import", units, flag)
			o.says(&o.out, "nothing differs")
		}
		o.wantKept(1, homeKeys...)

		o.book("units.xlsx", append(homeUnits, []any{"London", "A-3", "Small"}), homeCustomers, rows{
			{"R-1", "A-1", "C-1", "", "2026-04-03", "2026-12-31", "yes"},
		})
		o.wants(exitPending, "import", units)
		o.says(&o.out, "1 added, 2 changed, 2 removed",
			"resources: 1 added", "+ London/A-3",
			"memberships: 1 changed, 1 removed", "- R-2  Jo Ray loses London/A-2 (2026-05-01 to 2027-04-30)",
			"~ R-1  end: (none) -> 2026-12-31, guests: C-2 (Jo Ray) -> (none), locked: no -> yes",
			"Jo Ray loses London/A-1; Ana Lopez is shut out of London/A-1",
			"assignments: 1 changed, 1 removed")
		o.says(&o.err, "--yes")
		o.wantKept(1, homeKeys...)

		for answer, says := range map[string]string{"n\n": "Nothing was changed.", "\n": "Nothing was changed."} {
			if code := o.types(answer, "import", units); code != exitPending {
				t.Errorf("%q: exit code %d", answer, code)
			}
			o.says(&o.out, says)
		}
		o.wantKept(1, homeKeys...)
		if code := o.types("y\n", "import", units); code != exitInStep {
			t.Fatalf("exit code %d: %s", code, o.err.String())
		}
		o.says(&o.err, "[y/N]")
		left := slices.DeleteFunc(slices.Clone(homeKeys), func(k string) bool { return strings.HasSuffix(k, ":R-2") })
		o.wantKept(2, append(left, "resource:london/a-3")...)

		o.book("units.xlsx", homeUnits, nil, nil)
		o.wants(exitInStep, "import", units, "--yes")
		o.says(&o.out, "people: 2 removed", "every one of them is removed: all 2 people", "memberships: 1 removed", "the only one")
		o.wantKept(3, "location:london", "resource:london/a-1", "resource:london/a-2", "plan:small")
	})
}

func TestABrokenWorkbookChangesNothingAndNamesTheCells(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := atHome(t, db)
		units := o.book("units.xlsx", homeUnits, homeCustomers, homeRentals)
		o.wants(exitInStep, "import", units)
		o.book("units.xlsx", append(homeUnits, []any{"London", "A-9", "Smal"}), homeCustomers, rows{{"R-1", "A-1", "C-1", "", "03/04/2026"}})
		o.wants(exitUsage, "import", units, "--yes")
		o.says(&o.err, "Units!C4: ", `"Smal"`, "\nRentals!E2: ", "nothing was changed, because of 2 problems")
		if o.out.Len() > 0 {
			t.Errorf("a broken workbook shows %s", o.out.String())
		}
		o.wants(exitUsage, "import", units, "--json")
		var got edited
		if err := json.Unmarshal(o.out.Bytes(), &got); err != nil || len(got.Problems) != 2 || got.Problems[0].Where != "Units!C4" || got.Saved {
			t.Errorf("%v: %s", err, o.out.String())
		}
		o.wantKept(1, homeKeys...)
	})
}

// TestListsAreImportedTogether reads lists in any order; later ones name what earlier ones and the database have.
func TestListsAreImportedTogether(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := atHome(t, db)
		locations := o.file("locations.csv", "name,time zone\nLondon,Europe/London\n")
		rooms := o.file("rooms.csv", "location,name,bookable\nLondon,Elephant,yes\n")
		people := o.file("people.csv", "id,name,email\np-1,Ana Lopez,ana@x.test\np-2,Jo Ray,jo@x.test\n")
		bookings := o.file("bookings.csv", "id,resource,host,start,end\nb-1,Elephant,ana@x.test,2026-11-24 09:00,2026-11-24 10:00\n")
		o.wants(exitInStep, "import", bookings, people, rooms, locations)
		o.says(&o.out, "site  locations.csv, rooms.csv, people.csv and bookings.csv: 5 added")
		all := []string{"location:london", "resource:london/elephant", "person:p-1", "person:p-2", "booking:b-1"}
		o.wantKept(1, all...)

		// A list replaces its own kind and nothing else.
		o.file("people.csv", "id,name,email\np-1,Ana Lopez,ana@new.test\n")
		o.wants(exitInStep, "import", people, "--yes")
		o.says(&o.out, "- p-2  Jo Ray <jo@x.test>", "~ p-1  (Ana Lopez)  email: ana@x.test -> ana@new.test")
		o.wantKept(2, slices.DeleteFunc(slices.Clone(all), func(k string) bool { return k == "person:p-2" })...)

		// What another list still names cannot go.
		o.file("people.csv", "id,name,email\np-3,Kim,kim@x.test\n")
		o.wants(exitUsage, "import", people, "--yes")
		o.says(&o.err, "booking:b-1: names person:p-1, which is not there")
		o.file("bookings.csv", "id,resource,host,start,end\nb-1,Elephant,nobody@x.test,2026-11-24 09:00,soon\n")
		o.wants(exitUsage, "import", bookings, "--yes")
		o.says(&o.err, "bookings.csv line 2 column host", "bookings.csv line 2 column end")
		o.wantKept(2, "location:london", "resource:london/elephant", "person:p-1", "booking:b-1")
	})
}

func TestFilesThatCannotBeImportedTogetherAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ files, want string }{
		{"", "name a file"},
		{"a.xlsx b.xlsx", "one workbook"},
		{"a.xlsx people.csv", "one after the other"},
		{"people.csv members.csv", "one file"},
		{"peple.csv", `"people.csv"`},
		{"zzzzzzzzzzzzzzz.csv", "people.csv"},
		{"units.xls", "save it as .xlsx"},
		{"units", "save it as .xlsx"},
	} {
		_, err := importable(strings.Fields(c.files))
		if err == nil || !strings.Contains(err.Error(), c.want) || cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%q: %v, want %q", c.files, err, c.want)
		}
	}
	o := atHome(t, onSQLite)
	o.wants(exitUsage, "import", filepath.Join(o.dir, "people.csv"))
	o.says(&o.err, "cannot be read", "people.csv")
}

// TestListsAreCalledByTheirKind compares the names for people with what the reader of lists knows.
func TestListsAreCalledByTheirKind(t *testing.T) {
	t.Parallel()
	var missing []cardea.Kind
	for _, k := range cardea.Kinds {
		if !slices.ContainsFunc(lists, func(name string) bool { got, ok := sheet.KindOfFile(name); return ok && got == k }) {
			missing = append(missing, k)
		}
	}
	if !slices.Equal(missing, []cardea.Kind{cardea.KindAssignment}) || len(lists) != len(cardea.Kinds)-1 {
		t.Errorf("no list holds %v", missing)
	}
}

func TestOnlyHouseConnectionsAreImportedInto(t *testing.T) {
	t.Parallel()
	o := atHome(t, onSQLite)
	people := o.file("people.csv", "id,name\np-1,Ana\n")
	o.wants(exitUsage, "import", people, "--connection", "kisi")
	o.says(&o.err, "kisi is a door connection (kisi)", "site")
	o.wants(exitUsage, "import", people, "--connection", "sit")
	o.says(&o.err, `did you mean "site"`)
	o.wantKept(0)

	o.file("cardea.yaml", strings.Replace(homeFile, "  kisi:", "  annex: {system: house}\n  kisi:", 1))
	o.wants(exitUsage, "import", people)
	o.says(&o.err, "--connection", "annex, site")
	o.wants(exitInStep, "import", people, "--connection", "annex")
	o.wantKept(1)

	o.file("cardea.yaml", "connections: {}\n")
	o.wants(exitUsage, "import", people)
	o.says(&o.err, "{system: house}")
}

func TestImportAsJSONNeverAsks(t *testing.T) {
	t.Parallel()
	o := atHome(t, onSQLite)
	people := o.file("people.csv", "id,name\np-1,Ana\np-2,Jo\n")
	type counts struct {
		Connection              string
		Added, Changed, Removed map[cardea.Kind]int
		Saved                   bool
	}
	reads := func(code int, args ...string) (r counts) {
		t.Helper()
		if got := o.types("y\n", append(args, "--json")...); got != code {
			t.Fatalf("%v: exit code %d, want %d: %s", args, got, code, o.err.String())
		}
		if err := json.Unmarshal(o.out.Bytes(), &r); err != nil {
			t.Fatalf("%v: %s", err, o.out.String())
		}
		return r
	}
	if r := reads(exitInStep, "import", people); !r.Saved || r.Connection != "site" || r.Added["person"] != 2 {
		t.Errorf("first: %+v", r)
	}
	o.file("people.csv", "id,name\np-1,Ana Lopez\np-3,Kim\n")
	if r := reads(exitPending, "import", people); r.Saved || r.Added["person"] != 1 || r.Changed["person"] != 1 || r.Removed["person"] != 1 {
		t.Errorf("waiting: %+v", r)
	}
	o.wantKept(1, "person:p-1", "person:p-2")
	if r := reads(exitInStep, "import", people, "--yes"); !r.Saved || r.Removed["person"] != 1 {
		t.Errorf("made: %+v", r)
	}
	if r := reads(exitInStep, "import", people); r.Saved || len(r.Added)+len(r.Changed)+len(r.Removed) != 0 {
		t.Errorf("equal: %+v", r)
	}
}

// meanwhile answers yes after somebody else has been at work.
type meanwhile struct {
	work   func()
	answer io.Reader
}

func (m *meanwhile) Read(p []byte) (int, error) {
	if m.work != nil {
		m.work()
		m.work = nil
	}
	return m.answer.Read(p)
}

func TestWhatIsMadeIsWhatWasShown(t *testing.T) {
	t.Parallel()
	o := atHome(t, onSQLite)
	people := o.file("people.csv", "id,name\np-1,Ana\n")
	o.wants(exitInStep, "import", people)
	o.file("people.csv", "id,name\np-1,Ana Lopez\n")
	other := &office{tb: t, dir: o.dir, database: o.database, now: o.now}
	c := &terminal{
		out: &o.out, err: &o.err, now: func() time.Time { return o.now },
		getenv: func(name string) string { return map[string]string{"CARDEA_DATABASE": o.database}[name] },
		in: &meanwhile{answer: strings.NewReader("y\n"), work: func() {
			other.wants(exitInStep, "house", "set", "person:p-2", "name=Jo", "--new")
		}},
	}
	if code := run(context.Background(), []string{"import", people, "--config", filepath.Join(o.dir, "cardea.yaml")}, c); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	o.says(&o.err, "meanwhile")
	o.wantKept(2, "person:p-1", "person:p-2")
}

func TestAQuestionEndsWithTheCommand(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	defer w.Close()
	cancel()
	c := &terminal{err: io.Discard, in: r}
	if yes, _, err := c.ask(ctx, "?"); yes || err == nil {
		t.Errorf("answered %v, %v", yes, err)
	}
	c.in = strings.NewReader("")
	if yes, answered, err := c.ask(context.Background(), "?"); yes || answered || err != nil {
		t.Errorf("an ended input answered %v, %v, %v", yes, answered, err)
	}
}

func TestTheTemplateIsAWorkbookThatCanBeImported(t *testing.T) {
	t.Parallel()
	o := atHome(t, onSQLite)
	path := filepath.Join(o.dir, "empty.xlsx")
	o.wants(exitInStep, "import", "--template", path)
	o.wants(exitInStep, "import", path)
	o.says(&o.out, "nothing differs")
	o.wants(exitUsage, "import", "--template", path)
	o.says(&o.err, "is there already")
	o.wants(exitUsage, "import", "--template", path+".csv")
	o.says(&o.err, ".xlsx")
	o.wants(exitInStep, "import", "--template")
	if !bytes.HasPrefix(o.out.Bytes(), []byte("PK")) {
		t.Errorf("standard output gets %.20q", o.out.String())
	}
	screen, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a device of characters, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if err := (&importCmd{Template: true}).Run(context.Background(), &terminal{out: screen}); err == nil ||
		!strings.Contains(err.Error(), "> units.xlsx") {
		t.Errorf("a terminal gets a workbook: %v", err)
	}
	o.wantKept(0)
}

// TestLongDifferencesAreCutAndCounted shows forty lines of a kind.
func TestLongDifferencesAreCutAndCounted(t *testing.T) {
	t.Parallel()
	o := atHome(t, onSQLite)
	list := func(from, to int) string {
		text := "id,name\n"
		for i := from; i < to; i++ {
			text += fmt.Sprintf("p-%03d,Person %d\n", i, i)
		}
		return text
	}
	people := o.file("people.csv", list(0, 10))
	o.wants(exitInStep, "import", people)
	o.file("people.csv", list(5, 100))
	o.wants(exitPending, "import", people)
	o.says(&o.out, "people: 90 added, 5 removed", "- p-000", "- p-004", "+ p-010", "+ p-044", "and 55 more (--json prints all)")
	if n := strings.Count(o.out.String(), "\n    + ") + strings.Count(o.out.String(), "\n    - "); n != most {
		t.Errorf("%d lines, want %d", n, most)
	}
}

// BenchmarkImport takes a site of 5,000 units and 4,000 rentals into an empty database on disk.
func BenchmarkImport(b *testing.B) {
	var units, customers, rentals rows
	for i := range 5000 {
		units = append(units, []any{"London", fmt.Sprintf("A-%04d", i), "Small"})
	}
	for i := range 4000 {
		customers = append(customers, []any{fmt.Sprintf("C-%04d", i), "Ana", fmt.Sprintf("Lopez %d", i), fmt.Sprintf("ana%d@x.test", i)})
		rentals = append(rentals, []any{fmt.Sprintf("R-%04d", i), fmt.Sprintf("A-%04d", i), fmt.Sprintf("C-%04d", i), "", "2026-04-03", "", "no"})
	}
	for b.Loop() {
		b.StopTimer()
		o := atHome(b, onSQLite)
		path := o.book("units.xlsx", units, customers, rentals)
		b.StartTimer()
		o.wants(exitInStep, "import", path)
	}
}
