package kinnovis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenLife is that of Stora (4.2).
const tokenLife = 2 * time.Hour

type token struct {
	client string
	scopes []string // nil = all
	until  time.Time
}

// knownScope checks a scope: Stora's form with Kinnovis' nouns.
func knownScope(s string) bool {
	noun, is := strings.CutPrefix(s, "public.")
	noun, action, _ := strings.Cut(noun, ":")
	i := slices.IndexFunc(collections(), func(c *collection) bool { return c.noun == noun })
	return is && i >= 0 && (action == "read" || action == "write")
}

// serveToken is the client_credentials grant.
func (v *Vendor) serveToken(c *call) {
	if c.r.Method != http.MethodPost {
		c.fail(http.StatusMethodNotAllowed, "The "+c.r.Method+" method is not supported for this route.")
		return
	}
	refuse := func(status int, code string) { c.reply(status, row{"error": code}) }
	form, ok := v.tokenForm(c)
	if !ok {
		refuse(http.StatusBadRequest, "invalid_request")
		return
	}
	id, secret := form["client_id"], form["client_secret"]
	if user, password, basic := c.r.BasicAuth(); basic {
		id, secret = user, password
	}
	i := slices.IndexFunc(v.clients, func(c Client) bool { return c.ID == id && c.Secret == secret })
	switch {
	case i < 0:
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	case form["grant_type"] != "client_credentials":
		refuse(http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	granted := v.clients[i].Scopes
	scopes := strings.Fields(form["scope"])
	for _, s := range scopes {
		if !knownScope(s) || granted != nil && !slices.Contains(granted, s) {
			refuse(http.StatusBadRequest, "invalid_scope")
			return
		}
	}
	if len(scopes) == 0 {
		scopes = granted
	}
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "kinnovis token %s %s %d", id, secret, v.serial))
	access := hex.EncodeToString(sum[:])
	v.issued[access] = token{id, scopes, v.now().Add(tokenLife)}
	c.reply(http.StatusOK, row{
		"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife / time.Second), "scope": strings.Join(scopes, " "),
	})
}

// tokenForm reads the body of a token request in the form in force.
func (v *Vendor) tokenForm(c *call) (map[string]string, bool) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	out := map[string]string{}
	if v.switches.Is("token_body", "json") {
		if err != nil || kind != "application/json" {
			return nil, false
		}
		return out, json.NewDecoder(http.MaxBytesReader(c.w, c.r.Body, maxBody)).Decode(&out) == nil
	}
	if err != nil || kind != "application/x-www-form-urlencoded" || c.r.ParseForm() != nil {
		return nil, false
	}
	for name, values := range c.r.PostForm {
		out[name] = values[0]
	}
	return out, true
}

// identify finds who calls: a static token, or one that was asked for and lives.
func (v *Vendor) identify(c *call) bool {
	scheme, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || secret == "" {
		return false
	}
	if i := slices.IndexFunc(v.tokens, func(t Token) bool { return t.Secret == secret }); i >= 0 {
		c.who, c.scopes = "token "+secret, v.tokens[i].Scopes
		return true
	}
	t, known := v.issued[secret]
	if !known {
		return false
	}
	alive := slices.ContainsFunc(v.clients, func(c Client) bool { return c.ID == t.client })
	if !alive || !v.now().Before(t.until) {
		delete(v.issued, secret)
		return false
	}
	c.who, c.scopes = "client "+t.client, t.scopes
	return true
}

// may says whether a credential has a scope.
func (c *call) may(noun, action string) bool {
	return c.scopes == nil || slices.Contains(c.scopes, "public."+noun+":"+action) || c.v.switches.Is("scopes", "ignored")
}

// ExpireTokens ends every token that was asked for; static tokens stay.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.issued)
}
