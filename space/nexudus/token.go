package nexudus

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

const (
	tokenEarly   = time.Minute                 // a token is replaced this long before it expires
	tokenDefault = 5 * time.Minute             // life of a token that does not say how long it lives
	refreshLife  = 15*24*time.Hour - time.Hour // of a refresh token (vendors/nexudus.md 1.2), with an hour to spare
	dropEvery    = time.Minute                 // how often a refused token is replaced: a missing role answers 401 for ever
	refusedFor   = 30 * time.Second            // how long a refusal of the token endpoint stands
)

// Basic are the credentials of every call without a token.
func Basic(user, password string) wire.Authorizer {
	return wire.Static("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
}

// TokenConfig describes where bearer tokens come from.
type TokenConfig struct {
	Name     string // connection, and the name under which the tokens are kept
	TokenURL string
	User     string
	Password string
	// ClientID travels as a header, the same at every request: there is one refresh token for each (vendors/nexudus.md 1.2), so that
	// whoever shares it throws the others out. Empty = one of the connection's own.
	ClientID  string
	Transport http.RoundTripper
	Now       func() time.Time
	Store     wire.TokenStore // nil = tokens are kept in memory only
	Recorder  *wire.Recorder
	Warn      func(error) // told when a token could not be kept; nil = nobody
}

// NewToken makes an Authorizer of bearer tokens. A token is asked for with the password, then renewed with the refresh token
// while that lives, and both are kept as soon as they change: a rotated refresh token that is lost would leave the password, which
// is asked again when a refresh is refused. One call serves all that wait.
func NewToken(c TokenConfig) wire.Authorizer {
	if c.ClientID == "" {
		c.ClientID = "cardea-" + c.Name
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{c.TokenURL, c.User, c.Password, c.ClientID}, "\x00")))
	return &tokens{c: c, mark: hex.EncodeToString(sum[:8])}
}

// tokens is the Authorizer.
type tokens struct {
	c    TokenConfig
	mark string // of the credentials: tokens of others are not used

	mu      sync.Mutex
	kept    kept
	flight  *flight
	dropped time.Time
	refusal error
	until   time.Time
}

// kept is also the form in which tokens are stored.
type kept struct {
	Access  string         `json:"access"`
	Expires cardea.Instant `json:"expires"`
	Refresh string         `json:"refresh,omitempty"`
	Ends    cardea.Instant `json:"ends,omitempty"` // of the refresh token
	For     string         `json:"for"`
}

type flight struct {
	done chan struct{}
	kept kept
	err  error
}

// Authorize implements wire.Authorizer.
func (t *tokens) Authorize(ctx context.Context, req *http.Request) error {
	t.mu.Lock()
	now := t.c.Now()
	if t.fresh(t.kept, now) {
		defer t.mu.Unlock()
		req.Header.Set("Authorization", "Bearer "+t.kept.Access)
		return nil
	}
	if t.refusal != nil && now.Before(t.until) {
		defer t.mu.Unlock()
		return t.refusal
	}
	f := t.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		t.flight = f
		// The flight outlives the caller that began it: others wait for it too.
		go t.fly(context.WithoutCancel(ctx), f, t.kept)
	}
	t.mu.Unlock()
	select {
	case <-f.done:
	case <-ctx.Done():
		return cardea.Errorf(cardea.Retry, "stopped while waiting for a token: %w", ctx.Err())
	}
	if f.err != nil {
		return f.err
	}
	req.Header.Set("Authorization", "Bearer "+f.kept.Access)
	return nil
}

// Refused implements wire.Authorizer: the access token is dropped, unless another took its place already.
func (t *tokens) Refused(_ context.Context, req *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if req.Header.Get("Authorization") != "Bearer "+t.kept.Access {
		return true
	}
	now := t.c.Now()
	if !t.dropped.IsZero() && now.Sub(t.dropped) < dropEvery {
		return false
	}
	t.kept.Access, t.dropped = "", now
	return true
}

func (t *tokens) fresh(k kept, now time.Time) bool {
	return k.Access != "" && k.For == t.mark && cardea.At(now.Add(tokenEarly)) < k.Expires
}

func (t *tokens) fly(ctx context.Context, f *flight, had kept) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	f.kept, f.err = t.renew(ctx, had)
	t.mu.Lock()
	t.flight, t.refusal = nil, nil
	if f.err == nil {
		t.kept = f.kept
	} else if class := cardea.ClassOf(f.err); class == cardea.Auth || class == cardea.Rejected {
		t.refusal, t.until = f.err, t.c.Now().Add(refusedFor)
	}
	t.mu.Unlock()
	close(f.done)
}

