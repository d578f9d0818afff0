package brivo

import (
	"net/http"
	"net/mail"
	"regexp"
	"strconv"

	"github.com/cardea-access/cardea/sandbox/twin"
)

var pinForm = regexp.MustCompile(`^[0-9]{4,8}$`)

// takeUser checks the body of POST, PUT and PATCH of a user, and returns what it sets. The names are required unless old, the
// row that is changed, holds them. False = answered.
func (v *Vendor) takeUser(c *call, body, old row) (row, bool) {
	out := row{}
	for _, name := range []string{"externalId", "firstName", "middleName", "lastName", "pin"} {
		switch x := body[name].(type) {
		case nil:
			if _, named := body[name]; named {
				out[name] = nil
			}
		case string:
			out[name] = x
		case float64:
			if name != "externalId" {
				return nil, c.criteria()
			}
			out[name] = strconv.FormatFloat(x, 'f', -1, 64) // a number is kept as text (4)
		default:
			return nil, c.criteria()
		}
	}
	for _, name := range []string{"firstName", "lastName"} {
		if text(with(old, out), name) == "" {
			c.fail(http.StatusBadRequest, "Invalid criteria provided: "+name+" is required")
			return nil, false
		}
	}
	if pin := text(out, "pin"); pin != "" && !pinForm.MatchString(pin) {
		return nil, c.criteria()
	}
	if !takeDates(body, out) {
		return nil, c.criteria()
	}
	if x, named := body["bleTwoFactorExempt"]; named {
		b, ok := x.(bool)
		if !ok {
			return nil, c.criteria()
		}
		out["bleTwoFactorExempt"] = b
	}
	for name, inner := range map[string]string{"emails": "address", "phoneNumbers": "number"} {
		list, good := v.takeContacts(body, name, inner)
		if !good {
			return nil, c.criteria()
		}
		if _, named := body[name]; named {
			out[name] = list
		}
	}
	if v.switches.Is("undocumented_inputs", "honour") {
		v.honour(body, out)
	}
	if other := v.state.byExternalID(text(out, "externalId")); other != nil && idOf(other["id"]) != idOf(old["id"]) {
		status := http.StatusBadRequest
		if v.switches.Is("duplicate_external_id", "409") {
			status = http.StatusConflict
		}
		c.fail(status, "The external id is in use already")
		return nil, false
	}
	return out, true
}

// takeDates reads effectiveFrom and effectiveTo: any offset, or a bare date, which is midnight in UTC (1).
func takeDates(body, out row) bool {
	for _, name := range []string{"effectiveFrom", "effectiveTo"} {
		x, named := body[name]
		if !named {
			continue
		}
		if x == nil {
			out[name] = nil
			continue
		}
		t, err := twin.ParseStamp(twin.As[string](x))
		if err != nil {
			return false
		}
		out[name] = twin.Stamp(t)
	}
	return true
}

// takeContacts reads a list of e-mails or phone numbers, each with its type; the types are free (4).
func (v *Vendor) takeContacts(body row, name, inner string) (any, bool) {
	if body[name] == nil {
		return nil, true
	}
	list, ok := body[name].([]any)
	if !ok {
		return nil, false
	}
	out := []any{}
	for _, x := range list {
		one, ok := x.(map[string]any)
		value := text(one, inner)
		if !ok || value == "" {
			return nil, false
		}
		if inner == "address" && v.switches.Is("email_check", "400") {
			if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
				return nil, false
			}
		}
		out = append(out, keep(one, inner, "type"))
	}
	return out, true
}

// honour takes the inputs that no page lists.
func (v *Vendor) honour(body, out row) {
	if b, ok := body["suspended"].(bool); ok {
		out["suspended"] = b
	}
	if list, ok := body["customFields"].([]any); ok {
		bag := row{}
		for _, x := range list {
			f := twin.As[map[string]any](x)
			if v.state["custom_fields"].rows[idOf(f["id"])] != nil {
				bag[digits(idOf(f["id"]))] = text(f, "value")
			}
		}
		out["customFields"] = bag
	}
}
