package outbox

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Store keeps what is to be told.
type Store interface {
	Endpoint(ctx context.Context, endpoint string) (store.Endpoint, error)
	Outs(ctx context.Context, endpoint string, now, old cardea.Instant, most int) ([]store.Out, error)
	Sent(ctx context.Context, endpoint string, o store.Out, at cardea.Instant, lease *store.Lease) error
	Unsent(ctx context.Context, endpoint string, o store.Out, at, next cardea.Instant, fails int, retry cardea.Instant,
		lease *store.Lease) error
	Lose(ctx context.Context, endpoint string, o store.Out, at cardea.Instant, lease *store.Lease) error
	SwitchOff(ctx context.Context, endpoint string, at cardea.Instant, lease *store.Lease) error
	ForgetOuts(ctx context.Context, endpoint string, before cardea.Instant, lease *store.Lease) error
	SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error
}

// Sender sends one event and returns the status of the answer. An error is a plain sentence that holds nothing of the answer, of
// the event or of the address but its host. Errors: Retry when nobody answered.
type Sender interface {
	Send(ctx context.Context, endpoint, id string, body []byte) (status int, err error)
}

// Courier sends what waits for endpoints.
type Courier struct {
	Store  Store
	Sender Sender
	Now    func() time.Time
	Keep   time.Duration // how long it is remembered what was sent
	Lease  *store.Lease
}

const (
	// GiveUp is how long an event is tried.
	GiveUp = 3 * 24 * time.Hour
	// Told is how long nothing is taken before a person is told.
	Told = time.Hour
	// batch is how many events are looked at together.
	batch = 100
)

// waits are between the sendings of one event, or to an endpoint that does not answer; the last one again and again.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	6 * time.Hour,
}

// Wait is how long after so many sendings in a row that failed the next one comes.
func Wait(failed int) time.Duration { return waits[min(max(failed, 1), len(waits))-1] }

// silent says of a status that it is not the endpoint's own: whoever stands before it did not reach it, or it asks for patience.
func silent(status int) bool {
	switch status {
	case 0, http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Taken says whether a status says that the event was taken.
func Taken(status int) bool { return status >= 200 && status < 300 }

func (c *Courier) now() cardea.Instant { return cardea.At(c.Now()) }

// Wake sends what is due for an endpoint, tells how it stands, and returns when to be woken next.
func (c *Courier) Wake(ctx context.Context, endpoint string) (cardea.Instant, error) {
	e, err := c.Store.Endpoint(ctx, endpoint)
	if err != nil {
		return 0, err
	}
	if e.Name == "" { // it was taken out of the configuration
		return cardea.Never, nil
	}
	for more := true; more; {
		if more, err = c.pass(ctx, &e); err != nil {
			return 0, err
		}
	}
	if err := c.Store.ForgetOuts(ctx, endpoint, c.now().Add(-c.Keep), c.Lease); err != nil {
		return 0, err
	}
	if e, err = c.Store.Endpoint(ctx, endpoint); err != nil {
		return 0, err
	}
	if err := c.tell(ctx, e); err != nil {
		return 0, err
	}
	return c.next(e), nil
}

// round is one time through what waits for an endpoint.
type round struct {
	*Courier

	e    store.Endpoint
	done int  // sent or given up
	stop bool // nothing more is sent now
}

// pass goes once through what waits, the oldest first, and says whether there may be more.
func (c *Courier) pass(ctx context.Context, e *store.Endpoint) (more bool, err error) {
	outs, err := c.Store.Outs(ctx, e.Name, c.now(), c.now().Add(-GiveUp), batch)
	if err != nil {
		return false, err
	}
	r := &round{Courier: c, e: *e}
	for i, o := range outs {
		if r.stop || err != nil {
			break
		}
		var mute bool
		if mute, err = r.one(ctx, o); mute && err == nil {
			err = r.doubt(ctx, o, outs[i+1:])
		}
	}
	*e = r.e
	return err == nil && !r.stop && r.done > 0 && len(outs) == batch, err
}

// doubted is after how many sendings without an answer another event is tried: perhaps it is the first one that is not digested.
const doubted = 3

// doubt finds out whether it is the endpoint that does not answer, or one event to which it does not. The event that was tried
// least shows it, so that each one's turn comes and none holds up all others for ever. If that one is taken, the first has
// another chance to be told before those after it.
func (r *round) doubt(ctx context.Context, mute store.Out, others []store.Out) error {
	r.stop = true
	if r.e.Fails < doubted {
		return nil
	}
	now := r.now()
	var probe *store.Out
	for i := range others {
		if o := &others[i]; o.Next <= now && o.Body != nil && (probe == nil || o.Tries < probe.Tries) {
			probe = o
		}
	}
	if probe == nil {
		return nil
	}
	taken, err := r.send(ctx, *probe)
	if err != nil || !taken {
		return err
	}
	probe.ID = "" // it is done with
	r.stop = false
	if taken, err = r.send(ctx, mute); err != nil || taken {
		return err
	}
	if r.e.Off == 0 {
		r.e.Fails, r.e.Retry, r.stop = 0, 0, false
		return r.aside(ctx, &r.e, mute, r.now())
	}
	return nil
}

// one does what is to be done now about an event. Mute says that nobody answered.
func (r *round) one(ctx context.Context, o store.Out) (mute bool, err error) {
	now := r.now()
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case o.ID == "":
		return false, nil
	case r.over(r.e, o, now):
		r.done++
		return false, r.Store.Lose(ctx, r.e.Name, o, now, r.Lease)
	case r.e.Off != 0 || r.e.Retry > now || o.Next > now:
		return false, nil
	case o.Body == nil: // it does not open: perhaps whoever has the right key comes within the three days
		return false, r.aside(ctx, &r.e, o, now)
	}
	fails := r.e.Fails
	_, err = r.send(ctx, o)
	return r.e.Fails > fails, err
}

// send sends an event and keeps what came of it.
func (r *round) send(ctx context.Context, o store.Out) (taken bool, err error) {
	status, err := r.Sender.Send(ctx, r.e.Name, o.ID, o.Body)
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err() // told to stop, or the lease is lost: whoever comes next sends it
	}
	now := r.now()
	switch {
	case err == nil && Taken(status):
		r.e.Fails, r.e.Retry = 0, 0
		r.done++
		return true, r.Store.Sent(ctx, r.e.Name, o, now, r.Lease)
	case err == nil && status == http.StatusGone:
		r.e.Off, r.stop = now, true
		return false, r.Store.SwitchOff(ctx, r.e.Name, now, r.Lease)
	case err == nil && !silent(status):
		return false, r.aside(ctx, &r.e, o, now)
	}
	r.e.Fails++
	r.e.Retry, r.stop = now.Add(Wait(r.e.Fails)), true
	return false, r.Store.Unsent(ctx, r.e.Name, o, now, 0, r.e.Fails, r.e.Retry, r.Lease)
}

// aside has an event wait by itself.
func (c *Courier) aside(ctx context.Context, e *store.Endpoint, o store.Out, now cardea.Instant) error {
	return c.Store.Unsent(ctx, e.Name, o, now, now.Add(Wait(o.Tries+1)), e.Fails, e.Retry, c.Lease)
}

// over says whether an event is given up: it was tried for long enough, or nobody can be told of it any more. What no server was
// there to send is tried, however old it is.
func (c *Courier) over(e store.Endpoint, o store.Out, now cardea.Instant) bool {
	return now >= o.At.Add(GiveUp) && (o.Tries > 0 || e.Fails > 0 || e.Off != 0)
}
