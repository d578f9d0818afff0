package keep

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// overtakeEvery is how often, while the door side is listed, somebody looks whether a person was marked.
const overtakeEvery = 500 * time.Millisecond

// overtaking lets people that are marked while the door side is listed go first: a listing may take minutes, and a person does not
// wait for it. Their runs and the listing have one lease; only the listing waits for the vendor meanwhile.
type overtaking struct {
	done map[cardea.PersonID]int64 // by their mark's number
}

// meanwhile runs work, and while it goes on looks after people that are marked. It returns when both are through.
func (k *Keeper) meanwhile(ctx context.Context, work func(context.Context) error) error {
	if k.overtakes == nil || k.Lease == nil {
		return work(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	t := time.NewTicker(overtakeEvery)
	defer t.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-t.C:
		}
		if err := k.overtake(ctx); err != nil {
			cancel()
			return errors.Join(err, <-ended)
		}
	}
}

// overtake does the run of people that were marked since the last look. A mark that may touch anybody waits for the whole run.
func (k *Keeper) overtake(ctx context.Context) error {
	marks, err := k.Store.DirtyMarks(ctx, k.Door)
	if err != nil {
		return failed("see who was marked", err)
	}
	var people []cardea.PersonID
	for id, mark := range marks {
		if k.overtakes.done[id] < mark && !beyondPeople(id) {
			people = append(people, id)
		}
	}
	if len(people) == 0 || len(people) > few {
		return nil
	}
	slices.Sort(people)
	mine := k.overtakes
	k.overtakes = nil // one within the other, and no further
	_, err = k.Run(ctx, Options{People: people})
	k.overtakes = mine
	for _, id := range people {
		mine.done[id] = marks[id]
	}
	return err
}

// overtaken puts into a listing what is known of the people that overtook it: of them it may be older than what was done since, and
// read back.
func (k *Keeper) overtaken(ctx context.Context, c *store.DoorChange) error {
	if k.overtakes == nil || len(k.overtakes.done) == 0 {
		return nil
	}
	var people []cardea.PersonID
	for id := range k.overtakes.done {
		people = append(people, id)
	}
	slices.Sort(people)
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return failed("see whose the accounts are", err)
	}
	theirs := map[cardea.AccountID]bool{}
	for _, l := range state.Links {
		theirs[l.Account] = slices.Contains(people, l.Person)
	}
	c.Edges = slices.DeleteFunc(c.Edges, func(e cardea.Edge) bool { return theirs[e.Account] })
	for _, e := range state.Edges {
		if theirs[e.Account] {
			c.Edges = append(c.Edges, e)
		}
	}
	for _, a := range state.Accounts {
		if theirs[a.ID] && !slices.ContainsFunc(c.Accounts, func(o cardea.Account) bool { return o.ID == a.ID }) {
			c.Accounts = append(c.Accounts, a)
		}
	}
	return nil
}
