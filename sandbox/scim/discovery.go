package scim

import (
	"net/http"
	"strings"
)

// discover answers the routes of RFC 7644 4.
func (v *Vendor) discover(c *call) error {
	if c.r.Method != http.MethodGet {
		return refuse(http.StatusMethodNotAllowed, "", "discovery is read only")
	}
	if c.r.URL.Query().Has("filter") {
		return refuse(http.StatusForbidden, "", "discovery takes no filter")
	}
	var all []row
	switch c.rest[0] {
	case "ServiceProviderConfig":
		if v.switches.Is("config", "404") || len(c.rest) > 1 {
			return missing()
		}
		c.answer(http.StatusOK, v.config(c))
		return nil
	case "ResourceTypes":
		all = []row{resourceType(c, users), resourceType(c, groups)}
	default:
		all = []row{describe(c, users.core), describe(c, groups.core), describe(c, users.extensions[0])}
	}
	if len(c.rest) == 1 {
		rows := make([]any, len(all))
		for i, one := range all {
			rows[i] = one
		}
		c.answer(http.StatusOK, listBody(len(rows), 1, rows, true))
		return nil
	}
	for _, one := range all {
		if text(one, "id") == strings.Join(c.rest[1:], "/") {
			c.answer(http.StatusOK, one)
			return nil
		}
	}
	return missing()
}

// config is the ServiceProviderConfig (RFC 7643 5).
func (v *Vendor) config(c *call) row {
	boasts := v.switches.Is("config", "boasts")
	schemes := []row{{
		"type": "oauthbearertoken", "name": "Bearer token", "description": "A token of the operator's", "primary": true,
		"specUri": "https://www.rfc-editor.org/rfc/rfc6750",
	}}
	if v.basic != nil {
		schemes = append(schemes, row{
			"type": "httpbasic", "name": "HTTP Basic", "description": "User and password",
			"specUri": "https://www.rfc-editor.org/rfc/rfc7617",
		})
	}
	return row{
		"schemas": []string{configURN}, "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
		"patch":                 row{"supported": true},
		"bulk":                  row{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":                row{"supported": boasts || v.switches.Is("filter", "honoured"), "maxResults": v.maxResults()},
		"changePassword":        row{"supported": false},
		"sort":                  row{"supported": false},
		"etag":                  row{"supported": boasts || v.switches.Is("etag", "offered")},
		"authenticationSchemes": schemes,
		"meta":                  row{"resourceType": "ServiceProviderConfig", "location": c.base() + "/ServiceProviderConfig"},
	}
}

func resourceType(c *call, k *kind) row {
	out := row{
		"schemas": []string{typeURN}, "id": k.name, "name": k.name, "endpoint": "/" + k.path, "schema": k.core.urn,
		"meta": row{"resourceType": "ResourceType", "location": c.base() + "/ResourceTypes/" + k.name},
	}
	for _, x := range k.extensions {
		out["schemaExtensions"] = []row{{"schema": x.urn, "required": false}}
	}
	return out
}

func describe(c *call, s schema) row {
	return row{
		"schemas": []string{schemaURN}, "id": s.urn, "name": s.name, "attributes": describeAttrs(s.attrs),
		"meta": row{"resourceType": "Schema", "location": c.base() + "/Schemas/" + s.urn},
	}
}

// describeAttrs writes characteristics as RFC 7643 7 names them.
func describeAttrs(attrs []attr) []row {
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	out := make([]row, len(attrs))
	for i, a := range attrs {
		uniqueness := "none"
		if a.unique {
			uniqueness = "server"
		}
		out[i] = row{
			"name": a.name, "type": or(a.kind, "string"), "multiValued": a.multi, "required": a.required, "caseExact": a.exact,
			"mutability": or(a.mutability, "readWrite"), "returned": or(a.returned, "default"), "uniqueness": uniqueness,
		}
		if a.kind == "reference" {
			out[i]["referenceTypes"] = []string{"external"}
		}
		if a.sub != nil {
			out[i]["subAttributes"] = describeAttrs(a.sub)
		}
	}
	return out
}
