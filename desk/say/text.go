package say

import (
	"strconv"
	"strings"
	"unicode"
)

// Clean makes a name from outside fit to print: control characters, line breaks and characters that turn the direction
// of writing become spaces, ends are trimmed.
func Clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff', r == '\u200e', r == '\u200f':
			return -1
		}
		return r
	}, s))
}

// N prints a count with its noun: "1 change", "2 changes", "12,400 people".
func N(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// And joins parts as a sentence does: "a, b and c".
func And(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// quoted puts a cleaned name into quotation marks.
func quoted(s string) string { return "“" + Clean(s) + "”" }

// upper makes the first letter large.
func upper(s string) string {
	for i, r := range s {
		if i == 0 {
			return string(unicode.ToUpper(r)) + s[len(string(r)):]
		}
	}
	return s
}

// number prints 12400 as 12,400.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func trimZero(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }

func pair(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return number(a) + " " + unitA
	}
	return number(a) + " " + unitA + " " + strconv.Itoa(b) + " " + unitB
}
