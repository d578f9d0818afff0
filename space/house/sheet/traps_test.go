package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
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

func TestNumbersBecomeWhatOneWouldType(t *testing.T) {
	t.Parallel()
	zeros, twoDigits, date := "0000", 2, 14
	for name, c := range map[string]struct {
		number any
		style  *excelize.Style
		want   string
	}{
		"whole":         {12, nil, "12"},
		"fraction":      {12.0, nil, "12"},
		"two digits":    {12, &excelize.Style{NumFmt: twoDigits}, "12"},
		"leading zeros": {12, &excelize.Style{CustomNumFmt: &zeros}, "0012"},
		"long":          {447700900123, nil, "447700900123"},
		"text":          {"012", nil, "012"},
		"text exponent": {"1E5", nil, "1e5"},
	} {
		s := with("Units", 5, 2, c.number)
		s["Rentals"] = s["Rentals"][:1]
		b := read(t, write(t, s, func(f *excelize.File) { styled(t, f, "Units", "B5", c.style) }))
		if got := b.Resources[0].ID; got != "leeds/"+c.want {
			t.Errorf("%s: %q, want leeds/%s", name, got, c.want)
		}
	}
	data := write(t, with("Units", 5, 2, 46024), func(f *excelize.File) { styled(t, f, "Units", "B5", &excelize.Style{NumFmt: date}) })
	want(t, refused(t, data), "Units!B5", "is a date to the spreadsheet program", "Rentals!B3", "names no unit")
}

