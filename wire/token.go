package wire

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

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
