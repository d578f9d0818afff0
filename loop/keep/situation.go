package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/store"
)

// situationStore is what naming situations needs.
type situationStore interface {
	DoorPast(ctx context.Context, door string, since cardea.Instant) (store.DoorPast, error)
	ClosedLedger(ctx context.Context, door string, at []cardea.Edge) ([]cardea.LedgerRow, error)
	SaveStandings(ctx context.Context, f store.Found, l *store.Lease) error
}

// flipDay is how far back deviations matter that were set right: the time in which they make a fight.
const flipDay = 24 * cardea.Hour

// situated is change.Look with what it must know of how things stood, and the situations of accounts beside it.
func (k *Keeper) situated(
	ctx context.Context, state store.DoorState, in change.Input, paired match.Result,
) (cardea.Changeset, cardea.Instant, []cardea.Standing, error) {
	past, err := k.Store.DoorPast(ctx, k.Door, in.Now-flipDay)
	if err != nil {
		return cardea.Changeset{}, 0, nil, failed("see how the door system stood", err)
	}
	in.Past.Flips, in.Past.Called, in.Past.Named = past.Flips, past.Called, k.Named
	in.Past.Contested = make(map[cardea.GroupID]change.Contest, len(past.Contested))
	for _, s := range past.Contested {
		in.Past.Contested[s.Group] = change.Contest{Since: s.Since, Why: s.Detail}
	}
	if in.Past.Closed, err = k.closed(ctx, state, in.Mapped); err != nil {
		return cardea.Changeset{}, 0, nil, err
	}
	cs, next, stands := change.Look(in)
	accounts := match.Situations(match.Input{People: in.People, Accounts: state.Accounts, Links: state.Links}, paired, past.Renamed)
	return cs, next, slices.Concat(accounts, stands), nil
}

// closed looks up whether entries that are not ours were so once. Where everything is ours there is nothing to look up.
func (k *Keeper) closed(ctx context.Context, state store.DoorState, mapped []cardea.GroupID) ([]cardea.LedgerRow, error) {
	open := make(map[spot]bool, len(state.Ledger))
	for i := range state.Ledger {
		open[spot{state.Ledger[i].Group, state.Ledger[i].Account}] = true
	}
	var others []cardea.Edge
	for _, e := range state.Edges {
		if _, is := slices.BinarySearch(mapped, e.Group); is && !open[spot{e.Group, e.Account}] {
			others = append(others, e)
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	if len(state.Ledger) == 0 {
		if kept, err := k.Store.AnyLedger(ctx, k.Door); err != nil || !kept {
			return nil, err //nolint:wrapcheck // the store says what could not be read
		}
	}
	rows, err := k.Store.ClosedLedger(ctx, k.Door, others)
	if err != nil {
		return nil, failed("see what was ours once", err)
	}
	return rows, nil
}

// stand keeps in which situation everything is that is not in step, and tells of accounts that bear another name. What the run
// came by and set right is kept as well: who undoes it again and again is known by that.
func (k *Keeper) stand(ctx context.Context, o Options, r *Report) error {
	f := store.Found{Door: k.Door, At: k.now(), Run: r.Run.ID, Now: r.After.Standings, Mapped: r.After.Mapped}
	for _, s := range r.Plan.Standings {
		if s.Situation.Drift() && s.Situation != cardea.Contested && s.Does != cardea.Waits {
			f.Passed = append(f.Passed, s)
		}
	}
	right := map[spot]bool{}
	for _, res := range slices.Concat(r.Recovered.Results, r.Applied.Results) {
		if v := res.Op.Verb; res.State == store.OpConfirmed || res.State == store.OpSent {
			right[spot{res.Op.Group, res.Op.Account}] = v == cardea.VerbAdd || v == cardea.VerbRemove || v == cardea.VerbRetime
		}
	}
	f.Reverted = func(s cardea.Standing) bool {
		return s.Group != "" && s.Account != "" && right[spot{s.Group, s.Account}]
	}
	if o.People != nil {
		f.Within, f.Mapped = within(o.People, r.After.State), nil
	}
	for _, s := range r.After.Standings {
		if s.Situation == cardea.AccountRenamed {
			r.Issues = append(r.Issues, cardea.Issue{Code: "account-renamed", Person: s.Person, Account: s.Account, Minor: true,
				Text: "somebody changed the account at the door system: " + s.Detail + ". The link stays; change it back, or leave it"})
		}
	}
	if err := k.Store.SaveStandings(ctx, f, k.Lease); err != nil {
		return failed("keep what is not in step", err)
	}
	return nil
}

// within says what a look at a few people can tell the end of: what is theirs. Of groups it can tell nothing.
func within(people []cardea.PersonID, state store.DoorState) func(cardea.Standing) bool {
	among, accounts := map[cardea.PersonID]bool{}, map[cardea.AccountID]bool{}
	for _, p := range people {
		among[p] = true
	}
	for i := range state.Accounts {
		accounts[state.Accounts[i].ID] = true
	}
	return func(s cardea.Standing) bool {
		return s.Account != "" && accounts[s.Account] || s.Person != "" && among[s.Person]
	}
}
