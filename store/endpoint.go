package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Endpoint is somebody who is told of events, and how that stands.
type Endpoint struct {
	Name    string
	Events  []cardea.EventType
	Address string // a digest of where it is

	Fails     int            // sendings in a row that nobody answered
	Retry     cardea.Instant // nothing is sent before
	Failing   cardea.Instant // since when it takes nothing, 0 = it works
	Last      cardea.Instant // the last thing that it took, 0 = none yet
	Delivered int
	Lost      int            // given up
	Off       cardea.Instant // since when it wants nothing any more, 0 = it is on

	Waiting int            // of what is to be told
	Oldest  cardea.Instant // of what waits, 0 = nothing does
	Due     cardea.Instant // when the first of it is to be sent
	Tried   cardea.Instant // the first sending of what waits and was not taken, 0 = there is no such
}

// SaveEndpoints makes the endpoints those that are configured. What waits for one that is not any more goes with it. One with
// another address is on again, and what waits for it is sent. Rejected when the store was opened without a key: what is told is
// kept sealed.
func (w *Workspace) SaveEndpoints(ctx context.Context, es []Endpoint, at cardea.Instant) error {
	if len(es) > 0 && w.s.seal == nil {
		return noKey("what is to be told to webhooks")
	}
	known, err := w.Endpoints(ctx)
	if err != nil {
		return err
	}
	rows := map[string]gen.PutEndpointParams{}
	changed := false
	for _, e := range es {
		words := make([]string, len(e.Events))
		for i, t := range e.Events {
			words[i] = string(t)
		}
		slices.Sort(words)
		row := gen.PutEndpointParams{
			WorkspaceID: w.id, Name: clean(e.Name), Events: strings.Join(slices.Compact(words), " "), Address: clean(e.Address),
		}
		rows[row.Name] = row
		was, has := known[row.Name]
		changed = changed || !has || was.Address != row.Address || !slices.EqualFunc(was.Events, strings.Fields(row.Events),
			func(a cardea.EventType, b string) bool { return string(a) == b })
	}
	if !changed && len(rows) == len(known) {
		return nil
	}
	var marks []Mark
	for name := range rows {
		marks = append(marks, Mark{Unit: name, Kind: WakeOutbox, At: at})
	}
	return w.write(ctx, "saving who is told of events", nil, func(q *gen.Queries) error {
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(known)) {
			if _, still := rows[name]; still {
				continue
			}
			if _, err := q.NextOut(ctx, gen.NextOutParams{WorkspaceID: w.id, Name: name}); err != nil { // nothing comes in meanwhile
				return err
			}
			if err := q.DropEndpointOuts(ctx, gen.DropEndpointOutsParams{WorkspaceID: w.id, Endpoint: name}); err != nil {
				return err
			}
			if err := q.DropEndpoint(ctx, gen.DropEndpointParams{WorkspaceID: w.id, Name: name}); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			if err := q.PutEndpoint(ctx, rows[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Endpoints returns how each endpoint stands.
func (w *Workspace) Endpoints(ctx context.Context) (map[string]Endpoint, error) {
	out := map[string]Endpoint{}
	err := w.snapshot(ctx, "reading who is told of events", func(q *gen.Queries) error {
		rows, err := q.Endpoints(ctx, w.id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out[r.Name] = endpointOf(r)
		}
		counts, err := q.OutCounts(ctx, w.id)
		if err != nil {
			return err
		}
		for _, c := range counts {
			out[c.Endpoint] = out[c.Endpoint].with(c)
		}
		return nil
	})
	return out, err
}

// Endpoint returns how one endpoint stands; without a name when there is none.
func (w *Workspace) Endpoint(ctx context.Context, endpoint string) (Endpoint, error) {
	var out Endpoint
	endpoint = clean(endpoint)
	err := w.snapshot(ctx, "reading how the webhook "+endpoint+" stands", func(q *gen.Queries) error {
		rows, err := q.Endpoint(ctx, gen.EndpointParams{WorkspaceID: w.id, Name: endpoint})
		if err != nil || len(rows) == 0 {
			return err
		}
		counts, err := q.OutCount(ctx, gen.OutCountParams{WorkspaceID: w.id, Endpoint: endpoint})
		if err != nil {
			return err
		}
		out = endpointOf(gen.EndpointsRow(rows[0]))
		for _, c := range counts {
			out = out.with(gen.OutCountsRow(c))
		}
		return nil
	})
	return out, err
}

func endpointOf(r gen.EndpointsRow) Endpoint {
	e := Endpoint{
		Name: r.Name, Address: r.Address, Fails: int(r.Fails), Retry: cardea.Instant(r.RetryAt),
		Failing: cardea.Instant(r.FailingSince),
		Last:    cardea.Instant(r.LastAt), Delivered: int(r.Delivered), Lost: int(r.Lost), Off: cardea.Instant(r.OffAt),
	}
	for t := range strings.FieldsSeq(r.Events) {
		e.Events = append(e.Events, cardea.EventType(t))
	}
	return e
}

// with adds what waits at an endpoint.
func (e Endpoint) with(c gen.OutCountsRow) Endpoint {
	e.Waiting, e.Oldest, e.Tried = int(c.Waiting), cardea.Instant(c.Oldest), cardea.Instant(c.Tried)
	e.Due = cardea.Instant(c.Due)
	return e
}

// SwitchOff keeps that an endpoint wants nothing any more. With a lease nothing is written when it is lost.
func (w *Workspace) SwitchOff(ctx context.Context, endpoint string, at cardea.Instant, lease *Lease) error {
	return w.write(ctx, "switching the webhook "+endpoint+" off", lease, func(q *gen.Queries) error {
		if err := q.EndpointOff(ctx, gen.EndpointOffParams{WorkspaceID: w.id, Name: clean(endpoint), At: int64(at)}); err != nil {
			return err
		}
		return w.note(ctx, q, at, "cardea", "webhook switched off", map[string]string{"endpoint": endpoint, "answer": "410"})
	})
}

// SwitchOn keeps that an endpoint took something now that was not waiting: it works, and what waits is sent. The audit log says
// who asked.
func (w *Workspace) SwitchOn(ctx context.Context, endpoint string, at cardea.Instant, who string) error {
	endpoint = clean(endpoint)
	return w.write(ctx, "switching the webhook "+endpoint+" on", nil, func(q *gen.Queries) error {
		if err := w.mark(ctx, q, []Mark{{Unit: endpoint, Kind: WakeOutbox, At: at}}); err != nil {
			return err
		}
		if err := q.EndpointWorks(ctx, gen.EndpointWorksParams{WorkspaceID: w.id, Name: endpoint, At: int64(at)}); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "webhook switched on", map[string]string{"endpoint": endpoint})
	})
}
