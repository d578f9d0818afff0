package desk

import (
	"fmt"
	"strings"

	"github.com/cardea-access/cardea/desk/say"
)

// Nearest ends a sentence about an unknown name: with the known name that was probably meant, else with all of them when
// they are few.
func Nearest(got string, known []string) string {
	best, at := "", 1<<30
	for _, k := range known {
		if d := edits(strings.ToLower(got), strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	switch {
	case len(known) == 0:
		return ": there are none"
	case at <= 1+len(got)/3:
		return fmt.Sprintf(": did you mean %q?", best)
	case len(known) <= 12:
		return ": there are " + say.Clean(strings.Join(known, ", "))
	}
	return fmt.Sprintf("; the nearest is %q", best)
}

// edits is the number of single-letter edits between two words.
func edits(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j := range rb {
			cost := 1
			if ra[i] == rb[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(rb)]
}
