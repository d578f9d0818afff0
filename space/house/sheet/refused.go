package sheet

import (
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
)

// listed is how many bad cells are named; the rest are counted.
const listed = 200

// Cell is one place of a file that cannot be taken.
type Cell struct {
	Where string `json:"where"` // Units!B17, or: people.csv line 17 column email
	What  string `json:"what"`  // what is the matter and what to do
}

// RefusedError is everything that is wrong with a file. Nothing of it was taken.
type RefusedError struct {
	Cells []Cell `json:"cells"`
	More  int    `json:"more,omitempty"` // bad cells beyond those that are listed
}

// Error prints one cell a line.
func (r *RefusedError) Error() string {
	var b strings.Builder
	for i, c := range r.Cells {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(c.Where + ": " + c.What)
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", r.More)
	}
	return b.String()
}

func (r *RefusedError) add(where, format string, args ...any) {
	if len(r.Cells) >= listed {
		r.More++
		return
	}
	r.Cells = append(r.Cells, Cell{where, fmt.Sprintf(format, args...)})
}

// err returns the refusal as an error of class Rejected, or nil when nothing was wrong.
func (r *RefusedError) err() error {
	if len(r.Cells) == 0 {
		return nil
	}
	return &cardea.Error{Class: cardea.Rejected, Text: "nothing was imported", Cause: r}
}

// refuse is an error about a file as a whole.
func refuse(where, format string, args ...any) error {
	r := &RefusedError{}
	r.add(where, format, args...)
	return r.err()
}
