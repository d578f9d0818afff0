package sheet

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

const readMe = "Read me"

// lastListed is the last row that gets a format and a list of choices in the template.
const lastListed = 20_000

// Template writes an empty workbook: a sheet that explains every column, and one sheet of headings for each kind of row. The
// examples stand in the explanation only, so that none is ever imported.
func Template(out io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	t := template{file: f}
	for _, step := range []func() error{t.styles, t.explain} {
		if err := step(); err != nil {
			return fmt.Errorf("the template could not be made: %w", err)
		}
	}
	for _, l := range sheets {
		if !l.need {
			continue
		}
		if err := t.sheet(l); err != nil {
			return fmt.Errorf("the template's sheet %s could not be made: %w", l.name, err)
		}
	}
	f.SetActiveSheet(0)
	if err := f.Write(out); err != nil {
		return fmt.Errorf("the template could not be written: %w", err)
	}
	return nil
}

type template struct {
	file                      *excelize.File
	bold, wrapped, text, date int
}

func (t *template) styles() (err error) {
	iso := "yyyy-mm-dd"
	for _, s := range []struct {
		into  *int
		style excelize.Style
	}{
		{&t.bold, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#E8EEF4"}}}},
		{&t.wrapped, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&t.text, excelize.Style{NumFmt: 49}}, // @: what is typed stays as typed
		{&t.date, excelize.Style{CustomNumFmt: &iso}},
	} {
		if *s.into, err = t.file.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// explain writes the first sheet.
func (t *template) explain() error {
	if err := t.file.SetSheetName(t.file.GetSheetName(0), readMe); err != nil {
		return err
	}
	rows := [][]any{
		{"How to fill this workbook"},
		{"Write one row for each unit type, unit, customer and rental on the sheets that follow, then run: cardea import FILE.xlsx"},
		{"The import shows what would change before anything does. One bad cell, and nothing is taken: every bad cell is named."},
		{"What the workbook does not have any more is removed by the next import. Keep all rows in one workbook."},
		{"Dates: a date cell, or 2026-04-03. Dates such as 03/04/2026 are refused, because they mean two things."},
		{"Headings may stand in any order. Other columns and notes belong on a sheet of their own, which is not read."},
		{},
		{"Sheet", "Column", "Required", "What it takes", "Example"},
	}
	head := len(rows)
	for _, l := range sheets {
		rows = append(rows, []any{l.name, "", yesOrNo(l.need), l.says})
		for _, c := range l.columns {
			rows = append(rows, []any{l.name, c.name, yesOrNo(c.need), c.says, c.example})
		}
	}
	for i, cells := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = t.file.SetSheetRow(readMe, at, &cells)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(
		t.file.SetCellStyle(readMe, "D9", fmt.Sprintf("D%d", len(rows)), t.wrapped),
		t.file.SetCellStyle(readMe, "A1", "A1", t.bold),
		t.file.SetCellStyle(readMe, fmt.Sprintf("A%d", head), fmt.Sprintf("E%d", head), t.bold),
		t.file.SetColWidth(readMe, "A", "C", 18),
		t.file.SetColWidth(readMe, "D", "D", 90),
		t.file.SetColWidth(readMe, "E", "E", 26),
	)
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// sheet writes one sheet of headings. Every cell below is text, so that 012 and +44 stay what they are, but for dates.
func (t *template) sheet(l layout) error {
	if _, err := t.file.NewSheet(l.name); err != nil {
		return err
	}
	heads := make([]any, len(l.columns))
	for i, c := range l.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		heads[i] = c.name
		if c.need {
			heads[i] = c.name + " *"
		}
		style := t.text
		if c.form == day {
			style = t.date
		}
		err = errors.Join(t.file.SetColStyle(l.name, name, style), t.file.SetColWidth(l.name, name, name, 22), t.choices(l, c, name))
		if err != nil {
			return err
		}
	}
	if err := t.file.SetSheetRow(l.name, "A1", &heads); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(heads), 1)
	if err != nil {
		return err
	}
	return errors.Join(
		t.file.SetCellStyle(l.name, "A1", last, t.bold),
		t.file.SetPanes(l.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	)
}

// choices gives a column its list of choices, where it has one.
func (t *template) choices(l layout, c column, name string) error {
	var words []string
	switch {
	case c.form == yesNo:
		words = []string{"yes", "no"}
	case l.name == unitsSheet.name && c.name == colStatus:
		words = []string{"available", "blocked"}
	default:
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s2:%s%d", name, name, lastListed))
	if err := v.SetDropList(words); err != nil {
		return err
	}
	v.SetError(excelize.DataValidationErrorStyleStop, "Not in the list", "Choose one of the list, or leave the cell empty.")
	return t.file.AddDataValidation(l.name, v)
}
