package brivo

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Lives of 2.1 and 2.4, in seconds; that of a code is not known.
const (
	accessLife  = 300.0
	refreshLife = 1_209_600.0
	shortLife   = 5 * time.Second
	codeLife    = time.Minute
)

// session is what a token or a code stands for: an administrator who let an application in.
type session struct {
	app, admin int64
	until      time.Time
	state      string // codes and consents: the caller's own
}

const formKind = "application/x-www-form-urlencoded"

// serveAuth answers the auth host (2.2 to 2.4).
func (v *Vendor) serveAuth(c *call, path string, elsewhere bool) {
	switch {
	case path == "/oauth/token" && c.r.Method == http.MethodPost:
		v.serveToken(c, elsewhere)
	case path == "/oauth/authorize" && (c.r.Method == http.MethodGet || c.r.Method == http.MethodPost):
		v.serveAuthorize(c, elsewhere)
	case path == "/oauth/token_key" && c.r.Method == http.MethodGet:
		c.reply(row{"alg": "SHA256withRSA", "value": "-----BEGIN PUBLIC KEY-----\nc2FuZGJveA==\n-----END PUBLIC KEY-----\n"})
	case path == "/oauth/token" || path == "/oauth/authorize":
		c.authError(http.StatusMethodNotAllowed, "Request method '"+c.r.Method+"' not supported")
	default:
		c.authError(http.StatusNotFound, "No message available")
	}
}

// authError is the second of the two shapes of an auth error (3.1).
func (c *call) authError(status int, message string) {
	c.answer(status, row{"status": status, "error": http.StatusText(status), "message": message, "path": c.r.URL.Path})
}

func (c *call) oauth(status int, code, description string) {
	c.answer(status, row{"error": code, "error_description": description})
}

// serveToken is POST /oauth/token: api-key, then the application, then the grant.
func (v *Vendor) serveToken(c *call, elsewhere bool) {
	if c.r.Header.Get("Api-Key") != "" || v.switches.Is("auth_api_key", "required") {
		if !v.admit(c, v.switches.Is("token_calls", "counted"), false) {
			return
		}
	}
	id, secret, basic := c.r.BasicAuth()
	if !basic {
		c.oauth(http.StatusUnauthorized, "unauthorized", "Full authentication is required to access this resource")
		return
	}
	app := v.application(id)
	if app == nil || text(app, "secret") != secret || elsewhere {
		c.answer(http.StatusUnauthorized, row{
			"status": http.StatusUnauthorized, "error": "Unauthorized", "message": "Bad credentials", "path": "/oauth/token",
		})
		return
	}
	form, ok := v.form(c)
	if !ok {
		return
	}
	grant := form.Get("grant_type")
	switch {
	case grant == "":
		c.oauth(http.StatusBadRequest, "invalid_request", "Missing grant type")
	case grant == "password" && may(app, "password"):
		v.byPassword(c, app, form)
	case grant == "authorization_code" && may(app, "authorization_code"):
		v.byCode(c, app, form)
	case grant == "refresh_token" && (may(app, "refresh_token") || may(app, "password")):
		v.byRefresh(c, app, form)
	case slices.Contains([]string{"password", "authorization_code", "refresh_token"}, grant):
		c.oauth(http.StatusUnauthorized, "invalid_client", "Unauthorized grant type: "+grant)
	default:
		c.oauth(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant type: "+grant)
	}
}

// form reads a form, urlencoded or multipart, never JSON (1).
func (v *Vendor) form(c *call) (url.Values, bool) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == formKind:
		err = c.r.ParseForm()
	case err == nil && kind == "multipart/form-data":
		err = c.r.ParseMultipartForm(1 << 20)
	case v.switches.Is("token_query", "accept"):
		data, rerr := io.ReadAll(io.LimitReader(c.r.Body, 1))
		if rerr == nil && len(data) == 0 {
			return c.r.URL.Query(), true
		}
		fallthrough
	default:
		c.authError(http.StatusUnsupportedMediaType, "Content type not supported")
		return nil, false
	}
	if err != nil {
		c.oauth(http.StatusBadRequest, "invalid_request", "The form cannot be read")
		return nil, false
	}
	if v.switches.Is("token_query", "accept") && len(c.r.PostForm) == 0 {
		return c.r.URL.Query(), true
	}
	return c.r.PostForm, true
}

