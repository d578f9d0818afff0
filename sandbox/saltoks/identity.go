package saltoks

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// asking is an authorization request that waits for a person at the consent page.
type asking struct {
	client, redirect, state, challenge string
	scopes                             []string
	until                              time.Time
}

// base is where a request came to: scheme, host and the vendor's prefix.
func (c *call) base() string {
	scheme := "http"
	if c.r.TLS != nil || c.r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.r.Host + prefix
}

// serveIdentity answers {identity}/... (1.3).
func (v *Vendor) serveIdentity(c *call) {
	switch path := strings.Join(c.rest, "/"); {
	case path == ".well-known/openid-configuration" && c.get():
		v.discover(c)
	case path == "connect/token":
		v.serveToken(c)
	case path == "connect/authorize" && c.get():
		v.authorize(c)
	case path == "account/consent" && c.r.Method == http.MethodPost:
		v.decide(c)
	case path == "connect/authorize" || path == "account/consent":
		c.plain(http.StatusMethodNotAllowed, "")
	default:
		c.plain(http.StatusNotFound, "")
	}
}

func (v *Vendor) discover(c *call) {
	issuer := c.base() + "/identity"
	c.reply(row{
		"issuer": issuer, "authorization_endpoint": issuer + "/connect/authorize", "token_endpoint": issuer + "/connect/token",
		"grant_types_supported":            []string{"authorization_code", "client_credentials", "refresh_token", "password"},
		"response_types_supported":         []string{"code"},
		"scopes_supported":                 []string{openID, profile, fullAccess, offline},
		"code_challenge_methods_supported": []string{"S256"},
	})
}

// authorize checks a request and shows the consent page. What is wrong with the client or the way back is said here; anything
// else goes back to the client.
func (v *Vendor) authorize(c *call) {
	q := c.r.URL.Query()
	i := slices.IndexFunc(v.keys.clients, func(one Client) bool { return one.ID == q.Get("client_id") })
	if i < 0 {
		c.plain(http.StatusBadRequest, "Sorry, there was an error: unauthorized_client")
		return
	}
	client := &v.keys.clients[i]
	if !slices.Contains(client.Redirects, q.Get("redirect_uri")) {
		c.plain(http.StatusBadRequest, "Sorry, there was an error: invalid_request, redirect_uri is not registered")
		return
	}
	back := &asking{
		client: client.ID, redirect: q.Get("redirect_uri"), state: q.Get("state"), challenge: q.Get("code_challenge"),
		until: v.now().Add(15 * time.Minute),
	}
	scopes, ok := client.scopesOf(q.Get("scope"))
	back.scopes = scopes
	switch {
	case q.Get("response_type") != "code":
		back.send(c, "error", "unsupported_response_type")
	case !ok:
		back.send(c, "error", "invalid_scope")
	case back.challenge == "" && (v.switches.Is("pkce", "required") || client.Secret == ""),
		back.challenge != "" && q.Get("code_challenge_method") != "S256":
		back.send(c, "error", "invalid_request")
	default:
		id := v.word("asking")
		v.keys.asked[id] = back
		v.page(c, id, back, "")
	}
}

// send leads back to the client.
func (a *asking) send(c *call, name, value string) {
	to, err := url.Parse(a.redirect)
	if err != nil {
		c.plain(http.StatusBadRequest, "Sorry, there was an error: invalid_request")
		return
	}
	q := to.Query()
	q.Set(name, value)
	if a.state != "" {
		q.Set("state", a.state)
	}
	to.RawQuery = q.Encode()
	c.w.Header().Set("Location", to.String())
	c.plain(http.StatusFound, "")
}

var consentPage = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox: Salto KS</title></head><body>
<h1>Sign in</h1>
{{if .Says}}<p role="alert">{{.Says}}</p>{{end}}
<p>{{.Client}} asks for: {{range .Scopes}}<code>{{.}}</code> {{end}}</p>
<form method="post" action="{{.Action}}">
<input type="hidden" name="request" value="{{.Request}}">
<p><label>E-mail <input name="username" autocomplete="username"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form></body></html>
`))

func (v *Vendor) page(c *call, id string, a *asking, says string) {
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("Cache-Control", "no-store")
	err := consentPage.Execute(c.w, map[string]any{
		"Action": prefix + "/identity/account/consent", "Request": id, "Client": a.client, "Scopes": a.scopes, "Says": says,
	})
	if err != nil {
		return // the caller is gone
	}
}

// decide is the consent page's answer.
func (v *Vendor) decide(c *call) {
	id := c.r.PostFormValue("request")
	a := v.keys.asked[id]
	if a == nil || !v.now().Before(a.until) {
		c.plain(http.StatusBadRequest, "Sorry, there was an error: the request is not known any more")
		return
	}
	if c.r.PostFormValue("decision") != "allow" {
		delete(v.keys.asked, id)
		a.send(c, "error", "access_denied")
		return
	}
	person := v.login(c.r.PostFormValue("username"), c.r.PostFormValue("password"))
	if person == nil {
		v.page(c, id, a, "Invalid username or password")
		return
	}
	delete(v.keys.asked, id)
	code := v.word("code")
	v.keys.codes[code] = &grantCode{
		pass: pass{
			person: text(person, "id"), client: a.client, family: "code " + strconv.Itoa(v.keys.serial), scopes: a.scopes,
			until: v.now().Add(codeLife),
		},
		redirect: a.redirect, challenge: a.challenge,
	}
	a.send(c, "code", code)
}
