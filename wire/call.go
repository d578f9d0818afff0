package wire

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/cardea-access/cardea"
)

// Class says whether a call changes anything at the vendor. It stands at the call; the zero value is Write, so that a
// forgotten class errs on the careful side.
type Class int

// The classes. A Read that is neither GET nor HEAD must also be listed in Config.Reads.
const (
	Write Class = iota
	Read
)

// String prints the class.
func (c Class) String() string {
	if c == Read {
		return "read"
	}
	return "write"
}

// Levels of urgency, the most urgent first.
const (
	Now    = iota // a block, or a revocation whose time has come
	Revoke        // other revocations
	Start         // grants that are about to begin
	Rest          // everything else; the default
	Sweep         // reads that can wait
)

// Urgency orders the calls that wait for a budget: by level, then by deadline, then by arrival. It travels in the context.
type Urgency struct {
	Level    int
	Deadline cardea.Instant // 0 or Never = none
}

type urgencyKey struct{}

// WithUrgency makes all calls under the context carry the urgency.
func WithUrgency(ctx context.Context, u Urgency) context.Context {
	return context.WithValue(ctx, urgencyKey{}, u)
}

// UrgencyOf returns the context's urgency, Rest without a deadline by default.
func UrgencyOf(ctx context.Context) Urgency {
	u, ok := ctx.Value(urgencyKey{}).(Urgency)
	if !ok {
		u = Urgency{Level: Rest}
	}
	if u.Deadline == 0 {
		u.Deadline = cardea.Never
	}
	return u
}

// Call is one request. Path begins with a slash and is appended to the base as it stands: escape ids with url.PathEscape.
type Call struct {
	Class  Class
	Method string
	Path   string
	Query  url.Values
	Body   any        // sent as JSON; nil = no body
	Form   url.Values // sent as a form; not together with Body
	Out    any        // where a 2xx answer's JSON goes; nil = the body is not decoded
	Header http.Header
}

// Answer is what came back. Beside an error it holds whatever of it arrived.
type Answer struct {
	Status int // 0 = nothing came
	Header http.Header
	Body   []byte
	At     time.Time // when it had arrived whole
}
