package say

import (
	"regexp"

	"github.com/cardea-access/cardea"
)

// instants are what a text that is kept names times by.
var instants = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b`)

// Text tells a text that was kept, its instants as the clock shows them: texts are kept in UTC, since several zones may read
// them.
func (c Clock) Text(s string) string {
	return instants.ReplaceAllStringFunc(Clean(s), func(text string) string {
		var at cardea.Instant
		if err := at.UnmarshalText([]byte(text)); err != nil {
			return text
		}
		return c.Moment(at - at%cardea.Second)
	})
}
