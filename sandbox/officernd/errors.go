package officernd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

func reply(w http.ResponseWriter, status int, body any) {
	answer.JSON(w, status, "application/json; charset=utf-8", body)
}

// problem is the error body of vendors/officernd.md 1.6; message is a string, or a list for validation errors.
type problem struct {
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message"`
	Error      string `json:"error,omitempty"`
	Timestamp  string `json:"timestamp"`
	Path       string `json:"path"`
}

func fail(w http.ResponseWriter, r *http.Request, status int, message any) {
	short := http.StatusText(status)
	if status == http.StatusInternalServerError {
		short = ""
	}
	stamp := ""
	if c, ok := w.(clocked); ok {
		stamp = twin.Stamp(c.at)
	}
	reply(w, status, problem{status, message, short, stamp, r.URL.RequestURI()})
}

// clocked carries the sandbox's clock to the error body.
type clocked struct {
	http.ResponseWriter

	at time.Time
}

func cannot(w http.ResponseWriter, r *http.Request) {
	fail(w, r, http.StatusNotFound, "Cannot "+r.Method+" "+r.URL.Path)
}

func invalid(w http.ResponseWriter, r *http.Request, messages ...string) {
	fail(w, r, http.StatusBadRequest, messages)
}

// allowRate counts the request and sets the limit headers (1.5); false = answered with 429.
func (v *Vendor) allowRate(w http.ResponseWriter, r *http.Request, client string) bool {
	kind, l := "read", &v.reads
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		kind, l = "write", &v.writes
	}
	now := v.now()
	ok, left, reset := l.Take(client, now)
	at := int64((reset + time.Second - 1) / time.Second)
	h := w.Header()
	h.Set("X-Ratelimit-Limit-"+kind+"-Minute", strconv.Itoa(l.Max))
	h.Set("X-Ratelimit-Remaining-"+kind+"-Minute", strconv.Itoa(left))
	if v.switches.Is("reset", "epoch") {
		h.Set("X-Ratelimit-Reset-"+kind+"-Minute", strconv.FormatInt(now.Unix()+at, 10))
	} else {
		h.Set("X-Ratelimit-Reset-"+kind+"-Minute", strconv.FormatInt(at, 10))
	}
	if ok {
		return true
	}
	if v.switches.Is("retry_after", "seconds") {
		h.Set("Retry-After", strconv.FormatInt(at, 10))
	}
	fail(w, r, http.StatusTooManyRequests, "Too Many Requests")
	return false
}

// ErrorBody is what the vendor would send with a status, for faults.
func (v *Vendor) ErrorBody(status int, path string) (contentType string, body []byte) {
	message := http.StatusText(status)
	if status == http.StatusUnauthorized {
		message = "Unauthorized access"
	}
	body, err := json.Marshal(problem{status, message, http.StatusText(status), twin.Stamp(v.now()), path})
	if err != nil {
		body = fmt.Appendf(nil, `{"statusCode":%d}`, status)
	}
	return "application/json; charset=utf-8", body
}

// EmptyList is a list without rows, for faults.
func (v *Vendor) EmptyList() (h http.Header, body []byte) {
	return http.Header{}, []byte(`{"rangeStart":0,"rangeEnd":0,"results":[]}`)
}

// Shorten leaves the first rows of a list, and everything else as it was.
func (v *Vendor) Shorten(body []byte, rows int) ([]byte, error) {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	var results []json.RawMessage
	if err := json.Unmarshal(page["results"], &results); err != nil {
		return nil, fmt.Errorf("not a list: %w", err)
	}
	short, err := json.Marshal(results[:min(rows, len(results))])
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	page["results"] = short
	out, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("shorten: %w", err)
	}
	return out, nil
}
