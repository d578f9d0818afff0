package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// token is also the form in which it is kept.
type token struct {
	Access  string         `json:"access"`
	Expires cardea.Instant `json:"expires"`
	For     string         `json:"for"`
	Life    time.Duration  `json:"life,omitempty"` // as the endpoint said
	Refresh string         `json:"refresh,omitempty"`
}

// early is how long before its end a token is replaced: one that lives for a minute must be of some use.
func (t token) early() time.Duration {
	if t.Life <= 0 {
		return tokenEarly
	}
	return min(tokenEarly, t.Life/4)
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

// standing is how long an error of the token endpoint is given to others without asking again.
func standing(err error) time.Duration {
	switch cardea.ClassOf(err) {
	case cardea.Auth, cardea.Rejected, cardea.NotFound, cardea.Conflict:
		return refusedFor
	case cardea.Throttled:
		return max(afterOf(err), 12*time.Second)
	case cardea.Retry, cardea.Unknown:
	}
	return 0
}

// load returns the kept token, or the zero token: what cannot be loaded is fetched.
func (o *oauth) load(ctx context.Context) token {
	if o.c.Store == nil {
		return token{}
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	b, err := o.c.Store.LoadToken(ctx, o.c.Name)
	if err != nil {
		if cardea.ClassOf(err) != cardea.NotFound {
			o.warn(err)
		}
		return token{}
	}
	var t token
	if len(b) > 0 && json.Unmarshal(b, &t) != nil {
		return token{}
	}
	return t
}

// save keeps the token. Failing to is no reason to stop: the token works, and the next start fetches another.
func (o *oauth) save(ctx context.Context, t token) {
	if o.c.Store == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	b, err := json.Marshal(t)
	if err == nil {
		err = o.c.Store.SaveToken(ctx, o.c.Name, b)
	}
	if err != nil {
		o.warn(err)
	}
}

func (o *oauth) warn(err error) {
	if o.c.Warn != nil {
		o.c.Warn(cardea.Errorf(cardea.ClassOf(err), "%s: the token could not be kept or loaded: %w", o.c.Name, err))
	}
}

// source gets another token.
func (o *oauth) source(ctx context.Context) (token, error) {
	if o.renew != nil {
		return o.renew(ctx)
	}
	t, err := o.c.fetch(ctx, o.form)
	t.For, t.Refresh = o.mark, "" // the grant itself is asked again
	return t, err
}

// fetch asks the token endpoint.
func (c *OAuthConfig) fetch(ctx context.Context, form url.Values) (token, error) {
	u, err := url.Parse(c.TokenURL)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(c.TokenURL, "?#") {
		return token{}, cardea.Errorf(cardea.Rejected, "%s: the token address %q is no http(s) address", c.Name, c.TokenURL)
	}
	prefix := u.Path
	u.Path, u.RawPath = "", ""
	secrets := append(c.secrets(), form.Get("refresh_token"), form.Get("code"), form.Get("code_verifier"))
	client, err := New(Config{
		Name: c.Name, Base: u.String(), Transport: c.Transport, Now: c.Now, Secrets: secrets, Header: c.Header,
		Recorder: c.Recorder, Reads: []string{"POST " + prefix}, Retries: -1, Timeout: tokenTimeout, Classify: c.refused,
	})
	if err != nil {
		return token{}, err
	}
	var out struct {
		Access    string      `json:"access_token"`
		Refresh   string      `json:"refresh_token"`
		Type      string      `json:"token_type"`
		ExpiresIn json.Number `json:"expires_in"`
	}
	began := c.Now()
	if _, err := client.Do(ctx, Call{Class: Read, Method: http.MethodPost, Path: prefix, Form: form, Out: &out}); err != nil {
		return token{}, err
	}
	if out.Access == "" || (out.Type != "" && !strings.EqualFold(out.Type, "bearer")) {
		return token{}, cardea.Errorf(cardea.Auth, "%s: the token endpoint gave no bearer token", c.Name)
	}
	life := tokenDefault
	if n, err := out.ExpiresIn.Float64(); err == nil && n > 0 {
		life = boundedSeconds(n)
	}
	return token{Access: out.Access, Refresh: out.Refresh, Expires: cardea.At(began.Add(life)), Life: life}, nil
}

// tokenRefusal knows the error codes of RFC 6749 5.2: all but server trouble are about the credentials.
func tokenRefusal(status int, _ http.Header, body []byte) *cardea.Error {
	var said struct {
		Error string `json:"error"`
	}
	if status >= 500 || status == http.StatusTooManyRequests {
		return nil
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil //nolint:nilerr // a body that says nothing leaves the status to speak
	}
	switch said.Error {
	case "invalid_client", "unauthorized_client", "invalid_grant":
		return cardea.Errorf(cardea.Auth, "client id and secret are refused; check them (%s)", clip(Said(body)))
	case "invalid_scope":
		return cardea.Errorf(cardea.Auth, "a scope is not granted to the application; tick it where the application was made (%s)",
			clip(Said(body)))
	}
	return nil
}
