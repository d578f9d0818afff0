package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
)

// List is one CSV file of records of one kind.
type List struct {
	// Kind is one of the kinds that KindOfFile knows.
	Kind cardea.Kind
	// Name stands in messages; empty = the kind's own file name.
	Name string
	// Known are records that the file may name: what the connection has, and what other files of the same import bring.
	// Those of the kinds that this file replaces are left out of it.
	Known []cardea.Record
	// Progress, if any, is told the lines read and how many there are.
	Progress func(sheet string, done, total int)
}

// KindOfFile says which kind of records a file of this name holds: people.csv, bookings.csv and so on.
func KindOfFile(name string) (cardea.Kind, bool) {
	base := strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:])
	stem, isCSV := strings.CutSuffix(base, ".csv")
	for _, l := range lists {
		if isCSV && (l.name == base || slices.Contains(l.files, stem)) {
			return l.kind, true
		}
	}
	return "", false
}

// KindsOf lists the kinds that a CSV file of one kind speaks for; an import replaces exactly those of the connection. A
// file of agreements brings their assignments too.
func KindsOf(kind cardea.Kind) []cardea.Kind {
	if kind == cardea.KindAgreement {
		return []cardea.Kind{cardea.KindAgreement, cardea.KindAssignment}
	}
	return []cardea.Kind{kind}
}

// ReadCSV reads a CSV file. It is all or nothing: when any cell is refused there are no records and the error, of class
// Rejected, is a *RefusedError that names every bad cell. Records come in the order of cardea.Kinds, then by id.
func ReadCSV(r io.Reader, l List) ([]cardea.Record, error) {
	at := slices.IndexFunc(lists, func(c csvLayout) bool { return c.kind == l.Kind })
	if at < 0 {
		return nil, cardea.Errorf(cardea.Rejected, "there is no CSV file of %s records", l.Kind)
	}
	of := lists[at]
	if l.Name == "" {
		l.Name = of.name
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s could not be read: %w", l.Name, err)
	}
	d, why := dialectOf(data)
	if why != "" {
		return nil, refuse(l.Name, "%s", why)
	}
	m := newLister(l)
	g := &grid{name: l.Name, columns: of.columns, bad: m.bad}
	g.where = func(line, place int) string {
		head := ""
		if place < len(g.heads) {
			head = g.heads[place]
		}
		if head == "" {
			head = fmt.Sprintf("number %d", place+1)
		}
		return fmt.Sprintf("%s line %d column %s", l.Name, line, head)
	}
	if err := m.rows(d, g, func(r *row) { of.take(m, r) }); err != nil {
		return nil, err
	}
	m.later()
	if err := m.bad.err(); err != nil {
		return nil, err
	}
	return m.sorted(), nil
}

// rows reads the lines of a file.
func (m *lister) rows(d dialect, g *grid, take func(*row)) error {
	c := csv.NewReader(bytes.NewReader(d.data))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = d.comma, -1, true
	total := bytes.Count(d.data, []byte("\n"))
	for done := 1; ; done++ {
		fields, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			m.bad.add(fmt.Sprintf("%s line %d", m.Name, wrong.Line+d.skipped),
				"cannot be read (%v): a text with quotes in it is put in quotes, and each quote in it is written twice", wrong.Err)
			return m.bad.err()
		}
		if err != nil {
			return fmt.Errorf("%s could not be read: %w", m.Name, err)
		}
		line, _ := c.FieldPos(0)
		cells := make([]value, len(fields))
		for i, f := range fields {
			cells[i] = value{text: clean(f)}
		}
		switch {
		case blank(cells):
		case g.at == nil:
			g.heading(line+d.skipped, cells)
		case !g.broken:
			take(g.row(line+d.skipped, cells))
		}
		if m.Progress != nil && done%500 == 0 {
			m.Progress(m.Name, min(line, total), total)
		}
	}
	if g.at == nil {
		return refuse(m.Name, "is empty: the first line must name the columns")
	}
	if m.Progress != nil {
		m.Progress(m.Name, total, total)
	}
	return nil
}

// dialect is how a CSV file is written.
type dialect struct {
	data    []byte // UTF-8, with line feeds
	comma   rune
	skipped int // lines before the headings
}

// dialectOf finds encoding and separator.
func dialectOf(data []byte) (d dialect, why string) {
	if len(data) > maxFile {
		return d, fmt.Sprintf("is larger than %d MB", maxFile>>20)
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return d, "is UTF-16: save it as CSV UTF-8"
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return d, "is a workbook or an archive and no CSV file"
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		return d, fmt.Sprintf("is not UTF-8 (line %d): save it as CSV UTF-8", badLine(data))
	}
	if !bytes.ContainsRune(data, '\n') {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n")) // old Macintosh line ends
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	first = bytes.TrimRight(first, "\r")
	d = dialect{data: data, comma: separator(first)}
	if sep, ok := bytes.CutPrefix(bytes.Trim(first, `"`), []byte("sep=")); ok {
		d.data, d.skipped = rest, 1
		if len(sep) != 1 || !bytes.ContainsAny(sep, ",;\t|") {
			return d, "names a separator that is neither comma, semicolon nor tab"
		}
		d.comma = rune(sep[0])
	}
	return d, ""
}

// badLine counts the lines to the first byte that is no UTF-8.
func badLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}

// separator is what stands most often between the headings.
func separator(line []byte) rune {
	best, most := ',', 0
	for _, c := range ",;\t" {
		n, quoted := 0, false
		for _, r := range string(line) {
			if r == '"' {
				quoted = !quoted
			}
			if r == c && !quoted {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}
