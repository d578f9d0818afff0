package keep

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// dated notes on each operation from when on it is owed (cardea.Operation.Fact): the last of
//
//   - when it is due: a booking's opening, the end of a window;
//   - when it could be known. What a reading brought that the last whole run had not: when that reading began. What an
//     operator said, or the door system showed, since: when this run began. What time alone brought was known before;
//   - for an addition, when its window opens: what is staged ahead is not late before.
//
// What an earlier run left undone is owed from when it was then; what a guard held, from when it was let go. Of what the door
// system answered well and did not show, the mails were sent: it goes without.
func (k *Keeper) dated(ctx context.Context, p *Plan, began cardea.Instant) error {
	ops := p.Changeset.Operations
	if !hasMeasured(ops) {
		return nil
	}
	last, ran, err := k.lastPlanned(ctx)
	if err != nil {
		return err
	}
	before, err := k.Store.Unfinished(ctx, k.Door, last.Started)
	if err != nil {
		return err //nolint:wrapcheck // the store says what could not be read
	}
	left := make(map[owed]store.Unfinished, 2*len(before))
	for _, u := range before {
		for _, id := range owedBy(u.Op) {
			was, is := left[id]
			if !is || u.Fact < was.Fact {
				was.Fact = u.Fact
			}
			was.Op, was.Shown = u.Op, (!is || was.Shown) && u.Shown
			left[id] = was
		}
	}
	for i := range ops {
		o := &ops[i]
		if _, is := store.Measured(o.Verb); !is || o.Held != nil {
			continue
		}
		o.Fact = k.fact(p, *o, last, ran, began)
		for _, id := range owedBy(*o) {
			was, is := left[id]
			if !is {
				continue
			}
			o.Fact = min(o.Fact, was.Fact)
			if !was.Shown {
				o.Resent, o.Mails = true, cardea.MailsNever
			}
		}
	}
	return nil
}

// lastPlanned is the newest run that looked at everyone and came as far as a plan.
func (k *Keeper) lastPlanned(ctx context.Context) (store.Run, bool, error) {
	runs, err := k.Store.RunsOf(ctx, k.Door, store.WakeKeep, lookBack)
	if err != nil {
		return store.Run{}, false, failed("see when the last run was", err)
	}
	for _, r := range runs {
		if r.Ended != 0 && Whole(r) && r.Changeset != "" {
			return r, true, nil
		}
	}
	return store.Run{}, false, nil
}

// fact is from when on an operation is owed that no earlier run left undone.
func (k *Keeper) fact(p *Plan, o cardea.Operation, last store.Run, ran bool, began cardea.Instant) cardea.Instant {
	due := o.Due
	ends := o.Cause == cardea.CauseGranted || o.Cause == cardea.CauseEnded || o.Cause == cardea.CauseExpired
	if due >= p.Changeset.MadeAt && !ends { // at once
		due = 0
	}
	known := began
	connection, _, ok := o.Person.Split()
	read := p.Read[connection]
	switch {
	case ok && o.Cause != cardea.CauseStray && read > cardea.Instant(last.Counts[countRead+connection]):
		known = read
	case ran && due > last.Started:
		known = 0
	}
	at := max(due, known)
	if o.Verb == cardea.VerbAdd && o.Window.From.Bounded() {
		at = max(at, o.Window.From)
	}
	if at == 0 {
		at = began
	}
	return at
}

func hasMeasured(ops []cardea.Operation) bool {
	for i := range ops {
		if _, is := store.Measured(ops[i].Verb); is && ops[i].Held == nil {
			return true
		}
	}
	return false
}

// owed names what is owed across plans: a person's account may have been made meanwhile, and a cause be another.
type owed struct {
	verb cardea.Verb
	at   cardea.GroupID
	whom string
}

func owedBy(o cardea.Operation) []owed {
	var out []owed
	if o.Person != "" {
		out = append(out, owed{o.Verb, o.Group, "person " + string(o.Person)})
	}
	if o.Account != "" {
		out = append(out, owed{o.Verb, o.Group, "account " + string(o.Account)})
	}
	return out
}
