package doortest

import (
	"bytes"
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

// vendor is a door vendor in memory. Its requests are functions that travel in the request's context, so that they pass
// the line and its faults like any other.
type vendor struct {
	mu       sync.Mutex
	accounts []cardea.Account
	groups   []cardea.Group
	edges    []cardea.Edge
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
func (v *vendor) strike(on Call) *Fault {
	for i, f := range v.faults {
		switch {
		case f.On != on:
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
	f := v.strike(Call(strings.Trim(r.URL.Path, "/")))
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

// has returns the place of an edge.
func (v *vendor) has(e cardea.Edge) int {
	return slices.IndexFunc(v.edges, func(o cardea.Edge) bool { return o.Key() == e.Key() })
}

func (v *vendor) group(id cardea.GroupID) int {
	return slices.IndexFunc(v.groups, func(g cardea.Group) bool { return g.ID == id })
}

func (v *vendor) truth() []cardea.Edge {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []cardea.Edge
	for _, e := range v.edges {
		if e.Foreign == "" {
			out = append(out, e)
		}
	}
	return out
}

// newVendor makes a world.
func newVendor(o Options) *vendor {
	v := &vendor{tokens: map[string]bool{}}
	groups, accounts, edges := 2, 2, 1
	switch o.Kind {
	case cardea.KindGroup:
		groups, accounts, edges = o.Rows, 0, 0
	case cardea.KindAccount:
		accounts, edges = o.Rows, 0
	case cardea.KindEdge:
		accounts, edges = (o.Rows+1)/2, o.Rows
	}
	for i := range groups {
		v.groups = append(v.groups, cardea.Group{ID: cardea.GroupID(fmt.Sprintf("g%d", i)), Name: fmt.Sprintf("Group %d", i)})
	}
	for i := range accounts {
		v.accounts = append(v.accounts, cardea.Account{
			ID: cardea.AccountID(fmt.Sprintf("a%d", i)), Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@x.test", i),
		})
	}
	for i := range edges {
		v.edges = append(v.edges, cardea.Edge{
			Group: v.groups[i%2].ID, Account: v.accounts[i/2].ID, Ref: fmt.Sprintf("e%d", i), Window: cardea.Forever,
			Attributes: cardea.Attributes{Profile: "plain", TimeGroup: "always"},
		})
	}
	if o.Kind == "" {
		other := v.edges[0]
		other.Account, other.Ref = "a1", "e1"
		v.edges = append(v.edges, other)
		v.edges = append(v.edges, cardea.Edge{Group: "g1", Account: "a1", Ref: "f", Window: cardea.Forever, Foreign: "a team"})
	}
	return v
}

// fakeRig is the rig of the fake; lies are what it does wrong.
func fakeRig(lie string) Rig {
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
				System: f, Groups: []cardea.GroupID{"g0", "g1"}, Truth: v.truth, Secrets: []string{key}, Said: said.String,
				Writes: func() int { v.mu.Lock(); defer v.mu.Unlock(); return v.writes },
				Fault:  func(f Fault) { v.mu.Lock(); defer v.mu.Unlock(); v.faults = append(v.faults, f) },
				Expire: func() { v.mu.Lock(); defer v.mu.Unlock(); clear(v.tokens) },
				Nobody: map[cardea.Kind]string{cardea.KindGroup: "gx", cardea.KindAccount: "ax", cardea.KindEdge: "g0/ax"},
				Profiles: []cardea.Attributes{
					{Profile: "plain", TimeGroup: "nights"}, {Profile: "all doors", TimeGroup: "always"},
				},
			}
			if lie == "hides" {
				b.System = hidden{f}
			}
			return b
		},
		Organisation: "fake-1",
		Abilities:    []Ability{Timed, Profiled, Rewritable, Lockable, Units},
		Page:         map[cardea.Kind]int{cardea.KindGroup: fakePage, cardea.KindAccount: fakePage, cardea.KindEdge: fakePage},
		Rate:         fakeRate,
	}
}
