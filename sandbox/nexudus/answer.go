package nexudus

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"

	"github.com/cardea-access/cardea/sandbox/answer"
)

// call is one request under way, with who makes it.
type call struct {
	v    *Vendor
	w    http.ResponseWriter
	r    *http.Request
	user *User
}

func (c *call) reply(body any) { c.answer(http.StatusOK, body) }

func (c *call) answer(status int, body any) {
	text, err := answer.Encode(body)
	if err != nil {
		http.Error(c.w, err.Error(), http.StatusInternalServerError)
		return
	}
	c.write(status, "application/json; charset=utf-8", text)
}

func (c *call) write(status int, kind string, body []byte) {
	answer.Send(c.w, status, kind, body)
}

// fail answers an error. The bodies of 400, 401, 403, 404 and 500 were not found (6).
func (c *call) fail(status int, message string) {
	kind, body := c.v.trouble(status, message)
	c.write(status, kind, body)
}

func (v *Vendor) trouble(status int, message string) (kind string, body []byte) {
	switch {
	case v.switches.Is("error_bodies", "empty"):
		return "", nil
	case v.switches.Is("error_bodies", "json"):
		text, err := answer.Encode(row{"Message": message})
		if err != nil {
			return "", nil
		}
		return "application/json; charset=utf-8", text
	}
	title := html.EscapeString(fmt.Sprintf("%d - %s", status, http.StatusText(status)))
	return "text/html; charset=utf-8", fmt.Appendf(nil,
		"<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1><p>%s</p></body></html>\n", title, title,
		html.EscapeString(message))
}

// complaint is one entry of an envelope's Errors (1.6).
type complaint struct {
	AttemptedValue any
	Message        string
	PropertyName   string
}

func complain(property, message string, attempted any) []complaint {
	return []complaint{{AttemptedValue: attempted, Message: message, PropertyName: property}}
}

// done answers the command envelope of a write that was made (1.6).
func (c *call) done(message string, value any) { c.envelope(http.StatusOK, message, value, nil) }

// refuse answers a rule that was broken: 200 and WasSuccessful false (0.2).
func (c *call) refuse(why []complaint) {
	status := http.StatusOK
	if c.v.switches.Is("rule_failure", "400") {
		status = http.StatusBadRequest
	}
	c.envelope(status, why[0].Message, nil, why)
}

func (c *call) envelope(status int, message string, value any, why []complaint) {
	inner, errors := http.StatusOK, any(nil)
	if why != nil {
		inner, errors = http.StatusInternalServerError, why
	}
	c.answer(status, row{
		"Status": inner, "Message": message, "Value": value, "OpenInDialog": false, "OpenInWindow": false, "RedirectURL": nil,
		"JavaScript": nil, "UpdatedOn": stamp(c.v.now()), "UpdatedBy": c.who(), "Errors": errors, "WasSuccessful": why == nil,
	})
}

func (c *call) who() string {
	if c.user == nil {
		return worldUser
	}
	return c.user.Email
}

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	switch {
	case status == http.StatusConflict, status == http.StatusTooManyRequests: // throttled (0.1)
		return "", nil
	case path == "/api/token":
		return "application/json; charset=utf-8", []byte(`{"error":"invalid_grant","error_description":"a fault of the sandbox"}`)
	}
	return v.trouble(status, "a fault of the sandbox")
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	return http.Header{"Content-Type": {"application/json; charset=utf-8"}}, []byte(`{"Records":[],"CurrentPage":1,` +
		`"CurrentPageSize":25,"CurrentOrderField":"Id","CurrentSortDirection":0,"FirstItem":0,"LastItem":0,"TotalItems":0,` +
		`"TotalPages":0,"HasNextPage":false,"HasPreviousPage":false}`)
}

// Shorten leaves the first rows of a list or of a batch, and everything else as it was.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var bare []json.RawMessage
	if json.Unmarshal(body, &bare) == nil {
		return shorten(bare, rows)
	}
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	if err := json.Unmarshal(page["Records"], &bare); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	short, err := shorten(bare, rows)
	if err != nil {
		return nil, err
	}
	page["Records"] = short
	out, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}

func shorten(list []json.RawMessage, rows int) ([]byte, error) {
	out, err := json.Marshal(list[:min(rows, len(list))])
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}
