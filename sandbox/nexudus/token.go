package nexudus

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

// Lives of 1.2: a token that is short-lived as the docs warn, or as long as their sample; and of a refresh token.
const (
	shortLife   = 20 * time.Minute
	sampleLife  = 604_800 * time.Second
	refreshLife = 15 * 24 * time.Hour
)

type token struct {
	email string
	until time.Time
}

// refresh is the one refresh token of a client id.
type refresh struct {
	token

	value string
}

// serveToken is POST /api/token (1.2).
func (v *Vendor) serveToken(c *call) {
	if c.r.Method != http.MethodPost {
		c.fail(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+c.r.Method+"'.")
		return
	}
	refuse := func(status int, code, text string) { c.answer(status, row{"error": code, "error_description": text}) }
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" || c.r.ParseForm() != nil {
		refuse(http.StatusBadRequest, "unsupported_grant_type", "the body must be a form")
		return
	}
	form, client := c.r.PostForm, c.r.Header.Get("Client_id")
	var user *User
	switch form.Get("grant_type") {
	case "password":
		user = v.login(form.Get("username"), form.Get("password"))
		if user == nil || user.TOTP != "" && user.TOTP != form.Get("totp") {
			refuse(http.StatusUnauthorized, "invalid_grant", "The user name or password is incorrect.")
			return
		}
		if client == "" {
			client = user.Email
		}
	case "refresh_token":
		if client == "" {
			refuse(http.StatusBadRequest, "invalid_client", "the client_id header is required to refresh")
			return
		}
		kept, known := v.refreshes[client]
		if !known || kept.value != form.Get("refresh_token") || !v.now().Before(kept.until) {
			refuse(http.StatusUnauthorized, "invalid_grant", "The refresh token is not valid.")
			return
		}
		if user = v.user(kept.email); user == nil {
			refuse(http.StatusUnauthorized, "invalid_grant", "The user is no more.")
			return
		}
	default:
		refuse(http.StatusBadRequest, "unsupported_grant_type", "password or refresh_token")
		return
	}
	life := shortLife
	if v.switches.Is("token_life", "7d") {
		life = sampleLife
	}
	access := v.mint("access " + user.Email)
	v.tokens[access] = token{user.Email, v.now().Add(life)}
	v.refreshes[client] = refresh{token{user.Email, v.now().Add(refreshLife)}, v.mint("refresh " + client)}
	c.reply(row{
		"access_token": access, "token_type": "bearer", "expires_in": int(life/time.Second) - 1,
		"refresh_token": v.refreshes[client].value,
	})
}

// mint makes an opaque text, the same in every run.
func (v *Vendor) mint(what string) string {
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "nexudus %s %d", what, v.serial))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (v *Vendor) user(email string) *User {
	i := slices.IndexFunc(v.users, func(u User) bool { return strings.EqualFold(u.Email, email) })
	if i < 0 {
		return nil
	}
	return &v.users[i]
}

func (v *Vendor) login(email, password string) *User {
	if u := v.user(email); u != nil && u.Password == password {
		return u
	}
	return nil
}

// caller is who a request speaks for: by token, or by e-mail and password, which a second factor rules out. Nil = nobody.
func (v *Vendor) caller(r *http.Request) *User {
	if email, password, basic := r.BasicAuth(); basic {
		if u := v.login(email, password); u != nil && u.TOTP == "" {
			return u
		}
		return nil
	}
	kind, access, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	t, known := v.tokens[access]
	if !strings.EqualFold(kind, "bearer") || !known {
		return nil
	}
	if !v.now().Before(t.until) {
		delete(v.tokens, access)
		return nil
	}
	return v.user(t.email)
}

// may says whether a user holds a role such as Coworker-List; an unrestricted one holds all (1.2).
func (u *User) may(e *entity, what string) bool {
	return !u.Member && (u.Roles == nil || slices.Contains(u.Roles, e.name+"-"+what))
}

// ExpireTokens ends every access token at once; refresh tokens stay.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.tokens)
}
