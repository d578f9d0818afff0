package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport is a way into the sandbox without a socket: the host of a request is ignored, its path begins with the vendor
// (/kisi/...). A connection that a fault cuts comes back as an error that wraps io.ErrUnexpectedEOF, before the answer or while
// its body is read. It works inside a testing/synctest bubble.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (res *http.Response, err error) {
	if r.Body != nil {
		defer func() {
			if cerr := r.Body.Close(); cerr != nil && err == nil {
				res, err = nil, fmt.Errorf("sandbox: %w", cerr)
			}
		}()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RemoteAddr = "127.0.0.1:0"
	in.Body = r.Body
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	a := t.s.handle(in, true)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if a.drop {
		return nil, fmt.Errorf("sandbox: the connection was cut: %w", io.ErrUnexpectedEOF)
	}
	body := io.Reader(bytes.NewReader(a.body))
	if a.sent < len(a.body) {
		body = io.MultiReader(bytes.NewReader(a.body[:a.sent]), cut{})
	}
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1,
		ProtoMinor: 1, Header: a.header, Body: io.NopCloser(body), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// cut is where a connection ends in mid-body.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
