package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// WakeOutbox is the kind of the wake rows of endpoints; their unit is the endpoint.
const WakeOutbox = "outbox"

// Out is something that an endpoint is to be told.
type Out struct {
	N     int64  // of the endpoint: the order in which things happened
	ID    string // the same however often it is sent
	Type  cardea.EventType
	At    cardea.Instant // when it happened
	Tries int
	First cardea.Instant // the first sending, 0 = none yet
	Next  cardea.Instant // it is not sent before
	Body  []byte         // nil when it does not open: the key is another one, or the row was changed
}

// RememberTelling is Remember with what others are told of it: both are written, or neither. Errors: as Remember.
func (w *Workspace) RememberTelling(ctx context.Context, connection, kind string, k cardea.Kept, e cardea.Event) error {
	p, err := w.keep(connection, kind, k)
	if err != nil {
		return err
	}
	return w.write(ctx, "remembering something of "+clean(connection), nil, func(q *gen.Queries) error {
		if err := q.PutKept(ctx, p); err != nil {
			return err
		}
		return w.tell(ctx, q, e)
	})
}

// ForgetTelling is Forget with what others are told of it: both are written, or neither. Of what is not there nothing is told: it
// was forgotten, and told, before.
func (w *Workspace) ForgetTelling(ctx context.Context, connection, kind, id string, e cardea.Event) error {
	return w.write(ctx, "forgetting something of "+clean(connection), nil, func(q *gen.Queries) error {
		n, err := q.TakeKept(ctx, gen.TakeKeptParams{
			WorkspaceID: w.id, Connection: clean(connection), Kind: clean(kind), ID: clean(id),
		})
		if err != nil || n == 0 {
			return err
		}
		return w.tell(ctx, q, e)
	})
}

