package scim

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// create is POST (RFC 7644 3.3).
func (v *Vendor) create(c *call, k *kind) error {
	w, err := c.view(false)
	if err != nil {
		return err
	}
	given, err := v.resourceBody(c, k)
	if err != nil {
		return err
	}
	r := &resource{attrs: given, created: v.now().UTC()}
	members := given["members"]
	delete(given, "members")
	if k == users && given["active"] == nil {
		given["active"] = true
	}
	if k == groups && members != nil {
		if err := v.putMembers(r, false, members); err != nil {
			return err
		}
	}
	if err := v.check(k, r, nil, true); err != nil {
		return err
	}
	if r.ident, err = v.state.fresh(k, ""); err != nil {
		return err
	}
	r = v.state.save(r, v.now())
	c.w.Header().Set("Location", c.location(v, r))
	v.reply(c, http.StatusCreated, r, w)
	return nil
}

// resourceBody reads a whole resource.
func (v *Vendor) resourceBody(c *call, k *kind) (row, error) {
	body, err := v.body(c)
	if err != nil {
		return nil, err
	}
	schemas := texts(folded(body)["schemas"])
	if !slices.Contains(schemas, k.core.urn) {
		return nil, bad("invalidSyntax", "schemas must name %s", k.core.urn)
	}
	for _, urn := range schemas {
		known := urn == k.core.urn || slices.ContainsFunc(k.extensions, func(x schema) bool { return x.urn == urn })
		if !known {
			return nil, bad("invalidValue", "the schema %q is not known", urn)
		}
	}
	given, err := v.reader(k).attributes(body)
	if err != nil {
		return nil, err
	}
	for _, x := range k.extensions {
		if given[x.urn] != nil && !slices.Contains(schemas, x.urn) {
			return nil, bad("invalidSyntax", "schemas does not name %s", x.urn)
		}
	}
	maps.DeleteFunc(given, func(name string, value any) bool { return value == nil && name != "members" })
	return given, nil
}

// replace is PUT (RFC 7644 3.5.1).
func (v *Vendor) replace(c *call, k *kind, old *resource) error {
	w, err := c.view(false)
	if err != nil {
		return err
	}
	given, err := v.resourceBody(c, k)
	if err != nil {
		return err
	}
	next := old.copy()
	members, named := given["members"]
	delete(given, "members")
	clears := v.switches.Is("put_omitted", "clears")
	if clears {
		next.attrs = row{}
		if active := old.attrs["active"]; k == users && given["active"] == nil {
			next.attrs["active"] = active
		}
	}
	maps.Copy(next.attrs, given)
	if k == groups && (named || clears) {
		next.members = nil
		if err := v.putMembers(next, false, members); err != nil {
			return err
		}
	}
	if err := v.check(k, next, old, true); err != nil {
		return err
	}
	v.reply(c, http.StatusOK, v.state.save(next, v.now()), w)
	return nil
}

// patch is PATCH (RFC 7644 3.5.2): every operation, or none.
func (v *Vendor) patch(c *call, k *kind, old *resource) error {
	w, err := c.view(false)
	if err != nil {
		return err
	}
	body, err := v.body(c)
	if err != nil {
		return err
	}
	operations, err := v.operations(body)
	if err != nil {
		return err
	}
	next := old.copy()
	for _, o := range operations {
		if err := v.apply(k, next, o); err != nil {
			return err
		}
	}
	if err := v.check(k, next, old, false); err != nil {
		return err
	}
	next = v.state.save(next, v.now())
	if v.switches.Is("patch_answer", "204") && len(w.only) == 0 {
		if v.switches.Is("etag", "offered") {
			c.w.Header().Set("ETag", next.etag())
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.bare = v.switches.Is("patch_answer", "bare")
	v.reply(c, http.StatusOK, next, w)
	return nil
}

// check brings a resource to what the server stores, and refuses what it does not. whole: the client sent all of it.
func (v *Vendor) check(k *kind, next, old *resource, whole bool) error {
	delete(next.attrs, "password") // taken, and never shown
	if v.switches.Is("external_id", "dropped") {
		delete(next.attrs, "externalId")
		if old != nil && old.attrs["externalId"] != nil {
			next.attrs["externalId"] = old.attrs["externalId"]
		}
	}
	for _, x := range k.extensions {
		if inner := twin.As[map[string]any](next.attrs[x.urn]); len(inner) == 0 {
			delete(next.attrs, x.urn)
		}
	}
	for _, a := range k.core.attrs {
		if a.required && strings.TrimSpace(text(next.attrs, a.name)) == "" {
			return bad("invalidValue", "%s is required", a.name)
		}
	}
	if k == groups {
		return nil
	}
	name := text(next.attrs, "userName")
	if v.switches.Is("user_name_case", "lower") {
		name = strings.ToLower(name)
		next.attrs["userName"] = name
	}
	for _, other := range v.state.all(users) {
		if (old == nil || other.n != old.n) && v.sameName(text(other.attrs, "userName"), name) {
			return refuse(http.StatusConflict, "uniqueness", "userName is taken")
		}
	}
	if !whole || v.switches.Is("required", "user_name") {
		return nil
	}
	both := twin.As[map[string]any](next.attrs["name"])
	switch {
	case text(both, "givenName") == "" || text(both, "familyName") == "":
		return bad("invalidValue", "name.givenName and name.familyName are required")
	case text(next.attrs, "displayName") == "":
		return bad("invalidValue", "displayName is required")
	case len(mails(next)) == 0:
		return bad("invalidValue", "an e-mail is required")
	}
	return nil
}
