package desk

import (
	"context"
	"slices"
	"strings"
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

const (
	// lookBack is how many runs are searched for the last one of a unit.
	lookBack = 200
	// late is how many intervals a connection may go unread before it is called late.
	late = 2
	// namedIssues is how many issues that say the same are given names.
	namedIssues = 100
)

// Overview returns the state of connections and integrations and the open issues, the newest issue first. Many pages ask
// every few seconds: nothing of it costs by how many people there are.
func (d *Desk) Overview(ctx context.Context) (say.Overview, error) {
	out := say.Overview{At: d.now()}
	h, err := d.history(ctx, lookBack)
	if err != nil {
		return out, err
	}
	if err := d.states(ctx, h, &out); err != nil {
		return out, err
	}
	hooks, err := d.ws.Hooks(ctx)
	if err != nil {
		return out, err
	}
	for i := range out.Connections {
		out.Connections[i].LastHook = hooks[out.Connections[i].Name].Last
	}
	if out.Blocked, err = d.Blocks(ctx); err != nil {
		return out, err
	}
	if out.Frozen, err = d.Freezes(ctx); err != nil {
		return out, err
	}
	out.Issues, err = d.issues(ctx)
	return out, err
}

func (d *Desk) connection(ctx context.Context, c store.Connection, h history) (say.Connection, error) {
	out := say.Connection{
		Name: c.Name, Side: c.Side, System: c.System, Organisation: c.OrganisationName, State: say.New, SkewSeconds: c.Skew.Seconds(),
	}
	if last, ok := h.last(c.Name, ended); ok {
		out.State, out.LastRead = say.Fresh, last.Ended
		if last.Outcome == string(say.EndedFailed) {
			out.State, out.Why = say.Failed, last.Detail
		}
	}
	if c.Side == store.SideDoor {
		at, err := d.ws.DoorReadAt(ctx, c.Name)
		if at != 0 {
			out.LastRead = at
		}
		if at != 0 && out.State == say.New {
			out.State = say.Fresh
		}
		return out, err
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

// issues returns the open issues, the newest first. Of many that say the same only the first get names.
func (d *Desk) issues(ctx context.Context) ([]say.Issue, error) {
	rows, err := d.ws.Issues(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows)
	type alike struct{ code, text string }
	seen := map[alike]int{}
	out := make([]say.Issue, len(rows))
	at := map[string][]int{} // door -> which of them to name
	for i, r := range rows {
		_, connection, _ := strings.Cut(r.Source, ":")
		out[i] = say.Issue{Issue: r.Issue, Since: r.Opened}
		out[i].Mend = Mend(r.Issue, shortCause(r.Cause), connection, d.oneIntegration(connection))
		a := alike{r.Issue.Code, r.Issue.Text}
		if seen[a]++; seen[a] > namedIssues || r.Issue.Person+cardea.PersonID(r.Issue.Account)+cardea.PersonID(r.Issue.Group) == "" {
			continue
		}
		if _, door, ok := strings.Cut(r.Source, ":"); ok {
			at[door] = append(at[door], i)
		}
	}
	for door, which := range at {
		some := make([]cardea.Issue, len(which))
		for n, i := range which {
			some[n] = out[i].Issue
		}
		notes, err := d.notes(ctx, door, some)
		if err != nil {
			return nil, err
		}
		for n, i := range which {
			out[i].Who, out[i].Where, out[i].Text = notes[n].Who, notes[n].Where, notes[n].Text
		}
	}
	return out, nil
}
