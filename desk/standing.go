package desk

import (
	"context"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// history is what was done lately, and what is to be done next.
type history struct {
	at    cardea.Instant
	runs  []store.Run // the newest first
	wakes []store.Wake
}

func (d *Desk) history(ctx context.Context, runs int) (history, error) {
	h := history{at: d.now()}
	var err error
	if h.runs, err = d.ws.Runs(ctx, runs); err != nil {
		return h, err
	}
	h.wakes, err = d.ws.Wakes(ctx)
	return h, err
}

func ended(r store.Run) bool { return r.Ended != 0 }

// last is the newest run of a unit that fits.
func (h history) last(unit string, fits func(store.Run) bool) (store.Run, bool) {
	for _, r := range h.runs {
		if r.Unit == unit && fits(r) {
			return r, true
		}
	}
	return store.Run{}, false
}

// alive says whether a run goes on: runs of a unit follow each other, and whoever works on one holds the unit's lease.
func (h history) alive(r store.Run) bool {
	if r.Ended != 0 {
		return false
	}
	newest, ok := h.last(r.Unit, func(o store.Run) bool { return o.Kind == r.Kind })
	if ok && newest.ID != r.ID {
		return false
	}
	for _, w := range h.wakes {
		if w.Unit == r.Unit && w.Kind == r.Kind {
			return w.LeaseUntil > h.at
		}
	}
	return false
}

// working says whether a run of the unit goes on.
func (h history) working(unit string) bool {
	newest, ok := h.last(unit, func(store.Run) bool { return true })
	return ok && h.alive(newest)
}

// next is when an integration is looked at again, 0 = not known.
func (h history) next(in Integration) cardea.Instant {
	next := cardea.Never
	for _, w := range h.wakes {
		mine := w.Kind == store.WakeRead && w.Unit == in.Space || w.Kind == store.WakeKeep && w.Unit == in.Door
		if mine && w.At > h.at {
			next = min(next, w.At)
		}
	}
	if next == cardea.Never {
		return 0
	}
	return next
}

// view tells a run to people.
func (h history) view(r store.Run) say.Run {
	out := say.Run{
		ID: r.ID, Unit: r.Unit, Kind: r.Kind, Outcome: say.Outcome(r.Outcome), Detail: r.Detail, Started: r.Started, Ended: r.Ended,
		Counts: r.Counts, Changeset: r.Changeset,
	}
	switch {
	case h.alive(r):
		out.Outcome = say.Running
	case r.Ended == 0:
		out.Outcome, out.Ended = say.EndedFailed, r.Started
		out.Detail = "It was broken off; the next run settles what it left behind."
	}
	return out
}

// standing is how a door organisation does.
type standing struct {
	ran           bool
	working       bool
	under         int       // operations of the run under way that are not done yet
	bad           store.Run // the run that went wrong, if one did
	counts        say.Counts
	pending, held int
	mapped        map[cardea.GroupID]string // by any integration
}

func (d *Desk) standing(ctx context.Context, door string, h history) (standing, error) {
	s := standing{working: h.working(door)}
	open, err := d.ws.OpenOperations(ctx, door)
	if err != nil {
		return s, err
	}
	if s.mapped, err = d.mapped(ctx, door); err != nil {
		return s, err
	}
	last, ran := h.last(door, ended)
	// What waits and what is left, a run of a few people cannot tell.
	whole, _ := h.last(door, func(r store.Run) bool { return ended(r) && keep.Whole(r) })
	s.ran, s.counts = ran, whole.Counts
	for _, r := range []store.Run{whole, last} {
		if r.Outcome == string(say.EndedFailed) || r.Outcome == string(say.EndedIncomplete) {
			s.bad = r
		}
	}
	all := func(cardea.GroupID) bool { return true }
	s.held = s.count(keep.HeldOf, all)
	s.pending = max(s.count(keep.LeftOf, all), open[store.OpSending]+open[store.OpSent])
	if s.working {
		s.under = open[store.OpWaiting] + open[store.OpSending] + open[store.OpSent]
		s.pending = max(s.pending, s.under)
	}
	return s, nil
}

// count sums up what was counted by group.
func (s standing) count(of string, wanted func(cardea.GroupID) bool) int {
	sum := 0
	for key, n := range s.counts {
		if g, ok := strings.CutPrefix(key, of); ok && wanted(cardea.GroupID(g)) {
			sum += n
		}
	}
	return sum
}

// integration is how one of the door's integrations does, which maps these groups. What is about a group that nobody maps
// any more is everyone's.
func (s standing) integration(in Integration, groups map[cardea.GroupID]string) say.Integration {
	mine := func(g cardea.GroupID) bool { return groups[g] != "" || g != "" && s.mapped[g] == "" }
	out := say.Integration{
		Name: in.Name, Space: in.Space, Door: in.Door, State: say.InStep,
		Pending: s.count(keep.LeftOf, mine), Held: s.count(keep.HeldOf, mine),
	}
	switch {
	case s.bad.Outcome != "":
		out.State, out.Why = say.Failed, s.bad.Detail
	case out.Held > 0:
		out.State = say.Held
	case out.Pending > 0 || s.under > 0:
		out.State = say.Pending
	case !s.ran:
		out.State = say.New
	}
	return out
}
