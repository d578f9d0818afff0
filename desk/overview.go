package desk

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Zone is the zone of the first integration that names one, or nil: for telling times to people.
func (d *Desk) Zone() *time.Location {
	for _, in := range d.c.Integrations {
		if z, err := time.LoadLocation(in.Zone); err == nil && in.Zone != "" {
			return z
		}
	}
	return nil
}

// Overview returns the state of connections and integrations and the open issues, the newest issue first.
func (d *Desk) Overview(ctx context.Context) (say.Overview, error) {
	out := say.Overview{At: d.now()}
	connections, err := d.ws.Connections(ctx)
	if err != nil {
		return out, err
	}
	runs, err := d.ws.Runs(ctx, 200)
	if err != nil {
		return out, err
	}
	for _, c := range connections {
		one, err := d.connection(ctx, c, runs)
		if err != nil {
			return out, err
		}
		out.Connections = append(out.Connections, one)
	}
	for _, in := range d.c.Integrations {
		one, err := d.integration(ctx, in, runs)
		if err != nil {
			return out, err
		}
		out.Integrations = append(out.Integrations, one)
	}
	issues, err := d.ws.Issues(ctx)
	if err != nil {
		return out, err
	}
	for _, i := range slices.Backward(issues) {
		out.Issues = append(out.Issues, say.Issue{Issue: i.Issue, Since: i.Opened})
	}
	return out, nil
}

// late is how many intervals a connection may go unread before it is called late.
const late = 2

func (d *Desk) connection(ctx context.Context, c store.Connection, runs []store.Run) (say.Connection, error) {
	out := say.Connection{
		Name: c.Name, Side: c.Side, System: c.System, Organisation: c.OrganisationName, State: say.New, SkewSeconds: c.Skew.Seconds(),
	}
	if last, ok := lastRun(runs, c.Name); ok {
		out.State, out.LastRead = say.Fresh, last.Ended
		if last.Outcome == string(say.EndedFailed) {
			out.State, out.Why = say.Failed, last.Detail
		}
	}
	if c.Side == store.SideDoor {
		if state, err := d.ws.DoorState(ctx, c.Name); err != nil {
			return out, err
		} else if state.ReadAt != 0 {
			out.LastRead = state.ReadAt
		}
		return out, nil
	}
	collections, err := d.ws.Collections(ctx, c.Name)
	if err != nil {
		return out, err
	}
	for _, col := range collections {
		out.Collections = append(out.Collections, collectionView(col))
		if (col.Grade == cardea.Incomplete || col.Grade == cardea.Failed) && out.State != say.Failed {
			_, many := say.Kind(col.Kind)
			out.State, out.Why = say.Failed, many+" could not be read completely: "+col.Why
		}
	}
	for _, in := range d.c.Integrations {
		if in.Space == c.Name && out.State == say.Fresh && d.now() > out.LastRead.Add(late*in.Interval) {
			out.State = say.Late
		}
	}
	return out, nil
}

func collectionView(c store.Collection) say.Collection {
	return say.Collection{Kind: c.Kind, Grade: c.Grade, Records: c.Records, Suspect: c.SuspectSince != 0, Why: c.Why, At: c.At}
}

// lastRun is the newest run of a unit that has ended.
func lastRun(runs []store.Run, unit string) (store.Run, bool) {
	for _, r := range runs {
		if r.Unit == unit && r.Ended != 0 {
			return r, true
		}
	}
	return store.Run{}, false
}

func (d *Desk) integration(ctx context.Context, in Integration, runs []store.Run) (say.Integration, error) {
	out := say.Integration{Name: in.Name, Space: in.Space, Door: in.Door, State: say.New}
	last, ok := lastRun(runs, in.Door)
	if !ok {
		return out, nil
	}
	out.State = say.InStep
	ops, err := d.ws.RunOperations(ctx, last.ID)
	if err != nil {
		return out, err
	}
	for _, o := range ops {
		switch {
		case o.Op.Held != nil && o.Op.Held.Code != cardea.HeldWatch:
			out.Held++
		case o.Op.Held == nil && !settled(o.State):
			out.Pending++
		}
	}
	switch {
	case last.Outcome == string(say.EndedFailed) || last.Outcome == string(say.EndedIncomplete):
		out.State, out.Why = say.Failed, last.Detail
	case out.Held > 0:
		out.State = say.Held
	case out.Pending > 0:
		out.State = say.Pending
	}
	next, err := d.c.Store.NextWake(ctx, []string{store.WakeKeep, store.WakeRead})
	if err == nil {
		out.NextWake = next
	}
	return out, err
}

// Runs returns at most limit runs, the newest first.
func (d *Desk) Runs(ctx context.Context, limit int) ([]say.Run, error) {
	rows, err := d.ws.Runs(ctx, limit)
	if err != nil {
		return nil, err
	}
	out := make([]say.Run, 0, len(rows))
	for _, r := range rows {
		out = append(out, runView(r))
	}
	return out, nil
}

func runView(r store.Run) say.Run {
	outcome := say.Outcome(r.Outcome)
	if r.Ended == 0 {
		outcome = say.Running
	}
	return say.Run{
		ID: r.ID, Unit: r.Unit, Kind: r.Kind, Outcome: outcome, Detail: r.Detail, Started: r.Started, Ended: r.Ended,
		Counts: r.Counts, Changeset: r.Changeset,
	}
}

// Run returns one run with its operations; NotFound when there is none.
func (d *Desk) Run(ctx context.Context, id string) (say.RunDetail, error) {
	r, err := d.ws.RunByID(ctx, id)
	if err != nil {
		return say.RunDetail{}, err
	}
	out := say.RunDetail{Run: runView(r)}
	rows, err := d.ws.RunOperations(ctx, id)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	out.Operations, err = d.named(ctx, r.Unit, rows)
	return out, err
}
