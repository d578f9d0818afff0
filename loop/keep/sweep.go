package keep

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// Seen is what a sweep of the door side found.
type Seen struct {
	At          cardea.Instant
	Collections []cardea.Evidence
	Issues      []cardea.Issue
	Swept       Swept
	// Complete says that accounts, groups and the entries of every group that matters were listed whole.
	Complete bool
}

// Sweep lists the door side: all accounts and groups, and the entries of the groups that are mapped or hold something of
// ours. It writes nothing at the door system. A listing that is not whole adds to what is known and takes nothing away.
func (k *Keeper) Sweep(ctx context.Context) (Seen, error) {
	ctx = wire.WithUrgency(ctx, wire.Urgency{Level: wire.Sweep})
	seen := Seen{At: k.now(), Complete: true}
	doubt, err := k.doubts(ctx)
	if err != nil {
		return seen, err
	}
	in, err := k.list(ctx, cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount, cardea.KindGroup}})
	if err != nil {
		return seen, err
	}
	c := store.DoorChange{Door: k.Door, At: seen.At, StaffAfter: k.every()}
	for _, rec := range seen.note(in, cardea.KindGroup, &c.GroupsWhole) {
		if g, ok := rec.(cardea.Group); ok {
			c.Groups = append(c.Groups, g)
		}
	}
	c.Groups = append(c.Groups, refused(in, cardea.KindGroup, doubt.state.Groups)...)
	for _, rec := range seen.note(in, cardea.KindAccount, &c.AccountsWhole) {
		if a, ok := rec.(cardea.Account); ok {
			c.Accounts = append(c.Accounts, a)
		}
	}
	c.Accounts = append(c.Accounts, refused(in, cardea.KindAccount, doubt.state.Accounts)...)
	doubt.listing(&seen, cardea.KindGroup, &c.GroupsWhole, keysOf(doubt.state.Groups), keysOf(c.Groups))
	doubt.listing(&seen, cardea.KindAccount, &c.AccountsWhole, keysOf(doubt.state.Accounts), keysOf(c.Accounts))
	seen.unmarked(doubt.state.Accounts, c)
	groups := k.ofInterest(doubt.state, c)
	if len(groups) > 0 {
		if in, err = k.list(ctx, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: groups}); err != nil {
			return seen, err
		}
		whole := false
		for _, rec := range seen.note(in, cardea.KindEdge, &whole) {
			if e, ok := rec.(cardea.Edge); ok {
				c.Edges = append(c.Edges, e)
			}
		}
		c.Edges = append(c.Edges, refused(in, cardea.KindEdge, doubt.state.Edges)...)
		groups = shown(in, groups)
		doubt.listing(&seen, cardea.KindEdge, &whole, doubt.edgesOf(groups), keysOf(c.Edges))
		if whole {
			c.EdgesOf = groups
		}
	}
	seen.Swept = Swept{Before: doubt.state.ReadAt, Others: others(doubt.state, c)}
	if k.overtakes != nil && len(k.overtakes.done) > 0 { // part of what differs is what was just done
		seen.Swept.Others = 0
	}
	if err := doubt.save(ctx); err != nil {
		return seen, err
	}
	if err := k.overtaken(ctx, &c); err != nil {
		return seen, err
	}
	if err := k.Store.SaveDoorRead(ctx, c, k.Lease); err != nil {
		return seen, failed("keep what the door system shows", err)
	}
	return seen, nil
}

// list reads from the door system. An error means that nothing could be read at all.
func (k *Keeper) list(ctx context.Context, scope cardea.Scope) (*cardea.Intake, error) {
	if k.System == nil {
		return nil, cardea.Errorf(cardea.Rejected, "there is no door system to read")
	}
	in := cardea.NewIntake(scope, k.Listed)
	if err := k.meanwhile(ctx, func(ctx context.Context) error { return k.System.Read(ctx, scope, in) }); err != nil {
		return nil, fmt.Errorf("%s could not be read: %w", k.Door, err)
	}
	return in, nil
}

// note takes a collection's evidence, and returns what came.
func (s *Seen) note(in *cardea.Intake, kind cardea.Kind, whole *bool) []cardea.Record {
	p := in.Open(kind)
	e := p.Evidence()
	s.Collections = append(s.Collections, e)
	for _, b := range p.BadOnes() {
		for _, k := range b.Who {
			s.Issues = append(s.Issues, cardea.Issue{Code: "record-refused", Record: &k, Text: fmt.Sprintf(
				"%s at the door system could not be read and stays as it was: %s", k, b.Why)})
		}
	}
	*whole = e.Grade() == cardea.Complete
	withheld := p.Withheld()
	for _, g := range slices.Sorted(maps.Keys(withheld)) {
		s.Complete = false
		s.Issues = append(s.Issues, cardea.Issue{Code: "group-withheld", Group: g, Text: "who is in the group is not shown, so nothing is " +
			"concluded of it: everybody keeps what they have there, what begins and ends is written all the same. " + withheld[g]})
	}
	if len(withheld) > 0 { // all else came
		*whole = true
		return p.Records()
	}
	if !*whole {
		s.Complete = false
		s.Issues = append(s.Issues, cardea.Issue{Code: "door-incomplete", Record: &cardea.Key{Kind: kind}, Text: fmt.Sprintf(
			"the door system's %s records did not come whole; what is missing is taken as it was: %s", kind, e.Why())})
	}
	return p.Records()
}

// shown leaves out the groups of which the door system does not say who is in them.
func shown(in *cardea.Intake, groups []cardea.GroupID) []cardea.GroupID {
	withheld := in.Open(cardea.KindEdge).Withheld()
	return slices.DeleteFunc(groups, func(g cardea.GroupID) bool { return withheld[g] != "" })
}

// ofInterest are the groups whose entries matter: mapped ones, and those with something of ours; but none that the door
// system no longer has.
func (k *Keeper) ofInterest(state store.DoorState, c store.DoorChange) []cardea.GroupID {
	wanted := map[cardea.GroupID]bool{}
	for _, i := range k.Integrations {
		for _, m := range i.Settings.Mappings {
			for _, g := range m.Groups {
				wanted[g] = true
			}
		}
	}
	for _, l := range state.Ledger {
		wanted[l.Group] = true
	}
	there := map[cardea.GroupID]bool{}
	for _, g := range c.Groups {
		there[g.ID] = true
	}
	if !c.GroupsWhole {
		for _, g := range state.Groups {
			there[g.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(wanted)), func(g cardea.GroupID) bool { return !there[g] })
}
