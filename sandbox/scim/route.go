package scim

import (
	"net/http"
	"strings"
)

func notDone(what string) error {
	return refuse(http.StatusNotImplemented, "", "%s is not supported", what)
}

func (v *Vendor) route(c *call) error {
	method := c.r.Method
	if method != http.MethodGet && !c.admin {
		return refuse(http.StatusForbidden, "", "this token may not write")
	}
	switch c.rest[0] {
	case "ServiceProviderConfig", "ResourceTypes", "Schemas":
		return v.discover(c)
	case "Users":
		return v.serveKind(c, users)
	case "Groups":
		return v.serveKind(c, groups)
	case "Me":
		return v.me(c)
	case "Bulk", ".search", "":
		return notDone("/" + c.rest[0])
	}
	return missing()
}

func (v *Vendor) serveKind(c *call, k *kind) error {
	switch method := c.r.Method; {
	case len(c.rest) == 1 && method == http.MethodGet:
		return v.list(c, k)
	case len(c.rest) == 1 && method == http.MethodPost:
		return v.create(c, k)
	case len(c.rest) == 1:
		return refuse(http.StatusMethodNotAllowed, "", "%s is not for %s", method, k.path)
	case c.rest[1] == ".search":
		return notDone(".search")
	}
	r := v.byID(k, c.rest[1])
	if r == nil || len(c.rest) > 2 {
		return missing()
	}
	if err := v.expected(c, r); err != nil {
		return err
	}
	switch c.r.Method {
	case http.MethodGet:
		return v.get(c, r)
	case http.MethodPut:
		return v.replace(c, k, r)
	case http.MethodPatch:
		return v.patch(c, k, r)
	case http.MethodDelete:
		v.state.remove(r, v.switches.Is("deleted_member", "stays"), v.now())
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return refuse(http.StatusMethodNotAllowed, "", "%s is not for one of %s", c.r.Method, k.path)
}

// expected refuses a change of another version than the caller knows (RFC 7644 3.14).
func (v *Vendor) expected(c *call, r *resource) error {
	want := c.r.Header.Get("If-Match")
	if want == "" || c.r.Method == http.MethodGet || v.switches.Is("etag", "none") || names(want, r) {
		return nil
	}
	return refuse(http.StatusPreconditionFailed, "", "the resource has changed: its version is %s", r.etag())
}

// names says whether a list of entity tags names a resource's; compared weakly.
func names(tags string, r *resource) bool {
	for tag := range strings.SplitSeq(tags, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(r.etag(), "W/") {
			return true
		}
	}
	return false
}

func (v *Vendor) get(c *call, r *resource) error {
	w, err := c.view(false)
	if err != nil {
		return err
	}
	if known := c.r.Header.Get("If-None-Match"); known != "" && v.switches.Is("etag", "offered") && names(known, r) {
		c.w.Header().Set("ETag", r.etag())
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	v.reply(c, http.StatusOK, r, w)
	return nil
}

// reply answers with a resource.
func (v *Vendor) reply(c *call, status int, r *resource, w view) {
	if v.switches.Is("etag", "offered") {
		c.w.Header().Set("ETag", r.etag())
	}
	k := kindOf(r)
	var of map[int64][]*resource
	if k == users {
		of = v.groupsOf()
	}
	c.w.Header().Set("Content-Location", c.location(v, r))
	c.answer(status, v.show(v.full(c, r, of), k, w))
}

// me is the user that the token stands for (RFC 7644 3.11).
func (v *Vendor) me(c *call) error {
	switch {
	case v.switches.Is("me", "501"), c.r.Method != http.MethodGet:
		return notDone("/Me")
	case v.switches.Is("me", "404") || c.user == "" || len(c.rest) > 1:
		return missing()
	}
	m, err := v.state.member(c.user)
	if err != nil {
		return missing()
	}
	return v.get(c, v.state.rows[m.n])
}
