package saltoks

import (
	"crypto/sha256"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scopes of 1.3.
const (
	fullAccess = "user_api.full_access"
	openID     = "openid"
	profile    = "profile"
	offline    = "offline_access"
)

// Lives that the sheet does not know (1.3).
const (
	codeLife    = 5 * time.Minute
	refreshLife = 15 * 24 * time.Hour
)

// refusal is an OAuth error.
type refusal struct {
	status     int
	code, text string
}

func (v *Vendor) badClient() *refusal {
	status := http.StatusBadRequest
	if v.switches.Is("invalid_client", "401") {
		status = http.StatusUnauthorized
	}
	return &refusal{status, "invalid_client", ""}
}

func oauth(code, text string) *refusal { return &refusal{http.StatusBadRequest, code, text} }

// serveToken is POST /connect/token (1.3).
func (v *Vendor) serveToken(c *call) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	answer, refused := row(nil), oauth("invalid_request", "the body must be a form")
	if c.r.Method != http.MethodPost {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	if err == nil && kind == "application/x-www-form-urlencoded" && c.r.ParseForm() == nil {
		answer, refused = v.grant(c, c.r.PostForm)
	}
	c.w.Header().Set("Cache-Control", "no-store")
	if refused != nil {
		body := row{"error": refused.code}
		if refused.text != "" {
			body["error_description"] = refused.text
		}
		c.answer(refused.status, asJSON, body)
		return
	}
	c.reply(answer)
}

func (v *Vendor) grant(c *call, form url.Values) (row, *refusal) {
	client := v.client(c, form)
	if client == nil {
		return nil, v.badClient()
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return v.grantByCode(client, form)
	case "refresh_token":
		return v.grantByRefresh(client, form)
	case "password":
		return v.grantByPassword(client, form)
	case "client_credentials": // the server has it, clients do not (1.3)
		return nil, oauth("unauthorized_client", "")
	}
	return nil, oauth("unsupported_grant_type", "")
}

// client is who asks for a token; nil = not to be believed. A public client names itself in the form.
func (v *Vendor) client(c *call, form url.Values) *Client {
	id, secret, basic := c.r.BasicAuth()
	if basic {
		var e1, e2 error
		id, e1 = url.QueryUnescape(id)
		secret, e2 = url.QueryUnescape(secret)
		if e1 != nil || e2 != nil || form.Get("client_id") != "" && form.Get("client_id") != id {
			return nil
		}
	} else {
		id = form.Get("client_id")
		if v.switches.Is("client_auth", "any") {
			secret = form.Get("client_secret")
		}
	}
	i := slices.IndexFunc(v.keys.clients, func(one Client) bool { return one.ID == id && one.Secret == secret })
	if i < 0 {
		return nil
	}
	return &v.keys.clients[i]
}

// scopesOf reads a scope parameter; one that the client may not have refuses them all.
func (c *Client) scopesOf(scope string) ([]string, bool) {
	may := c.Scopes
	if may == nil {
		may = []string{fullAccess, openID, profile, offline}
	}
	out := strings.Fields(scope)
	for _, s := range out {
		if !slices.Contains(may, s) {
			return nil, false
		}
	}
	return out, len(out) > 0
}

func (v *Vendor) grantByCode(client *Client, form url.Values) (row, *refusal) {
	code := v.keys.codes[form.Get("code")]
	switch {
	case form.Get("code") == "":
		return nil, oauth("invalid_request", "")
	case code == nil || code.client != client.ID || !v.now().Before(code.until):
		return nil, oauth("invalid_grant", "")
	case code.used:
		v.endFamily(code.family)
		return nil, oauth("invalid_grant", "")
	case code.redirect != form.Get("redirect_uri"):
		return nil, oauth("invalid_grant", "redirect_uri")
	}
	code.used = true // whatever comes of it
	if code.challenge != "" {
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != code.challenge {
			return nil, oauth("invalid_grant", "code_verifier")
		}
	}
	return v.give(client, code.pass), nil
}

func (v *Vendor) grantByRefresh(client *Client, form url.Values) (row, *refusal) {
	old := v.keys.refreshes[form.Get("refresh_token")]
	switch {
	case form.Get("refresh_token") == "":
		return nil, oauth("invalid_request", "")
	case old == nil || old.client != client.ID || !v.now().Before(old.until) || v.state.get("people", old.person) == nil:
		return nil, oauth("invalid_grant", "")
	case old.used && v.switches.Is("refresh", "revoke"):
		v.endFamily(old.family)
		return nil, oauth("invalid_grant", "")
	case old.used && v.switches.Is("refresh", "once"):
		return nil, oauth("invalid_grant", "")
	}
	old.used = true
	return v.give(client, *old), nil
}

func (v *Vendor) grantByPassword(client *Client, form url.Values) (row, *refusal) {
	if v.switches.Is("password_grant", "refused") {
		return nil, oauth("unauthorized_client", "")
	}
	scopes, ok := client.scopesOf(form.Get("scope"))
	if !ok {
		return nil, oauth("invalid_scope", "")
	}
	person := v.login(form.Get("username"), form.Get("password"))
	if person == nil {
		return nil, oauth("invalid_grant", "invalid_username_or_password")
	}
	v.keys.serial++
	return v.give(client, pass{
		person: text(person, "id"), client: client.ID, scopes: scopes, family: strconv.Itoa(v.keys.serial),
	}), nil
}

// login is the person that an e-mail and a password open; without a profile there is none (3).
func (v *Vendor) login(username, password string) row {
	person := v.state.byMail(username)
	ok := slices.ContainsFunc(v.keys.logins, func(l Login) bool {
		return fold(l.Username) == fold(username) && l.Password == password
	})
	if !ok || person == nil || !flag(person, "has_profile") {
		return nil
	}
	return person
}

// give makes tokens for what was granted.
func (v *Vendor) give(client *Client, p pass) row {
	life := time.Hour
	if v.switches.Is("token_life", "120") {
		life = 2 * time.Minute
	}
	p.used, p.until = false, v.now().Add(life)
	access := v.mint(&p)
	v.keys.tokens[access] = &p
	out := row{
		"access_token": access, "expires_in": int(life / time.Second), "token_type": "Bearer", "scope": strings.Join(p.scopes, " "),
	}
	if p.covers(openID) {
		out["id_token"] = v.mint(&p)
	}
	if p.covers(offline) {
		next := p
		next.until = v.now().Add(refreshLife)
		value := v.word("refresh " + client.ID)
		v.keys.refreshes[value] = &next
		out["refresh_token"] = value
	}
	return out
}
