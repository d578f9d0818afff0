// Package liar is a vendor in memory and a client of it that can be told to lie: the suites of both sides are tried with it.
package liar

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/readtest"
)

const (
	// Page is how many rows a page has.
	Page = 3
	// Key is the secret that the vendor takes.
	Key = "fake-key-0123456789"
)

// Rate is what the vendor bears.
func Rate() wire.Rate { return wire.Rate{Calls: 20, Per: time.Second} }

// Fault is one trouble to come, for the requests of one name.
type Fault struct {
	readtest.Trouble

	On         string
	RetryAfter int
}

// Vendor answers requests, which are functions that travel in the request's context, so that they pass the line and its faults
// like any other. What it holds is guarded by its lock.
type Vendor struct {
	sync.Mutex

	faults []Fault
	tokens map[string]bool
	writes int
	serial int
	recent []time.Time
}

// Exchange is one request under way: what it does, and for a listing its rows and their count.
type Exchange struct {
	Does   func() int
	Rows   []cardea.Record
	total  int
	listed bool
}

type exchangeKey struct{}

// ID is another one on each call.
func (v *Vendor) ID() string {
	v.serial++
	return fmt.Sprint(1000 + v.serial)
}

// Fault adds a trouble to come.
func (v *Vendor) Fault(f Fault) {
	v.Lock()
	defer v.Unlock()
	v.faults = append(v.faults, f)
}

// Writes is how many writes came.
func (v *Vendor) Writes() int {
	v.Lock()
	defer v.Unlock()
	return v.writes
}

// Expire ends every token.
func (v *Vendor) Expire() {
	v.Lock()
	defer v.Unlock()
	clear(v.tokens)
}

func (v *Vendor) token(key string) string {
	v.Lock()
	defer v.Unlock()
	if key != Key {
		return ""
	}
	t := "token-of-the-fake-" + v.ID()
	if v.tokens == nil {
		v.tokens = map[string]bool{}
	}
	v.tokens[t] = true
	return t
}

func (v *Vendor) limited(now time.Time) bool {
	v.recent = slices.DeleteFunc(v.recent, func(t time.Time) bool { return now.Sub(t) > Rate().Per })
	if len(v.recent) >= Rate().Calls {
		return true
	}
	v.recent = append(v.recent, now)
	return false
}

// strike returns the fault that acts.
func (v *Vendor) strike(on string) *Fault {
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
func (v *Vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	v.Lock()
	defer v.Unlock()
	x, ok := r.Context().Value(exchangeKey{}).(*Exchange)
	if !ok {
		return nil, errors.New("the request is not the client's")
	}
	h := http.Header{}
	reply := func(status int, body io.Reader) *http.Response {
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(body), Request: r}
	}
	if r.Method != http.MethodGet {
		v.writes++
	}
	if v.limited(time.Now()) { //nolint:forbidigo // the bubble's clock is the test's own
		return reply(http.StatusTooManyRequests, strings.NewReader("")), nil
	}
	f := v.strike(strings.Trim(r.URL.Path, "/"))
	if f != nil && f.Effect == readtest.Refuse {
		if f.RetryAfter > 0 {
			h.Set("Retry-After", fmt.Sprint(f.RetryAfter))
		}
		return reply(f.Status, strings.NewReader("refused")), nil
	}
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !v.tokens[token] {
		return reply(http.StatusUnauthorized, strings.NewReader("")), nil
	}
	status := x.Does()
	switch {
	case f == nil:
	case f.Effect == readtest.Drop:
		return nil, io.ErrUnexpectedEOF
	case f.Effect == readtest.Empty && x.listed:
		x.Rows, x.total = nil, 0
	case f.Effect == readtest.Truncate && f.Rows != nil:
		x.Rows = x.Rows[:min(*f.Rows, len(x.Rows))]
	case f.Effect == readtest.Truncate:
		return reply(status, cut{}), nil
	}
	return reply(status, strings.NewReader("")), nil
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
