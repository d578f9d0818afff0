package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/cardea-access/cardea"
)

// onboardingSheets are Kinnovis' sheets as they are known.
func onboardingSheets() map[string]rows {
	return map[string]rows{
		"Unit types": {
			{"Location", "Name", "Size", "Short description", "Description", "Price", "Billing cycle"},
			{"Vienna", "Small", 2.5, "2-3 m2", "For a few boxes", 49.9, "monthly"},
			{"Vienna", "Large", 10, "", "", 149, "monthly"},
		},
		"Units": {
			{"Location", "Unit type", "Unit name", "Status", "Floor", "Area", "Width", "Depth", "Height", "Door width", "Door height",
				"Door type", "Access permission(s)"},
			{"Vienna", "Small", "A-1", "vacant", "1", 2.5, 1, 2.5, 2.5, 1, 2, "roller", "1001; Gate"},
			{"Vienna", "Large", 12, "maintenance", "1", 10, 4, 2.5, 2.5, 1, 2, "double swing", ""},
			{"Vienna", "Large", "A-3", "to check"},
		},
	}
}

// arranged writes sheets in the order of their names.
func arranged(t testing.TB, sheets map[string]rows) []byte {
	t.Helper()
	f := excelize.NewFile()
	var names []string
	for name := range sheets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, cells := range sheets[name] {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOnboardingSheetsAreUnitsTypesAndPlacesAlone(t *testing.T) {
	t.Parallel()
	got, err := ReadWorkbook(bytes.NewReader(arranged(t, onboardingSheets())), nil)
	if err != nil {
		t.Fatal(err)
	}
	unit := func(id, name, kind, floor string, permissions ...string) cardea.Resource {
		return cardea.Resource{
			ID: "vienna/" + id, Name: name, Location: "vienna", Floor: floor, Type: kind, Assignable: true, Unit: true, Permissions: permissions,
		}
	}
	want := Book{
		Locations: []cardea.Location{{ID: "vienna", Name: "Vienna"}},
		Floors:    []cardea.Floor{{ID: "vienna/1", Name: "1", Location: "vienna"}},
		Plans:     []cardea.Plan{{ID: "vienna/large", Name: "Large"}, {ID: "vienna/small", Name: "Small"}},
		Resources: []cardea.Resource{
			unit("12", "12", "Large", "vienna/1"), unit("a-1", "A-1", "Small", "vienna/1", "1001", "Gate"), unit("a-3", "A-3", "Large", ""),
		},
		Only: []cardea.Kind{cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan},
		Notes: []string{
			"this is a workbook of Kinnovis' onboarding sheets",
			`sheet "Unit types": not kept: Size, Short description, Description, Price, Billing cycle`,
			`sheet "Units": not kept: Area, Width, Depth, Height, Door width, Door height, Door type`,
			"it holds no customers and no rentals: those of the connection stay as they are; bring them as people.csv and agreements.csv, " +
				"or add the sheets Customers and Rentals of the template",
			"1 units are marked as blocked, which is not kept: only a rental lets anybody in",
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want.Only, got.Kinds()); d != "" {
		t.Error(d)
	}
}

func TestOnboardingSheetsAreKnownByTheirHeadings(t *testing.T) {
	t.Parallel()
	s := onboardingSheets()
	second := rows{
		{"unit_type", "name", "width", "depth", "door_type", "location", "access_permissions", "Alarm zone"},
		{"Small", "B-1", 1, 2, "roller", "Graz", "2001", "7"},
	}
	types := append(rows{{"Kinnovis onboarding"}, {}, {"please fill below"}}, s["Unit types"]...)
	types = append(types, []any{"Graz", "Small", 2})
	got, err := ReadWorkbook(bytes.NewReader(arranged(t, map[string]rows{
		"Graz": second, "Wien": s["Units"], "Typen": types, "Hinweise": {{"read this"}},
	})), nil)
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, u := range got.Resources {
		units = append(units, u.ID+"="+strings.Join(u.Permissions, "+"))
	}
	if d := cmp.Diff([]string{"graz/b-1=2001", "vienna/12=", "vienna/a-1=1001+Gate", "vienna/a-3="}, units); d != "" {
		t.Error(d)
	}
	notes := strings.Join(got.Notes, "\n")
	for _, want := range []string{
		`sheet "Typen": what stands above the headings in row 4 was not read`, `sheet "Graz": not known and not read: Alarm zone`,
		`the sheet "Hinweise" is none of Kinnovis' onboarding sheets`,
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q does not come in\n%s", want, notes)
		}
	}
}

func TestCustomersAndRentalsMayStandBesideOnboardingSheets(t *testing.T) {
	t.Parallel()
	s := onboardingSheets()
	s["Customers"] = rows{{"customer id", "first name", "last name", "email"}, {"C-1", "Ana", "Lopez", "ana@x.test"}}
	s["Rentals"] = rows{{"unit", "customer", "move-in", "move-out", "locked"}, {"12", "C-1", "2026-04-03", "", "yes"}}
	got, err := ReadWorkbook(bytes.NewReader(arranged(t, s)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.People) != 1 || len(got.Agreements) != 1 || len(got.Assignments) != 1 || got.Only != nil || len(got.Kinds()) != 7 {
		t.Fatalf("%+v", got)
	}
	if a := got.Agreements[0]; a.Person != "C-1" || !a.Locked || a.Plan != "vienna/large" || got.Assignments[0].Resource != "vienna/12" {
		t.Errorf("%+v %+v", a, got.Assignments[0])
	}
}

func TestOnboardingSheetsThatCannotBeUnderstoodAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(map[string]rows)
		want   string
	}{
		"a heading that was meant to be another": {func(s map[string]rows) { s["Units"][0][12] = "Acces permision" },
			`Units!M1: there is no column "Acces permision": did you mean "access permissions"?`},
		"permissions on several lines": {func(s map[string]rows) { s["Units"][1][12] = "1001\nGate" }, "Units!M2: has several lines"},
		"a unit twice":                 {func(s map[string]rows) { s["Units"][3][2] = "a-1" }, "Units!C4: the unit"},
		"a type that is not there":     {func(s map[string]rows) { s["Units"][1][1] = "Smal" }, `Units!B2: "Smal" names no unit type: did you mean`},
		"no unit name":                 {func(s map[string]rows) { s["Units"][0][2] = "Zzz" }, `there is no column "unit number"`},
		"no types":                     {func(s map[string]rows) { delete(s, "Unit types") }, `there is no sheet "Unit types"`},
		"no units":                     {func(s map[string]rows) { delete(s, "Units") }, `there is no sheet "Units"`},
		"rentals alone": {func(s map[string]rows) { s["Rentals"] = rows{{"unit", "customer", "move-in"}} },
			`there is no sheet "Customers"`},
	} {
		s := onboardingSheets()
		c.change(s)
		got, err := ReadWorkbook(bytes.NewReader(arranged(t, s)), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || cardea.ClassOf(err) != cardea.Rejected || len(got.Resources) != 0 {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// What is like Kinnovis' sheets beside the template's own does not turn the file into something else.
func TestATemplateStaysOne(t *testing.T) {
	t.Parallel()
	s := small()
	wanted := read(t, arranged(t, s))
	s["Prices"] = rows{{"name", "size", "price"}, {"Small", 2, 49}}
	s["Doors"] = rows{{"unit", "door width", "door height"}, {"A-1", 1, 2}}
	got := read(t, arranged(t, s))
	if len(got.Notes) != len(wanted.Notes)+2 {
		t.Errorf("%v", got.Notes)
	}
	got.Notes, wanted.Notes = nil, nil
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
}

// FuzzOnboarding puts any words in the headings and the first row of units: they are refused, or every record is of a kind that such
// a workbook speaks for, and every unit has its place.
func FuzzOnboarding(f *testing.F) {
	f.Add("Location|Unit type|Unit name|Width|Depth|Access permission(s)", "Vienna|Small|A-1|1|2|1001; Gate")
	f.Add("name|width|depth|size|area|sqm|m2|location", "A|1|2|3|4|5|6|Vienna")
	f.Add("|width|depth|unit|type|type|site", "x")
	f.Fuzz(func(t *testing.T, heads, cells string) {
		cut := func(s string) (out []value) {
			for one := range strings.SplitSeq(s, "|") {
				out = append(out, value{text: clean(one), lines: strings.Contains(one, "\n")})
			}
			return out
		}
		bad := &RefusedError{}
		g := &grid{
			name: "Units", columns: onboardedUnits.columns, lenient: true, bad: bad,
			where: func(n, place int) string { return fmt.Sprint(n, place) },
		}
		m := newMaker(bad)
		m.locations, m.types, m.units = &grid{broken: true}, &grid{broken: true}, g
		g.heading(1, cut(heads))
		if !g.broken {
			m.unit(g.row(2, cut(cells)))
		}
		m.passed(g)
		if len(bad.Cells) > 0 {
			return
		}
		records := m.finish().Records()
		if len(records) == 0 {
			t.Fatal("neither refused nor taken")
		}
		for _, r := range records {
			if u, is := r.(cardea.Resource); r.Key().ID == "" || is && (!u.Unit || u.Name == "" || u.Location == "") {
				t.Fatalf("%+v", r)
			}
		}
	})
}
