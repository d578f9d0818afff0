package saltoks

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/answer"
)

const asJSON = "application/json; charset=utf-8"

// reply answers 200 with a body.
func (c *call) reply(body any) { c.answer(http.StatusOK, asJSON, body) }

func (c *call) answer(status int, kind string, body any) {
	answer.JSON(c.w, status, kind, body)
}

// plain answers with a text, or with nothing at all.
func (c *call) plain(status int, message string) {
	answer.Send(c.w, status, "text/plain; charset=utf-8", []byte(message))
}

// trouble is an error of the v1 API (1.5).
type trouble struct {
	status, code int
	message      string
}

func invalid(message string) *trouble { return &trouble{http.StatusBadRequest, 1100, message} }

func badValue(field string) *trouble {
	return &trouble{http.StatusBadRequest, 1101, "Invalid parameter value: " + field}
}

func badQuery(what string) *trouble {
	return &trouble{http.StatusBadRequest, 1102, "Invalid query: " + what}
}

func absent(what string) *trouble { return &trouble{http.StatusNotFound, 2202, what + " not found"} }

func forbidden(message string) *trouble { return &trouble{http.StatusForbidden, 2203, message} }

func lapsed() *trouble {
	return &trouble{http.StatusForbidden, 2212, "Site has no valid subscription for this feature"}
}

// fail answers with an error.
func (v *Vendor) fail(c *call, t *trouble) {
	code := any(strconv.Itoa(t.code))
	if v.switches.Is("error_code", "number") {
		code = t.code
	}
	c.answer(t.status, asJSON, row{"ErrorCode": code, "Message": t.message})
}

// finish answers a write that has nothing to tell.
func (v *Vendor) finish(c *call) {
	if v.switches.Is("done_status", "200") {
		c.reply(row{})
		return
	}
	c.plain(http.StatusNoContent, "")
}

// body reads a request's JSON object. A field that is not known is ignored.
func (v *Vendor) body(c *call) (row, bool) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		c.plain(http.StatusUnsupportedMediaType, "")
		return nil, false
	}
	data, err := io.ReadAll(io.LimitReader(c.r.Body, 1<<20))
	var out row
	if err != nil || json.Unmarshal(data, &out) != nil || out == nil {
		v.fail(c, invalid("The body is not a JSON object"))
		return nil, false
	}
	return out, true
}

// list reads a body's list of ids; the text names what is wrong with it.
func list(body row, field string) ([]string, string) {
	value, given := body[field]
	if !given || value == nil {
		return nil, ""
	}
	items, isList := value.([]any)
	if !isList {
		return nil, field
	}
	out := []string{}
	for _, item := range items {
		id, isText := item.(string)
		if !isText || !guidForm.MatchString(strings.ToLower(id)) {
			return nil, field
		}
		out = append(out, strings.ToLower(id))
	}
	return out, ""
}

func sorted(s set) []string { return slices.Sorted(maps.Keys(s)) }

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	code := map[int]int{http.StatusBadRequest: 1100, http.StatusForbidden: 2203, http.StatusNotFound: 2202}[status]
	switch {
	case strings.HasPrefix(path, "/identity/") && status < http.StatusInternalServerError:
		return asJSON, []byte(`{"error":"invalid_request","error_description":"a fault of the sandbox"}`)
	case status == http.StatusInternalServerError:
		code = 2201
	case code == 0:
		return "text/plain; charset=utf-8", nil
	}
	if v.switches.Is("error_code", "number") {
		return asJSON, fmt.Appendf(nil, `{"ErrorCode":%d,"Message":"A fault of the sandbox"}`, code)
	}
	return asJSON, fmt.Appendf(nil, `{"ErrorCode":"%d","Message":"A fault of the sandbox"}`, code)
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	h = http.Header{"Content-Type": {asJSON}}
	if v.switches.Is("lists", "bare") {
		return h, []byte("[]")
	}
	return h, []byte(`{"items":[],"next_page_link":null,"count":null}`)
}

// Shorten leaves the first rows of a list.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var bare []json.RawMessage
	if json.Unmarshal(body, &bare) == nil {
		return json.Marshal(bare[:min(rows, len(bare))])
	}
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil || json.Unmarshal(page["items"], &bare) != nil {
		return nil, fmt.Errorf("not a list: %.40s", body)
	}
	var err error
	if page["items"], err = json.Marshal(bare[:min(rows, len(bare))]); err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return json.Marshal(page)
}
