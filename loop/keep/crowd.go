package keep

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// How long it is believed what the door system said of the groups that an account is in. Those that Cardea lists are known by every
// sweep; the others change by hand only, and an account that turns out to be full all the same is refused by the door system.
const (
	roomAge = 24 * time.Hour // there was room
	fullAge = time.Hour      // there was none: a place may have been made meanwhile
)

// PlanCounted is Plan with a look at the door system: what it rests on knows of every group that those are in who are to be added
// to more than they may be in, perhaps. It writes nothing at the door system.
func (k *Keeper) PlanCounted(ctx context.Context) (Plan, error) {
	p, err := k.Plan(ctx)
	if err != nil {
		return p, err
	}
	return k.counted(ctx, Options{}, p)
}

// counted plans anew when accounts turned out to be in groups that nobody lists.
func (k *Keeper) counted(ctx context.Context, o Options, p Plan) (Plan, error) {
	counts, is := k.System.(door.Counting)
	most := k.limits().GroupsPerPerson
	if !is || most <= 0 {
		return p, nil
	}
	asked := false
	for _, a := range uncounted(&p, most, k.now(), counts) {
		answered, err := k.countOne(ctx, a)
		if err != nil {
			return p, err
		}
		if !answered {
			break // it does not answer now: what it is sent it refuses by itself
		}
		asked = true
	}
	if !asked {
		return p, nil
	}
	return k.planned(ctx, o)
}

// uncounted are the accounts of which it has to be asked what they are in before something is added: those that could reach the
// limit by groups that are not listed, and of which nobody asked lately. Who has no account yet is in nothing.
func uncounted(p *Plan, most int, now cardea.Instant, counts door.Counting) []cardea.AccountID {
	type adds struct {
		groups    []cardea.GroupID
		due, full bool
	}
	of := map[cardea.AccountID]*adds{}
	for i := range p.Changeset.Operations {
		op := &p.Changeset.Operations[i]
		full := op.Held != nil && op.Held.Code == cardea.HeldCrowded
		if op.Verb != cardea.VerbAdd || op.Account == "" || op.Held != nil && !full {
			continue
		}
		a := of[op.Account]
		if a == nil {
			a = &adds{}
			of[op.Account] = a
		}
		a.groups = append(a.groups, op.Group)
		a.due, a.full = a.due || op.Due <= now, a.full || full
	}
	if len(of) == 0 {
		return nil
	}
	var elsewhere []cardea.GroupID
	for i := range p.State.Groups {
		if g := p.State.Groups[i].ID; !swept(&p.State, g) {
			elsewhere = append(elsewhere, g)
		}
	}
	in := map[cardea.AccountID]int{}
	for i := range p.State.Edges {
		if e := &p.State.Edges[i]; of[e.Account] != nil && swept(&p.State, e.Group) {
			in[e.Account]++
		}
	}
	maps.DeleteFunc(of, func(id cardea.AccountID, a *adds) bool {
		others := len(elsewhere)
		for _, g := range a.groups {
			if slices.Contains(elsewhere, g) {
				others--
			}
		}
		age := roomAge
		if a.full {
			age = fullAge
		}
		fits := in[id]+len(a.groups)+others <= most
		return !a.due || fits || now < cardea.At(counts.Counted(id)).Add(age)
	})
	return slices.Sorted(maps.Keys(of))
}

// swept says whether the last sweep brought the entries of a group, or somebody looked since.
func swept(s *store.DoorState, g cardea.GroupID) bool {
	at := s.EdgesAt[g]
	return at != 0 && at >= s.ReadAt
}

// countOne reads what one account is in, and keeps it. It is false when the door system does not answer at all.
func (k *Keeper) countOne(ctx context.Context, a cardea.AccountID) (bool, error) {
	ctx = wire.WithUrgency(ctx, wire.Urgency{Level: wire.Start})
	in, err := k.list(ctx, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{a}})
	if err == nil {
		err = in.Open(cardea.KindEdge).Err()
	}
	if ctx.Err() != nil {
		return false, ctx.Err() //nolint:wrapcheck // the run was stopped
	}
	if err != nil { // of this one, or of all: the next that it is sent shows which
		return cardea.ClassOf(err) != cardea.Retry && cardea.ClassOf(err) != cardea.Throttled, nil
	}
	return true, k.heldBy(ctx, in)
}
