package sheet

import (
	"testing"

	"github.com/xuri/excelize/v2"
)

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
