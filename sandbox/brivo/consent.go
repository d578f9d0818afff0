package brivo

import (
	"fmt"
	escape "html"
	"net/http"
	"net/url"
)

// serveAuthorize is the login and the consent page (2.2 steps 1 to 3), plain enough for a test to walk:
//
//	GET  /oauth/authorize?response_type=code&client_id=..&state=..   the login page
//	POST the same, form username and password                        the consent page, or the login page again with 401
//	POST the same, form session and consent=approve|deny             back to the registered redirect URI
func (v *Vendor) serveAuthorize(c *call, elsewhere bool) {
	q := c.r.URL.Query()
	app := v.application(q.Get("client_id"))
	switch uri := q.Get("redirect_uri"); {
	case app == nil || elsewhere:
		c.page(http.StatusUnauthorized, "Error", "<p>The application is not known here.</p>")
		return
	case !may(app, "authorization_code"):
		c.page(http.StatusUnauthorized, "Error", "<p>This application may not be authorised: its grant is password.</p>")
		return
	case uri != "" && uri != text(app, "redirectUri"):
		c.page(http.StatusBadRequest, "Error", "<p>The redirect URI is not the registered one.</p>")
		return
	case q.Get("response_type") != "code":
		c.page(http.StatusBadRequest, "Error", "<p>response_type must be code.</p>")
		return
	case c.r.Method == http.MethodGet:
		c.loginPage(http.StatusOK, "")
		return
	}
	if err := c.r.ParseForm(); err != nil {
		c.loginPage(http.StatusBadRequest, "The form cannot be read.")
		return
	}
	if id := c.r.PostForm.Get("session"); id != "" {
		v.answerConsent(c, app, id, q.Get("state"))
		return
	}
	admin := v.login(c.r.PostForm.Get("username"), c.r.PostForm.Get("password"))
	if admin == nil {
		c.loginPage(http.StatusUnauthorized, "The administrator ID or the password is wrong.")
		return
	}
	id := v.uuid()
	v.consents[id] = session{app: idOf(app["id"]), admin: idOf(admin["id"]), until: v.now().Add(codeLife), state: q.Get("state")}
	c.page(http.StatusOK, "Authorise "+text(app, "name"), fmt.Sprintf(
		`<p>%s asks for the permission <code>brivo.api</code>.</p><input type="hidden" name="session" value="%s">`+
			`<button name="consent" value="approve">Approve</button> <button name="consent" value="deny">Deny</button>`,
		escape.EscapeString(text(app, "name")), id))
}

func (v *Vendor) answerConsent(c *call, app row, id, state string) {
	s, known := v.consents[id]
	delete(v.consents, id)
	if !known || s.app != idOf(app["id"]) || s.state != state || !v.now().Before(s.until) {
		c.loginPage(http.StatusUnauthorized, "Log in again.")
		return
	}
	to, err := url.Parse(text(app, "redirectUri"))
	if err != nil {
		c.page(http.StatusBadRequest, "Error", "<p>The redirect URI cannot be read.</p>")
		return
	}
	back := to.Query()
	switch c.r.PostForm.Get("consent") {
	case "approve":
		code := v.uuid()[:8]
		v.codes[code] = session{app: s.app, admin: s.admin, until: v.now().Add(codeLife)}
		back.Set("code", code)
	default:
		back.Set("error", "access_denied")
	}
	if state != "" {
		back.Set("state", state)
	}
	to.RawQuery = back.Encode()
	c.w.Header().Set("Location", to.String())
	status := http.StatusTemporaryRedirect // the browser repeats its POST
	if v.switches.Is("callback", "get") {
		status = http.StatusFound
	}
	c.w.WriteHeader(status)
}

func (c *call) loginPage(status int, problem string) {
	if problem != "" {
		problem = "<p>" + problem + "</p>"
	}
	c.page(status, "Log in", problem+`<label>Administrator ID <input name="username"></label>`+
		`<label>Password <input name="password" type="password"></label><button>Log in</button>`)
}

// page is a form that posts to its own address.
func (c *call) page(status int, title, inner string) {
	title = escape.EscapeString(title)
	c.write(status, "text/html;charset=UTF-8", fmt.Appendf(nil,
		"<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1><form method=\"post\">%s</form></body></html>\n",
		title, title, inner))
}
