package desk

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// lists are the collections that a reason for blindness begins with, and whose they are.
var lists = regexp.MustCompile(`the [a-z, ]+ records of ([^ :]+): `)

// blind says of which groups not everything that may give them was read: those for one reason in one line, whichever of a space
// system's lists it was that did not come.
func blind(p keep.Plan) []string {
	names := map[cardea.GroupID]string{}
	for _, g := range p.State.Groups {
		names[g.ID] = say.Clean(g.Name)
	}
	groups := map[string][]string{}
	var order []string
	for g, why := range sorted(p.Blind) {
		var parts []string
		for part := range strings.SplitSeq(lists.ReplaceAllString(why, "$1: "), "; ") {
			if !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
		why = strings.Join(parts, "; ")
		if groups[why] == nil {
			order = append(order, why)
		}
		groups[why] = append(groups[why], cmp.Or(names[g], "group "+string(g)))
	}
	const some = 8
	out := make([]string, len(order))
	for i, why := range order {
		who := groups[why]
		slices.Sort(who)
		if n := len(who) - some; n > 0 {
			who = append(who[:some:some], fmt.Sprintf("%d others", n))
		}
		out[i] = "not everything that may give " + say.And(who) + " was read: " + why
	}
	return out
}