// renew returns tokens that live: those that another process kept, else by the refresh token, else by the password.
func (t *tokens) renew(ctx context.Context, had kept) (kept, error) {
	stored := t.load(ctx)
	now := t.c.Now()
	if t.fresh(stored, now) && (had.For == "" || stored.Refresh != had.Refresh || stored.Expires > had.Expires) {
		return stored, nil
	}
	refresh := stored
	if refresh.For != t.mark || had.For == t.mark && had.Ends > refresh.Ends {
		refresh = had
	}
	if refresh.For == t.mark && refresh.Refresh != "" && cardea.At(now) < refresh.Ends {
		k, err := t.ask(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Refresh}})
		class := cardea.ClassOf(err)
		switch {
		case err == nil:
			return k, t.save(ctx, k)
		case class != cardea.Auth && class != cardea.Rejected:
			return kept{}, err
		}
	}
	k, err := t.ask(ctx, url.Values{"grant_type": {"password"}, "username": {t.c.User}, "password": {t.c.Password}})
	if err != nil {
		return kept{}, err
	}
	return k, t.save(ctx, k)
}

// load returns the stored tokens, or none: what cannot be loaded is asked for.
func (t *tokens) load(ctx context.Context) kept {
	var k kept
	if t.c.Store == nil {
		return k
	}
	b, err := t.c.Store.LoadToken(ctx, t.c.Name)
	if err != nil || json.Unmarshal(b, &k) != nil || k.For != t.mark {
		return kept{}
	}
	return k
}

// save keeps the tokens. That it failed is no reason to stop: the tokens work, and the password gets others.
func (t *tokens) save(ctx context.Context, k kept) error {
	if t.c.Store == nil {
		return nil
	}
	b, err := json.Marshal(k)
	if err != nil {
		return cardea.Errorf(cardea.Unknown, "%s: the token cannot be written: %w", t.c.Name, err)
	}
	if err := t.c.Store.SaveToken(ctx, t.c.Name, b); err != nil && t.c.Warn != nil {
		t.c.Warn(cardea.Errorf(cardea.ClassOf(err), "%s: the token could not be kept: %w", t.c.Name, err))
	}
	return nil
}

// ask asks the token endpoint. It takes a form and nothing else.
func (t *tokens) ask(ctx context.Context, form url.Values) (kept, error) {
	u, err := url.Parse(t.c.TokenURL)
	if err != nil {
		return kept{}, cardea.Errorf(cardea.Rejected, "%s: the token address is no http(s) address", t.c.Name)
	}
	path := u.Path
	u.Path = ""
	client, err := wire.New(wire.Config{
		Name: t.c.Name, Base: u.String(), Transport: t.c.Transport, Now: t.c.Now, Recorder: t.c.Recorder, Retries: -1,
		Secrets: []string{t.c.Password, t.c.User, form.Get("refresh_token")}, Reads: []string{"POST " + path}, Classify: tokenRefusal,
	})
	if err != nil {
		return kept{}, err
	}
	var out struct {
		Access  string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires number `json:"expires_in"`
		Refresh string `json:"refresh_token"`
	}
	began := t.c.Now()
	_, err = client.Do(ctx, wire.Call{
		Class: wire.Read, Method: http.MethodPost, Path: path, Form: form, Out: &out, Header: http.Header{"client_id": {t.c.ClientID}},
	})
	if err != nil {
		return kept{}, err
	}
	if out.Access == "" || out.Type != "" && !strings.EqualFold(out.Type, "bearer") {
		return kept{}, cardea.Errorf(cardea.Auth, "%s: the token endpoint gave no bearer token", t.c.Name)
	}
	life := tokenDefault
	if out.Expires.set && out.Expires.n > 0 {
		life = time.Duration(min(out.Expires.n, int64(30*24*time.Hour/time.Second))) * time.Second
	}
	k := kept{Access: out.Access, Expires: cardea.At(began.Add(life)), Refresh: out.Refresh, For: t.mark}
	if k.Refresh != "" {
		k.Ends = cardea.At(began.Add(refreshLife))
	}
	return k, nil
}

// tokenRefusal knows the words of the token endpoint (vendors/nexudus.md 1.2): all but server trouble are about the credentials.
func tokenRefusal(status int, h http.Header, body []byte) *cardea.Error {
	var said struct {
		Error string `json:"error"`
	}
	if e := Classify(status, h, nil); e != nil && e.Class == cardea.Throttled {
		return e
	}
	if status >= http.StatusInternalServerError {
		return nil
	}
	if err := json.Unmarshal(body, &said); err == nil && said.Error == "unsupported_grant_type" {
		return cardea.Errorf(cardea.Rejected, "the token endpoint does not know the grant: check base_url")
	}
	if status == http.StatusUnauthorized || said.Error == "invalid_grant" {
		return cardea.Errorf(cardea.Auth, "Nexudus refuses the user's e-mail and password; a user with a second factor cannot be used")
	}
	return nil
}
