// Package wiretest stands between a connector and its vendor in the suites of both sides.
package wiretest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Line is the wire between a connector and its vendor. It counts what passes, notes the credentials it sees, and can be
// cut. It is safe for concurrent use.
type Line struct {
	mu      sync.Mutex
	inner   http.RoundTripper
	calls   int
	refused int
	seen    map[string]bool
	cutAt   int // the call that is cut, counted from the beginning; 0 = none
	after   bool
	did     bool
	echo    bool
}

// Around puts the line before a transport.
func (l *Line) Around(inner http.RoundTripper) http.RoundTripper {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inner = inner
	return l
}

// RoundTrip implements http.RoundTripper.
func (l *Line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.calls++
	if _, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		if l.seen == nil {
			l.seen = map[string]bool{}
		}
		l.seen[secret] = true
	}
	cut, after, echo := l.calls == l.cutAt, l.after, l.echo
	l.did = l.did || cut
	inner := l.inner
	l.mu.Unlock()
	if cut && !after {
		// What a dialler says when nobody listens: nothing was sent.
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	if echo {
		return mirror(r), nil
	}
	res, err := inner.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("on the line: %w", err)
	}
	if cut {
		if err := res.Body.Close(); err != nil {
			return nil, fmt.Errorf("on the line: %w", err)
		}
		return nil, fmt.Errorf("on the line: connection reset: %w", io.ErrUnexpectedEOF)
	}
	if res.StatusCode == http.StatusTooManyRequests {
		l.mu.Lock()
		l.refused++
		l.mu.Unlock()
	}
	return res, nil
}

// mirror is the answer of a server that repeats what it was sent, credentials and all.
func mirror(r *http.Request) *http.Response {
	body := fmt.Sprintf(`{"message":%q,"error":"bad request","detail":%q}`,
		"cannot use "+r.Header.Get("Authorization"), r.URL.String()+" Authorization: "+r.Header.Get("Authorization"))
	return &http.Response{
		Status: "400 Bad Request", StatusCode: http.StatusBadRequest, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))),
		ContentLength: int64(len(body)), Request: r,
	}
}

// Cut lets the n-th call from now on break, before the vendor has it or after. n counts from 1.
func (l *Line) Cut(n int, after bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutAt, l.after, l.did = l.calls+n, after, false
}

// Mend takes a cut away, and says whether it came to pass.
func (l *Line) Mend() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutAt = 0
	return l.did
}

// RepeatBack makes the vendor answer everything with 400 and what it was sent.
func (l *Line) RepeatBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.echo = true
}

// Tally returns how many calls passed, and how many of them were refused as too many.
func (l *Line) Tally() (calls, refused int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls, l.refused
}

// Credentials returns what stood in the Authorization headers, behind the scheme.
func (l *Line) Credentials() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]string, 0, len(l.seen))
	for s := range l.seen {
		out = append(out, s)
	}
	return out
}
