package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Blocking is what came of blocking somebody, or of letting them in again.
type Blocking struct {
	Block cardea.Block `json:"block"`
	// Doors are the runs that were done at once, Told the doors at which another process was at work: it has been told.
	Doors []DoorRun `json:"doors,omitempty"`
	Told  []string  `json:"told,omitempty"`
}

// Standing is how it leaves the doors.
func (b Blocking) Standing() Standing { return Result{Doors: b.Doors}.Standing() }

// Block keeps a person out of every door from now on, whatever records give them, and unless later is set takes them out at
// once: nothing is asked of the space system. The person is named by e-mail, name or id; one whose record is gone, by id.
// An until of 0 or Never is no end. Errors: Rejected without a note, or when several people fit; NotFound.
func (d *Desk) Block(
	ctx context.Context, person, note string, until cardea.Instant, who string, later bool,
) (Blocking, error) {
	now := d.now()
	if until == 0 {
		until = cardea.Never
	}
	switch {
	case say.Clean(note) == "":
		return Blocking{}, cardea.Errorf(cardea.Rejected, "say why, with --note: whoever looks at it later will ask")
	case until <= now:
		return Blocking{}, cardea.Errorf(cardea.Rejected, "the block would end at %s, which is past: name a later end, or none", until)
	}
	p, err := d.someone(ctx, person)
	if err != nil {
		return Blocking{}, err
	}
	b := cardea.Block{Person: p.ID, Name: p.Name, Email: p.Email, Note: note, By: who, Since: now, Until: until}
	if err := d.ws.SaveBlock(ctx, b, d.keepMarks()); err != nil {
		return Blocking{}, err
	}
	if in, err := d.Blocks(ctx); err == nil { // it may have begun earlier
		if i := slices.IndexFunc(in, func(o cardea.Block) bool { return o.Person == p.ID }); i >= 0 {
			b = in[i]
		}
	}
	return d.carryOut(ctx, b, later)
}

// Unblock lets a person in again where records give it, and unless later is set at once. NotFound when they are not blocked.
func (d *Desk) Unblock(ctx context.Context, person, who string, later bool) (Blocking, error) {
	blocked, err := d.Blocks(ctx)
	if err != nil {
		return Blocking{}, err
	}
	i := slices.IndexFunc(blocked, func(b cardea.Block) bool { return string(b.Person) == person })
	if i < 0 {
		p, err := d.someone(ctx, person)
		if err != nil {
			return Blocking{}, err
		}
		if i = slices.IndexFunc(blocked, func(b cardea.Block) bool { return b.Person == p.ID }); i < 0 {
			return Blocking{}, cardea.Errorf(cardea.NotFound, "%s is not blocked", p.Name)
		}
	}
	b := blocked[i]
	b.Until = d.now()
	lifted, err := d.ws.LiftBlock(ctx, b.Person, who, b.Until, d.keepMarks())
	if err != nil {
		return Blocking{}, err
	}
	if !lifted {
		return Blocking{}, cardea.Errorf(cardea.NotFound, "%s is not blocked any more", b.Name)
	}
	return d.carryOut(ctx, b, later)
}

// Blocks returns who is blocked now, sorted by person.
func (d *Desk) Blocks(ctx context.Context) ([]cardea.Block, error) {
	all, err := d.ws.Blocks(ctx)
	now := d.now()
	return slices.DeleteFunc(all, func(b cardea.Block) bool { return !b.Holds(now) }), err
}

// someone finds a person, also one of whom only an account is left.
func (d *Desk) someone(ctx context.Context, text string) (say.Person, error) {
	if err := d.acquaint(ctx); err != nil {
		return say.Person{}, err
	}
	p, err := d.onePerson(ctx, text)
	id := cardea.PersonID(text)
	if _, _, named := id.Split(); err == nil || !named || cardea.ClassOf(err) != cardea.NotFound {
		return p, err
	}
	for door := range sorted(d.c.Doors) {
		state, stateErr := d.ws.DoorStateOf(ctx, door, []cardea.PersonID{id})
		if stateErr != nil {
			return p, stateErr
		}
		for _, a := range state.Accounts {
			if slices.ContainsFunc(state.Links, func(l cardea.Link) bool { return l.Person == id && l.Account == a.ID }) {
				return say.Person{ID: id, Name: a.Name, Email: a.Email}, nil
			}
		}
	}
	return p, err
}