func (v *Vendor) application(clientID string) row {
	found := v.state["applications"].all(func(r row) bool { return text(r, "clientId") == clientID })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func may(app row, grant string) bool {
	return slices.Contains(twin.As[[]any](app["grantTypes"]), any(grant))
}

// login finds an administrator. The name is the Administrator ID, never the e-mail (2.3).
func (v *Vendor) login(username, password string) row {
	found := v.state["administrators"].all(func(r row) bool { return text(r, "username") == username })
	if len(found) == 0 || username == "" || text(found[0], "password") != password {
		return nil
	}
	return found[0]
}

func (v *Vendor) byPassword(c *call, app row, form url.Values) {
	admin := v.login(form.Get("username"), form.Get("password"))
	if admin == nil {
		c.oauth(http.StatusUnauthorized, "invalid_grant", "Bad credentials")
		return
	}
	v.issue(c, app, admin, time.Time{})
}

func (v *Vendor) byCode(c *call, app row, form url.Values) {
	if v.switches.Is("code_form", "full") {
		for _, field := range []string{"redirect_uri", "client_id", "client_secret"} {
			if form.Get(field) == "" {
				c.oauth(http.StatusBadRequest, "invalid_request", field+" is missing")
				return
			}
		}
	}
	code := form.Get("code")
	s, known := v.codes[code]
	delete(v.codes, code) // once
	admin := v.state["administrators"].rows[s.admin]
	switch uri, id := form.Get("redirect_uri"), form.Get("client_id"); {
	case !known || s.app != idOf(app["id"]) || !v.now().Before(s.until) || admin == nil:
		v.stale(c, "Invalid authorization code: "+code)
	case uri != "" && uri != text(app, "redirectUri"):
		v.stale(c, "Redirect URI mismatch.")
	case id != "" && (id != text(app, "clientId") || form.Get("client_secret") != text(app, "secret")):
		c.oauth(http.StatusUnauthorized, "invalid_client", "Bad client credentials")
	default:
		v.issue(c, app, admin, time.Time{})
	}
}

func (v *Vendor) byRefresh(c *call, app row, form url.Values) {
	given := form.Get("refresh_token")
	s, known := v.refresh[given]
	admin := v.state["administrators"].rows[s.admin]
	if !known || s.app != idOf(app["id"]) || !v.now().Before(s.until) || admin == nil {
		v.stale(c, "Invalid refresh token: "+given)
		return
	}
	if v.switches.Is("old_refresh", "dies") {
		delete(v.refresh, given)
	}
	until := s.until
	if v.switches.Is("refresh_slides", "yes") {
		until = time.Time{}
	}
	v.issue(c, app, admin, until)
}

// stale refuses a code or a refresh token that is not good any more.
func (v *Vendor) stale(c *call, description string) {
	status := http.StatusBadRequest
	if v.switches.Is("refresh_refused", "401") {
		status = http.StatusUnauthorized
	}
	c.oauth(status, "invalid_grant", description)
}

// issue answers a pair of tokens (2.4). A refresh token lives until the given end, or its application's time from now.
func (v *Vendor) issue(c *call, app, admin row, until time.Time) {
	now, life := v.now(), seconds(app["accessTokenTtl"])
	if v.switches.Is("token_life", "5") {
		life = shortLife
	}
	if until.IsZero() {
		until = now.Add(seconds(app["refreshTokenTtl"]))
	}
	for _, kept := range []map[string]session{v.access, v.refresh, v.codes, v.consents} {
		maps.DeleteFunc(kept, func(_ string, s session) bool { return !now.Before(s.until) })
	}
	s := session{app: idOf(app["id"]), admin: idOf(admin["id"]), until: now.Add(life)}
	access, refresh := v.mint("access"), v.mint("refresh")
	v.access[access] = s
	s.until = until
	v.refresh[refresh] = s
	c.w.Header().Set("Strict-Transport-Security", "max-age=31536000 ; includeSubDomains")
	c.reply(row{
		"access_token": access, "token_type": "bearer", "refresh_token": refresh, "expires_in": int(life / time.Second),
		"scope": "brivo.api", "jti": v.uuid(),
	})
}

func seconds(v any) time.Duration { return time.Duration(twin.As[float64](v)) * time.Second }

// mint makes three parts that look like a signed JWT; nothing can be read from them.
func (v *Vendor) mint(what string) string {
	v.serial++
	enc := base64.RawURLEncoding
	head := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString(fmt.Appendf(nil, `{"kind":%q,"n":%d}`, what, v.serial))
	sum := sha256.Sum256([]byte(head))
	return head + "." + enc.EncodeToString(sum[:])
}

func (v *Vendor) uuid() string {
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "brivo %d", v.serial))
	x := hex.EncodeToString(sum[:16])
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
}

// bearer is the administrator of a living access token whose application lives too; nil = none.
func (v *Vendor) bearer(r *http.Request) row {
	kind, access, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s, known := v.access[access]
	if !known || !strings.EqualFold(kind, "bearer") {
		return nil
	}
	if !v.now().Before(s.until) {
		delete(v.access, access)
		return nil
	}
	if v.state["applications"].rows[s.app] == nil {
		return nil
	}
	return v.state["administrators"].rows[s.admin]
}

// ExpireTokens ends every access token at once; refresh tokens stay.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.access)
}

// decode reads the body of a control route.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("not what this control route takes: %w", err)
	}
	return nil
}
