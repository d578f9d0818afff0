package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// Years outside these are slips of the keyboard.
const firstYear, lastYear = 1990, 2199

// epoch1970 is 1970-01-01 as a spreadsheet counts days; workbooks that count from 1904 are so many days behind.
const (
	epoch1970 = 25569
	behind    = 1462
)

// day reads a date as its midnight in UTC, which stands for that date in every zone (cardea.Day).
func (r *row) day(name string) cardea.Day {
	d, ok := r.date(name)
	if !ok {
		return cardea.Day{}
	}
	return cardea.Day{At: cardea.Instant(d) * 24 * cardea.Hour, Set: true}
}

// date reads a date; false when the cell is empty or was refused.
func (r *row) date(name string) (cardea.Date, bool) {
	v := r.value(name)
	if v.sort == isNumber {
		if d, ok := r.in.serial(v.number); ok {
			return d, true
		}
		if d, ok := compact(strconv.FormatFloat(v.number, 'f', -1, 64)); ok {
			return d, true
		}
		r.refuse(name, "%s is no date: write it as in 2026-04-03, or format the cell as a date", v.text)
		return 0, false
	}
	s := r.text(name)
	if s == "" {
		return 0, false
	}
	d, why := parseDate(s)
	if why != "" {
		r.refuse(name, "%q %s", s, why)
	}
	return d, why == ""
}

// serial turns a spreadsheet's day count into a date. A time of day in it is left out.
func (g *grid) serial(f float64) (cardea.Date, bool) {
	n := math.Floor(f+1e-9) - epoch1970
	if g.era1904 {
		n += behind
	}
	if math.IsNaN(n) || n < 0 || n > 100_000 {
		return 0, false
	}
	d := cardea.Date(n)
	return d, likely(d)
}

func likely(d cardea.Date) bool {
	y, _, _ := d.Civil()
	return y >= firstYear && y <= lastYear
}

const mend = "write it as in 2026-04-03"

// parseDate reads a date in words. What two countries read differently is refused; why is empty for a date.
func parseDate(s string) (d cardea.Date, why string) {
	if d, ok := compact(s); ok {
		return d, ""
	}
	if t, _, ok := strings.Cut(s, "T"); ok && len(t) == len(time.DateOnly) {
		s = t
	} else if t, clock, ok := strings.Cut(s, " "); ok && strings.HasPrefix(clock, "00:00") {
		s = t
	}
	if monthly(s) {
		return named(s)
	}
	return numeric(s)
}

// compact reads 20260403.
func compact(s string) (cardea.Date, bool) {
	if len(s) != 8 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	return civil(s[:4], s[4:6], s[6:])
}

// named reads a date that names its month: 3 Apr 2026, 3-Apr-26, April 3, 2026.
func named(s string) (cardea.Date, string) {
	parts := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return strings.ContainsRune(" -/.,", c) })
	if len(parts) == 4 {
		parts = parts[1:] // Friday, 3 April 2026
	}
	if len(parts) != 3 {
		return 0, "is no date: " + mend
	}
	at := slices.IndexFunc(parts, func(p string) bool { return month(p) > 0 })
	if at < 0 || at > 1 {
		return 0, "is no date: " + mend
	}
	dom, year := parts[1-at], parts[2]
	dom = strings.TrimRight(dom, "sthndr")
	if len(year) == 2 {
		year = "20" + year
	}
	if d, ok := civil(year, strconv.Itoa(month(parts[at])), dom); ok {
		return d, ""
	}
	return 0, "is no date: " + mend
}

// month returns the number of a month's English name or its first three letters, 0 for another word.
func month(s string) int {
	if len(s) < 3 {
		return 0
	}
	i := slices.Index(months, s[:3])
	if i < 0 || !strings.HasPrefix(strings.ToLower(time.Month(i+1).String()), s) && s != "sept" {
		return 0
	}
	return i + 1
}

// numeric reads 2026-04-03, 2026/4/3, 3.4.2026, and what else can mean one date only.
func numeric(s string) (cardea.Date, string) {
	sep := strings.Trim(s, "0123456789")
	if sep == "" {
		return 0, "is no date: " + mend
	}
	parts := strings.Split(s, sep[:1])
	if len(parts) != 3 || !strings.ContainsAny(sep[:1], "-/.") {
		return 0, "is no date: " + mend
	}
	a, b, c := parts[0], parts[1], parts[2]
	if len(a) == 4 {
		if d, ok := civil(a, b, c); ok {
			return d, ""
		}
		return 0, "is no date: " + mend
	}
	if len(c) != 4 {
		return 0, "can be read in several ways: " + mend
	}
	dayFirst, ok1 := civil(c, b, a)
	monthFirst, ok2 := civil(c, a, b)
	switch {
	case ok1 && ok2 && dayFirst != monthFirst && sep[:1] != ".":
		return 0, "is one day in Europe and another in America: " + mend
	case ok1:
		return dayFirst, ""
	case ok2 && sep[:1] != ".":
		return monthFirst, ""
	}
	return 0, "is no date: " + mend
}

// civil makes a date of its parts; false when there is no such date, or not in a likely year.
func civil(year, month, dom string) (cardea.Date, bool) {
	if len(month) == 1 {
		month = "0" + month
	}
	if len(dom) == 1 {
		dom = "0" + dom
	}
	d, err := cardea.ParseDate(year + "-" + month + "-" + dom)
	return d, err == nil && likely(d)
}
