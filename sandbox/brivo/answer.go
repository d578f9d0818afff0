package brivo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea/sandbox/answer"
)

const maxBody = 8 << 20

func (c *call) reply(body any) { c.answer(http.StatusOK, body) }

// answer sends JSON; the content type names a charset only when all is well (3.2).
func (c *call) answer(status int, body any) {
	kind := "application/json"
	if status/100 == 2 {
		kind = "application/json;charset=UTF-8"
	}
	h := c.w.Header()
	h.Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-XSS-Protection", "1; mode=block")
	answer.JSON(c.w, status, kind, body)
}

func (c *call) write(status int, kind string, body []byte) {
	answer.Send(c.w, status, kind, body)
}

func (c *call) nothing() { c.w.WriteHeader(http.StatusNoContent) }

// problem is an error of the API (3.1); recorded servers put the message first.
type problem struct {
	Message string `json:"message"`
	Code    int    `json:"code"`
}

func (c *call) fail(status int, message string) { c.answer(status, problem{message, status}) }

// criteria is the plain 400 of 3.1.
func (c *call) criteria() bool {
	c.fail(http.StatusBadRequest, "Invalid criteria provided")
	return false
}

// missing answers 404 for a thing of a kind; the documented and the recorded texts differ (3.1).
func (c *call) missing(kind string) {
	message := kind + " not found"
	if c.v.switches.Is("texts", "recorded") {
		switch kind {
		case "User":
			message = "Requested user not found"
		case "Group":
			message = "Unknown Group"
		case "Credential":
			message = "No credential could be retrieved for credential id: 0"
		}
	}
	c.fail(http.StatusNotFound, message)
}

// pick is the row of the nth id of the path, or a 404 and nil.
func (c *call) pick(table, kind string, nth int) row {
	r := c.v.state[table].rows[c.ids[nth]]
	if r == nil {
		c.missing(kind)
	}
	return r
}

// group is the group of the path's first id, if the administrator may know of it.
func (c *call) group() row {
	r := c.v.state["groups"].rows[c.ids[0]]
	switch {
	case c.sees(r):
		return r
	case r != nil && c.v.switches.Is("unseen", "403"):
		c.fail(http.StatusForbidden, "Access to the requested resource was denied")
	default:
		c.missing("Group")
	}
	return nil
}

// body reads a JSON object. None at all is an empty one where that is allowed.
func (c *call) body(empty bool) (row, bool) {
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil {
		return nil, c.criteria()
	}
	if len(bytes.TrimSpace(data)) == 0 && empty {
		return row{}, true
	}
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		c.fail(http.StatusUnsupportedMediaType, "Unsupported Media Type")
		return nil, false
	}
	var out row
	if err := json.Unmarshal(data, &out); err != nil || out == nil {
		return nil, c.criteria()
	}
	return out, true
}

// The refusals of the gateway (3.1, 3.3): HTML, whatever was asked for.
const (
	inactive  = "Developer Inactive"
	overQPS   = "Developer Over Qps"
	overRate  = "Developer Over Rate"
	notFound  = "596 Service Not Found"
	slowReply = "Gateway Timeout"
)

// lost is the gateway's word for a wrong path or verb.
func (c *call) lost() { c.gateway(statusLost, notFound, "", 0) }

const statusLost = 596

func (c *call) gateway(status int, title, detail string, retryAfter int) {
	h := c.w.Header()
	h.Set("Server", "Mashery Proxy")
	h.Set("X-Mashery-Responder", "sandbox.mashery.com")
	if detail != "" && c.v.switches.Is("gateway_headers", "full") {
		h.Set("X-Mashery-Error-Code", "ERR_403_"+strings.ToUpper(strings.ReplaceAll(title, " ", "_")))
		h.Set("X-Error-Detail-Header", detail)
		if retryAfter > 0 {
			h.Set("Retry-After", fmt.Sprint(retryAfter))
		}
	}
	c.write(status, gatewayKind, html(title))
}

const gatewayKind = "text/xml"

func html(title string) []byte { return fmt.Appendf(nil, "<h1>%s</h1>", title) }

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	auth := strings.Contains(path, "/oauth/")
	switch {
	case status == statusLost:
		return gatewayKind, html(notFound)
	case status == http.StatusGatewayTimeout || status == http.StatusBadGateway:
		return gatewayKind, html(slowReply)
	case status == http.StatusTooManyRequests:
		return gatewayKind, html(overQPS)
	case status == http.StatusForbidden && auth:
		return gatewayKind, html(inactive)
	case status == http.StatusUnauthorized && auth:
		return "application/json", []byte(`{"error":"invalid_grant","error_description":"Bad credentials"}`)
	case status == http.StatusUnauthorized:
		return "application/json", []byte(`{"error":"invalid_token","error_description":"a fault of the sandbox"}`)
	case auth:
		return "application/json", fmt.Appendf(nil, `{"status":%d,"error":%q,"message":"a fault of the sandbox","path":"/oauth/token"}`,
			status, http.StatusText(status))
	}
	return "application/json", fmt.Appendf(nil, `{"message":"a fault of the sandbox","code":%d}`, status)
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	return http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, []byte(`{"data":[],"offset":0,"pageSize":100,"count":0}`)
}

// Shorten leaves the first rows of a list, and its count as it was.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(page["data"], &list); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	short, err := json.Marshal(list[:min(rows, len(list))])
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	page["data"] = short
	out, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}
