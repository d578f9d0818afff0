package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

const (
	tokenEarly   = 60 * time.Second // a token is replaced this long before it expires
	tokenDefault = 5 * time.Minute  // life of a token that does not say how long it lives
	tokenTimeout = 30 * time.Second
	// dropEvery bounds how often a refused token is replaced: a missing scope may answer 401 for ever, and token
	// endpoints allow few calls a minute.
	dropEvery = time.Minute
	// refusedFor is how long a refusal of the token endpoint stands before it is asked again.
	refusedFor = 30 * time.Second
)

// OAuthConfig describes an OAuth2 grant of client credentials (RFC 6749 4.4) or of a password (4.3). The credentials travel
// in the form body.
type OAuthConfig struct {
	Name     string // connection, and the name under which the token is kept
	TokenURL string
	ClientID string
	Secret   string
	Username string // the password grant's, with Password
	Password string
	Scopes   []string
	Header   http.Header // on every call to the token endpoint; not part of what a kept token belongs to
	// Basic says that Header carries the client's id and secret, and the form does not.
	Basic bool
	// Classify may say what a refusal means at this vendor; nil from it means RFC 6749's words.
	Classify  func(status int, h http.Header, body []byte) *cardea.Error
	Transport http.RoundTripper // nil = one with sane timeouts
	Now       func() time.Time  // required
	Store     TokenStore        // nil = tokens are kept in memory only
	Recorder  *Recorder         // nil = off
	Warn      func(error)       // told when a token could not be kept; nil = nobody
	// Waits is told in words that a token is waited for; nil = nobody. Fleeting says that the token is not kept on purpose.
	Waits    func(text string)
	Fleeting bool
}

// ClientCredentials makes an Authorizer that gets bearer tokens. One call to the token endpoint serves all that wait;
// tokens are replaced 60 s early and kept in the store. The token call changes nothing at the vendor, so that read-only
// mode allows it.
func ClientCredentials(c OAuthConfig) Authorizer {
	return newOAuth(c, url.Values{"grant_type": {"client_credentials"}})
}

// PasswordGrant is ClientCredentials with a user's name and password beside the client's own.
func PasswordGrant(c OAuthConfig) Authorizer {
	return newOAuth(c, url.Values{"grant_type": {"password"}, "username": {c.Username}, "password": {c.Password}})
}

// newOAuth completes the form of a grant with what all grants have.
func newOAuth(c OAuthConfig, form url.Values) *oauth {
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	of := url.Values{"client_id": {c.ClientID}, "client_secret": {c.Secret}}
	if !c.Basic {
		maps.Copy(form, of)
	}
	if len(c.Scopes) > 0 {
		form.Set("scope", strings.Join(c.Scopes, " "))
	}
	marked := c.TokenURL + "\x00" + form.Encode()
	if c.Basic {
		marked += "\x00" + of.Encode()
	}
	sum := sha256.Sum256([]byte(marked))
	return &oauth{c: c, form: form, mark: hex.EncodeToString(sum[:8]), redact: newRedactor(c.secrets())}
}

// secrets are what must not show.
func (c *OAuthConfig) secrets() []string {
	out := []string{c.Secret, c.Password, c.Username}
	for _, values := range c.Header {
		for _, v := range values {
			out = append(out, v)
			if _, credentials, ok := strings.Cut(v, " "); ok { // "Basic ..."
				out = append(out, credentials)
			}
		}
	}
	return out
}

// refused words an answer of the token endpoint.
func (c *OAuthConfig) refused(status int, h http.Header, body []byte) *cardea.Error {
	if c.Classify != nil {
		if e := c.Classify(status, h, body); e != nil {
			return e
		}
	}
	return tokenRefusal(status, h, body)
}

type oauth struct {
	c      OAuthConfig
	form   url.Values
	mark   string // of the credentials: a token of others is not used
	redact *redactor
	renew  func(ctx context.Context) (token, error) // in the place of asking with the form; nil = ask

	mu      sync.Mutex
	token   token
	loaded  bool
	flight  *flight
	dropped time.Time // when a token was last thrown away because it was refused
	// refusedToken is the one that was.
	refusedToken string
	refusal      error // what the token endpoint answered, standing until
	until        time.Time
}

type flight struct {
	done chan struct{}
	tok  token
	err  error
}

// Authorize implements Authorizer.
func (o *oauth) Authorize(ctx context.Context, req *http.Request) error {
	t, err := o.get(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+t.Access)
	return nil
}

// Refused implements Authorizer: the token is dropped, unless another took its place already.
func (o *oauth) Refused(_ context.Context, req *http.Request) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if req.Header.Get("Authorization") != "Bearer "+o.token.Access {
		return true
	}
	now := o.c.Now()
	if !o.dropped.IsZero() && now.Sub(o.dropped) < dropEvery {
		return false
	}
	o.refusedToken = o.token.Access
	o.token, o.dropped = token{}, now
	return true
}

// wasDropped says whether a token was thrown away because it was refused.
func (o *oauth) wasDropped(t token) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return t.Access == o.refusedToken
}

// get returns a token that still lives, from memory, from the flight under way, or from a new one.
func (o *oauth) get(ctx context.Context) (token, error) {
	o.mu.Lock()
	now := o.c.Now()
	if o.fresh(o.token, now) {
		defer o.mu.Unlock()
		return o.token, nil
	}
	if o.refusal != nil && now.Before(o.until) {
		defer o.mu.Unlock()
		return token{}, o.told(o.refusal, o.until.Sub(now))
	}
	f := o.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		o.flight = f
		deadline, _ := ctx.Deadline()
		// The flight outlives the caller that began it: others wait for it too.
		go o.fly(context.WithoutCancel(ctx), f, deadline)
	}
	o.mu.Unlock()
	select {
	case <-f.done:
		return f.tok, o.told(f.err, afterOf(f.err))
	case <-ctx.Done():
		return token{}, cardea.Errorf(cardea.Retry, "stopped while waiting for a token: %w", ctx.Err())
	}
}

func (o *oauth) fresh(t token, now time.Time) bool {
	return t.Access != "" && t.For == o.mark && cardea.At(now.Add(t.early())) < t.Expires
}

func (o *oauth) fly(ctx context.Context, f *flight, deadline time.Time) {
	o.mu.Lock()
	loaded := o.loaded
	o.loaded = true
	o.mu.Unlock()
	if !loaded && o.renew == nil {
		f.tok = o.load(ctx)
	}
	fetched := false
	if !o.fresh(f.tok, o.c.Now()) {
		f.tok, f.err = o.patient(ctx, deadline)
		fetched = f.err == nil
	}
	if fetched && o.renew == nil { // whoever renews keeps it before it is used
		o.save(ctx, f.tok)
	}
	o.mu.Lock()
	o.flight, o.refusal = nil, nil
	if f.err == nil {
		o.token = f.tok
	} else if wait := standing(f.err); wait > 0 {
		o.refusal, o.until = f.err, o.c.Now().Add(wait)
	}
	o.mu.Unlock()
	close(f.done)
}
