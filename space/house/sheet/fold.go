package sheet

import (
	"strings"
	"unicode"
)

// clean takes out what nobody sees: control characters, line ends, hard and double spaces, byte order marks.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xFEFF, r == 0x200B, r == 0x200E, r == 0x200F, r == 0x00AD:
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r), r == unicode.ReplacementChar:
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// fold is the form in which names are compared and made into ids: lower case, single spaces, none around a slash.
func fold(s string) string {
	parts := strings.Split(strings.ToLower(clean(s)), "/")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return strings.Join(parts, "/")
}

// bare is the form in which headings are compared: letters and digits only.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// nearest returns the candidate that takes the fewest edits, "" when none is near.
func nearest(to string, candidates []string) string {
	best, least := "", len([]rune(to))/3+2
	for _, c := range candidates {
		if d := edits(to, c, least); d < least {
			best, least = c, d
		}
	}
	return best
}

// edits counts insertions, deletions and exchanges between two texts, up to a limit.
func edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit || len(x) > 100 || len(y) > 100 {
		return limit
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
