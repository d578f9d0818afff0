package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Write is one write that a vendor received, whatever came of it. Reads and token requests are not writes.
type Write struct {
	At     time.Time       `json:"at"`
	Method string          `json:"method"`
	Path   string          `json:"path"` // without the vendor's prefix
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body,omitempty"` // as sent, if it was JSON
}

// answer is a finished answer, before it goes over a socket or comes back in process.
type answer struct {
	status int
	header http.Header
	body   []byte
	sent   int  // bytes of body that go out; less than len(body): the connection is cut there
	drop   bool // no answer at all, the connection is cut
}

// recorder takes a vendor's answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.handle(r, false)
	if a.drop {
		panic(http.ErrAbortHandler) // net/http's way to cut a connection
	}
	maps.Copy(w.Header(), a.header)
	if len(a.body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body[:a.sent]); err != nil {
		return // the caller is gone
	}
	if a.sent < len(a.body) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// handle finds the room and answers.
func (s *Server) handle(r *http.Request, inside bool) answer {
	rec := &recorder{header: http.Header{}}
	k, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	b := s.booths[k]
	switch {
	case k == "_sandbox":
		s.control(rec, r, path, inside)
	case b == nil:
		http.Error(rec, "the sandbox has "+strings.Join(s.vendors(), ", ")+" and /_sandbox", http.StatusNotFound)
	default:
		return s.visit(b, r, "/"+path)
	}
	return rec.answer()
}

func (r *recorder) answer() answer {
	r.WriteHeader(http.StatusOK)
	return answer{status: r.status, header: r.header, body: r.body.Bytes(), sent: r.body.Len()}
}

const maxBody = 8 << 20

// visit is one request to a vendor, with what faults do to it.
func (s *Server) visit(b *booth, r *http.Request, path string) answer {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			return answer{drop: true}
		}
	}
	at := s.now()
	f := b.strike(r, path)
	if !f.wait(r) {
		return answer{drop: true}
	}
	a := b.answer(f, r, path, body)
	a.header.Set("Date", s.now().UTC().Format(http.TimeFormat)) // the sandbox's clock, not the machine's
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !b.kind.login(path) {
		w := Write{At: at.UTC(), Method: r.Method, Path: path, Status: a.status}
		if json.Valid(body) {
			w.Body = body
		}
		b.mu.Lock()
		b.log = append(b.log, w)
		b.mu.Unlock()
	}
	return a
}

func (b *booth) answer(f *Fault, r *http.Request, path string, body []byte) answer {
	if f != nil && f.Effect == EffectError {
		kind, text := b.vendor.ErrorBody(f.Status, path)
		a := answer{status: f.Status, header: http.Header{"Content-Type": {kind}}, body: text, sent: len(text)}
		if f.RetryAfter > 0 {
			a.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		return a
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = path, ""
	if raw := strings.SplitN(r.URL.RawPath, "/", 3); len(raw) == 3 { // an escaped slash in an id stays one
		inner.URL.RawPath = "/" + raw[2]
	}
	inner.RequestURI = inner.URL.RequestURI()
	inner.Body = io.NopCloser(bytes.NewReader(body))
	rec := &recorder{header: http.Header{}}
	b.vendor.ServeHTTP(rec, inner)
	a := rec.answer()
	if f == nil {
		return a
	}
	switch f.Effect {
	case EffectDropAfter:
		a.drop = true
	case EffectEmpty:
		if a.status == http.StatusOK && r.Method == http.MethodGet {
			h, text := b.vendor.EmptyList()
			maps.Copy(a.header, h)
			a.body, a.sent = text, len(text)
		}
	case EffectTruncate:
		b.truncate(&a, f)
	case EffectError, EffectSlow:
	}
	return a
}

func (b *booth) truncate(a *answer, f *Fault) {
	if f.Rows == nil {
		a.sent = len(a.body) / 2
		return
	}
	if short, err := b.vendor.Shorten(a.body, *f.Rows); err == nil {
		a.body, a.sent = short, len(short)
	}
}
