package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/cardea-access/cardea"
)

// rows are the rows of a sheet, headings first.
type rows [][]any

// small is a workbook in which everything is right.
func small() map[string]rows {
	return map[string]rows{
		"Unit types": {
			{"location", "name", "access profile", "time group", "access permissions"},
			{"London", "Small", "24h", "Office hours", "Gate; Lift"},
			{"", "Large", "", "", ""},
		},
		"Units": {
			{"location", "unit number", "unit type", "floor", "size", "access permissions", "access profile", "time group", "status"},
			{"London", "A-1", "Small", "1", "4.5", "", "", "", "available"},
			{"London", "A-2", "Small", "1", "4.5", "Gate", "Day", "Always", "blocked"},
			{"Leeds", "A-1", "Large"},
			{"Leeds", 12, "Large"},
		},
		"Customers": {
			{"customer id", "first name", "last name", "company", "email", "phone"},
			{"C-1", "Ana", "Lopez", "Lopez Ltd", "ana@example.com", "+44 1"},
			{"C-2", "", "", "Jo & Sons", "jo@example.com", ""},
			{"C-3", "Kim", "", "", "", ""},
		},
		"Rentals": {
			{"rental id", "unit", "customer", "further people", "move-in", "move-out", "locked"},
			{"R-1", "London/A-1", "C-1", "jo@example.com; C-3", "2026-04-03", "2027-04-02", "yes"},
			{"", "12", "jo@example.com", "", "2026-05-01", "", ""},
		},
	}
}

var order = []string{"Read me", "Locations", "Unit types", "Units", "Customers", "Rentals", "Notes"}

// write makes a workbook of sheets; more may change it before it is saved.
func write(t testing.TB, sheets map[string]rows, more ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, name := range order {
		rs, ok := sheets[name]
		if !ok {
			continue
		}
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, cells := range rs {
			at, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = f.SetSheetRow(name, at, &cells)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	for _, m := range more {
		m(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, data []byte) Book {
	t.Helper()
	b, err := ReadWorkbook(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refused returns what a workbook is refused for.
func refused(t *testing.T, data []byte) []Cell {
	t.Helper()
	b, err := ReadWorkbook(bytes.NewReader(data), nil)
	return refusal(t, b.Records(), err)
}

func refusal(t *testing.T, recs []cardea.Record, err error) []Cell {
	t.Helper()
	var r *RefusedError
	if !errors.As(err, &r) {
		t.Fatalf("want a refusal, got %v", err)
	}
	if cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("class %q", cardea.ClassOf(err))
	}
	if len(recs) != 0 {
		t.Errorf("%d records came with a refusal", len(recs))
	}
	return r.Cells
}

// want checks that exactly these cells are refused, each for something that says so.
func want(t *testing.T, got []Cell, pairs ...string) {
	t.Helper()
	var lines []string
	for _, c := range got {
		lines = append(lines, c.Where+": "+c.What)
	}
	if len(got)*2 != len(pairs) {
		t.Fatalf("want %d bad cells, got %d:\n%s", len(pairs)/2, len(got), strings.Join(lines, "\n"))
	}
	for i, c := range got {
		if c.Where != pairs[2*i] || !strings.Contains(c.What, pairs[2*i+1]) {
			t.Errorf("want %s: ...%s...\ngot  %s", pairs[2*i], pairs[2*i+1], lines[i])
		}
	}
}

// site is a workbook of a given size.
func site(t testing.TB, units, rentals int) []byte {
	t.Helper()
	s := small()
	s["Units"], s["Customers"], s["Rentals"] = s["Units"][:1], s["Customers"][:1], s["Rentals"][:1]
	for i := range units {
		s["Units"] = append(s["Units"], []any{"London", fmt.Sprintf("U%05d", i), "Small", fmt.Sprint(i % 5), "4", "Gate;Lift", "24h", "", "available"})
	}
	for i := range rentals {
		id := fmt.Sprintf("C-%d", i)
		s["Customers"] = append(s["Customers"], []any{id, "First", "Last", "", fmt.Sprintf("c%d@example.com", i), 447700900000 + i})
		s["Rentals"] = append(s["Rentals"], []any{fmt.Sprintf("R-%d", i), fmt.Sprintf("U%05d", i), id, "", 46000 + i%365, "2030-01-31", "no"})
	}
	return write(t, s)
}

func TestReadsALargeSite(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	b, err := ReadWorkbook(bytes.NewReader(site(t, 5000, 4000)), func(sheet string, done, total int) {
		if done < seen[sheet] || done > total {
			t.Errorf("%s: %d of %d after %d", sheet, done, total, seen[sheet])
		}
		seen[sheet] = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Resources) != 5000 || len(b.Agreements) != 4000 || len(b.Assignments) != 4000 || len(b.People) != 4000 {
		t.Errorf("%d units, %d rentals, %d assignments, %d people", len(b.Resources), len(b.Agreements), len(b.Assignments), len(b.People))
	}
	if seen["Units"] != 5001 || seen["Rentals"] != 4001 {
		t.Errorf("progress ended at %v", seen)
	}
}

func BenchmarkReadWorkbook(b *testing.B) {
	data := site(b, 5000, 4000)
	b.ReportAllocs()
	for b.Loop() {
		read(b, data)
	}
}
