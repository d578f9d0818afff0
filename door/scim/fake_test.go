package scim_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// row is one resource of the server.
type row = map[string]any

// habits are what servers do in different ways. The zero value is a server that does all that the RFCs let it do.
type habits struct {
	noConfig, noPatch, noFilter, etag bool
	maxResults                        int
	ignoreFilter                      bool
	refuseFilter                      string // attribute
	ignoreStart                       bool
	pageCap                           int  // fewer than asked
	ignoreCount                       bool // more than asked
	pageTotal                         bool // totalResults counts the page
	noTotal                           bool
	listHides                         bool   // members only by id
	members                           string // "", "asked", "plain", "never", "empty": when a group shows members by id
	sayEmpty                          bool   // [] instead of leaving it out
	userGroups                        bool
	remove                            string // "", "value", "deaf" (filter form: 204, nothing), "wipe", "shift"
	capital, plainType, noExclude     bool
	me                                string // "", "redirect", "none"
	conflictWhenIn                    bool
}

// fake is a small SCIM server in this process.
type fake struct {
	habits

	t  *testing.T
	mu sync.Mutex

	users, groups []row
	members       map[string][]row // by group
	version       map[string]int
	lastID        int
	calls         []string
	bodies        []string // of writes
	wrongMatch    int      // writes that are answered 412
	before        func(r *http.Request) *http.Response
}

func newFake(t *testing.T, h habits) *fake {
	t.Helper()
	f := &fake{t: t, habits: h, members: map[string][]row{}, version: map[string]int{}, lastID: 1000}
	f.user("me", "cardea@x.test")
	return f
}

func (f *fake) user(id, email string) row {
	u := row{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": id, "userName": email, "active": true,
		"displayName": "N " + id, "emails": []row{{"value": email, "type": "work", "primary": true}},
	}
	f.users = append(f.users, u)
	return u
}

func (f *fake) group(id string, members ...string) {
	f.groups = append(f.groups, row{"id": id, "displayName": "G " + id, "meta": row{"location": "https://id.x.test/scim/v2/Groups/" + id}})
	for _, m := range members {
		f.members[id] = append(f.members[id], row{"value": m, "$ref": "https://id.x.test/scim/v2/Users/" + m})
	}
}

// in returns the ids of a group's members, sorted.
func (f *fake) in(group string) string {
	var out []string
	for _, m := range f.members[group] {
		out = append(out, fmt.Sprint(m["value"]))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("cardea:pa55word"))
	if a := r.Header.Get("Authorization"); a != "Bearer t0ken-value" && a != basic {
		return said(401, row{"detail": "who are you", "status": "401"}), nil
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/scim/v2")
	f.calls = append(f.calls, strings.TrimSuffix(r.Method+" "+path+"?"+r.URL.RawQuery, "?"))
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	if r.Method != http.MethodGet {
		f.bodies = append(f.bodies, string(body))
		if want := "application/scim+json"; (r.Header.Get("Content-Type") == want) == f.plainType {
			return said(415, row{"detail": "media type"}), nil
		}
	}
	if f.before != nil {
		if resp := f.before(r); resp != nil {
			return resp, nil
		}
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, p := range parts {
		parts[i], _ = url.PathUnescape(p)
	}
	return f.serve(r, parts, body), nil
}

func (f *fake) serve(r *http.Request, parts []string, body []byte) *http.Response {
	q := r.URL.Query()
	switch {
	case parts[0] == "ServiceProviderConfig" && !f.noConfig:
		return said(200, row{
			"patch": row{"supported": !f.noPatch}, "etag": row{"supported": f.etag}, "changePassword": row{"supported": false},
			"filter": row{"supported": !f.noFilter, "maxResults": f.maxResults}, "documentationUri": "https://help.x.test",
			"meta": row{"location": "https://id.x.test/scim/v2/ServiceProviderConfig"},
		})
	case parts[0] == "Me" && f.me == "":
		return said(200, f.users[0])
	case parts[0] == "Me" && f.me == "redirect":
		resp := said(308, nil)
		resp.Header.Set("Location", "https://id.x.test/scim/v2/Users/me")
		return resp
	case parts[0] == "Users" && r.Method == http.MethodPost:
		return f.create(body)
	case len(parts) == 1 && parts[0] == "Users":
		return f.list(f.users, q, f.showUser)
	case len(parts) == 1 && parts[0] == "Groups":
		if f.noExclude && q.Has("excludedAttributes") {
			return said(400, row{"detail": "no such parameter", "scimType": "invalidValue"})
		}
		return f.list(f.groups, q, func(g row, q url.Values) row {
			if f.listHides || f.habits.members == "asked" || strings.Contains(q.Get("excludedAttributes"), "members") {
				return clone(g)
			}
			return f.showGroup(g, q)
		})
	case len(parts) == 2 && parts[0] == "Users":
		if u := byID(f.users, parts[1]); u != nil {
			return said(200, f.showUser(u, q))
		}
	case len(parts) == 2 && parts[0] == "Groups":
		if g := byID(f.groups, parts[1]); g != nil {
			return f.oneGroup(r, g, body)
		}
	}
	return said(404, row{"detail": "no such resource", "status": "404"})
}

func byID(rows []row, id string) row {
	for _, r := range rows {
		if r["id"] == id {
			return r
		}
	}
	return nil
}

func clone(r row) row {
	out := row{}
	for k, v := range r {
		out[k] = v
	}
	return out
}

func (f *fake) showUser(u row, _ url.Values) row {
	out := clone(u)
	if f.userGroups {
		var gs []row
		for _, g := range f.groups {
			for _, m := range f.members[g["id"].(string)] {
				if m["value"] == u["id"] {
					gs = append(gs, row{"value": g["id"], "type": "direct"})
				}
			}
		}
		if u["id"] == "u1" {
			gs = append(gs, row{"value": "c", "type": "indirect"}) // through a group within a group
		}
		if gs != nil {
			out["groups"] = gs
		}
	}
	return out
}

func (f *fake) showGroup(g row, q url.Values) row {
	out := clone(g)
	ms := f.members[g["id"].(string)]
	asked := strings.Contains(q.Get("attributes"), "members")
	switch f.habits.members {
	case "never":
		return out
	case "empty":
		out["members"] = []row{}
		return out
	case "asked":
		if !asked {
			return out
		}
	case "plain":
		if asked {
			return out
		}
	}
	if len(ms) > 0 || f.sayEmpty {
		out["members"] = append([]row{}, ms...)
	}
	return out
}

func (f *fake) oneGroup(r *http.Request, g row, body []byte) *http.Response {
	id := g["id"].(string)
	tag := fmt.Sprintf(`W/"%d"`, f.version[id])
	if r.Method == http.MethodGet {
		resp := said(200, f.showGroup(g, r.URL.Query()))
		if f.etag {
			resp.Header.Set("ETag", tag)
		}
		return resp
	}
	if f.etag && r.Header.Get("If-Match") != tag {
		return said(412, row{"detail": "it moved", "status": "412"})
	}
	if f.wrongMatch > 0 {
		f.wrongMatch--
		f.version[id]++
		return said(412, row{"detail": "it moved", "status": "412"})
	}
	f.version[id]++
	switch {
	case r.Method == http.MethodPut:
		var in struct{ Members []row }
		if err := json.Unmarshal(body, &in); err != nil {
			f.t.Errorf("PUT %s: %v", body, err)
		}
		f.members[id] = in.Members
		return said(200, g)
	case r.Method == http.MethodPatch && !f.noPatch:
		return f.patch(id, body)
	}
	return said(501, row{"detail": "not done here", "status": "501"})
}
