// Package hooks is the way in for what vendors announce: POST /hooks/{connection}. It reads a bounded body, hands it to the desk as
// it came, and answers. Whoever is not believed is not told why.
//
//	vendor --POST--> hooks --header, raw body--> Desk.Hook --> verifier of the connector --> store: marks, one transaction
package hooks

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

const (
	// maxBody is more than any vendor sends for one event.
	maxBody = 1 << 20
	// atOnce is how many hooks of one connection are verified side by side; the rest wait for at most patience.
	atOnce   = 8
	patience = 2 * time.Second
	// slowest is how long a body may take.
	slowest = 10 * time.Second
	// refusedMost is how many refusals of a connection within a minute are answered with a reason to stop.
	refusedMost = 30
)

// What became of a request, for counting; beside the desk's own words.
const (
	Refused = "refused" // not believed
	Failed  = "failed"  // could not be kept: the vendor is told to send it again
	Busy    = "busy"    // too many at once
)

// Desk is who takes hooks in.
type Desk interface {
	Hooked(connection string) bool
	Hook(ctx context.Context, connection string, h http.Header, body []byte) (string, error)
}

// Config is what a handler works with.
type Config struct {
	Desk Desk
	Now  func() time.Time
	Log  *slog.Logger
	// Count, if any, is told of every request: the connection, empty when there is none of that name, and what became of it.
	Count func(connection, outcome string)
	// Pushes, if any, takes what is pushed below /acs/.
	Pushes Pushes
}

// New makes the handler of everything below /hooks/, and below /acs/ where pushes are taken.
func New(c Config) http.Handler {
	if c.Count == nil {
		c.Count = func(string, string) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &handler{c: c, gates: map[string]*gate{}, large: make(chan struct{}, largeAtOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{connection}", h.take)
	mux.HandleFunc("POST /hooks/{connection}/{rest...}", h.take)
	if c.Pushes != nil {
		mux.HandleFunc("GET /acs/{connection}/groups", h.groups)
		mux.HandleFunc("POST /acs/{connection}/push", h.push)
	}
	return mux
}

type handler struct {
	c     Config
	large chan struct{} // places of large bodies

	mu    sync.Mutex
	gates map[string]*gate // of connections that have hooks, and one for all other names
}

// gate keeps one connection's hooks apart from the others'.
type gate struct {
	slots chan struct{}

	mu      sync.Mutex
	since   time.Time
	refused int
}

func (h *handler) gate(connection string) *gate {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.gates[connection]
	if g == nil {
		g = &gate{slots: make(chan struct{}, atOnce)}
		h.gates[connection] = g
	}
	return g
}

// enter waits for a place.
func (g *gate) enter(ctx context.Context) bool {
	select {
	case g.slots <- struct{}{}:
		return true
	default:
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case g.slots <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-t.C:
	}
	return false
}

func (g *gate) leave() { <-g.slots }

// refuse counts a refusal and says whether there are too many of them.
func (g *gate) refuse(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) >= time.Minute || now.Before(g.since) {
		g.since, g.refused = now, 0
	}
	g.refused++
	return g.refused > refusedMost
}

func (h *handler) take(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("connection")
	if !h.c.Desk.Hooked(name) {
		name = ""
	}
	h.in(w, r, name, func(body []byte) (string, error) {
		header := r.Header.Clone()
		header.Del(cardea.HookPath)
		if rest := strings.Trim(r.PathValue("rest"), "/"); rest != "" {
			header.Set(cardea.HookPath, rest)
		}
		return h.c.Desk.Hook(r.Context(), name, header, body)
	})
}

// in reads a body and hands it on, unless the connection's name is empty: then there is none that takes it.
func (h *handler) in(w http.ResponseWriter, r *http.Request, name string, hand func(body []byte) (string, error)) {
	g := h.gate(name)
	if name == "" { // of what nobody takes nothing is held
		h.refuse(w, name, g, nil)
		return
	}
	// The body first: whoever sends it slowly takes nobody's place. Not every writer can have a deadline; servers' own can.
	if err := http.NewResponseController(w).SetReadDeadline(h.c.Now().Add(slowest)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		h.c.Log.Info("a hook's reading has no end of its own", "error", err)
	}
	body := h.read(w, r)
	defer body.done()
	if body.busy || !g.enter(r.Context()) {
		h.c.Count(name, Busy)
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusServiceUnavailable)
		return
	}
	defer g.leave()
	if body.err != nil {
		h.refuse(w, name, g, body.err)
		return
	}
	outcome, err := hand(body.data)
	if err != nil {
		switch cardea.ClassOf(err) {
		case cardea.Auth, cardea.Rejected, cardea.NotFound:
			h.refuse(w, name, g, err)
			return
		case cardea.Retry, cardea.Throttled, cardea.Conflict, cardea.Unknown:
		}
		h.c.Count(name, Failed)
		h.c.Log.Warn("a hook could not be kept; the vendor is to send it again", "connection", name, "error", err)
		answer(w, http.StatusServiceUnavailable)
		return
	}
	h.c.Count(name, outcome)
	answer(w, http.StatusOK)
}

// refuse says the same to everybody, whatever was wrong. The log says what, but not for ever.
func (h *handler) refuse(w http.ResponseWriter, name string, g *gate, err error) {
	h.c.Count(name, Refused)
	if g.refuse(h.c.Now()) {
		answer(w, http.StatusTooManyRequests)
		return
	}
	if err == nil {
		err = errors.New("no connection of this name has hooks")
	}
	h.c.Log.Warn("a hook was refused", "connection", name, "error", err)
	answer(w, http.StatusBadRequest)
}

// answer writes a status and its name, and nothing that depends on the request.
func answer(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status)+"\n") //nolint:errcheck // whoever asked is gone
}
