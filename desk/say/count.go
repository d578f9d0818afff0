package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Counts is what a run did, by key. A pass of keeping counts operations as VERB/CAUSE ("remove/ended"), those that
// wait for a person as held/VERB/CAUSE; a read counts records by kind ("person"). Other keys are told as they are.
type Counts map[string]int

// CountsOf counts a changeset's operations.
func CountsOf(ops []cardea.Operation) Counts {
	n := Counts{}
	for _, o := range ops {
		n[CountKey(o)]++
	}
	return n
}

// CountKey is the key under which an operation is counted.
func CountKey(o cardea.Operation) string {
	key := string(o.Verb) + "/" + string(o.Cause)
	if o.Held != nil {
		return "held/" + key
	}
	return key
}

// verbOrder is the order in which a sentence tells them.
var verbOrder = []cardea.Verb{
	cardea.VerbAdd, cardea.VerbRemove, cardea.VerbRetime, cardea.VerbCreate, cardea.VerbClean,
	cardea.VerbAdopt, cardea.VerbLink, cardea.VerbForget,
}

// tally is how often one thing was done. Only removals are told apart by cause.
type tally struct {
	verb  cardea.Verb
	cause cardea.Cause
}

// Did tells what a run did: "3 added, 1 removed because the time was over, 2 removals held". A run that did nothing
// is told as such.
func Did(r Run) string {
	done, held := map[tally]int{}, map[bool]int{}
	var read, other []string
	for _, key := range sortedKeys(r.Counts) {
		n := r.Counts[key]
		if n == 0 {
			continue
		}
		rest, isHeld := strings.CutPrefix(key, "held/")
		verb, cause, split := strings.Cut(rest, "/")
		switch {
		case split && isHeld:
			held[cardea.Verb(verb) == cardea.VerbRemove] += n
		case split && cardea.Verb(verb) == cardea.VerbRemove:
			done[tally{cardea.VerbRemove, cardea.Cause(cause)}] += n
		case split:
			done[tally{verb: cardea.Verb(verb)}] += n
		case slices.Contains(cardea.Kinds, cardea.Kind(key)), isDoorKind(key):
			one, many := Kind(cardea.Kind(key))
			read = append(read, N(n, one, many))
		default:
			other = append(other, number(n)+" "+Clean(key))
		}
	}
	parts := append(changes(done), waiting(held[true], held[false])...)
	if len(read) > 0 {
		parts = append(parts, "read "+And(read))
	}
	parts = append(parts, other...)
	if len(parts) > 0 {
		return strings.Join(parts, ", ")
	}
	return nothing(r)
}

func nothing(r Run) string {
	switch {
	case r.Outcome == Running:
		return "at work"
	case r.Outcome == EndedFailed, r.Outcome == EndedIncomplete:
		return "nothing was changed"
	case r.Kind == "read":
		return "nothing new"
	}
	return "nothing to change"
}

// changes tells what was done, in the order of verbOrder, and the causes of removals by how many there are.
func changes(done map[tally]int) []string {
	kinds := make([]tally, 0, len(done))
	for t := range done {
		kinds = append(kinds, t)
	}
	slices.SortFunc(kinds, func(a, b tally) int {
		return cmp.Or(
			cmp.Compare(slices.Index(verbOrder, a.verb), slices.Index(verbOrder, b.verb)),
			cmp.Compare(a.verb, b.verb),
			cmp.Compare(done[b], done[a]),
			cmp.Compare(a.cause, b.cause),
		)
	})
	parts := make([]string, 0, len(kinds))
	for _, t := range kinds {
		n := done[t]
		switch t.verb { //nolint:exhaustive // only these need more than the word
		case cardea.VerbCreate:
			parts = append(parts, N(n, "account", "accounts")+" made")
		case cardea.VerbRetime:
			parts = append(parts, N(n, "window", "windows")+" changed")
		case cardea.VerbRemove:
			parts = append(parts, number(n)+" removed "+Cause(t.cause).Text)
		default:
			parts = append(parts, number(n)+" "+Verb(t.verb).Text)
		}
	}
	return parts
}

// waiting tells what is held, removals apart from the rest.
func waiting(removals, others int) []string {
	var parts []string
	if removals > 0 {
		parts = append(parts, N(removals, "removal", "removals")+" held")
	}
	if others > 0 {
		parts = append(parts, N(others, "change", "changes")+" held")
	}
	return parts
}

func sortedKeys(c Counts) []string {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func isDoorKind(key string) bool {
	k := cardea.Kind(key)
	return k == cardea.KindGroup || k == cardea.KindAccount || k == cardea.KindEdge
}
