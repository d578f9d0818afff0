package brivo

import (
	"net/url"
	"strconv"
	"strings"
)

// route is one verb and path below /v1/api. {id} is a number, {text} anything. A route without a handler is the vendor's, and
// not the sandbox's: 501.
type route struct {
	method string
	parts  []string
	serve  func(*Vendor, *call)
}

// match finds who serves a path, and keeps what its variables stand for.
func (v *Vendor) match(c *call, path string) (serve func(*Vendor, *call), left bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i := range parts {
		plain, err := url.PathUnescape(parts[i])
		if err != nil {
			return nil, false
		}
		parts[i] = plain
	}
	for _, r := range v.routes {
		if r.method == c.r.Method && c.fits(r.parts, parts) {
			return r.serve, r.serve == nil
		}
	}
	return nil, false
}

func (c *call) fits(pattern, parts []string) bool {
	if len(pattern) != len(parts) {
		return false
	}
	c.ids, c.text = nil, ""
	for i, p := range pattern {
		switch p {
		case "{id}":
			id, err := strconv.ParseInt(parts[i], 10, 64)
			if err != nil {
				return false
			}
			c.ids = append(c.ids, id)
		case "{text}":
			if parts[i] == "" {
				return false
			}
			c.text = parts[i]
		default:
			if p != parts[i] {
				return false
			}
		}
	}
	return true
}

func routes() []route {
	var out []route
	add := func(pattern string, serve func(*Vendor, *call)) {
		method, path, _ := strings.Cut(pattern, " ")
		out = append(out, route{method, strings.Split(strings.Trim(path, "/"), "/"), serve})
	}
	userRoutes(add)
	groupRoutes(add)
	credentialRoutes(add)
	eventRoutes(add)
	accountRoutes(add)
	setupRoutes(add)
	for _, left := range []string{
		"GET /users/{id}/photo", "POST /users/{id}/photo", "DELETE /users/{id}/photo", "POST /users/batch", "GET /batch/{text}",
		"POST /users/credentials/brivo-wallet-pass", "GET /sites/root", "GET /device-status/{id}",
		"POST /brivo-visitor/create-and-assign-visitor-user", "DELETE /brivo-visitor/{id}",
		"POST /brivo-visitor/{id}/credentials/digital-invitation", "GET /activities",
	} {
		add(left, nil)
	}
	return out
}

// adder takes a verb and path with who serves it.
type adder = func(pattern string, serve func(*Vendor, *call))
