package desk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/outbox"
	"github.com/cardea-access/cardea/store"
)

// Webhook is somebody who is told of events: the operator's own app.
type Webhook struct {
	Host    string // for people; the rest of an address may be as good as a password
	Address string // a digest of it: another one is another endpoint
	Events  []cardea.EventType
}

// The states of a webhook.
const (
	WebhookOn      = "on"
	WebhookFailing = "failing" // not everything is taken, and it is tried again
	WebhookOff     = "off"     // it said that it is gone
)

// WebhookStanding is how a webhook stands.
type WebhookStanding struct {
	Name      string             `json:"name"`
	Host      string             `json:"host"`
	Events    []cardea.EventType `json:"events"`
	State     string             `json:"state"`
	Last      cardea.Instant     `json:"last_delivery,omitempty"`
	Delivered int                `json:"delivered"`
	Waiting   int                `json:"waiting"`
	Oldest    cardea.Instant     `json:"oldest_waiting,omitempty"`
	Failing   cardea.Instant     `json:"failing_since,omitempty"`
	Retry     cardea.Instant     `json:"next_try,omitempty"`
	Off       cardea.Instant     `json:"off_since,omitempty"`
	Lost      int                `json:"given_up"`
}

// Webhooks lists who is told of events, by name, and how that stands. Nobody is asked.
func (d *Desk) Webhooks(ctx context.Context) ([]WebhookStanding, error) {
	rows, err := d.ws.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	out := []WebhookStanding{}
	for name, w := range sorted(d.c.Webhooks) {
		r := rows[name]
		s := WebhookStanding{
			Name: name, Host: w.Host, Events: slices.Sorted(slices.Values(w.Events)), State: WebhookOn, Last: r.Last,
			Delivered: r.Delivered,
			Waiting:   r.Waiting, Oldest: r.Oldest, Lost: r.Lost,
		}
		switch since := outbox.Failing(r); {
		case r.Address != "" && r.Address != w.Address: // it is saved with the next run
		case r.Off != 0:
			s.State, s.Off = WebhookOff, r.Off
		case since != 0:
			s.State, s.Failing = WebhookFailing, since
			if r.Waiting > 0 {
				s.Retry = max(r.Due, r.Retry)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// WebhookTried is what became of a test.
type WebhookTried struct {
	Name   string `json:"name"`
	Host   string `json:"host"`
	ID     string `json:"webhook_id"`
	Status int    `json:"status,omitempty"` // of the answer, 0 = there was none
	Taken  bool   `json:"taken"`
	Error  string `json:"error,omitempty"`    // why there was no answer
	On     bool   `json:"on_again,omitempty"` // it was off or failing, and what waits is sent now
}

// TestWebhook sends webhook.test to a webhook now, once. One that takes it works: it is on again, and what waits for it is sent.
// The audit log has who asked. Errors: NotFound.
func (d *Desk) TestWebhook(ctx context.Context, name, who string) (WebhookTried, error) {
	w, known := d.c.Webhooks[name]
	if !known {
		return WebhookTried{}, cardea.Errorf(cardea.NotFound, "no webhook is called %q%s", name,
			Nearest(name, slices.Sorted(maps.Keys(d.c.Webhooks))))
	}
	if err := d.saveEndpoints(ctx); err != nil {
		return WebhookTried{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return WebhookTried{}, cardea.Errorf(cardea.Retry, "no randomness for an event's id: %w", err)
	}
	out := WebhookTried{Name: name, Host: w.Host, ID: id.String()}
	body, err := json.Marshal(cardea.Event{Type: cardea.WebhookTest, At: d.now(), Data: map[string]string{"webhook": name}})
	if err != nil {
		return out, cardea.Errorf(cardea.Rejected, "the test cannot be written as JSON: %w", err)
	}
	out.Status, err = d.c.Courier.Send(ctx, name, out.ID, body)
	if err != nil {
		out.Error = err.Error()
	}
	out.Taken = err == nil && outbox.Taken(out.Status)
	detail := map[string]any{"endpoint": name, "status": out.Status}
	if err := d.ws.Note(ctx, d.now(), who, "webhook tested", detail); err != nil || !out.Taken {
		return out, err
	}
	r, err := d.ws.Endpoint(ctx, name)
	if err != nil {
		return out, err
	}
	if r.Off != 0 || r.Failing != 0 {
		out.On = true
		if err := d.ws.SwitchOn(ctx, name, d.now(), who); err != nil {
			return out, err
		}
		d.poke()
	}
	return out, nil
}

// saveEndpoints writes into the store who is told of what. Of one that is not configured any more nothing is the matter.
func (d *Desk) saveEndpoints(ctx context.Context) error {
	known, err := d.ws.Endpoints(ctx)
	if err != nil {
		return err
	}
	var rows []store.Endpoint
	for name, w := range sorted(d.c.Webhooks) {
		rows = append(rows, store.Endpoint{Name: name, Events: w.Events, Address: w.Address})
	}
	if len(rows)+len(known) == 0 {
		return nil
	}
	if err := d.ws.SaveEndpoints(ctx, rows, d.now()); err != nil {
		return err
	}
	for name := range sorted(known) {
		if _, still := d.c.Webhooks[name]; still {
			continue
		}
		if err := d.ws.SaveIssues(ctx, outbox.Source(name), nil, d.now()); err != nil {
			return err
		}
	}
	return nil
}

// wakeOutbox sends what waits for an endpoint.
func (d *Desk) wakeOutbox(ctx context.Context, l store.Lease) (cardea.Instant, error) {
	if _, known := d.c.Webhooks[l.Unit]; !known {
		return d.notOurs(), nil
	}
	c := &outbox.Courier{Store: d.ws, Sender: d.c.Courier, Now: d.c.Now, Keep: d.c.History, Lease: &l}
	return c.Wake(ctx, l.Unit)
}
