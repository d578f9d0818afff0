package desk

import (
	"context"

	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// States returns how each integration stands, by name: as Overview has it, without the issues. No vendor is asked.
func (d *Desk) States(ctx context.Context) ([]say.Integration, error) {
	h, err := d.history(ctx, lookBack)
	if err != nil {
		return nil, err
	}
	out := say.Overview{Integrations: []say.Integration{}}
	err = d.states(ctx, h, &out)
	return out.Integrations, err
}

// states fills in how connections and integrations stand.
func (d *Desk) states(ctx context.Context, h history, out *say.Overview) error {
	connections, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	for _, c := range connections {
		one, err := d.connection(ctx, c, h)
		if err != nil {
			return err
		}
		out.Connections = append(out.Connections, one)
		out.Running = out.Running || h.working(c.Name)
	}
	doors := map[string]standing{}
	for _, in := range d.c.Integrations {
		at, known := doors[in.Door]
		if !known {
			if at, err = d.standing(ctx, in.Door, h); err != nil {
				return err
			}
			doors[in.Door] = at
			out.Pending, out.Held = out.Pending+at.pending, out.Held+at.held
			out.AtRisk += at.counts[keep.AtRisk]
			waits, err := d.waits(ctx, in.Door, at)
			if err != nil {
				return err
			}
			out.Waits = append(out.Waits, waits...)
		}
		groups, err := d.configured(ctx, in)
		if err != nil {
			return err
		}
		one := at.integration(in, groups)
		if d.alone(in) { // what is about no group is its own too
			one.Pending, one.Held = at.pending, at.held
		}
		one.NextWake = h.next(in)
		if last, ok := h.last(in.Door, ended); ok {
			one.LastRun = last.Ended
		}
		for _, c := range out.Connections {
			if c.Name == in.Space && c.State == say.Failed {
				one.Incomplete = c.Why
			}
		}
		if one.LastRead, err = d.readAt(ctx, in.Space); err != nil {
			return err
		}
		out.Integrations = append(out.Integrations, one)
	}
	return nil
}

// alone says whether no other integration keeps the same door.
func (d *Desk) alone(in Integration) bool {
	n := 0
	for _, other := range d.c.Integrations {
		if other.Door == in.Door {
			n++
		}
	}
	return n == 1
}