// doors names the door connections that are kept, sorted.
func (d *Desk) doors() []string {
	var out []string
	for name := range sorted(d.c.Doors) {
		if len(d.at(store.SideDoor, name)) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// keepMarks say that every door is to be looked at now.
func (d *Desk) keepMarks() []store.Mark {
	var out []store.Mark
	for _, name := range d.doors() {
		out = append(out, store.Mark{Unit: name, Kind: store.WakeKeep, At: d.now()})
	}
	return out
}

// carryOut does one run for the person at every door. What goes wrong at one does not keep the others waiting.
func (d *Desk) carryOut(ctx context.Context, b cardea.Block, later bool) (Blocking, error) {
	out := Blocking{Block: b}
	if later {
		out.Told = d.doors()
		return out, nil
	}
	for _, name := range d.doors() {
		run, told, err := d.evict(ctx, name, b.Person)
		switch {
		case ctx.Err() != nil:
			return out, cardea.Errorf(cardea.ClassOf(err), "it was stopped; it goes on with the next run: %w", ctx.Err())
		case told:
			out.Told = append(out.Told, name)
			continue
		case err != nil:
			run.Door, run.Error = name, err.Error()
		}
		if b.Holds(d.now()) {
			run = evicted(run)
		}
		out.Doors = append(out.Doors, run)
	}
	return out, nil
}

// evicted leaves out what does not concern a block: it does not rest on what was read; and where somebody was in a group
// twice, that the door system still showed the second entry when the first was gone.
func evicted(r DoorRun) DoorRun {
	r.Incomplete = nil
	n := len(r.Operations)
	gone := slices.Clone(r.Operations)
	r.Operations = slices.DeleteFunc(slices.Clone(gone), func(o say.Operation) bool {
		return o.State == store.OpFailed && slices.ContainsFunc(gone, func(other say.Operation) bool {
			return other.Verb == cardea.VerbRemove && other.State == store.OpConfirmed && other.Group == o.Group && other.Account == o.Account
		})
	})
	r.Failed -= n - len(r.Operations)
	return r
}

// evict does one run for a person at a door, what their accounts hold there being looked at first.
func (d *Desk) evict(ctx context.Context, door string, p cardea.PersonID) (run DoorRun, told bool, err error) {
	lease, busy, err := d.claimSoon(ctx, door)
	if err != nil || busy {
		return run, busy, err
	}
	next := d.now() // whoever serves looks at everybody after it
	ctx, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go d.renew(ctx, lease, cancel, renewed)
	var k *keep.Keeper
	if err = d.asked(ctx, door); err == nil {
		k, err = d.knower(ctx, door)
	}
	if err == nil {
		k.Lease = &lease
		run, err = d.run(ctx, k, keep.Options{People: []cardea.PersonID{p}, Look: true})
	}
	cancel(nil)
	<-renewed
	if releaseErr := d.c.Store.Release(context.WithoutCancel(ctx), lease, next); err == nil {
		err = releaseErr
	}
	return run, false, err
}

// claimSoon takes the lease of a door. Whoever works on it is given a few seconds; busy says that they went on.
func (d *Desk) claimSoon(ctx context.Context, door string) (lease store.Lease, busy bool, err error) {
	const tries = 5
	for n := 1; ; n++ {
		lease, err = d.ws.ClaimOne(ctx, door, store.WakeKeep, d.c.Node+"/"+uuid.NewString(), d.now(), leaseLife)
		if cardea.ClassOf(err) != cardea.Conflict {
			return lease, false, err
		}
		if n == tries {
			return lease, true, nil
		}
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return lease, false, ctx.Err()
		case <-timer.C:
		}
	}
}
