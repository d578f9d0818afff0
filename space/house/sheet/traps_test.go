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
	"github.com/cardea-access/cardea/space/house"
)

// with returns the small workbook with one cell changed.
func with(sheet string, line, column int, v any) map[string]rows {
	s := small()
	for len(s[sheet][line-1]) < column {
		s[sheet][line-1] = append(s[sheet][line-1], nil)
	}
	s[sheet][line-1][column-1] = v
	return s
}

func dayOf(t *testing.T, s string) cardea.Day {
	t.Helper()
	d, err := cardea.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return cardea.Day{At: cardea.Instant(d) * 24 * cardea.Hour, Set: true}
}

func TestMakesRecordsOfAWorkbook(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, small()))
	attributes := cardea.Attributes{Profile: "24h", TimeGroup: "Office hours"}
	from, until, may := dayOf(t, "2026-04-03"), dayOf(t, "2027-04-02"), dayOf(t, "2026-05-01")
	const derived = "leeds/12+c-2+2026-05-01"
	wanted := Book{
		Locations: []cardea.Location{{ID: "leeds", Name: "Leeds"}, {ID: "london", Name: "London"}},
		Floors:    []cardea.Floor{{ID: "london/1", Name: "1", Location: "london"}},
		Plans:     []cardea.Plan{{ID: "large", Name: "Large"}, {ID: "london/small", Name: "Small"}},
		Resources: []cardea.Resource{
			{ID: "leeds/12", Name: "12", Location: "leeds", Type: "Large", Assignable: true, Unit: true},
			{ID: "leeds/a-1", Name: "A-1", Location: "leeds", Type: "Large", Assignable: true, Unit: true},
			{ID: "london/a-1", Name: "A-1", Location: "london", Floor: "london/1", Type: "Small", Assignable: true, Unit: true,
				Permissions: []string{"Gate", "Lift"}, Attributes: attributes},
			{ID: "london/a-2", Name: "A-2", Location: "london", Floor: "london/1", Type: "Small", Assignable: true, Unit: true,
				Permissions: []string{"Gate"}, Attributes: cardea.Attributes{Profile: "Day", TimeGroup: "Always"}},
		},
		People: []cardea.Person{
			{ID: "C-1", Name: "Ana Lopez", First: "Ana", Last: "Lopez", Email: "ana@example.com", Phone: "+44 1", Status: cardea.Present},
			{ID: "C-2", Name: "Jo & Sons", Email: "jo@example.com", Status: cardea.Present},
			{ID: "C-3", Name: "Kim", First: "Kim", Status: cardea.Present},
		},
		Agreements: []cardea.Agreement{
			{ID: "R-1", Name: "A-1", Person: "C-1", Guests: []string{"C-2", "C-3"}, Plan: "london/small", Location: "london", Approved: true,
				Start: from, End: until, Locked: true},
			{ID: derived, Name: "12", Person: "C-2", Plan: "large", Location: "leeds", Approved: true, Start: may},
		},
		Assignments: []cardea.Assignment{
			{ID: "R-1", Agreement: "R-1", Resource: "london/a-1", Start: from, End: until},
			{ID: derived, Agreement: derived, Resource: "leeds/12", Start: may},
		},
		Notes: []string{"the sizes of units were not kept", "1 units are marked as blocked, which is not kept: only a rental lets anybody in"},
	}
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
	if ps := house.Check(got.Records()); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
	for _, r := range got.Records() {
		if !slices.Contains(got.Kinds(), r.Key().Kind) {
			t.Errorf("%s is of a kind that the workbook does not speak for", r.Key())
		}
	}
	if len(got.Records()) != 2+1+4+2+3+2+2 {
		t.Errorf("%d records", len(got.Records()))
	}
}

