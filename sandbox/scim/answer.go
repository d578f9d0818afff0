package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/answer"
)

const (
	scimType = "application/scim+json"
	maxBody  = 1 << 20
)

// refusalError is an answer of RFC 7644 3.12.
type refusalError struct {
	status   int
	scimType string
	detail   string
}

func (e *refusalError) Error() string {
	return strconv.Itoa(e.status) + " " + e.scimType + ": " + e.detail
}

func refuse(status int, scimType, format string, args ...any) error {
	return &refusalError{status, scimType, fmt.Sprintf(format, args...)}
}

// bad is a 400.
func bad(scimType, format string, args ...any) error {
	return refuse(http.StatusBadRequest, scimType, format, args...)
}

func missing() error { return refuse(http.StatusNotFound, "", "there is no such resource") }

// fail answers with an error.
func (c *call) fail(err error) {
	var e *refusalError
	if !errors.As(err, &e) {
		e = &refusalError{http.StatusInternalServerError, "", err.Error()}
	}
	c.answer(e.status, errorBody(e))
}

func errorBody(e *refusalError) map[string]any {
	out := map[string]any{"schemas": []string{errorURN}, "status": strconv.Itoa(e.status), "detail": e.detail}
	if e.scimType != "" {
		out["scimType"] = e.scimType
	}
	return out
}

func (c *call) answer(status int, body any) {
	answer.JSON(c.w, status, scimType+"; charset=utf-8", body)
}

// body reads a JSON object in a media type that the server takes.
func (v *Vendor) body(c *call) (map[string]any, error) {
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	isJSON, isSCIM := media == "application/json", media == scimType
	taken := v.switches.Is("content_type", "scim") && isSCIM || v.switches.Is("content_type", "json") && isJSON ||
		v.switches.Is("content_type", "either") && (isJSON || isSCIM)
	if err != nil || !taken {
		return nil, refuse(http.StatusUnsupportedMediaType, "", "a body of media type %q is not taken", media)
	}
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return nil, bad("invalidSyntax", "the body could not be read")
	}
	if len(data) > maxBody {
		return nil, refuse(http.StatusRequestEntityTooLarge, "", "a body has at most %d bytes", maxBody)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil || out == nil {
		return nil, bad("invalidSyntax", "the body is not a JSON object")
	}
	return out, nil
}

// acceptable says whether a caller takes what the server sends; no Accept header is any.
func acceptable(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	for _, media := range []string{scimType, "application/json", "application/*", "*/*"} {
		if accept == "" || strings.Contains(accept, media) {
			return true
		}
	}
	return false
}

// listBody is a ListResponse (RFC 7644 3.4.2).
func listBody(total, start int, rows []any, showEmpty bool) map[string]any {
	out := map[string]any{"schemas": []string{listURN}, "totalResults": total, "startIndex": start, "itemsPerPage": len(rows)}
	if len(rows) > 0 || showEmpty {
		out["Resources"] = rows
	}
	return out
}

// ErrorBody is what the server would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, _ string) (contentType string, body []byte) {
	text, err := answer.Encode(errorBody(&refusalError{status, "", http.StatusText(status)}))
	if err != nil {
		return "text/plain", []byte(err.Error())
	}
	return scimType + "; charset=utf-8", text
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	text, err := answer.Encode(listBody(0, 1, []any{}, true))
	if err != nil {
		return nil, nil
	}
	return http.Header{}, text
}

// Shorten leaves the first rows of a list; its totals stay.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var list map[string]json.RawMessage
	var all []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	if list["Resources"] == nil {
		return nil, errors.New("not a list")
	}
	if err := json.Unmarshal(list["Resources"], &all); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	short, err := answer.Encode(all[:min(rows, len(all))])
	if err != nil {
		return nil, err
	}
	list["Resources"] = short
	return answer.Encode(list)
}
