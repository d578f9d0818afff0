package desk

import (
	"regexp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// personIDs are people named by their ids in the text of an issue, which is kept so because names change.
var personIDs = regexp.MustCompile(`[A-Za-z0-9_.-]+/(?:person|visitor):[A-Za-z0-9_-]+`)

// mentioned are the people whom a text names by their ids.
func mentioned(text string) []cardea.PersonID {
	var out []cardea.PersonID
	for _, id := range personIDs.FindAllString(text, -1) {
		out = append(out, cardea.PersonID(id))
	}
	return out
}

// byName tells a text with the names of the people in it; who has none keeps the id.
func byName(text string, name func(cardea.PersonID) string) string {
	return personIDs.ReplaceAllStringFunc(text, func(id string) string {
		if n := say.Clean(name(cardea.PersonID(id))); n != "" {
			return n
		}
		return id
	})
}
