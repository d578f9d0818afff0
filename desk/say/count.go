package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Counts is what a run did, by key. A pass of keeping counts operations as VERB/CAUSE ("remove/ended"); held/VERB/CAUSE
// are those that wait for a person, failed/VERB/CAUSE those that failed, open/VERB/CAUSE those not read back yet. A read
// counts records by kind ("person"), and as changed/KIND and gone/KIND what is new in them; ChangedKey says that it
// looked. Keys that begin with "_" are told to nobody; others are told as they are.
type Counts map[string]int

// ChangedKey is set, be it to 0, by a read that counts changed/KIND and gone/KIND.
const ChangedKey = "_changed"

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
	cardea.VerbAdd, cardea.VerbRemove, cardea.VerbRetime, cardea.VerbLock, cardea.VerbUnlock, cardea.VerbReprofile,
	cardea.VerbCreate, cardea.VerbUpdate, cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit, cardea.VerbClean,
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
	if _, looked := r.Counts[ChangedKey]; looked {
		return came(r)
	}
	done, held, undone := map[tally]int{}, map[bool]int{}, map[string]int{}
	read, other := map[cardea.Kind]int{}, []string(nil)
	for _, key := range sortedKeys(r.Counts) {
		n := r.Counts[key]
		if n == 0 || strings.HasPrefix(key, "_") {
			continue
		}
		before, rest, _ := strings.Cut(key, "/")
		switch {
		case before == "held":
			held[strings.HasPrefix(rest, string(cardea.VerbRemove)+"/")] += n
		case before == "failed" || before == "open":
			undone[before] += n
		case rest != "" && cardea.Verb(before) == cardea.VerbRemove:
			done[tally{cardea.VerbRemove, cardea.Cause(rest)}] += n
		case rest != "":
			done[tally{verb: cardea.Verb(before)}] += n
		case isKind(key):
			read[cardea.Kind(key)] = n
		default:
			other = append(other, number(n)+" "+Clean(key))
		}
	}
	parts := append(changes(done), waiting(held[true], held[false])...)
	if n := undone["failed"]; n > 0 {
		parts = append(parts, number(n)+" failed")
	}
	if n := undone["open"]; n > 0 {
		parts = append(parts, number(n)+" not read back yet")
	}
	if len(read) > 0 {
		parts = append(parts, "read "+And(records(read)))
	}
	parts = append(parts, other...)
	if len(parts) > 0 {
		return strings.Join(parts, ", ")
	}
	return nothing(r)
}

// came tells what was new in a read: "2 people and 9 bookings new or changed, 1 pass gone, of 2,378 records".
func came(r Run) string {
	changed, gone, all := map[cardea.Kind]int{}, map[cardea.Kind]int{}, 0
	for key, n := range r.Counts {
		before, kind, _ := strings.Cut(key, "/")
		switch {
		case n == 0:
		case before == "changed":
			changed[cardea.Kind(kind)] = n
		case before == "gone":
			gone[cardea.Kind(kind)] = n
		case isKind(key):
			all += n
		}
	}
	var parts []string
	if len(changed) > 0 {
		parts = append(parts, And(records(changed))+" new or changed")
	}
	if len(gone) > 0 {
		parts = append(parts, And(records(gone))+" gone")
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ") + ", of " + N(all, "record", "records")
	case all > 0:
		return "nothing new in " + N(all, "record", "records")
	case r.Outcome == EndedFailed, r.Outcome == EndedIncomplete:
		return "nothing came"
	}
	return nothing(r)
}

// records tells how many of which kind, people first.
func records(ns map[cardea.Kind]int) []string {
	kinds := make([]cardea.Kind, 0, len(ns))
	for k := range ns {
		kinds = append(kinds, k)
	}
	place := func(k cardea.Kind) int {
		if i := slices.Index(kindOrder, k); i >= 0 {
			return i
		}
		return len(kindOrder)
	}
	slices.SortFunc(kinds, func(a, b cardea.Kind) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		one, many := Kind(k)
		parts[i] = N(ns[k], one, many)
	}
	return parts
}

// kindOrder is the order in which kinds are told.
var kindOrder = []cardea.Kind{
	cardea.KindPerson, cardea.KindVisitor, cardea.KindTeam, cardea.KindAgreement, cardea.KindAssignment, cardea.KindBooking,
	cardea.KindPass, cardea.KindPlan, cardea.KindLocation, cardea.KindFloor, cardea.KindResource,
	cardea.KindAccount, cardea.KindGroup, cardea.KindEdge,
}

// Quiet says that a run ended well and has nothing to tell: it changed nothing, and a read brought nothing new. What is
// held in a group that is only watched is told by every run, and is no news.
func Quiet(r Run) bool {
	if r.Outcome != EndedInStep || r.Detail != "" {
		return false
	}
	_, looked := r.Counts[ChangedKey]
	for key, n := range r.Counts {
		known := strings.HasPrefix(key, "_") || strings.HasPrefix(key, "held/") || looked && isKind(key)
		if n != 0 && !known {
			return false
		}
	}
	return true
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
		switch t.verb {
		case cardea.VerbCreate:
			parts = append(parts, N(n, "account", "accounts")+" made")
		case cardea.VerbUpdate:
			parts = append(parts, N(n, "account", "accounts")+" updated")
		case cardea.VerbRetime:
			parts = append(parts, N(n, "window", "windows")+" changed")
		case cardea.VerbRemove:
			parts = append(parts, number(n)+" removed "+Cause(t.cause).Text)
		case cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
			parts = append(parts, N(n, "unit", "units")+" "+strings.TrimPrefix(Verb(t.verb).Text, "unit "))
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

func isKind(key string) bool { return slices.Contains(kindOrder, cardea.Kind(key)) }
