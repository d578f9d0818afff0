package keep

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// grace is how long a revocation may take until it is an incident (RULES.md 6). Blocks have a minute, and an issue of their
// own: blocked-but-in.
const grace = 5 * cardea.Minute

// CodeLate is the issue of a revocation that is not confirmed in time.
const CodeLate = "revocation-unconfirmed"

// lateStore is what telling late revocations needs, and how long changes take.
type lateStore interface {
	Late(ctx context.Context, door string) ([]store.Late, error)
	SaveLate(ctx context.Context, door string, late, over []store.Late) error
	Unfinished(ctx context.Context, door string, since cardea.Instant) ([]store.Unfinished, error)
}

// queued gives revocations that are late the place in the queue that they had when they were due the first time.
func (k *Keeper) queued(ctx context.Context, cs cardea.Changeset, in change.Input) (cardea.Changeset, error) {
	late, err := k.Store.Late(ctx, k.Door)
	if err != nil || len(late) == 0 {
		return cs, err //nolint:wrapcheck // the store says what could not be read
	}
	since := make(map[spot]cardea.Instant, len(late))
	for _, l := range late {
		since[spot{l.Group, l.Account}] = l.Since
	}
	return change.Overdue(cs, func(g cardea.GroupID, a cardea.AccountID) (cardea.Instant, bool) {
		at, is := since[spot{g, a}]
		return at, is
	}, in), nil
}

// overdue keeps which revocations are due and were not seen to be done, whatever became of the run, and says so when it is
// an incident. It goes on until they are confirmed, or wanted no more.
func (k *Keeper) overdue(ctx context.Context, o Options, r *Report, runErr error) error {
	if cardea.ClassOf(runErr) == cardea.Conflict { // somebody else works here
		return nil
	}
	before, err := k.Store.Late(ctx, k.Door)
	if err != nil {
		return failed("see which revocations are late", err)
	}
	after := r.After
	if runErr != nil && after.Changeset.MadeAt == 0 { // it did not come as far as a plan: what is stored tells what is due
		if after, err = k.planned(ctx, o); err != nil {
			return err
		}
	}
	at := k.now()
	left := k.unseen(r, after, at)
	known := make(map[spot]store.Late, len(before))
	for _, l := range before {
		known[spot{l.Group, l.Account}] = l
	}
	var fresh, over, all []store.Late
	for _, l := range before {
		p := spot{l.Group, l.Account}
		if _, still := left[p]; !still && (o.People == nil || slices.Contains(o.People, l.Person) || through(r, p)) {
			over = append(over, l)
			continue
		}
		all = append(all, l)
	}
	for p, l := range left {
		if was, is := known[p]; is && was.Since <= l.Since {
			continue
		} else if !is {
			all = append(all, l)
		}
		fresh = append(fresh, l)
	}
	if err := k.Store.SaveLate(ctx, k.Door, fresh, over); err != nil {
		return failed("keep which revocations are late", err)
	}
	if len(before)+len(all) == 0 {
		return nil
	}
	return k.tellLate(ctx, r, all, at)
}

// unseen are the removals that were due and that nobody saw done. Those that a guard holds are not: somebody was asked.
func (k *Keeper) unseen(r *Report, after Plan, at cardea.Instant) map[spot]store.Late {
	out := map[spot]store.Late{}
	add := func(op cardea.Operation) {
		if op.Verb != cardea.VerbRemove || op.Due > at || op.Account == "" || op.Cause == cardea.CauseBlocked {
			return
		}
		since := op.Due
		if op.Fact != 0 {
			since = op.Fact
		}
		p := spot{op.Group, op.Account}
		if was, is := out[p]; !is || since < was.Since {
			out[p] = store.Late{Group: op.Group, Account: op.Account, Person: op.Person, Since: since}
		}
	}
	for _, op := range after.Changeset.Going() {
		add(op)
	}
	for _, res := range slices.Concat(r.Recovered.Results, r.Applied.Results) {
		switch res.State {
		case store.OpSent, store.OpSending:
			add(res.Op)
		case store.OpFailed: // when it was planned for the first time; the plan says whether it is wanted still
			if _, still := out[spot{res.Op.Group, res.Op.Account}]; still {
				add(res.Op)
			}
		}
	}
	return out
}

// through says whether a run saw a removal done.
func through(r *Report, p spot) bool {
	return slices.ContainsFunc(slices.Concat(r.Recovered.Results, r.Applied.Results), func(res apply.Result) bool {
		return res.State == store.OpConfirmed && res.Op.Verb == cardea.VerbRemove && (spot{res.Op.Group, res.Op.Account}) == p
	})
}

// tellLate keeps the incidents, and has the run that follows come no later than the next of them.
func (k *Keeper) tellLate(ctx context.Context, r *Report, late []store.Late, at cardea.Instant) error {
	var is []cardea.Issue
	for _, l := range late {
		if incident := l.Since + grace; at < incident {
			r.After.Next = earliest(r.After.Next, incident)
			continue
		}
		is = append(is, cardea.Issue{Code: CodeLate, Person: l.Person, Account: l.Account, Group: l.Group, Text: fmt.Sprintf(
			"INCIDENT: access that should have ended at %s is not seen to be gone. It is tried again and again, before all other "+
				"changes; remove it by hand if that is quicker", l.Since)})
	}
	slices.SortFunc(is, func(a, b cardea.Issue) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	r.Issues = append(r.Issues, is...)
	if err := k.Store.SaveIssues(ctx, "late:"+k.Door, is, at); err != nil {
		return failed("keep which revocations are late", err)
	}
	return nil
}
