package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
)

// Sync does one read of the space side and one run of the door side of the named integrations, or of all.
func (d *Desk) Sync(ctx context.Context, names []string) (Result, error) {
	return d.once(ctx, names, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		return d.run(ctx, k, keep.Options{Sweep: true})
	})
}

// Preview reads both sides and returns the changeset that a run would apply now. It keeps the changeset under its hash
// and has no way to write at a door system.
func (d *Desk) Preview(ctx context.Context, names []string) (Result, error) {
	return d.once(ctx, names, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		began := d.c.Now()
		seen, err := k.Sweep(ctx)
		if err != nil {
			return DoorRun{}, err
		}
		p, err := k.PlanCounted(ctx)
		if err != nil {
			return DoorRun{}, err
		}
		if err := d.ws.SaveChangeset(ctx, "preview", p.Changeset, nil); err != nil {
			return DoorRun{}, err
		}
		out, err := d.doorRun(ctx, k.Door, p, planned(p.Changeset))
		if err != nil {
			return out, err
		}
		noted, err := d.notes(ctx, k.Door, append(p.Changeset.Issues, seen.Issues...))
		if err != nil {
			return out, err
		}
		out.Issues = noted
		if !seen.Complete {
			out.Incomplete = append(out.Incomplete, "the door system could not be listed whole")
		}
		out.Seconds = d.c.Now().Sub(began).Seconds()
		return out, nil
	})
}

// planned are the operations of a changeset that nobody has begun.
func planned(c cardea.Changeset) []store.OpRow {
	rows := make([]store.OpRow, len(c.Operations))
	for i, o := range c.Operations {
		rows[i] = store.OpRow{Op: o, State: store.OpWaiting}
		if o.Held != nil {
			rows[i].State = store.OpHeld
		}
	}
	return rows
}

// Apply approves a changeset by its hash, held operations too, and applies those of its operations that a fresh decision
// still wants. NotFound when no preview showed it.
func (d *Desk) Apply(ctx context.Context, hash string, names []string, who string) (Result, error) {
	approved := false
	result, err := d.once(ctx, names, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		c, found, err := d.ws.Changeset(ctx, k.Door, hash)
		if err != nil || !found {
			return DoorRun{}, err
		}
		approved = true
		keys := map[cardea.OpKey]bool{}
		list := make([]cardea.OpKey, 0, len(c.Operations))
		for _, o := range c.Operations {
			keys[o.Key] = true
			list = append(list, o.Key)
		}
		var groups []cardea.GroupID
		for _, i := range k.Integrations {
			for _, m := range i.Settings.Mappings {
				groups = append(groups, m.Groups...)
			}
		}
		slices.Sort(groups)
		if err := d.ws.Approve(ctx, k.Door, slices.Compact(groups), list, who, d.now()); err != nil {
			return DoorRun{}, err
		}
		return d.run(ctx, k, keep.Options{Sweep: true, Keys: keys})
	})
	if err == nil && !approved {
		return result, cardea.Errorf(cardea.NotFound, "no changeset %s is known: run preview, and copy the hash it prints", hash)
	}
	return result, err
}

// once reads the space side of the chosen integrations and hands each of their doors' keepers to the work.
func (d *Desk) once(ctx context.Context, names []string, work func(context.Context, *keep.Keeper) (DoorRun, error)) (Result, error) {
	var out Result
	ins, err := d.chosen(names)
	if err != nil {
		return out, err
	}
	if err := d.Connect(ctx); err != nil {
		return out, err
	}
	closed, err := d.closedOf(ins)
	if err != nil {
		return out, err
	}
	var spaces, doors []string
	for _, in := range ins {
		if d.gate.closed(in.Door) == nil {
			doors = append(doors, in.Door)
		}
	}
	slices.Sort(doors)
	doors = slices.Compact(doors)
	for _, door := range doors { // a group's people come from all integrations of its door
		for _, in := range d.at(store.SideDoor, door) {
			if d.gate.closed(in.Space) == nil {
				spaces = append(spaces, in.Space)
			}
		}
	}
	slices.Sort(spaces)
	for _, s := range slices.Compact(spaces) {
		r, err := d.readOnce(ctx, s)
		if err != nil {
			return out, err
		}
		out.Reads = append(out.Reads, r)
	}
	for _, door := range doors {
		r, err := d.keepOnce(ctx, door, out.Standing() == Incomplete, work)
		if err != nil {
			return out, err
		}
		out.Doors = append(out.Doors, r)
	}
	out.Closed = closed
	return out, nil
}

func (d *Desk) readOnce(ctx context.Context, space string) (SpaceRead, error) {
	var out SpaceRead
	err := d.leased(ctx, space, store.WakeRead, func(ctx context.Context, lease *store.Lease) (cardea.Instant, error) {
		var next cardea.Instant
		var err error
		out, next, err = d.read(ctx, space, lease)
		return next, err
	})
	return out, err
}

