package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// scheme is what the description calls how a program says who it is.
const scheme = "token"

// needs is the security of a route: the description tells it, and admit goes by it.
func needs(s desk.Scope) []map[string][]string { return []map[string][]string{{scheme: {string(s)}}} }

type tokenKey struct{}

// caller is the token that was admitted.
func caller(ctx context.Context) desk.Token {
	t, _ := ctx.Value(tokenKey{}).(desk.Token) //nolint:errcheck // nobody comes here without admit; the zero token may do nothing
	return t
}

// admit lets a question through whose token was made for it. A route without a scope is nobody's.
func (s *server) admit(ctx huma.Context, next func(huma.Context)) {
	token, refused := s.token(ctx)
	if refused == nil {
		refused = allowed(token, ctx.Operation())
	}
	if refused == nil {
		next(huma.WithValue(ctx, tokenKey{}, token))
		return
	}
	for name, values := range refused.header {
		for _, v := range values {
			ctx.SetHeader(name, v)
		}
	}
	_, w := humago.Unwrap(ctx)
	s.refuse(w, refused)
}

// token finds out who asks. Only the header counts: what stands in addresses and cookies is kept by browsers, proxies and logs.
func (s *server) token(ctx huma.Context) (desk.Token, *problem) {
	kind, text, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if text = strings.TrimSpace(text); !strings.EqualFold(kind, "Bearer") || text == "" {
		return desk.Token{}, unauthorized(`Bearer realm="cardea"`, "say who asks in a header, Authorization: Bearer TOKEN, with a "+
			"token that cardea token create printed")
	}
	digest, remote := sha256.Sum256([]byte(text)), ctx.RemoteAddr()
	if wait := s.limit.wait(remote, digest, s.now()); wait > 0 {
		return desk.Token{}, &problem{
			status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {seconds(wait)}}, Code: cardea.Throttled,
			Message: "too many tokens from this address were refused: try again in " + seconds(wait) + " s",
		}
	}
	token, err := s.desk.Admit(ctx.Context(), text)
	switch cardea.ClassOf(err) {
	case "":
		s.limit.pass(digest)
		return token, nil
	case cardea.Auth:
		s.limit.fail(remote, digest, s.now())
		s.log.Info("a token was refused", "from", remote)
		return token, unauthorized(`Bearer realm="cardea", error="invalid_token"`, err.Error())
	default:
		return token, s.problemOf(ctx.Context(), ctx.Operation().Path, err)
	}
}

func unauthorized(challenge, message string) *problem {
	return &problem{
		status: http.StatusUnauthorized, header: http.Header{"WWW-Authenticate": {challenge}}, Code: cardea.Auth, Message: message,
	}
}

// allowed says why a token may not ask what a route tells; nil = it may.
func allowed(t desk.Token, op *huma.Operation) *problem {
	scope := scopeOf(op)
	if scope == "" {
		return &problem{status: http.StatusForbidden, Code: cardea.Auth, Message: "no token may ask this"}
	}
	if t.May(scope) {
		return nil
	}
	return &problem{
		status: http.StatusForbidden, Code: cardea.Auth,
		header: http.Header{"WWW-Authenticate": {fmt.Sprintf(`Bearer realm="cardea", error="insufficient_scope", scope=%q`, scope)}},
		Message: fmt.Sprintf("token %s may not ask this: it needs the scope %s. Make a token that has it with cardea token create",
			t.Name, scope),
	}
}

// scopeOf is the scope of a route, "" when it has not exactly one.
func scopeOf(op *huma.Operation) desk.Scope {
	if len(op.Security) != 1 || len(op.Security[0][scheme]) != 1 {
		return ""
	}
	return desk.Scope(op.Security[0][scheme][0])
}
