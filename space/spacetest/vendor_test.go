package spacetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

const (
	fakePage = 3
	fakeKey  = "fake-key-0123456789"
)

var fakeRate = wire.Rate{Calls: 20, Per: time.Second}

// vendor is a space vendor in memory. Its requests are functions that travel in the request's context, so that they pass
// the line and its faults like any other.
type vendor struct {
	mu       sync.Mutex
	people   []cardea.Record
	teams    []cardea.Record
	holdings []cardea.Record
	faults   []Fault
	tokens   map[string]bool
	writes   int
	serial   int
	recent   []time.Time
}

// exchange is one request under way: what it does, and for a listing its rows and their count.
type exchange struct {
	does   func() int
	rows   []cardea.Record
	total  int
	listed bool
}

type exchangeKey struct{}

func (v *vendor) id() string {
	v.serial++
	return fmt.Sprint(1000 + v.serial)
}

func (v *vendor) token(key string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if key != fakeKey {
		return ""
	}
	t := "token-of-the-fake-" + v.id()
	v.tokens[t] = true
	return t
}

func (v *vendor) limited(now time.Time) bool {
	v.recent = slices.DeleteFunc(v.recent, func(t time.Time) bool { return now.Sub(t) > fakeRate.Per })
	if len(v.recent) >= fakeRate.Calls {
		return true
	}
	v.recent = append(v.recent, now)
	return false
}

// strike returns the fault that acts.
func (v *vendor) strike(on string) *Fault {
	for i, f := range v.faults {
		switch {
		case on != fmt.Sprintf("%s.%t", f.Kind, f.Single):
			continue
		case f.Skip > 0:
			v.faults[i].Skip--
			continue
		case f.Times == 1:
			v.faults = slices.Delete(v.faults, i, i+1)
		case f.Times > 1:
			v.faults[i].Times--
		}
		return &f
	}
	return nil
}

// RoundTrip answers one request.
func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	x := r.Context().Value(exchangeKey{}).(*exchange)
	h := http.Header{}
	reply := func(status int, body io.Reader) *http.Response {
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(body), Request: r}
	}
	if r.Method != http.MethodGet {
		v.writes++
	}
	if v.limited(time.Now()) {
		return reply(http.StatusTooManyRequests, strings.NewReader("")), nil
	}
	f := v.strike(strings.Trim(r.URL.Path, "/"))
	if f != nil && f.Effect == Refuse {
		if f.RetryAfter > 0 {
			h.Set("Retry-After", fmt.Sprint(f.RetryAfter))
		}
		return reply(f.Status, strings.NewReader("refused")), nil
	}
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !v.tokens[token] {
		return reply(http.StatusUnauthorized, strings.NewReader("")), nil
	}
	status := x.does()
	switch {
	case f == nil:
	case f.Effect == Drop:
		return nil, io.ErrUnexpectedEOF
	case f.Effect == Empty && x.listed:
		x.rows, x.total = nil, 0
	case f.Effect == Truncate && f.Rows != nil:
		x.rows = x.rows[:min(*f.Rows, len(x.rows))]
	case f.Effect == Truncate:
		return reply(status, cut{}), nil
	}
	return reply(status, strings.NewReader("")), nil
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// rows lists what the vendor has of a kind.
func (v *vendor) rows(k cardea.Kind) []cardea.Record {
	switch k {
	case cardea.KindPerson:
		return v.people
	case cardea.KindTeam:
		return v.teams
	}
	return v.holdings
}

