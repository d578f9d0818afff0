package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/outbox"
	"github.com/cardea-access/cardea/store"
)

// begin is when the tests' events happen.
var begin = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

const door = "brivo"

// sending is one that an endpoint saw.
type sending struct {
	endpoint, id, account string
	at                    time.Duration // since begin
	status                int
}

// line is the way to the endpoints, and what went by. Time stands still in it but for what an answer takes.
type line struct {
	mu     sync.Mutex
	now    func() time.Time
	answer func(s sending) (status int, err error)
	sent   []sending
}

func (l *line) Send(_ context.Context, endpoint, id string, body []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := sending{endpoint: endpoint, id: id, account: account(body), at: l.now().Sub(begin), status: 200}
	var err error
	if l.answer != nil {
		if s.status, err = l.answer(s); err != nil {
			s.status = 0
		}
	}
	l.sent = append(l.sent, s)
	return s.status, err
}

// taken are the accounts of what an endpoint took, in order.
func (l *line) taken(endpoint string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, s := range l.sent {
		if s.endpoint == endpoint && outbox.Taken(s.status) {
			out = append(out, s.account)
		}
	}
	return out
}

// tries are when something of an account was sent to an endpoint.
func (l *line) tries(endpoint, account string) []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []time.Duration
	for _, s := range l.sent {
		if s.endpoint == endpoint && s.account == account {
			out = append(out, s.at)
		}
	}
	return out
}

// office is a workspace with endpoints, a courier and a clock of its own.
type office struct {
	t     *testing.T
	ws    *store.Workspace
	at    time.Time
	line  *line
	store outbox.Store
}

func newOffice(t *testing.T, s *store.Store, endpoints ...string) *office {
	t.Helper()
	o := &office{t: t, ws: s.In("w"), at: begin}
	o.store = o.ws
	o.line = &line{now: func() time.Time { return o.at }}
	furnish(t, o.ws, endpoints...)
	return o
}

// furnish makes a workspace in which a door connection tells endpoints of passes.
func furnish(t *testing.T, ws *store.Workspace, endpoints ...string) {
	t.Helper()
	ctx := context.Background()
	must(t, ws.SaveConnection(ctx, store.Connection{Name: door, Side: "door", System: "brivo"}))
	var es []store.Endpoint
	for _, name := range endpoints {
		es = append(es, store.Endpoint{Name: name, Events: []cardea.EventType{cardea.PassIssued}, Address: name})
	}
	must(t, ws.SaveEndpoints(ctx, es, cardea.At(begin)))
}

// issue has invitations issued to accounts, now.
func (o *office) issue(accounts ...string) { issue(o.t, o.ws, o.at, accounts...) }

func issue(t *testing.T, ws *store.Workspace, at time.Time, accounts ...string) {
	t.Helper()
	for _, a := range accounts {
		must(t, ws.RememberTelling(context.Background(), door, "pass", cardea.Kept{ID: a, Body: "{}"}, cardea.Event{
			Type: cardea.PassIssued, At: cardea.At(at), Data: cardea.PassEvent{Door: door, Account: cardea.AccountID(a), Code: "code of " + a},
		}))
	}
}

func (o *office) courier() *outbox.Courier {
	return &outbox.Courier{Store: o.store, Sender: o.line, Now: func() time.Time { return o.at }, Keep: 90 * 24 * time.Hour}
}

// wake lets an endpoint's row be woken as it asks to be, until an instant.
func (o *office) wake(endpoint string, until time.Duration) {
	o.t.Helper()
	for n := 0; ; n++ {
		if n > 1000 {
			o.t.Fatalf("woken a thousand times until %s, and no end", o.at)
		}
		next, err := o.courier().Wake(context.Background(), endpoint)
		if err != nil {
			o.t.Fatal(err)
		}
		if next <= cardea.At(o.at) {
			o.t.Fatalf("woken at %s, it wants to be woken at %s", o.at, next)
		}
		if next == cardea.Never || next.Time().After(begin.Add(until)) {
			o.at = begin.Add(until)
			return
		}
		o.at = next.Time()
	}
}

func (o *office) standing(endpoint string) store.Endpoint {
	o.t.Helper()
	all, err := o.ws.Endpoints(context.Background())
	must(o.t, err)
	return all[endpoint]
}

// issues are the codes of what is open in the inbox.
func (o *office) issues() string {
	o.t.Helper()
	rows, err := o.ws.Issues(context.Background())
	must(o.t, err)
	out := ""
	for _, r := range rows {
		out += r.Source + "/" + r.Issue.Code + " "
	}
	return out
}

// account is whose pass a body speaks of; "" for one that is not whole.
func account(body []byte) string {
	var a string
	if n, _ := fmt.Sscanf(string(after(body, `"account":"`)), "%s", &a); n == 0 {
		return ""
	}
	for i, r := range a {
		if r == '"' {
			return a[:i]
		}
	}
	return ""
}

func after(body []byte, mark string) []byte {
	for i := range body {
		if i+len(mark) <= len(body) && string(body[i:i+len(mark)]) == mark {
			return body[i+len(mark):]
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