func TestTemplateHoldsNoRowsAndReadsAsEmpty(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Template(&b); err != nil {
		t.Fatal(err)
	}
	if book := read(t, b.Bytes()); len(book.Records()) != 0 || len(book.Notes) != 0 {
		t.Errorf("%v, %q", book.Records(), book.Notes)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if d := cmp.Diff([]string{"Read me", "Unit types", "Units", "Customers", "Rentals"}, f.GetSheetList()); d != "" {
		t.Error(d)
	}
	explained, err := f.GetRows("Read me")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range sheets {
		for _, c := range l.columns {
			found := false
			for _, r := range explained {
				found = found || len(r) > 3 && r[0] == l.name && r[1] == c.name && r[3] != ""
			}
			if !found {
				t.Errorf("Read me does not explain %s, %s", l.name, c.name)
			}
		}
	}
	validations, err := f.GetDataValidations("Rentals")
	if err != nil || len(validations) != 1 || !strings.Contains(validations[0].Formula1, "yes,no") {
		t.Errorf("%v, %v", validations, err)
	}
	panes, err := f.GetPanes("Units")
	if err != nil || !panes.Freeze {
		t.Errorf("%v, %v", panes, err)
	}
}

func TestSecondImportOfAnEditedWorkbookKeepsIDs(t *testing.T) {
	t.Parallel()
	first := read(t, write(t, small()))
	edited := small()
	edited["Units"][1][1] = "  a-1 " // capitals and spaces
	edited["Units"] = append(edited["Units"][:1:1], edited["Units"][4], edited["Units"][1], edited["Units"][2], edited["Units"][3])
	edited["Rentals"][2][5] = "2026-12-31"
	second := read(t, write(t, edited))
	ids := func(b Book) (out []string) {
		for _, r := range b.Records() {
			out = append(out, r.Key().String())
		}
		return out
	}
	if d := cmp.Diff(ids(first), ids(second)); d != "" {
		t.Error(d)
	}
}

func TestNamesEveryBadCell(t *testing.T) {
	t.Parallel()
	s := small()
	s["Units"][1][2], s["Units"][2][8] = "Smal", "broken"
	s["Units"] = append(s["Units"], []any{"London", " a-2 ", ""}, []any{"", "B-9", ""}, []any{"London", "", ""})
	s["Customers"][1][4] = "ana at example"
	s["Customers"] = append(s["Customers"], []any{"c-1", "Twin"}, []any{"", "Nameless"})
	s["Rentals"][1][6] = "maybe"
	s["Rentals"][1][5] = "2026-01-01"
	s["Rentals"] = append(s["Rentals"],
		[]any{"R-2", "A-1", "C-1", "", "2026-05-01"},
		[]any{"R-3", "B-9", "C-9", "nobody@example.com", ""},
		[]any{"R-1", "A-2", "C-1", "", "2026-05-01"},
		[]any{"R-4", "Z-77", "C-1", "", "2026-05-01"},
	)
	want(t, refused(t, write(t, s)),
		"Units!C2", `did you mean "small"`,
		"Units!I3", "available or blocked",
		"Units!B6", "see Units!B3",
		"Units!A7", "is empty",
		"Units!B8", "is empty",
		"Customers!E2", "no e-mail address",
		"Customers!A5", "see Customers!A2",
		"Customers!A6", "is empty",
		"Rentals!F2", "before the move-in",
		"Rentals!G2", "neither yes nor no",
		"Rentals!B4", "more than one unit: write leeds/a-1 or london/a-1",
		"Rentals!C5", "names no customer",
		"Rentals!D5", "names no customer",
		"Rentals!E5", "is empty",
		"Rentals!B7", "names no unit",
	)
}

func TestRefusesTwoRentalsOfOneUnitAtOneTime(t *testing.T) {
	t.Parallel()
	s := small()
	s["Rentals"] = append(s["Rentals"],
		[]any{"R-2", "London/A-1", "C-2", "", "2027-04-02"}, // on the day of the move-out: fine
		[]any{"R-3", "London/A-1", "C-3", "", "2027-06-01"},
	)
	want(t, refused(t, write(t, s)), "Rentals!B5", "see Rentals!B4")
	s["Rentals"] = append(s["Rentals"][:4:4], []any{"R-1", "London/A-2", "C-3", "", "2027-06-01"})
	want(t, refused(t, write(t, s)), "Rentals!A5", "see Rentals!A2")
}

func TestListsTwoHundredBadCellsAndCountsTheRest(t *testing.T) {
	t.Parallel()
	s := small()
	for i := range 300 {
		s["Customers"] = append(s["Customers"], []any{fmt.Sprint("X", i), "", "", "", "bad"})
	}
	_, err := ReadWorkbook(bytes.NewReader(write(t, s)), nil)
	if cells := refusal(t, nil, err); len(cells) != 200 || !strings.HasSuffix(err.Error(), "\nand 100 more") {
		t.Errorf("%d cells listed, %q", len(cells), err.Error()[len(err.Error())-20:])
	}
}

func TestMatchesHeadingsInAnyOrderAndSpelling(t *testing.T) {
	t.Parallel()
	s := small()
	s["Customers"][0] = []any{" Customer ID *", "FIRST NAME", "Surname", "Company name", "E-Mail", "Phone number"}
	s["Rentals"][0] = []any{"Contract ID", "Unit Number", "Tenant", "Guests", "Start Date", "END DATE", "Locked"}
	if got, wanted := read(t, write(t, s)), read(t, write(t, small())); cmp.Diff(wanted, got) != "" {
		t.Error(cmp.Diff(wanted, got))
	}
}

func TestRefusesHeadingsThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	want(t, refused(t, write(t, with("Customers", 1, 5, "Emial"))), "Customers!E1", `did you mean "email"`)
	want(t, refused(t, write(t, with("Customers", 1, 6, "Shoe size"))), "Customers!F1", "take it out, or use one of customer id,")
	want(t, refused(t, write(t, with("Customers", 1, 6, "E-mail"))), "Customers!F1", "see Customers!E1")
	want(t, refused(t, write(t, with("Customers", 1, 1, ""))),
		"Customers!A1", `no column "customer id"`)
	want(t, refused(t, write(t, with("Customers", 3, 8, "note to self"))), "Customers!H3", "under no heading")
}

