package kisi

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

const maxBody = 1 << 20

func (v *Vendor) stamp() string { return twin.Stamp(v.now()) }

// reply answers 200 with the object, not wrapped.
func (c *call) reply(body any) { c.answer(http.StatusOK, body) }

func (c *call) answer(status int, body any) {
	answer.JSON(c.w, status, "application/json; charset=utf-8", body)
}

// fail is the plain error of 1.5.
func (c *call) fail(status int, code, message string) {
	c.answer(status, map[string]string{"code": code, "error": message})
}

func (c *call) missing() { c.fail(http.StatusNotFound, "000404", "Not found.") }

// invalid is the validation error of 1.5.
func (c *call) invalid(fields map[string][]string) {
	c.answer(http.StatusUnprocessableEntity, map[string]any{"errors": fields})
}

// duplicate: 409 without a word of whom, or 422 (1.5).
func (v *Vendor) duplicate(c *call, field string) {
	if v.switches.Is("duplicate", "422") {
		c.invalid(map[string][]string{field: {"has already been taken"}})
		return
	}
	c.fail(http.StatusConflict, "000409", "The resource already exists.")
}

// body reads a body wrapped in the singular key.
func (v *Vendor) body(c *call, wrap string) (row, bool) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if v.switches.Is("headers", "strict") && (err != nil || kind != "application/json") {
		c.fail(http.StatusBadRequest, "000400", "Send Content-Type: application/json.")
		return nil, false
	}
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil {
		c.fail(http.StatusBadRequest, "000400", "The body could not be read.")
		return nil, false
	}
	var outer map[string]any
	if err := json.Unmarshal(data, &outer); err != nil {
		c.fail(http.StatusBadRequest, "000400", "The body is not JSON.")
		return nil, false
	}
	inner, ok := outer[wrap].(map[string]any)
	if !ok {
		c.fail(http.StatusBadRequest, "000400", "param is missing or the value is empty: "+wrap)
		return nil, false
	}
	return inner, true
}

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, _ string) (contentType string, body []byte) {
	return "application/json; charset=utf-8", fmt.Appendf(nil, `{"code":"000%d","error":%q}`, status, http.StatusText(status)+".")
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	h = http.Header{}
	h.Set(rangeHeader, v.rangeOf(0, 10, 0))
	return h, []byte("[]")
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

const rangeHeader = "X-Collection-Range"

// rangeOf is the paging header; its end is not clamped to the total (1.4).
func (v *Vendor) rangeOf(offset, limit, total int) string {
	if total == 0 && v.switches.Is("empty_range", "star") {
		return "*/0"
	}
	return fmt.Sprintf("%d-%d/%d", offset, offset+limit-1, total)
}
