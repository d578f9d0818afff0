package sheet

import (
	"math"
	"net/mail"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
)

// sort says what a cell holds.
type sort int

const (
	isText sort = iota
	isNumber
	isFault  // an error of the spreadsheet: #N/A
	isHollow // a formula whose result was not saved
)

// value is one cell. Text is cleaned; for a number it is what the spreadsheet shows.
type value struct {
	text   string
	sort   sort
	number float64
	lines  bool // a text of several lines, which text has on one
}

func (v value) empty() bool { return v.sort == isText && v.text == "" }

// longest is how many characters a cell may hold.
const longest = 1000

// text returns a cell as words. Numbers are written as one would type them: 12, not 12.0 or 1.2E+01; leading zeros that
// the cell's format shows are kept.
func (r *row) text(name string) string {
	v := r.value(name)
	switch v.sort {
	case isFault:
		r.refuse(name, "holds the error %s: correct the formula", v.text)
		return ""
	case isHollow:
		r.refuse(name, "holds a formula without a result: open the file in the spreadsheet program, and save it")
		return ""
	case isNumber:
		s, ok := v.written()
		if !ok {
			r.refuse(name, "is a date to the spreadsheet program, which shows it as %q: format the column as text and type it again", v.text)
		}
		return s
	case isText:
	}
	if len([]rune(v.text)) > longest {
		r.refuse(name, "holds more than %d characters", longest)
		return ""
	}
	return v.text
}

// written returns a number as words; false when the cell shows something else than a number, as a date does.
func (v value) written() (string, bool) {
	shown, err := strconv.ParseFloat(v.text, 64)
	if err == nil && same(shown, v.number) && strings.Trim(v.text, "0123456789") == "" {
		return v.text, true
	}
	if v.number > epoch1970 && v.number < 4*epoch1970 && err != nil && (monthly(v.text) || strings.ContainsAny(v.text, "/:-")) {
		return "", false
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v.number, 'g', 15, 64), 64)
	if err != nil {
		rounded = v.number
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64), true
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) }

// monthly says whether a text names a month.
func monthly(s string) bool {
	s = strings.ToLower(s)
	for _, m := range months {
		if strings.Contains(s, m) {
			return true
		}
	}
	return false
}

// need returns a cell's words and refuses an empty one.
func (r *row) need(name string) string {
	if r.value(name).empty() {
		r.refuse(name, "is empty: %s must be given", name)
		return ""
	}
	return r.text(name)
}

// several returns the parts of a cell, separated by ; or a comma, each once.
func (r *row) several(name string) []string {
	var out []string
	met := map[string]bool{}
	for part := range strings.FieldsFuncSeq(r.text(name), func(c rune) bool { return c == ';' || c == ',' }) {
		if part = clean(part); part != "" && !met[fold(part)] {
			met[fold(part)] = true
			out = append(out, part)
		}
	}
	return out
}

// yes reads yes or no; otherwise is what an empty cell says.
func (r *row) yes(name string, otherwise bool) bool {
	switch s := strings.ToLower(r.text(name)); s {
	case "":
		return otherwise
	case "yes", "y", "true", "1", "x":
		return true
	case "no", "n", "false", "0", "-":
		return false
	default:
		r.refuse(name, "%q is neither yes nor no", s)
		return false
	}
}

// email reads an address.
func (r *row) email(name string) string {
	s := strings.TrimPrefix(r.text(name), "mailto:")
	if s == "" {
		return ""
	}
	if !isEmail(s) {
		r.refuse(name, "%q is no e-mail address: write it as in ana@example.com", s)
		return ""
	}
	return s
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && strings.Contains(s, "@")
}

// halves reads a count of passes in which half a pass is counted too.
func (r *row) halves(name string) int64 {
	s := strings.Replace(r.text(name), ",", ".", 1)
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e6 || f*2 != math.Trunc(f*2) {
		r.refuse(name, "%q is no count of passes: write 1, 10 or 0.5", s)
		return 0
	}
	return int64(f * 2)
}

// zone reads the name of a time zone.
func (r *row) zone(name string) string {
	s := r.text(name)
	if s != "" && zoneOf(s) == nil {
		r.refuse(name, "%q is no time zone: write it as in Europe/London", s)
		return ""
	}
	return s
}

// status reads whether somebody is still there. The word itself is kept.
func (r *row) status(name string) (cardea.Status, string) {
	s := r.text(name)
	switch strings.ToLower(s) {
	case "", "present", "active", "current":
		return cardea.Present, s
	case "left", "former", "inactive", "archived":
		return cardea.Left, s
	}
	r.refuse(name, "%q is no status: write present or left", s)
	return cardea.Present, s
}
