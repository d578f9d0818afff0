// Package api is the way in for programs: GET /api/v1/..., with a token.
//
//	program --Authorization: Bearer cardea_...--> admit --scope--> route --> Desk --> the types that commands print with --json
//	                                                |
//	                                                '-- limit: tries that fail, by remote address
//
// It parses, asks the desk and prints. It changes nothing but the audit log and when a token was used, has nothing read from
// vendors, takes no token from a cookie or an address, and lets no page of another origin read what it answers.
// GET /api/openapi.json describes it.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// Desk is what the API asks. Errors are cardea.Errors.
type Desk interface {
	// Admit returns the token of a text; Auth when there is none that counts.
	Admit(ctx context.Context, text string) (desk.Token, error)
	// Passes lists who has a mobile pass, at one door connection or at all.
	Passes(ctx context.Context, connection string) ([]desk.MobilePass, error)
	// PassCodeOf returns the code of one account's invitation, and notes who saw it.
	PassCodeOf(ctx context.Context, connection string, account cardea.AccountID, who string) (desk.MobilePass, string, error)
	// Answer says whether a person may pass with a group at an instant, and why, by what has been read.
	Answer(ctx context.Context, person, group string, at cardea.Instant) (say.Explained, error)
	// States says how each integration stands.
	States(ctx context.Context) ([]say.Integration, error)
}

// Config is what the API needs.
type Config struct {
	Desk Desk
	Now  func() time.Time
	Log  *slog.Logger // nil = nobody reads it
}

type server struct {
	desk  Desk
	now   func() time.Time
	log   *slog.Logger
	limit *limit
}

// document is where the description stands.
const document = "/api/openapi.json"

// New makes the handler of everything below /api/.
func New(c Config) http.Handler {
	ourErrors()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{desk: c.Desk, now: c.Now, log: c.Log, limit: newLimit()}
	mux := http.NewServeMux()
	routes := humago.New(mux, settings())
	routes.UseMiddleware(s.admit)
	s.register(routes)
	// What is described never changes while this runs, and a description that cannot be written is a mistake in the routes.
	described, err := json.Marshal(routes.OpenAPI())
	if err != nil {
		panic(err)
	}
	mux.HandleFunc("GET "+document, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		s.write(w, append(described, '\n'))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.refuse(w, &problem{status: http.StatusNotFound, Code: cardea.NotFound, Message: "there is nothing at this address: " +
			document + " lists what there is"})
	})
	return s.guard(mux)
}

// settings describe the API. There is no page of documentation, and no address of schemas stands in answers.
func settings() huma.Config {
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Cardea", Version: "1",
				Description: "What Cardea knows, for programs. Instants are RFC 3339 in UTC, or the words always and never.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{scheme: {
					Type: "http", Scheme: "bearer",
					Description: "A token that cardea token create printed. Each route names the scope that it needs.",
				}},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
	c.AllowAdditionalPropertiesByDefault = true // whoever reads an answer is to expect more in it one day
	return c
}

// guard sets the headers that every answer carries, and lets only reading through. HEAD is not read as GET: a code that was
// asked for is noted as shown.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// What is told is about people, some of it secret: nobody keeps a copy.
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.Method != http.MethodGet {
			h.Set("Allow", http.MethodGet)
			s.refuse(w, &problem{
				status: http.StatusMethodNotAllowed, Code: cardea.Rejected, Message: "the API can only be read, with GET",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse writes an error where no route was found.
func (s *server) refuse(w http.ResponseWriter, p *problem) {
	body, err := json.Marshal(p)
	if err != nil {
		s.log.Error("an error could not be written", "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.status)
	s.write(w, append(body, '\n'))
}

func (s *server) write(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.log.Info("whoever asked went away", "error", err)
	}
}
