package change

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// crowded holds additions that would put an account into more groups than the door system allows one to be in: it is known before
// anything is sent, and a vendor that refuses a whole request for it would refuse the others in it too. What goes in this very
// changeset does not count as gone: additions are sent before removals. Who begins first gets the places that are left. Entries
// in groups that nobody lists count as far as they were asked for (loop/keep); where the vendor shows them to nobody, its refusal
// stands.
func crowded(cs cardea.Changeset, in *Input) cardea.Changeset {
	most := in.Limits.GroupsPerPerson
	if most <= 0 {
		return cs
	}
	adds := map[string][]*cardea.Operation{}
	for i := range cs.Operations {
		if o := &cs.Operations[i]; o.Verb == cardea.VerbAdd && o.Held == nil {
			adds[seatOf(o)] = append(adds[seatOf(o)], o)
		}
	}
	if len(adds) == 0 {
		return cs
	}
	has := map[string]int{}
	for i := range in.Edges {
		if who := string(in.Edges[i].Account); adds[who] != nil {
			has[who]++
		}
	}
	for who, ops := range adds {
		free := max(most-has[who], 0)
		if len(ops) <= free {
			continue
		}
		slices.SortFunc(ops, func(a, b *cardea.Operation) int {
			return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Deadline, b.Deadline), cmp.Compare(a.Group, b.Group))
		})
		for _, o := range ops[free:] {
			why := fmt.Sprintf("the account is in %d groups, with what is added now in %d, and the door system allows %d; it goes on when "+
				"a place is free", has[who], has[who]+free, most)
			o.Held = &cardea.Hold{Code: cardea.HeldCrowded, Why: why}
			in.seen.brakes = append(in.seen.brakes, cardea.Issue{
				Code: "too-many-groups", Person: o.Person, Account: o.Account, Group: o.Group,
				Text: fmt.Sprintf("%s cannot be given: the door system lets an account be in %d groups at most. Map fewer groups to what this "+
					"person holds, or take the account out of one by hand", in.name(o.Group), most),
			})
		}
	}
	return cs
}

// seatOf tells whose addition it is: an account's, or a person's whose account is still to be made.
func seatOf(o *cardea.Operation) string {
	if o.Account != "" {
		return string(o.Account)
	}
	return "\x00" + string(o.Person)
}
