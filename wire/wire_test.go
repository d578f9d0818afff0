package wire_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/wire"
)

// vendor is a vendor in this process: no socket, so that it may be used where time is virtual.
type vendor func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (v vendor) RoundTrip(r *http.Request) (*http.Response, error) { return v(r) }

func answer(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// script answers call after call; one call more is a failure of the test.
func script(t *testing.T, answers ...func(*http.Request) (*http.Response, error)) (vendor, *int) {
	t.Helper()
	n := new(int)
	return func(r *http.Request) (*http.Response, error) {
		if *n >= len(answers) {
			t.Errorf("call %d was not expected: %s %s", *n+1, r.Method, r.URL)
			return answer(http.StatusTeapot, ""), nil
		}
		*n++
		return answers[*n-1](r)
	}, n
}

func gives(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return answer(status, body, headers...), nil }
}

func breaks(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// client makes a client that never waits between attempts, unless change says otherwise.
func client(t *testing.T, v http.RoundTripper, change func(*wire.Config)) *wire.Client {
	t.Helper()
	c := wire.Config{
		Name: "rnd", Base: "https://vendor.test/api", Transport: v, Now: time.Now, Rand: func() float64 { return 0 },
	}
	if change != nil {
		change(&c)
	}
	out, err := wire.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	if r.Body == nil {
		return ""
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Error(err)
	}
	return b.String()
}
