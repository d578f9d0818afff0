package scim

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/cardea-access/cardea"
)

// self is the account behind the credentials; its id is "" where the server does not say.
type self struct{ id, name string }

// staffly says why a user is staff by what its roles, entitlements and userType say (RFC 7643 4.1.1, 4.1.2, which leave the
// words to the server), or "".
func staffly(f fields) string {
	for _, attribute := range []string{"roles", "entitlements"} {
		values, _ := f.values(attribute)
		for _, v := range values {
			for _, part := range []string{"value", "display", "type"} {
				if s, ok := v.text(part); ok && administrates(s) {
					return attribute + " " + s
				}
			}
		}
	}
	if s, ok := f.text("userType"); ok && administrates(s) {
		return "userType " + s
	}
	return ""
}

// administrates says whether a word for a right speaks of administration: "Org Admin", "ROLE_ADMIN", "groupAdministrator",
// "owner", but not "badminton".
func administrates(s string) bool {
	var words []string
	var word []rune
	lower := false
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
		}
		word = word[:0]
	}
	for _, r := range s {
		if !unicode.IsLetter(r) || (unicode.IsUpper(r) && lower) {
			end()
		}
		if unicode.IsLetter(r) {
			word = append(word, r)
		}
		lower = unicode.IsLower(r)
	}
	end()
	for _, w := range words {
		if strings.HasPrefix(w, "admin") || strings.HasSuffix(w, "admin") || w == "owner" || w == "superuser" || w == "root" {
			return true
		}
	}
	return false
}

// self asks who we are: GET /Me (RFC 7644 3.11), which may be answered with the user, with a redirect to it, or not at all.
// A server that does not say is not asked again until Describe. Errors: Retry, Throttled.
func (s *System) self(ctx context.Context) (self, error) {
	s.mu.Lock()
	known := s.me
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var raw json.RawMessage
	ans, err := s.get(ctx, "/Me", nil, &raw)
	if to := ans.Header.Get("Location"); err != nil && ans.Status >= 300 && ans.Status < 400 && to != "" {
		if id, ok := userIn(to); ok {
			ans, err = s.get(ctx, "/Users/"+url.PathEscape(id), nil, &raw)
		}
	}
	var me self
	switch cardea.ClassOf(err) {
	case "":
		if f, id, bad := rowOf(raw); bad == nil {
			login, _ := f.text("userName")
			me = self{id: id, name: nameOf(f, login)}
			if login != "" {
				me.name = login
			}
		}
	case cardea.Retry, cardea.Throttled, cardea.Unknown:
		return self{}, err
	case cardea.Auth:
		// Credentials of no user may be refused here and hold elsewhere; whoever lists users finds out.
		if ans.Status != http.StatusUnauthorized && ans.Status != http.StatusForbidden {
			return self{}, err
		}
	case cardea.Rejected, cardea.NotFound, cardea.Conflict:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.me = &me
	return me, nil
}

// userIn finds the user's id in the address of one.
func userIn(ref string) (string, bool) {
	kind, id := target(ref)
	return id, strings.EqualFold(kind, "Users") && usable(id)
}

// target splits the address of a resource into its endpoint and id; both are "" where it is none.
func target(ref string) (kind, id string) {
	u, err := url.Parse(ref)
	if err != nil {
		return "", ""
	}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	if len(parts) < 2 {
		return "", ""
	}
	id, err = url.PathUnescape(parts[len(parts)-1])
	if err != nil {
		return "", ""
	}
	return parts[len(parts)-2], id
}

// marked puts our own account among the staff.
func (me self) marked(a cardea.Account) cardea.Account {
	if me.id != "" && string(a.ID) == me.id {
		a.Staff = "the account behind the connection"
	}
	return a
}