// newVendor makes a world.
func newVendor(o Options) *vendor {
	v := &vendor{tokens: map[string]bool{}}
	count := func(k cardea.Kind) int {
		if o.Kind == k {
			return o.Rows
		}
		return 1
	}
	for i := range count(cardea.KindPerson) {
		v.people = append(v.people, cardea.Person{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("Person %d", i), Team: "t0"})
	}
	for i := range count(cardea.KindTeam) {
		v.teams = append(v.teams, cardea.Team{ID: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Team %d", i)})
	}
	for i := range count(cardea.KindAgreement) {
		v.holdings = append(v.holdings, cardea.Agreement{ID: fmt.Sprintf("h%d", i), Person: "p0", Approved: true})
	}
	return v
}

// fakeRig is the rig of the fake; lies are what it does wrong.
func fakeRig(lie string) Rig {
	page := map[cardea.Kind]int{}
	for _, k := range fakeKinds {
		page[k] = fakePage
	}
	return Rig{
		Open: func(_ *testing.T, o Options) *Bench {
			v := newVendor(o)
			key := fakeKey
			if o.WrongSecret {
				key = "another-key-987654321"
			}
			said := bytes.NewBufferString("hello\n")
			f := &fake{v: v, rt: o.Line.Around(v), key: key, lie: lie, readOnly: o.ReadOnly, said: said}
			b := &Bench{
				System: f, Secrets: []string{key}, Said: said.String,
				Truth: func(k cardea.Kind) []string {
					v.mu.Lock()
					defer v.mu.Unlock()
					var out []string
					for _, r := range v.rows(k) {
						out = append(out, r.Key().ID)
					}
					return out
				},
				Writes: func() int { v.mu.Lock(); defer v.mu.Unlock(); return v.writes },
				Fault:  func(f Fault) { v.mu.Lock(); defer v.mu.Unlock(); v.faults = append(v.faults, f) },
				Expire: func() { v.mu.Lock(); defer v.mu.Unlock(); clear(v.tokens) },
				Nobody: map[cardea.Kind]string{cardea.KindPerson: "px", cardea.KindTeam: "tx", cardea.KindAgreement: "hx"},
				Person: cardea.Key{Kind: cardea.KindPerson, ID: "p0"},
				Holds:  []cardea.Key{{Kind: cardea.KindTeam, ID: "t0"}, {Kind: cardea.KindAgreement, ID: "h0"}},
				Hook: func() (http.Header, []byte, []cardea.Key) {
					body := []byte("person:p0")
					return http.Header{"Signed": {sign(body)}}, body, []cardea.Key{{Kind: cardea.KindPerson, ID: "p0"}}
				},
			}
			if lie == "hides" {
				b.System = hidden{f}
			}
			return b
		},
		Organisation: "fake-1",
		Kinds:        fakeKinds,
		Hooked:       true,
		Page:         page,
		Rate:         fakeRate,
	}
}

// send is one call of the fake: paced, with a token, reads asked again.
func (f *fake) send(ctx context.Context, on string, write bool, x *exchange) (int, error) {
	renewed := false
	for n := 0; ; n++ {
		status, err := f.once(ctx, on, write, x)
		if status == http.StatusUnauthorized && !renewed && f.lie != "forgets tokens" {
			f.mu.Lock()
			renewed, f.token = true, ""
			f.mu.Unlock()
			continue
		}
		if err == nil || cardea.ClassOf(err) != cardea.Retry || n >= 3 || f.lie == "gives up" {
			return status, err
		}
		time.Sleep(time.Second)
	}
}

func (f *fake) once(ctx context.Context, on string, write bool, x *exchange) (int, error) {
	f.pace()
	f.mu.Lock()
	if f.token == "" {
		f.token = f.v.token(f.key)
	}
	token := f.token
	f.mu.Unlock()
	method := http.MethodGet
	if write {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, x), method, "http://fake/"+on, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := f.rt.RoundTrip(r)
	if f.lie == "logs" {
		fmt.Fprintf(f.said, "sent with %s\n", r.Header.Get("Authorization"))
	}
	if err == nil {
		if _, err = io.ReadAll(res.Body); err == nil {
			return res.StatusCode, f.judge(res)
		}
	}
	return 0, &cardea.Error{Class: cardea.Retry, Text: "the call broke off", Cause: err}
}

func (f *fake) judge(res *http.Response) error {
	if res.StatusCode < 300 {
		return nil
	}
	e := &cardea.Error{Class: (&course{}).meaning(res.StatusCode), Text: fmt.Sprintf("answered %d", res.StatusCode)}
	if f.lie == "vague" && e.Class == cardea.Auth {
		e.Class = cardea.Retry
	}
	if f.lie == "leaks" {
		e.Cause = errors.New("sent with " + res.Request.Header.Get("Authorization"))
	}
	if after := res.Header.Get("Retry-After"); after != "" && f.lie != "hasty" {
		if d, err := time.ParseDuration(after + "s"); err == nil {
			e.After = d
		}
	}
	return e
}

// pace waits for the next slot.
func (f *fake) pace() {
	if f.lie == "bursts" {
		return
	}
	f.mu.Lock()
	now := time.Now()
	slot := f.next
	if slot.Before(now) {
		slot = now
	}
	f.next = slot.Add(fakeRate.Per / time.Duration(fakeRate.Calls) * 11 / 10)
	f.mu.Unlock()
	time.Sleep(slot.Sub(now))
}
