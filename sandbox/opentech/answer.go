package opentech

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea/sandbox/answer"
)

// reply answers 200 with a body.
func (c *call) reply(body any) { c.answer(http.StatusOK, body) }

func (c *call) answer(status int, body any) {
	answer.JSON(c.w, status, "application/json; charset=utf-8", body)
}

// plain answers with a text, or with nothing at all.
func (c *call) plain(status int, message string) {
	answer.Send(c.w, status, "text/plain; charset=utf-8", []byte(message))
}

// missing: not there, or not for these credentials (2.4).
func (c *call) missing() { c.plain(http.StatusNotFound, "") }

// complaints are a model state: PascalCase field names with messages (2.4).
type complaints map[string][]string

func (p complaints) add(field, message string) { p[field] = append(p[field], message) }

// invalid is the 400 of 2.4.
func (v *Vendor) invalid(c *call, p complaints) {
	switch {
	case v.switches.Is("error_body", "text"):
		flat := map[string]string{}
		for field, messages := range p {
			flat[field] = strings.Join(messages, " ")
		}
		c.answer(http.StatusBadRequest, flat)
	case v.switches.Is("error_body", "envelope"):
		c.answer(http.StatusBadRequest, row{
			"title": "One or more validation errors occurred.", "status": http.StatusBadRequest, "errors": p,
		})
	default:
		c.answer(http.StatusBadRequest, p)
	}
}

func (v *Vendor) refuse(c *call, field, message string) { v.invalid(c, complaints{field: {message}}) }

// already answers a request for what is so: refused with 400 or 409, or done again.
func (v *Vendor) already(c *call, field, message string, done func()) {
	switch {
	case v.switches.Is("already", "200"):
		done()
	case v.switches.Is("already", "409"):
		c.answer(http.StatusConflict, row{"message": message})
	default:
		v.refuse(c, field, message)
	}
}

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	const asJSON = "application/json; charset=utf-8"
	switch {
	case strings.HasPrefix(path, "/auth/") && status == http.StatusBadRequest:
		return asJSON, []byte(`{"error":"invalid_request","error_description":"a fault of the sandbox"}`)
	case status == http.StatusBadRequest:
		return asJSON, []byte(`{"":["A fault of the sandbox."]}`)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		return "text/plain; charset=utf-8", nil
	}
	return "text/plain; charset=utf-8", []byte(http.StatusText(status))
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	return http.Header{"Content-Type": {"application/json; charset=utf-8"}}, []byte("[]")
}

// Shorten leaves the first rows of a list.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	out, err := json.Marshal(list[:min(rows, len(list))])
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}