// read reads a space connection and notes the run. A vendor that does not answer is a read that failed, not an error.
func (d *Desk) read(ctx context.Context, space string, lease *store.Lease) (SpaceRead, cardea.Instant, error) {
	reader := d.reader(space, lease)
	if err := d.widen(ctx, reader, space); err != nil {
		return SpaceRead{}, 0, err
	}
	began := d.c.Now()
	run := store.Run{ID: runID(), Unit: space, Kind: store.WakeRead, Started: cardea.At(began), Counts: map[string]int{}}
	if err := d.ws.SaveRun(ctx, run); err != nil {
		return SpaceRead{}, 0, err
	}
	heard, err := d.ear(ctx, space)
	if err != nil {
		return SpaceRead{}, 0, err
	}
	report, readErr := reader.Full(ctx)
	out := readView(space, report)
	out.Seconds = d.c.Now().Sub(began).Seconds()
	run.Ended, run.Outcome = d.now(), string(say.EndedInStep)
	run.Counts[say.ChangedKey] = 0
	for _, c := range report.Collections {
		run.Counts[string(c.Kind)] = c.Records
		run.Counts["changed/"+string(c.Kind)], run.Counts["gone/"+string(c.Kind)] = c.Changed, c.Gone
		run.Counts[say.ChangedKey] += c.Changed + c.Gone
		if c.Why+c.Suspect != "" {
			run.Detail = string(c.Kind) + " records: " + c.Why + c.Suspect
		}
	}
	if !report.Complete {
		run.Outcome = string(say.EndedIncomplete)
	}
	if readErr != nil {
		out.Error, out.Complete = readErr.Error(), false
		run.Outcome, run.Detail = string(say.EndedFailed), out.Error
	}
	if err := d.ws.SaveRun(context.WithoutCancel(ctx), run); err != nil {
		return out, 0, err
	}
	if ctx.Err() != nil {
		return out, 0, ctx.Err()
	}
	if readErr == nil && report.Complete {
		if err := heard.done(ctx, d, report, lease); err != nil {
			return out, 0, err
		}
	}
	return out, cardea.At(began).Add(reader.Interval), nil
}

func runID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no randomness left
		return uuid.NewString()
	}
	return id.String()
}

func readView(space string, r read.Report) SpaceRead {
	out := SpaceRead{Connection: space, Complete: r.Complete}
	for _, i := range r.Issues {
		if i.Code == "record-refused" || i.Code == "records-refused" {
			out.Refused = append(out.Refused, i)
		}
	}
	for _, c := range r.Collections {
		out.Collections = append(out.Collections, say.Collection{
			Kind: c.Kind, Grade: c.Grade, Records: c.Records, Suspect: c.Suspect != "", Why: c.Why + c.Suspect, At: r.At,
		})
	}
	return out
}

// keepOnce runs the work with a door's keeper. Names that do not resolve are refused, unless they may only be unknown
// because a read was incomplete.
func (d *Desk) keepOnce(
	ctx context.Context, door string, blind bool, work func(context.Context, *keep.Keeper) (DoorRun, error),
) (DoorRun, error) {
	out := DoorRun{Door: door, Next: cardea.Never}
	err := d.leased(ctx, door, store.WakeKeep, func(ctx context.Context, lease *store.Lease) (cardea.Instant, error) {
		k, issues, err := d.keeper(ctx, door, lease)
		switch {
		case err != nil && blind, err != nil && cardea.ClassOf(err) != cardea.Rejected:
			out.Error = err.Error()
			return 0, nil
		case err != nil:
			return 0, err
		}
		if out, err = work(ctx, k); err != nil {
			out.Door, out.Error = door, err.Error()
			if class := cardea.ClassOf(err); class != cardea.Auth && class != cardea.Retry && class != cardea.Throttled {
				return 0, err
			}
		}
		for _, i := range issues {
			switch {
			case i.Code == refusedNames && blind: // a complete read may know the names
				out.Incomplete = append(out.Incomplete, i.Text)
			case i.Code == refusedNames:
				out.Refused = append(out.Refused, i.Record.ID)
			}
		}
		noted, err := d.notes(ctx, door, issues)
		out.Issues = append(noted, out.Issues...)
		return out.Next, err
	})
	return out, err
}

// run does one run and says what became of each operation.
func (d *Desk) run(ctx context.Context, k *keep.Keeper, o keep.Options) (DoorRun, error) {
	r, runErr := k.Run(ctx, o)
	rows, err := d.ws.RunOperations(context.WithoutCancel(ctx), r.Run.ID)
	if err != nil {
		return DoorRun{}, err
	}
	out, err := d.doorRun(context.WithoutCancel(ctx), k.Door, r.Plan, rows)
	if err != nil {
		return out, err
	}
	out.Run, out.Next = r.Run.ID, r.Next
	out.Confirmed, out.Failed, out.Open = r.Applied.Confirmed, r.Applied.Failed, r.Applied.Open+r.Recovered.Open
	if out.Issues, err = d.notes(context.WithoutCancel(ctx), k.Door, r.Issues); err != nil {
		return out, err
	}
	out.Times = timesOf(rows)
	out.Seconds = float64(r.Run.Ended-r.Run.Started) / 1e6
	if r.Seen != nil && !r.Seen.Complete {
		out.Incomplete = append(out.Incomplete, "the door system could not be listed whole")
	}
	return out, runErr
}

// doorRun is a plan as people see it.
func (d *Desk) doorRun(ctx context.Context, door string, p keep.Plan, rows []store.OpRow) (DoorRun, error) {
	ops, err := d.named(ctx, door, rows)
	out := DoorRun{Door: door, Hash: p.Changeset.Hash, Operations: ops, Next: p.Next}
	out.Incomplete = blind(p)
	return out, err
}