// tell puts an event out for every endpoint that asked to be told of such. The wake rows come first, as they do for who sends: so
// nobody waits in a circle.
func (w *Workspace) tell(ctx context.Context, q *gen.Queries, e cardea.Event) error {
	endpoints, err := q.Endpoints(ctx, w.id)
	if err != nil {
		return err
	}
	var names []string
	var marks []Mark
	for _, p := range endpoints {
		if slices.Contains(strings.Fields(p.Events), string(e.Type)) {
			names = append(names, p.Name)
			marks = append(marks, Mark{Unit: p.Name, Kind: WakeOutbox, At: e.At})
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	if err := w.mark(ctx, q, marks); err != nil {
		return err
	}
	text, err := json.Marshal(e)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the event %s cannot be written as JSON: %w", e.Type, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return cardea.Errorf(cardea.Retry, "no randomness for an event's id: %w", err)
	}
	for _, name := range names {
		n, err := q.NextOut(ctx, gen.NextOutParams{WorkspaceID: w.id, Name: name})
		if err != nil {
			return err
		}
		if len(n) == 0 { // it was taken out of the configuration this moment
			continue
		}
		p := gen.PutOutParams{
			WorkspaceID: w.id, Endpoint: name, N: n[0], ID: id.String(), Type: string(e.Type), At: int64(e.At),
		}
		if p.KeyID, p.Nonce, p.Sealed, err = w.s.seal.seal(outName(name), w.outPlace(name, n[0], p.ID), text); err != nil {
			return err
		}
		if err := q.PutOut(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// Outs returns what waits to be sent to an endpoint now, and what happened before old and still waits; the oldest first, at most
// so many.
func (w *Workspace) Outs(ctx context.Context, endpoint string, now, old cardea.Instant, most int) ([]Out, error) {
	endpoint = clean(endpoint)
	rows, err := w.s.queries().Outs(ctx, gen.OutsParams{
		WorkspaceID: w.id, Endpoint: endpoint, Now: int64(now), Old: int64(old), Most: int64(most),
	})
	if err != nil {
		return nil, classed("reading what waits for "+endpoint, err)
	}
	out := make([]Out, len(rows))
	for i, r := range rows {
		out[i] = Out{
			N: r.N, ID: r.ID, Type: cardea.EventType(r.Type), At: cardea.Instant(r.At), Tries: int(r.Tries),
			First: cardea.Instant(r.FirstAt), Next: cardea.Instant(r.NextAt),
		}
		if b, err := w.s.seal.open(outName(endpoint), w.outPlace(endpoint, r.N, r.ID), r.KeyID, r.Nonce, r.Sealed); err == nil {
			out[i].Body = b
		}
	}
	slices.SortFunc(out, func(a, b Out) int { return cmp.Compare(a.N, b.N) })
	return out, nil
}

// outPlace is the additional data of a sealed event: one that was moved to another row, or to another table, does not open.
func (w *Workspace) outPlace(endpoint string, n int64, id string) []byte {
	return []byte("outbox\x00" + w.id + "\x00" + endpoint + "\x00" + strconv.FormatInt(n, 10) + "\x00" + id)
}

func outName(endpoint string) string {
	return fmt.Sprintf("what is to be told to the webhook %q", endpoint)
}

// What became of an event.
const (
	OutDelivered = "delivered"
	OutLost      = "lost" // nobody took it for too long
)

// Sent keeps that an event was taken: its endpoint works. What it said goes at once.
func (w *Workspace) Sent(ctx context.Context, endpoint string, o Out, at cardea.Instant, lease *Lease) error {
	endpoint = clean(endpoint)
	return w.write(ctx, "noting what was sent to "+endpoint, lease, func(q *gen.Queries) error {
		if err := q.EndpointWorks(ctx, gen.EndpointWorksParams{
			WorkspaceID: w.id, Name: endpoint, At: int64(at), Delivered: 1,
		}); err != nil {
			return err
		}
		_, err := q.EndOut(ctx, gen.EndOutParams{WorkspaceID: w.id, Endpoint: endpoint, N: o.N, At: int64(at), Outcome: OutDelivered})
		return err
	})
}

// Unsent keeps that an event was not taken: it is sent again at next, and nothing at all to the endpoint before retry, if that is
// set; fails is how many sendings in a row nobody answered.
func (w *Workspace) Unsent(
	ctx context.Context, endpoint string, o Out, at, next cardea.Instant, fails int, retry cardea.Instant, lease *Lease,
) error {
	endpoint = clean(endpoint)
	return w.write(ctx, "noting what was not sent to "+endpoint, lease, func(q *gen.Queries) error {
		if err := q.EndpointFails(ctx, gen.EndpointFailsParams{
			WorkspaceID: w.id, Name: endpoint, At: int64(at), Fails: int64(fails), RetryAt: int64(retry),
		}); err != nil {
			return err
		}
		_, err := q.DeferOut(ctx, gen.DeferOutParams{WorkspaceID: w.id, Endpoint: endpoint, N: o.N, At: int64(at), NextAt: int64(next)})
		return err
	})
}

// Lose gives an event up. What it said goes at once.
func (w *Workspace) Lose(ctx context.Context, endpoint string, o Out, at cardea.Instant, lease *Lease) error {
	endpoint = clean(endpoint)
	return w.write(ctx, "giving up what was to be sent to "+endpoint, lease, func(q *gen.Queries) error {
		if err := q.EndpointLost(ctx, gen.EndpointLostParams{WorkspaceID: w.id, Name: endpoint}); err != nil {
			return err
		}
		_, err := q.EndOut(ctx, gen.EndOutParams{WorkspaceID: w.id, Endpoint: endpoint, N: o.N, At: int64(at), Outcome: OutLost})
		return err
	})
}

// ForgetOuts takes away what was done with before an instant.
func (w *Workspace) ForgetOuts(ctx context.Context, endpoint string, before cardea.Instant, lease *Lease) error {
	return w.write(ctx, "forgetting what was sent to "+endpoint, lease, func(q *gen.Queries) error {
		_, err := q.ForgetOuts(ctx, gen.ForgetOutsParams{WorkspaceID: w.id, Endpoint: clean(endpoint), Before: int64(before)})
		return err
	})
}
