package officernd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tokenLife is how long a token opens the door; expires_in says one second less (1.2).
const tokenLife = time.Hour

type token struct {
	client string
	scopes []string
	until  time.Time
}

func (t token) may(scope string) bool { return slices.Contains(t.scopes, scope) }

// serveToken is the client-credentials grant of vendors/officernd.md 1.2.
func (v *Vendor) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		cannot(w, r)
		return
	}
	refuse := func(status int, code, text string) {
		reply(w, status, map[string]string{"error": code, "error_description": text})
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(http.StatusBadRequest, "invalid_request", "the body must be form-encoded")
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(http.StatusBadRequest, "invalid_request", "the body cannot be read")
		return
	}
	id := r.PostForm.Get("client_id")
	if ok, _, reset := v.tokenCalls.Take(id, v.now()); !ok {
		if v.switches.Is("retry_after", "seconds") {
			w.Header().Set("Retry-After", strconv.FormatInt(int64((reset+time.Second-1)/time.Second), 10))
		}
		refuse(http.StatusTooManyRequests, "too_many_requests", "5 token requests a minute")
		return
	}
	i := slices.IndexFunc(v.world.Clients, func(c Client) bool { return c.ID == id && c.Secret == r.PostForm.Get("client_secret") })
	switch {
	case i < 0:
		refuse(http.StatusUnauthorized, "invalid_client", "Client authentication failed")
		return
	case r.PostForm.Get("grant_type") != "client_credentials":
		refuse(http.StatusBadRequest, "unsupported_grant_type", "only client_credentials is faked")
		return
	}
	scopes := strings.Fields(r.PostForm.Get("scope"))
	granted := v.world.Clients[i].Scopes
	for _, s := range scopes { // one scope too many and the whole request fails
		if !knownScope(s) || granted != nil && !slices.Contains(granted, s) {
			refuse(http.StatusBadRequest, "invalid_scope", "The requested scope is invalid, unknown, or malformed")
			return
		}
	}
	if len(scopes) == 0 {
		refuse(http.StatusBadRequest, "invalid_scope", "scope is required")
		return
	}
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", id, v.world.Clients[i].Secret, v.serial))
	access := hex.EncodeToString(sum[:])
	v.tokens[access] = token{id, scopes, v.now().Add(tokenLife)}
	reply(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife/time.Second) - 1,
		"scope": strings.Join(scopes, " "),
	})
}

// bearer returns the token of a request while it lives; an application that is gone from the world has none.
func (v *Vendor) bearer(r *http.Request) (token, bool) {
	access, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t, known := v.tokens[access]
	if !found || !known {
		return token{}, false
	}
	if !v.now().Before(t.until) {
		delete(v.tokens, access)
		return token{}, false
	}
	return t, slices.ContainsFunc(v.world.Clients, func(c Client) bool { return c.ID == t.client })
}

// ExpireTokens ends every token at once.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.tokens)
}

// knownScope checks a scope against vendors/officernd.md 1.2: flex.<area>.<resource>.<action>, or the two of v1.
func knownScope(s string) bool {
	if s == "officernd.api.read" || s == "officernd.api.write" {
		return true
	}
	areas := map[string][]string{
		"community": {"members", "companies", "memberships", "contracts", "visitors", "visits", "checkins", "fees"},
		"billing":   {"plans", "resourceRates"},
		"space": {"locations", "floors", "resources", "resourceTypes", "assignments", "bookings", "passes", "credits", "coins",
			"amenities"},
		"settings":      {"webhooks", "customProperties", "businessHours", "organization", "integrations"},
		"collaboration": {"benefits"},
	}
	p := strings.Split(s, ".")
	if len(p) < 4 || p[0] != "flex" || !slices.Contains(areas[p[1]], p[2]) {
		return false
	}
	action := strings.Join(p[3:], ".")
	return slices.Contains([]string{"read", "create", "update", "delete", "cancel", "validate", "portalAccess.update"}, action)
}