func TestRefusesAWorkbookWithoutASheet(t *testing.T) {
	t.Parallel()
	s := small()
	delete(s, "Rentals")
	want(t, refused(t, write(t, s)), "The workbook", `no sheet "Rentals"`)
	s["Rentals"] = rows{}
	want(t, refused(t, write(t, s)), "Rentals!A1", "no headings")
}

func TestNotesSheetsThatItDoesNotRead(t *testing.T) {
	t.Parallel()
	s := small()
	s["Notes"], s["Read me"] = rows{{"anything"}}, rows{{"How to"}}
	b := read(t, write(t, s))
	if len(b.Notes) != 3 || !strings.Contains(b.Notes[0], `"Notes"`) {
		t.Errorf("%q", b.Notes)
	}
}

func TestLocationsSheetGivesZonesAndGuardsSpelling(t *testing.T) {
	t.Parallel()
	s := small()
	s["Locations"] = rows{{"name", "time zone"}, {"London", "Europe/London"}, {"Leeds", ""}}
	if b := read(t, write(t, s)); b.Locations[1].Zone != "Europe/London" || len(b.Locations) != 2 {
		t.Errorf("%v", b.Locations)
	}
	s["Locations"] = rows{{"name", "time zone"}, {"London", "London"}, {"Leeds", ""}}
	s["Units"][4][0] = "Leads"
	want(t, refused(t, write(t, s)), "Locations!B2", "no time zone", "Units!A5", `did you mean "leeds"`)
}

func TestReadsMergedBlankHiddenAndSpacedCells(t *testing.T) {
	t.Parallel()
	s := small()
	u := s["Units"]
	u[4][0] = nil // merged with the cell above
	u[1][1] = "\u00a0A-1\n"
	s["Units"] = rows{nil, u[0], u[1], nil, u[2], {" ", "\t"}, u[3], u[4]}
	data := write(t, s, func(f *excelize.File) {
		if err := f.MergeCell("Units", "A7", "A8"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetVisible("Customers", false); err != nil {
			t.Fatal(err)
		}
	})
	if got, wanted := read(t, data), read(t, write(t, small())); cmp.Diff(wanted, got) != "" {
		t.Error(cmp.Diff(wanted, got))
	}
}

func TestTakesAFormulasCalculatedValue(t *testing.T) {
	t.Parallel()
	formula := func(saved string) []byte {
		return patch(t, write(t, with("Units", 2, 9, 77)), "xl/worksheets/", `<v>77</v>`, `<f>CONCATENATE("avail","able")</f>`+saved)
	}
	data := formula(`<v>available</v>`)
	data = patch(t, data, "xl/worksheets/", `<c r="I2"><f>`, `<c r="I2" t="str"><f>`)
	if got := read(t, data); len(got.Resources) != 4 {
		t.Errorf("%v", got.Resources)
	}
	want(t, refused(t, formula("")), "Units!I2", "formula without a result")
	fault := patch(t, write(t, with("Units", 2, 7, 77)), "xl/worksheets/", `<c r="G2"><v>77</v>`, `<c r="G2" t="e"><f>A9</f><v>#N/A</v>`)
	want(t, refused(t, fault), "Units!G2", "the error #N/A")
}
