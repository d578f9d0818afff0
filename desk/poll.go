package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

const (
	// pollEvery is how often a door system that announces nothing is asked what happened.
	pollEvery = 5 * time.Minute
	// pollAgain is for how long somebody is left alone who was looked at because of it: they may stand before a door all day.
	pollAgain = time.Hour
	// pollMost is how many accounts one poll has looked at; the next listing finds the others.
	pollMost = 20
)

// polls is how far the logs of door systems were read. It is not kept: what happened while nobody was there, the next listing
// finds.
type polls struct {
	mu sync.Mutex
	of map[string]*poll
}

type poll struct {
	since  cardea.Instant // the newest that was seen
	next   cardea.Instant
	looked map[cardea.AccountID]cardea.Instant
}

// doorPoll asks a door system that is polled what happened, and has the accounts looked at that it names. It returns when to
// ask again. A log that cannot be read holds nothing else up.
func (d *Desk) doorPoll(ctx context.Context, k *keep.Keeper, l store.Lease) (cardea.Instant, error) {
	system, can := d.c.Doors[l.Unit].Door.(door.Polled)
	if !can {
		return cardea.Never, nil
	}
	now := d.now()
	d.polls.mu.Lock()
	p := d.polls.of[l.Unit]
	if p == nil {
		p = &poll{looked: map[cardea.AccountID]cardea.Instant{}}
		if d.polls.of == nil {
			d.polls.of = map[string]*poll{}
		}
		d.polls.of[l.Unit] = p
	}
	since, next := p.since, p.next
	d.polls.mu.Unlock()
	if now < next {
		return next, nil
	}
	next = now.Add(pollEvery)
	hint, newest, err := system.Poll(ctx, since)
	if err != nil {
		d.c.Log.Info("the door system's log could not be read; it is asked again", "door", l.Unit, "error", err)
		newest, hint = since, cardea.Hint{}
	}
	if newest == 0 {
		newest = now // there was nothing yet
	}
	d.polls.mu.Lock()
	p.since, p.next = newest, next
	fresh := p.choose(hint.Keys, now)
	d.polls.mu.Unlock()
	if len(fresh) == 0 {
		return next, nil
	}
	state, err := d.ws.DoorState(ctx, l.Unit)
	if err != nil {
		return 0, err
	}
	people, _ := touched(state, fresh)
	if len(people) == 0 { // nobody of ours
		return next, nil
	}
	_, err = k.Run(ctx, keep.Options{People: people, Look: true})
	return next, err
}

// choose takes the accounts that were not looked at lately.
func (p *poll) choose(keys []cardea.Key, now cardea.Instant) []store.Look {
	for a, at := range p.looked {
		if at.Add(pollAgain) <= now {
			delete(p.looked, a)
		}
	}
	var out []store.Look
	for _, k := range keys {
		if _, lately := p.looked[cardea.AccountID(k.ID)]; lately || k.Kind != cardea.KindAccount {
			continue
		}
		p.looked[cardea.AccountID(k.ID)] = now
		out = append(out, store.Look{Key: k})
	}
	return slices.Clip(out[:min(len(out), pollMost)])
}
