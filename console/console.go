// Package console is the page that people look at: the state at a glance, what was read and changed, and why somebody
// may pass or not.
//
//	browser  --GET-->  handler  -->  Desk (somebody else's)  -->  views of desk/say  -->  templ components
//	   '--every 5 s: /now, parts of the page, swapped in by htmx
//
// It reads and prints; it decides nothing and changes nothing. Every state of the page has its own address, works
// without scripts, and obeys a content security policy that allows nothing inline.
//
// Styles, scripts and fonts come out of npm into dist/ (build.mjs); *_templ.go is generated from *.templ. Both are made
// by "make assets" and embedded in the program.
package console

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// Desk is what the console asks. Errors are cardea.Errors, whose sentence is shown; of any other error only the log
// tells the text.
type Desk interface {
	// Overview returns the state of connections and integrations and the open issues, the newest issue first.
	Overview(ctx context.Context) (Overview, error)
	// Runs returns at most limit runs, the newest first.
	Runs(ctx context.Context, limit int) ([]Run, error)
	// Run returns one run with its operations; NotFound when there is none.
	Run(ctx context.Context, id string) (RunDetail, error)
	// FindPeople returns some people whose name or e-mail fits the query, the best fit first.
	FindPeople(ctx context.Context, query string) ([]Person, error)
	// Groups returns the access groups of every door connection, sorted by door, place and name.
	Groups(ctx context.Context) ([]Group, error)
	// Explain answers a question; NotFound when there is no such person or group.
	Explain(ctx context.Context, q Question) (Explained, error)
}

// The views of the desk, in the words of package say.
type (
	Overview  = say.Overview
	Run       = say.Run
	RunDetail = say.RunDetail
	Person    = say.Person
	Group     = say.Group
	Explained = say.Explained
	Question  = say.Question
)

// Config is what the console needs.
type Config struct {
	Desk    Desk
	Version string
	Now     func() time.Time
	Zone    *time.Location // in which times are shown and asked; nil = UTC
	Log     *slog.Logger   // nil = slog.Default()
}

// New makes the console's handler. It serves / and the paths below it that it knows, and answers 404 to the others.
func New(c Config) http.Handler {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // the name is constant and embedded: it cannot fail
	}
	return build(c, dist)
}

func build(c Config, dist fs.FS) http.Handler {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	h := &handler{desk: c.Desk, version: c.Version, now: c.Now, zone: c.Zone, log: c.Log, assets: load(dist)}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", h.home)
	mux.HandleFunc("/now", h.live)
	mux.HandleFunc("/people", h.people)
	mux.HandleFunc("/explain", h.explain)
	mux.HandleFunc("/runs/{id}", h.run)
	mux.Handle("/assets/", h.assets)
	mux.HandleFunc("/", h.missing)
	return guard(mux)
}

// clock tells times of this moment in the console's zone.
func (h *handler) clock() say.Clock { return say.Clock{Zone: h.zone, Now: cardea.At(h.now())} }
