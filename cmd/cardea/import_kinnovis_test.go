package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/cardea-access/cardea"
)

// onboarding writes a workbook of sheets in this order.
func (o *office) onboarding(name string, order []string, sheets map[string]rows) string {
	o.tb.Helper()
	f := excelize.NewFile()
	for _, s := range order {
		if _, err := f.NewSheet(s); err != nil {
			o.tb.Fatal(err)
		}
		for i, cells := range sheets[s] {
			if err := f.SetSheetRow(s, fmt.Sprintf("A%d", i+1), &cells); err != nil {
				o.tb.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		o.tb.Fatal(err)
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

// TestImportOfKinnovisOnboardingSheets goes the way of an operator who has the sheets that Kinnovis asked for: units first, from the
// sheets as they are, then who rents them, from lists; a second import of the sheets leaves the rentals alone.
func TestImportOfKinnovisOnboardingSheets(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := atHome(t, db)
		types := rows{
			{"Location", "Name", "Size", "Short description", "Description", "Price", "Billing cycle"},
			{"Vienna", "Small", 2.5, "2-3 m2", "", 49.9, "monthly"}, {"Vienna", "Large", 10, "", "", 149, "monthly"},
		}
		heads := []any{"Location", "Unit type", "Unit name", "Status", "Floor", "Area", "Width", "Depth", "Height", "Door width", "Door height",
			"Door type", "Access permission(s)", "Insured"}
		a1 := []any{"Vienna", "Small", "A-1", "vacant", "1", 2.5, 1, 2.5, 2.5, 1, 2, "roller", "1001; Gate", "no"}
		a2 := []any{"Vienna", "Large", "A-2", "blocked", "1", 10, 4, 2.5, 2.5, 1, 2, "double swing"}
		// What the sheets are called does not matter, their headings do.
		write := func(units ...[]any) string {
			return o.onboarding("kinnovis.xlsx", []string{"Preise", "Einheiten", "Hinweise"}, map[string]rows{
				"Preise": types, "Einheiten": append(rows{{"Kinnovis onboarding"}, heads}, units...), "Hinweise": {{"call us"}},
			})
		}
		units := write(a1, a2)
		o.wants(exitPending, "import", units, "--dry-run")
		o.says(&o.out, "6 added", "rehearsal")
		o.wantKept(0)
		o.wants(exitInStep, "import", units)
		o.says(&o.out, "this is a workbook of Kinnovis' onboarding sheets",
			`sheet "Preise": not kept: Size, Short description, Description, Price, Billing cycle`,
			`sheet "Einheiten": what stands above the headings in row 2 was not read`,
			`sheet "Einheiten": not kept: Area, Width, Depth, Height, Door width, Door height, Door type`,
			`sheet "Einheiten": not known and not read: Insured`, "holds no customers and no rentals: those of the connection stay",
			`the sheet "Hinweise" is none of Kinnovis' onboarding sheets`, "1 units are marked as blocked")
		places := []string{"location:vienna", "floor:vienna/1", "plan:vienna/small", "plan:vienna/large", "resource:vienna/a-1",
			"resource:vienna/a-2"}
		o.wantKept(1, places...)
		o.wants(exitInStep, "house", "list", "units", "--json")
		var got []cardea.Resource
		if err := json.Unmarshal(o.out.Bytes(), &got); err != nil || len(got) != 2 || !got[0].Unit || got[0].Type != "Small" ||
			!slices.Equal(got[0].Permissions, []string{"1001", "Gate"}) || len(got[1].Permissions) != 0 {
			t.Errorf("%v: %s", err, o.out.String())
		}

		people := o.file("people.csv", "id,first name,last name,email\nC-1,Ana,Lopez,ana@x.test\n")
		agreements := o.file("agreements.csv", "id,person,resources,start,end,locked\nR-1,C-1,vienna/a-1,2026-04-03,,no\n")
		o.wants(exitInStep, "import", people, agreements)
		rented := append(slices.Clone(places), "person:C-1", "agreement:R-1", "assignment:R-1+vienna/a-1")
		o.wantKept(2, rented...)

		o.wants(exitInStep, "import", units)
		o.says(&o.out, "nothing differs")
		o.wantKept(2, rented...)

		moved := slices.Clone(a1)
		moved[12] = "1002"
		write(moved, a2)
		o.wants(exitPending, "import", units)
		o.says(&o.out, "1 changed", "permissions: 1001,Gate -> 1002")
		o.wants(exitInStep, "import", units, "--yes")
		o.wantKept(3, rented...)

		// The switch "Has access" of Kinnovis, by hand.
		o.wants(exitInStep, "house", "set", "agreement:R-1", "locked=yes")
		o.says(&o.out, "locked: no -> yes")
		o.wantKept(4, rented...)

		// A unit that somebody rents cannot go with a file that does not speak of rentals.
		write(a2)
		o.wants(exitUsage, "import", units, "--yes")
		o.says(&o.err, "resource:vienna/a-1", "which is not there")
		write(moved, []any{"Vienna", "Larg", "A-2"})
		o.wants(exitUsage, "import", units, "--yes")
		o.says(&o.err, "Einheiten!B4", `"Larg" names no unit type`)
		o.wantKept(4, rented...)
	})
}
