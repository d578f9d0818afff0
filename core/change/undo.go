package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// Undone says who undid an operation, and when.
type Undone struct {
	Who string
	At  cardea.Instant
}

// Done is an operation that a run did, read back, and when it was answered.
type Done struct {
	Op cardea.Operation
	At cardea.Instant
}

// Left is an operation that is not undone, and why.
type Left struct {
	Op  cardea.Operation
	Why string
}

// Inverse is what restores the edges as they were before a run.
type Inverse struct {
	Changeset cardea.Changeset
	Left      []Left
	Of        map[cardea.OpKey]cardea.Operation // by the key of an operation of Changeset: what it undoes
}

// undone holds what a person undid: the records may still ask for it, and only a person can say that they are right.
func undone(cs cardea.Changeset, in *Input) cardea.Changeset {
	if len(in.Undone) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		u, was := in.Undone[o.Key]
		if !was || in.Released[o.Key] || o.Cause == cardea.CauseBlocked {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldUndone, Why: "this was undone by " + u.Who + " on " +
			u.At.Time().Format("2 January 2006 at 15:04 UTC") + "; release it if it is to happen after all"}
	})
}

// Repeats are the keys under which Plan would ask for an operation again once it is undone. None for what undid
// something itself: no record asks for that.
func Repeats(in Input, o cardea.Operation) []cardea.OpKey {
	if o.Cause == cardea.CauseUndone {
		return nil
	}
	again := []cardea.Operation{o} // its own key may be of the time before the account was made
	switch {
	case o.Verb == cardea.VerbAdd && o.Person != "":
		fresh := o
		fresh.Account = ""
		again = append(again, fresh)
	case o.Verb == cardea.VerbRetime: // where the edge went for good, the new times come as an edge of their own
		add := o
		add.Verb, add.Cause, add.Attributes = cardea.VerbAdd, cardea.CauseGranted, in.Attributes[o.Group]
		again = append(again, add)
	}
	keys := []cardea.OpKey{o.Key}
	for _, a := range again {
		keys = append(keys, cardea.KeyOf(in.Door, a))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Undo returns what sets back what a run did, in the order in which it is to be applied. Nothing is done about an edge
// that is not as the run left it, of staff, of somebody blocked, or that is not ours; each is told in Left. Of in it reads
// Now, Door, People, Links, Disputed, Blocked, Frozen, Observed, Accounts, Groups, Edges, Ledger, Policies, Limits and Cause. The same
// done and in give the same answer.
func Undo(done []Done, in Input) Inverse {
	u := newUndoer(in)
	for _, d := range slices.Backward(done) {
		o, why := u.inverse(d)
		if why != "" {
			u.out.Left = append(u.out.Left, Left{d.Op, why})
			continue
		}
		o.Cause, o.Due = cardea.CauseUndone, in.Now
		o.Key = cardea.KeyOf(in.Door, o)
		u.out.Changeset.Operations = append(u.out.Changeset.Operations, o)
		u.out.Of[o.Key] = d.Op
		u.note(o)
		if d.Op.Verb == cardea.VerbRetime && o.Verb == cardea.VerbRemove {
			u.out.Left = append(u.out.Left, Left{d.Op, "the times it had before are over: it is taken away instead of set back"})
		}
	}
	slices.Reverse(u.out.Left)
	c := &u.out.Changeset
	c.Operations = inOrder(c.Operations, unitGroups(in.Groups, nil))
	c.Hash = cardea.HashOf(c.Operations)
	return u.out
}
