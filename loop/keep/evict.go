package keep

import (
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// soon is how long a block may take until it is an incident (RULES.md 6).
const soon = cardea.Minute

// stillIn are the incidents: entries of blocked people that the door system shows although the time for that is over.
func (k *Keeper) stillIn(ctx context.Context, at cardea.Instant) ([]cardea.Issue, error) {
	b, err := k.blocked(ctx, at)
	if err != nil || len(b.people) == 0 {
		return nil, err
	}
	people := slices.Sorted(maps.Keys(b.people))
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return nil, failed("see what blocked people hold", err)
	}
	policies, err := k.policies(ctx)
	if err != nil {
		return nil, err
	}
	links := state.Pairs()
	mine := accountsOf(b.reach(nil, links), links, state.Ledger)
	emails := map[cardea.AccountID]cardea.Block{}
	for _, a := range state.Accounts {
		if folded, ok := match.Fold(a.Email); ok {
			if one, is := b.emails[folded]; is {
				emails[a.ID] = one
			}
		}
	}
	linked := map[cardea.AccountID]bool{}
	for _, l := range links {
		linked[l.Account] = true
	}
	mapped := k.mapped()
	var out []cardea.Issue
	for _, e := range state.Edges {
		if !mapped[e.Group] || k.limits().Timed && e.Window.Until <= at {
			continue
		}
		person, is := mine[e.Account]
		one := b.people[person]
		other, bears := emails[e.Account]
		if !is && bears {
			is, person, one = linked[e.Account], other.Person, other
		}
		var text string
		switch {
		case !is && bears:
			text = "an account that bears a blocked person's address is in the group, and nobody said whose it " +
				"is; it stays. Link it to the person, or remove it by hand"
		case !is:
			continue
		case e.Foreign != "":
			text = "a blocked person is in the group as a member that Cardea does not manage (" + e.Foreign + "); remove it by hand"
		case policies[e.Group].Mode == cardea.Watch:
			text = "a blocked person is in a group that is only watched; remove them by hand, or set its mode to exclusive or shared"
		case at >= one.Since+soon:
			text = "INCIDENT: a blocked person is still in the group, over a minute after the block. It is tried again and again, " +
				"before anything else; remove them by hand if that is quicker"
		default:
			continue
		}
		out = append(out, cardea.Issue{Code: "blocked-but-in", Person: person, Account: e.Account, Group: e.Group, Text: text})
	}
	return out, nil
}

// mapped are the groups that a mapping names.
func (k *Keeper) mapped() map[cardea.GroupID]bool {
	out := map[cardea.GroupID]bool{}
	for _, i := range k.Integrations {
		for _, m := range i.Settings.Mappings {
			for _, g := range m.Groups {
				out[g] = true
			}
		}
	}
	return out
}

// glance reads what these people's accounts hold at the door system at this moment: what somebody put there since the last
// sweep is not known. What cannot be read stays as it was.
func (k *Keeper) glance(ctx context.Context, people []cardea.PersonID) error {
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return failed("see whose the accounts are", err)
	}
	scope := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}}
	for _, a := range state.Accounts {
		scope.Accounts = append(scope.Accounts, a.ID)
	}
	if len(scope.Accounts) == 0 {
		return nil
	}
	in, err := k.list(ctx, scope)
	if err != nil {
		return nil //nolint:nilerr // a block does not wait for a reading
	}
	return k.heldBy(ctx, in)
}

// heldBy keeps what was read of the accounts that were asked for.
func (k *Keeper) heldBy(ctx context.Context, in *cardea.Intake) error {
	p := in.Open(cardea.KindEdge)
	c := store.DoorChange{Door: k.Door, At: k.now()}
	for _, rec := range p.Records() {
		if e, ok := rec.(cardea.Edge); ok {
			c.Edges = append(c.Edges, e)
		}
	}
	if p.Evidence().Grade() == cardea.Complete && len(p.BadOnes()) == 0 {
		c.AccountsOf = in.Scope().Accounts
	}
	if err := k.Store.SaveDoorRead(ctx, c, k.Lease); err != nil {
		return failed("keep what the door system shows", err)
	}
	return nil
}

// evict goes on while blocked people turn out to be in a group more than once: a second entry shows when the first is gone.
func (k *Keeper) evict(ctx context.Context, a *apply.Applier, o Options, r *Report) error {
	tried := map[string]bool{}
	note := func(ops []cardea.Operation) (fresh []cardea.Operation) {
		for _, op := range ops {
			if op.Cause != cardea.CauseBlocked || op.Verb != cardea.VerbRemove || op.Was == nil {
				continue
			}
			if at := string(op.Group) + "/" + string(op.Account) + "/" + op.Was.Ref; !tried[at] {
				tried[at] = true
				fresh = append(fresh, op)
			}
		}
		return fresh
	}
	note(r.Plan.Changeset.Going())
	for {
		left := r.After.Changeset
		if left.Operations = note(left.Going()); len(left.Operations) == 0 {
			return nil
		}
		more, err := a.Apply(ctx, left, r.After.State)
		r.Applied.Results = append(r.Applied.Results, more.Results...)
		r.Applied.Issues = append(r.Applied.Issues, more.Issues...)
		r.Applied.Sent += more.Sent
		r.Applied.Confirmed += more.Confirmed
		r.Applied.Failed += more.Failed
		r.Applied.Open += more.Open
		if err != nil {
			return err
		}
		if r.After, err = k.planned(ctx, o); err != nil {
			return err
		}
	}
}
