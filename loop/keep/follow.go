package keep

import (
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// follow goes on with the new groups of units that were renamed: names were resolved before.
func (k *Keeper) follow(done apply.Report) {
	for _, res := range done.Results {
		through := res.State == store.OpSent || res.State == store.OpConfirmed
		if res.Op.Verb != cardea.VerbRenameUnit || !through || res.Op.Unit == nil {
			continue
		}
		was, now := res.Op.Group, res.Op.Unit.Group
		for i := range k.Integrations {
			k.Integrations[i].Settings.Mappings = moved(k.Integrations[i].Settings.Mappings, was, now)
		}
		if p, has := k.Policies[was]; has {
			delete(k.Policies, was)
			p.Group = now
			k.Policies[now] = p
		}
		if a, has := k.Attributes[was]; has {
			delete(k.Attributes, was)
			k.Attributes[now] = a
		}
		for i := range k.Units {
			if k.Units[i].Was == was {
				k.Units[i].Was = ""
			}
		}
	}
}

// moved names another group in mappings.
func moved(ms []cardea.Mapping, was, now cardea.GroupID) []cardea.Mapping {
	out := slices.Clone(ms)
	for i := range out {
		if at := slices.Index(out[i].Groups, was); at >= 0 {
			out[i].Groups = slices.Clone(out[i].Groups)
			out[i].Groups[at] = now
			slices.Sort(out[i].Groups)
		}
	}
	return out
}
