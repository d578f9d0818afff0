package wire

import (
	"context"
	"net/http"
)

// Authorizer puts credentials on requests.
type Authorizer interface {
	// Authorize sets what the vendor wants to see. Errors: Auth, Retry, Throttled.
	Authorize(ctx context.Context, req *http.Request) error
	// Refused is told that the request was answered 401, and says whether trying again with other credentials may help.
	Refused(ctx context.Context, req *http.Request) (again bool)
}

// TokenStore keeps tokens across restarts. LoadToken returns nil or a NotFound error when there is none.
type TokenStore interface {
	LoadToken(ctx context.Context, name string) ([]byte, error)
	SaveToken(ctx context.Context, name string, token []byte) error
}

// Static puts one unchanging header on every request, for API keys.
func Static(header, value string) Authorizer { return static{header, value} }

type static struct{ header, value string }

// Authorize implements Authorizer.
func (s static) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set(s.header, s.value)
	return nil
}

// Refused implements Authorizer: the key is the only one there is.
func (s static) Refused(context.Context, *http.Request) bool { return false }
