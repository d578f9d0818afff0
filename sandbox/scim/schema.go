package scim

import (
	"slices"
	"strings"
)

// The URNs of RFC 7643 8.7 and RFC 7644 8.
const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupURN      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	configURN     = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	typeURN       = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaURN     = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	listURN       = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchURN      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorURN      = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// attr is one attribute with its characteristics (RFC 7643 2.2, 7). Empty texts stand for the defaults.
type attr struct {
	name       string
	kind       string // string (default), boolean, dateTime, reference, complex
	multi      bool
	required   bool
	exact      bool   // compared by letter case
	mutability string // readWrite
	returned   string // default
	unique     bool   // uniqueness server
	sub        []attr
}

// schema is a set of attributes under a URN.
type schema struct {
	urn, name string
	attrs     []attr
}

// kind is a resource type.
type kind struct {
	name, path string
	core       schema
	extensions []schema
}

func strs(names ...string) []attr {
	out := make([]attr, len(names))
	for i, n := range names {
		out[i].name = n
	}
	return out
}

// plural is a multi-valued attribute with the usual sub-attributes (RFC 7643 2.4).
func plural(name string) attr {
	sub := append(strs("value", "display", "type"), attr{name: "primary", kind: "boolean"})
	return attr{name: name, kind: "complex", multi: true, sub: sub}
}

// common are the attributes of every resource (RFC 7643 3.1).
var common = []attr{
	{name: "schemas", kind: "reference", multi: true, exact: true, returned: "always"},
	{name: "id", exact: true, mutability: "readOnly", returned: "always", unique: true},
	{name: "externalId", exact: true},
	{name: "meta", kind: "complex", mutability: "readOnly", sub: []attr{
		{name: "resourceType", exact: true}, {name: "created", kind: "dateTime"}, {name: "lastModified", kind: "dateTime"},
		{name: "location", kind: "reference", exact: true}, {name: "version", exact: true},
	}},
}

var users = &kind{
	name: "User", path: "Users",
	core: schema{userURN, "User", slices.Concat([]attr{
		{name: "userName", required: true, unique: true},
		{name: "name", kind: "complex",
			sub: strs("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")},
		{name: "profileUrl", kind: "reference"},
		{name: "active", kind: "boolean"},
		{name: "password", mutability: "writeOnly", returned: "never"},
		plural("emails"), plural("phoneNumbers"), plural("roles"), plural("entitlements"),
		{name: "addresses", kind: "complex", multi: true, sub: append(
			strs("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type"),
			attr{name: "primary", kind: "boolean"})},
		{name: "groups", kind: "complex", multi: true, mutability: "readOnly", sub: []attr{
			{name: "value", exact: true}, {name: "$ref", kind: "reference", exact: true}, {name: "display"}, {name: "type"},
		}},
	}, strs("displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"))},
	extensions: []schema{{enterpriseURN, "EnterpriseUser", append(
		strs("employeeNumber", "costCenter", "organization", "division", "department"),
		attr{name: "manager", kind: "complex", sub: []attr{
			{name: "value", exact: true}, {name: "$ref", kind: "reference", exact: true}, {name: "displayName", mutability: "readOnly"},
		}})}},
}

var groups = &kind{
	name: "Group", path: "Groups",
	core: schema{groupURN, "Group", []attr{
		{name: "displayName", required: true},
		{name: "members", kind: "complex", multi: true, sub: []attr{
			{name: "value", exact: true, mutability: "immutable"},
			{name: "$ref", kind: "reference", exact: true, mutability: "immutable"},
			{name: "type", mutability: "immutable"}, {name: "display", mutability: "readOnly"},
		}},
	}},
}

// attrPath names an attribute: [URN:]name[.sub].
type attrPath struct{ urn, name, sub string }

// target is what an attrPath means for a resource type.
type target struct {
	holder string // the URN of an extension, "" = the core
	def    attr
	sub    *attr
}

// last is the attribute that values of the target have.
func (t target) last() attr {
	if t.sub != nil {
		return *t.sub
	}
	return t.def
}

func find(attrs []attr, name string) (attr, bool) {
	i := slices.IndexFunc(attrs, func(a attr) bool { return strings.EqualFold(a.name, name) })
	if i < 0 {
		return attr{}, false
	}
	return attrs[i], true
}

// lookup finds an attribute; names and URNs are not compared by letter case (RFC 7643 2.1).
func (k *kind) lookup(p attrPath) (target, bool) {
	var t target
	known := false
	if p.urn == "" || strings.EqualFold(p.urn, k.core.urn) {
		if t.def, known = find(common, p.name); !known {
			t.def, known = find(k.core.attrs, p.name)
		}
	}
	for _, x := range k.extensions {
		if strings.EqualFold(p.urn, x.urn) {
			t.holder = x.urn
			t.def, known = find(x.attrs, p.name)
		}
	}
	if !known || p.sub == "" {
		return t, known
	}
	sub, known := find(t.def.sub, p.sub)
	t.sub = &sub
	return t, known
}
