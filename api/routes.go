package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// body is an answer: what the command that asks the same prints with --json.
type body[T any] struct{ Body T }

// register lists the routes. There are no others.
func (s *server) register(to huma.API) {
	route(s, to, "/api/v1/passes", desk.ScopePassesRead, "passes",
		"Who has a mobile pass or an invitation to one; never a code.", s.passes)
	route(s, to, "/api/v1/passes/{door}/{account}/code", desk.ScopePassesCode, "pass-code",
		"The code with which an invitation is redeemed, as long as it waits. The audit log names the token that asked.", s.passCode)
	route(s, to, "/api/v1/explain", desk.ScopeRead, "explain",
		"Whether a person may pass with an access group at an instant, and why, by what has been read.", s.explain)
	route(s, to, "/api/v1/integrations", desk.ScopeRead, "integrations", "How each integration stands.", s.integrations)
}

// route registers a question that needs a scope.
func route[I, T any](
	s *server, to huma.API, path string, scope desk.Scope, id, summary string, ask func(context.Context, *I) (T, error),
) {
	huma.Register(to, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Security: needs(scope),
		Description: "Needs the scope " + string(scope) + ".", Errors: slices.Clone(documented),
	}, func(ctx context.Context, in *I) (*body[T], error) {
		answer, err := ask(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, path, err)
		}
		return &body[T]{answer}, nil
	})
}

type passesAsked struct {
	Door string `doc:"Door connection; all when it is left out." maxLength:"200" query:"door"`
}

func (s *server) passes(ctx context.Context, in *passesAsked) ([]desk.MobilePass, error) {
	return s.desk.Passes(ctx, in.Door)
}

type codeAsked struct {
	Door    string `doc:"Door connection, as the list of passes has it."                   maxLength:"200" path:"door"`
	Account string `doc:"The account's id at the door system, as the list of passes has it." maxLength:"200" path:"account"`
}

func (s *server) passCode(ctx context.Context, in *codeAsked) (desk.ShownPass, error) {
	p, code, err := s.desk.PassCodeOf(ctx, in.Door, cardea.AccountID(in.Account), caller(ctx).Who())
	return desk.ShownPass{MobilePass: p, Code: code}, err
}

type explainAsked struct {
	Person string `doc:"E-mail, name or id of the person."    maxLength:"320" minLength:"1" query:"person" required:"true"`
	Group  string `doc:"Name of the access group, or id:N."   maxLength:"320" minLength:"1" query:"group"  required:"true"`
	At     string `doc:"The instant; now when it is left out." format:"date-time" query:"at"`
}

func (s *server) explain(ctx context.Context, in *explainAsked) (say.Explained, error) {
	at := cardea.At(s.now())
	if in.At != "" {
		if err := at.UnmarshalText([]byte(in.At)); err != nil || !at.Bounded() {
			return say.Explained{}, cardea.Errorf(cardea.Rejected, "query.at: want an instant such as 2026-11-23T09:00:00Z")
		}
	}
	return s.desk.Answer(ctx, in.Person, in.Group, at)
}

func (s *server) integrations(ctx context.Context, _ *struct{}) ([]say.Integration, error) {
	return s.desk.States(ctx)
}
