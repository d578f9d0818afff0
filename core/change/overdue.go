package change

import "github.com/cardea-access/cardea"

// Overdue puts revocations that an earlier run did not bring to their end where they belong: by when they were due the first
// time. So what is late the longest stays first in the queue, behind blocks alone, however often it is planned anew. It adds
// and takes away nothing.
func Overdue(cs cardea.Changeset, since func(cardea.GroupID, cardea.AccountID) (cardea.Instant, bool), in Input) cardea.Changeset {
	moved := false
	ops := make([]cardea.Operation, len(cs.Operations))
	copy(ops, cs.Operations)
	for i := range ops {
		o := &ops[i]
		if o.Verb != cardea.VerbRemove {
			continue
		}
		if at, late := since(o.Group, o.Account); late && at < o.Due {
			o.Due, moved = at, true
		}
	}
	if moved {
		cs.Operations = inOrder(ops, unitGroups(in.Groups, in.Units))
	}
	return cs
}
