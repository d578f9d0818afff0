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
	// FindAccounts returns accounts at the doors that fit the query and are nobody's, to be asked about like people.
	FindAccounts(ctx context.Context, query string) ([]Person, error)
	// Groups returns the access groups of every door connection, sorted by door, place and name.
	Groups(ctx context.Context) ([]Group, error)
	// Explain answers a question; NotFound when there is no such person or group.
	Explain(ctx context.Context, q Question) (Explained, error)
	// ZoneOf returns the zone of a person's home location; without a person, the zone in which to tell times that are
	// nobody's. nil = not known, or there are several.
	ZoneOf(ctx context.Context, person cardea.PersonID) *time.Location
}

// The views of the desk, in the words of package say, where they are documented.
type (
	// Overview is say.Overview.
	Overview = say.Overview
	// Run is say.Run.
	Run = say.Run
	// RunDetail is say.RunDetail.
	RunDetail = say.RunDetail
	// Person is say.Person.
	Person = say.Person
	// Group is say.Group.
	Group = say.Group
	// Explained is say.Explained.
	Explained = say.Explained
	// Question is say.Question.
	Question = say.Question
)

// Config is what the console needs.
type Config struct {
	Desk    Desk
	Version string
	Now     func() time.Time
	Zone    *time.Location // in which times are told that are nobody's; nil = as the desk says, else UTC
	Log     *slog.Logger   // nil = slog.Default()
	// Hosts are the names under which the page may be asked for, without port, besides localhost and any IP address: what
	// it listens on when that is a name, and the name of a proxy before it. A page elsewhere, whose name suddenly leads
	// here, gets nothing.
	Hosts []string
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
	return guard(c.Hosts, mux)
}

// clock tells times of this moment in the console's zone.
func (h *handler) clock(ctx context.Context) say.Clock {
	zone := h.zone
	if zone == nil {
		zone = h.desk.ZoneOf(ctx, "")
	}
	return say.Clock{Zone: zone, Now: cardea.At(h.now())}
}

// clockAt tells times of this moment where a person belongs.
func (h *handler) clockAt(ctx context.Context, person cardea.PersonID) say.Clock {
	if zone := h.desk.ZoneOf(ctx, person); zone != nil {
		return say.Clock{Zone: zone, Now: cardea.At(h.now())}
	}
	return h.clock(ctx)
}
