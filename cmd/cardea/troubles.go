package main

import (
	"slices"
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
		if toldWhole(s, r.why) {
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

// toldWhole says that what ended a collection ended the whole read, whose error says it.
func toldWhole(s desk.SpaceRead, why string) bool {
	return s.Error != "" && strings.Contains(s.Error, root(why))
}

// root is what a request was not sent for, where that is why: it is the same for every list.
func root(why string) string {
	const unsent = " was not sent: "
	if i := strings.LastIndex(why, unsent); i >= 0 {
		return why[i+len(unsent):]
	}
	return why
}

// causes are what ended whole reads: it is printed beside the read, and not again with every group that rests on it.
func causes(reads []desk.SpaceRead) []string {
	var out []string
	for _, s := range reads {
		for _, one := range s.Collections {
			if one.Why != "" && toldWhole(s, one.Why) && !slices.Contains(out, one.Why) {
				out = append(out, one.Why)
			}
		}
	}
	return out
}

// once leaves out of what is printed of a door what was said of the reads.
func once(d desk.DoorRun, said []string) desk.DoorRun {
	if len(said) == 0 {
		return d
	}
	short := func(text string) string {
		for _, cause := range said {
			text = strings.ReplaceAll(text, ": "+cause, ", as said above")
		}
		return text
	}
	d.Operations, d.Incomplete = slices.Clone(d.Operations), slices.Clone(d.Incomplete)
	for i, why := range d.Incomplete {
		d.Incomplete[i] = short(why)
	}
	for i, o := range d.Operations {
		if o.Held != nil {
			held := *o.Held
			held.Why = short(held.Why)
			d.Operations[i].Held = &held
		}
	}
	return d
}
