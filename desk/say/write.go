package say

import (
	"fmt"
	"io"
	"strings"
)

// Write prints an answer for a terminal: the sentence, what would change it, what the door shows, and every record
// that was considered.
func Write(w io.Writer, a Answer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", a.Word, a.Sentence)
	if a.Change != "" {
		fmt.Fprintf(&b, "\nWhat would change it: %s\n", a.Change)
	}
	fmt.Fprintf(&b, "\nAt the door: %s\n", a.Door)
	if len(a.Lines) > 0 {
		b.WriteString("\nConsidered:\n")
	}
	for i, l := range a.Lines {
		fmt.Fprintf(&b, "%3d. %s %-9s %s [%s, %s]\n", i+1, l.Mark.Sign(), l.Code, l.Text, l.Word, Record(l.Record))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	return nil
}
