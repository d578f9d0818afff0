package keep

import (
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Counts of a run that are not told as something done begin with "_".
const (
	countNext   = "_next"   // when the run is to be followed by the next
	countPeople = "_people" // how many people the run was limited to, 0 = everyone
	// countRead, followed by a space connection, is when the newest reading began that the run rests on.
	countRead = "_read/"
	// Planned is how many operations the run planned.
	Planned = "_planned"
	// HeldOf and LeftOf, followed by a group, count what waits for a person there, and what is still to be done.
	HeldOf = "_held/"
	LeftOf = "_left/"
)

// Whole says whether a run looked at everyone.
func Whole(r store.Run) bool { return r.Counts[countPeople] == 0 }

// counted tells what a run did and read back by VERB/CAUSE, and with a word before it what it did not: failed/VERB/CAUSE,
// open/VERB/CAUSE (not read back yet: the next run tells), held/VERB/CAUSE (waits for a person, or is only watched).
func counted(r *Report, o Options) map[string]int {
	n := map[string]int{Planned: len(r.Plan.Changeset.Operations), countPeople: len(o.People)}
	key := func(before string, op cardea.Operation) string {
		return before + string(op.Verb) + "/" + string(op.Cause)
	}
	if r.AtRisk > 0 {
		n[AtRisk] = r.AtRisk
	}
	for space, at := range r.Plan.Read {
		n[countRead+space] = int(at)
	}
	last := map[cardea.OpKey]string{}
	for _, res := range slices.Concat(r.Recovered.Results, r.Applied.Results) {
		before := ""
		switch res.State {
		case store.OpFailed:
			before = "failed/"
		case store.OpSending, store.OpSent:
			before = "open/"
		case store.OpSkipped:
			continue
		}
		if was, again := last[res.Op.Key]; again { // recovered, and then tried once more
			n[was]--
		}
		last[res.Op.Key] = key(before, res.Op)
		n[last[res.Op.Key]]++
	}
	for _, op := range r.Held {
		n[key("held/", op)]++
	}
	for _, op := range waiting(r.Held) {
		n[HeldOf+string(op.Group)]++
	}
	for _, op := range r.After.Changeset.Going() {
		n[LeftOf+string(op.Group)]++
	}
	return n
}

// waiting leaves out what is held because its group is only watched or observed: that is reported, and waits for nobody.
func waiting(held []cardea.Operation) []cardea.Operation {
	return slices.DeleteFunc(slices.Clone(held), func(o cardea.Operation) bool {
		return o.Held.Code == cardea.HeldWatch || o.Held.Code == cardea.HeldObserved || o.Held.Code == cardea.HeldFresh
	})
}
