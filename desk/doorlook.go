package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// listPause is how far apart listings of a door system are that hooks ask for: what they name cannot always be read by itself.
const listPause = 5 * time.Minute

// doorLook does what hooks of a door system ask for: it reads the accounts again that they name, or lists everything when they name
// something unknown. It returns when the rest is to be done. Most hooks tell what Cardea did itself, and cost nothing.
func (d *Desk) doorLook(ctx context.Context, k *keep.Keeper, l store.Lease) (cardea.Instant, error) {
	looks, err := d.ws.Looks(ctx, l.Unit)
	if err != nil || len(looks) == 0 {
		return cardea.Never, err
	}
	state, err := d.ws.DoorState(ctx, l.Unit)
	if err != nil {
		return 0, err
	}
	people, all := touched(state, looks)
	now, next := d.now(), cardea.Never
	var done []cardea.Key
	for _, k := range looks {
		if !slices.Contains(all, k.Key) {
			done = append(done, k.Key)
		}
	}
	if len(all) > 0 && state.ReadAt.Add(listPause) > now {
		next = state.ReadAt.Add(listPause)
	} else if len(all) > 0 {
		if _, err := k.Run(ctx, keep.Options{Sweep: true}); err != nil {
			return 0, err
		}
		done, people = append(done, all...), nil
	}
	if len(people) > 0 {
		if _, err := k.Run(ctx, keep.Options{People: people, Look: true}); err != nil {
			return 0, err
		}
	}
	return next, d.ws.ClearLooks(ctx, l, done)
}

// touched says whose entries are to be read again, and which of the looks name what is not known.
func touched(state store.DoorState, looks []store.Look) (people []cardea.PersonID, all []cardea.Key) {
	edges := map[string]cardea.AccountID{}
	for _, e := range state.Edges {
		if e.Ref != "" {
			edges[e.Ref] = e.Account
		}
	}
	owners := map[cardea.AccountID][]cardea.PersonID{}
	for _, l := range state.Links {
		owners[l.Account] = append(owners[l.Account], l.Person)
	}
	for _, k := range looks {
		account, ref := cardea.AccountID(k.Key.ID), k.Key.ID
		if k.Key.Kind == cardea.KindEdge {
			fresh := strings.HasPrefix(ref, cardea.HintNew)
			of, known := edges[strings.TrimPrefix(ref, cardea.HintNew)]
			if known == fresh { // it is there as it should be, or gone as it should be
				continue
			}
			account = of
		}
		if who := owners[account]; len(who) > 0 && k.Key.Kind != cardea.KindGroup {
			people = append(people, who...)
			continue
		}
		all = append(all, k.Key)
	}
	slices.Sort(people)
	return slices.Compact(people), all
}
