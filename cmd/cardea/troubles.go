package main

import (
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// troubles are the collections of a reading that did not come whole, a line for each different reason. What the whole reading
// failed of is said by its error.
func troubles(s desk.SpaceRead) []string {
	type reason struct{ word, why string }
	lists := map[reason][]string{}
	var order []reason
	for _, one := range s.Collections {
		if one.Grade == cardea.Complete && !one.Suspect {
			continue
		}
		r := reason{string(one.Grade), root(one.Why)}
		if one.Suspect {
			r.word = "suspect"
		}
		if s.Error != "" && strings.Contains(s.Error, r.why) {
			continue
		}
		if lists[r] == nil {
			order = append(order, r)
		}
		_, many := say.Kind(one.Kind)
		lists[r] = append(lists[r], many)
	}
	out := make([]string, len(order))
	for i, r := range order {
		out[i] = say.And(lists[r]) + ": " + strings.TrimSuffix(r.word+": "+say.Clean(r.why), ": ")
	}
	return out
}

// root is what a request was not sent for, where that is why: it is the same for every list.
func root(why string) string {
	const unsent = " was not sent: "
	if i := strings.LastIndex(why, unsent); i >= 0 {
		return why[i+len(unsent):]
	}
	return why
}