func styled(t *testing.T, f *excelize.File, sheet, cell string, s *excelize.Style) {
	t.Helper()
	if s == nil {
		return
	}
	id, err := f.NewStyle(s)
	if err == nil {
		err = f.SetCellStyle(sheet, cell, cell, id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadsDatesInEveryFormThatMeansOneDay(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		46115, "2026-04-03", "2026/4/3", "20260403", 20260403, "2026-04-03T00:00:00", "2026-04-03 00:00:00", "3 Apr 2026", "03-Apr-26",
		"April 3, 2026", "3rd April 2026", "3.4.2026", "Friday, 3 April 2026", " 2026-04-03 ", 46115.5,
	} {
		b := read(t, write(t, with("Rentals", 2, 5, v)))
		if b.Agreements[0].Start != dayOf(t, "2026-04-03") {
			t.Errorf("%v: %s", v, b.Agreements[0].Start.At)
		}
	}
	for v, day := range map[string]string{"13/04/2026": "2026-04-13", "04/13/2026": "2026-04-13", "05/05/2026": "2026-05-05"} {
		if b := read(t, write(t, with("Rentals", 2, 5, v))); b.Agreements[0].Start != dayOf(t, day) {
			t.Errorf("%v: %s", v, b.Agreements[0].Start.At)
		}
	}
	formatted := write(t, with("Rentals", 2, 5, 46115), func(f *excelize.File) {
		styled(t, f, "Rentals", "E2", &excelize.Style{NumFmt: 14})
	})
	if b := read(t, formatted); b.Agreements[0].Start != dayOf(t, "2026-04-03") {
		t.Errorf("formatted: %s", b.Agreements[0].Start.At)
	}
	since1904 := write(t, with("Rentals", 2, 5, 46115-1462), func(f *excelize.File) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
	})
	if b := read(t, since1904); b.Agreements[0].Start != dayOf(t, "2026-04-03") {
		t.Errorf("since 1904: %s", b.Agreements[0].Start.At)
	}
}

func TestRefusesDatesThatMeanTwoThings(t *testing.T) {
	t.Parallel()
	for v, why := range map[any]string{
		"03/04/2026": "one day in Europe and another in America", "03-04-2026": "one day in Europe", "13/04/26": "several ways",
		"2026-02-30": "no date", "soon": "no date", "0202-04-03": "no date", 12: "no date", "31/31/2026": "no date",
	} {
		want(t, refused(t, write(t, with("Rentals", 2, 5, v))), "Rentals!E2", why)
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

// patch exchanges a text in the parts of a workbook under a folder.
func patch(t *testing.T, data []byte, folder, from, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	found := false
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, folder) && bytes.Contains(body, []byte(from)) {
			body, found = bytes.ReplaceAll(body, []byte(from), []byte(to)), true
		}
		out, err := w.Create(f.Name)
		if err == nil {
			_, err = out.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Fatalf("%s is nowhere", from)
	}
	return b.Bytes()
}

func TestRefusesDamagedAndForeignFiles(t *testing.T) {
	t.Parallel()
	whole := write(t, small())
	for name, c := range map[string]struct {
		data []byte
		why  string
	}{
		"empty":        {nil, "no .xlsx workbook"},
		"csv":          {[]byte("a,b\n1,2\n"), "no .xlsx workbook"},
		"old":          {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1........"), "without a password"},
		"cut short":    {whole[:len(whole)/2], "no .xlsx workbook"},
		"no workbook":  {patch(t, whole, "_rels/", "Relationship ", "Relation "), "Sheet"},
		"torn sheet":   {patch(t, whole, "xl/worksheets/", "</sheetData>", ""), "Sheet"},
		"unsorted":     {patch(t, whole, "xl/worksheets/", `<row r="3"`, `<row r="1"`), "Sheet"},
		"cells shift":  {patch(t, whole, "xl/worksheets/", `<c r="B2"`, `<c r="A2"`), "Sheet"},
		"far column":   {patch(t, whole, "xl/worksheets/", `<c r="E2"`, `<c r="XFD2"`), "Sheet"},
		"too large":    {bytes.Repeat([]byte{'P'}, maxFile+1), "larger than 50 MB"},
		"zip bomb":     {bomb(t, "xl/worksheets/sheet1.xml", maxUnpack+1), "too large when it is unpacked"},
		"many texts":   {bomb(t, "xl/sharedStrings.xml", maxTexts+1), "too large when it is unpacked"},
		"large styles": {bomb(t, "xl/styles.xml", maxPart+1), "too large when it is unpacked"},
	} {
		b, err := ReadWorkbook(bytes.NewReader(c.data), nil)
		cells := refusal(t, b.Records(), err)
		if name == "no workbook" {
			continue
		}
		if !strings.Contains(cells[0].Where+cells[0].What, c.why) {
			t.Errorf("%s: %v", name, cells)
		}
	}
}

// bomb is an archive with a part that says to unpack to so many bytes.
func bomb(t *testing.T, name string, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	_, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzReadWorkbook puts foreign bytes in the place of the units' sheet: changed bytes in the archive itself only fail its
// checksums. Whole files are taken as they are.
func FuzzReadWorkbook(f *testing.F) {
	whole := write(f, small())
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		f.Fatal(err)
	}
	others := map[string][]byte{}
	for _, one := range z.File {
		r, err := one.Open()
		if err != nil {
			f.Fatal(err)
		}
		if others[one.Name], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	const units = "xl/worksheets/sheet3.xml"
	if !bytes.Contains(others[units], []byte("I3")) {
		f.Fatal("the units are elsewhere")
	}
	f.Add(others[units])
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>location</t></is></c></row></sheetData></worksheet>`))
	f.Add([]byte(`<worksheet><sheetData><row r="9"><c r="C9" t="e"><f>A1</f><v>#N/A</v></c></row></sheetData>` +
		`<mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>`))
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("PK")) {
			data = archive(t, others, units, data)
		}
		b, err := ReadWorkbook(bytes.NewReader(data), nil)
		if err != nil && (len(b.Records()) > 0 || cardea.ClassOf(err) != cardea.Rejected) {
			t.Errorf("%d records came with %v", len(b.Records()), err)
		}
		met := map[cardea.Key]bool{}
		for _, r := range b.Records() {
			if k := r.Key(); k.ID == "" || met[k] {
				t.Errorf("%s comes twice or has no id", k)
			}
			met[r.Key()] = true
		}
	})
}

// archive packs parts, one of them exchanged.
func archive(t *testing.T, parts map[string][]byte, exchanged string, with []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range parts {
		if name == exchanged {
			body = with
		}
		out, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = out.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
