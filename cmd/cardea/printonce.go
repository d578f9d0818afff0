package main

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// toldWhole says that a collection failed as the whole read did, and so needs no line of its own.
func toldWhole(s desk.SpaceRead, one say.Collection) bool {
	return s.Error != "" && one.Why != "" && strings.HasSuffix(s.Error, one.Why)
}

// causes are what ended whole reads: it is printed beside the read, and not again with every group that rests on it.
func causes(reads []desk.SpaceRead) []string {
	var out []string
	for _, s := range reads {
		for _, one := range s.Collections {
			if toldWhole(s, one) && !slices.Contains(out, one.Why) {
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
