package kinnovis

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
)

const (
	maxBody  = 1 << 20
	jsonKind = "application/json"
)

// call is one request under way, with who makes it.
type call struct {
	v      *Vendor
	w      http.ResponseWriter
	r      *http.Request
	who    string
	scopes []string // nil = all
}

func (c *call) reply(status int, body any) {
	text, err := answer.Encode(body)
	if err != nil {
		http.Error(c.w, err.Error(), http.StatusInternalServerError)
		return
	}
	c.write(status, jsonKind, text)
}

func (c *call) write(status int, kind string, body []byte) {
	answer.Send(c.w, status, kind, body)
}

// fail answers an error; its body is not known (3.7).
func (c *call) fail(status int, message string) {
	kind, body := c.v.trouble(status, message)
	c.write(status, kind, body)
}

func (v *Vendor) trouble(status int, message string) (kind string, body []byte) {
	var shape any
	switch {
	case v.switches.Is("error_bodies", "empty"):
		return "", nil
	case v.switches.Is("error_bodies", "message"):
		shape = row{"message": message}
	case v.switches.Is("error_bodies", "error"):
		shape = row{"error": row{"status": status, "message": message}}
	default:
		title := html.EscapeString(fmt.Sprintf("%d %s", status, http.StatusText(status)))
		return "text/html; charset=UTF-8", fmt.Appendf(nil,
			"<!DOCTYPE html>\n<html><head><title>%s</title></head><body>%s</body></html>\n", title, html.EscapeString(message))
	}
	text, err := answer.Encode(shape)
	if err != nil {
		return "", nil
	}
	return jsonKind, text
}

// allow counts a request against both limits of 4.2; when it is one too many it answers.
func (v *Vendor) allow(c *call) bool {
	who := "account"
	if v.switches.Is("limit_scope", "credential") {
		who = c.who
	}
	now := v.now()
	for i := range v.limits {
		l := &v.limits[i]
		ok, _, reset := l.Take(who, now)
		if ok {
			continue
		}
		seconds := int64((reset + time.Second - 1) / time.Second)
		at := seconds
		if v.switches.Is("throttle_reset", "epoch") {
			at += now.Unix()
		}
		h := c.w.Header()
		h.Set("Ratelimit-Limit", strconv.Itoa(l.Max))
		h.Set("Ratelimit-Reset", strconv.FormatInt(at, 10))
		if v.switches.Is("retry_after", "seconds") {
			h.Set("Retry-After", strconv.FormatInt(seconds, 10))
		}
		c.fail(http.StatusTooManyRequests, "Too Many Attempts.")
		return false
	}
	return true
}

// one answers a single record.
func (c *call) one(status int, of *collection, shown row) {
	if c.v.switches.Is("single", "bare") {
		c.reply(status, shown)
		return
	}
	c.reply(status, row{of.noun: shown})
}

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	if path == tokenPath {
		return jsonKind, []byte(`{"error":"server_error"}`)
	}
	return v.trouble(status, "a fault of the sandbox")
}

// EmptyList is a list without rows, for faults; it bears the name of every collection, since a fault does not know which one.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	page := row{"meta": row{"pagination": row{
		"count": 0, "page": 1, "pages": 1, "limit": defaultLimit, "next": nil, "prev": nil, "last": 1,
	}}}
	for _, c := range collections() {
		page[c.key] = []any{}
	}
	text, err := answer.Encode(page)
	if err != nil {
		return nil, nil
	}
	return http.Header{"Content-Type": {jsonKind}}, text
}

// Shorten leaves the first rows of a list, and everything else as it was.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	for _, c := range collections() {
		var list []json.RawMessage
		if json.Unmarshal(page[c.key], &list) != nil {
			continue
		}
		short, err := json.Marshal(list[:min(rows, len(list))])
		if err != nil {
			return nil, fmt.Errorf("shorten: %w", err)
		}
		page[c.key] = short
	}
	out, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}
