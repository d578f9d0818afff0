package opentech

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

type token struct {
	key   string // the account's
	until time.Time
}

// Lives of a token (2.2).
const (
	tokenLife = time.Hour
	shortLife = time.Minute
)

// serveToken is the password grant of vendors/opentech-kinnovis.md 2.2: the account in username and password, the application
// beside them. Whatever is wrong is 400 with an OAuth error, never 401.
func (v *Vendor) serveToken(c *call) {
	if c.r.Method != http.MethodPost {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	refuse := func(code, text string) {
		c.answer(http.StatusBadRequest, row{"error": code, "error_description": text})
	}
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		refuse("invalid_request", "the body must be form-encoded")
		return
	}
	if err := c.r.ParseForm(); err != nil {
		refuse("invalid_request", "the body cannot be read")
		return
	}
	form := c.r.PostForm
	for _, field := range []string{"grant_type", "username", "password", "client_id", "client_secret"} {
		if form.Get(field) == "" {
			refuse("invalid_request", field+" is missing")
			return
		}
	}
	application := Application{form.Get("client_id"), form.Get("client_secret")}
	i := slices.IndexFunc(v.accounts, func(a account) bool {
		return a.Key == form.Get("username") && a.Secret == form.Get("password")
	})
	switch {
	case form.Get("grant_type") != "password":
		refuse("unsupported_grant_type", "the grant is password")
		return
	case !slices.Contains(v.applications, application):
		refuse("invalid_client", "the application is not known")
		return
	case i < 0:
		refuse("invalid_grant", "the account is not known")
		return
	}
	life, expires := tokenLife, 3600
	switch {
	case v.switches.Is("token_life", "minutes"):
		expires = 60
	case v.switches.Is("token_life", "short"):
		life = shortLife
	}
	v.serial++
	access := v.mint(v.accounts[i].ID)
	v.tokens[access] = token{v.accounts[i].Key, v.now().Add(life)}
	c.answer(http.StatusOK, row{
		"token_type": "Bearer", "access_token": access, "expires_in": expires, "resource": []string{"accesscontrol", "accessevent"},
	})
}

// mint makes three parts that look like a signed JWT; nothing can be read from its times.
func (v *Vendor) mint(account int64) string {
	enc := base64.RawURLEncoding
	head := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString(fmt.Appendf(nil, `{"sub":"%d","jti":"%d"}`, account, v.serial))
	sum := sha256.Sum256([]byte(head))
	return head + "." + enc.EncodeToString(sum[:])
}

// bearer is the account of a request's token while both live; nil = none.
func (v *Vendor) bearer(r *http.Request) *account {
	access, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t, known := v.tokens[access]
	if !found || !known {
		return nil
	}
	if !v.now().Before(t.until) {
		delete(v.tokens, access)
		return nil
	}
	for i := range v.accounts {
		if v.accounts[i].Key == t.key {
			return &v.accounts[i]
		}
	}
	return nil
}

// ExpireTokens ends every token at once.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.tokens)
}
