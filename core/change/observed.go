package change

import "github.com/cardea-access/cardea"

// observed holds everything in groups in which an integration looks on beside whoever keeps them still. Not even a block
// acts there: nothing is written, and nothing becomes ours.
func observed(cs cardea.Changeset, in *Input) cardea.Changeset {
	if len(in.Observed) == 0 {
		return cs
	}
	for i := range cs.Operations {
		o := &cs.Operations[i]
		if why, is := in.Observed[o.Group]; is && o.Held == nil && o.Group != "" {
			o.Held = &cardea.Hold{Code: cardea.HeldObserved, Why: in.name(o.Group) + " is observed: " + why}
		}
	}
	return cs
}

// adopts says whether entries of a group that a grant explains become ours.
func (in *Input) adopts(g cardea.GroupID, mode cardea.Mode) bool {
	if yes, said := in.Adopt[g]; said {
		return yes && mode != cardea.Watch
	}
	return mode == cardea.Exclusive
}
