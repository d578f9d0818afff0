package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cardea-access/cardea"
)

// Default is the class that a status outside 2xx has where the vendor gives it no meaning of its own. For a write Do turns
// the Retry of a 5xx other than 503 into Unknown: it may have taken effect.
func Default(status int) cardea.Class {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return cardea.Auth
	case status == http.StatusNotFound, status == http.StatusGone:
		return cardea.NotFound
	case status == http.StatusConflict:
		return cardea.Conflict
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500:
		return cardea.Retry
	case status == http.StatusTooManyRequests:
		return cardea.Throttled
	}
	return cardea.Rejected
}

// refusal turns an answer outside 2xx into an error.
func (c *Client) refusal(call Call, ans Answer) error {
	var e *cardea.Error
	if c.c.Classify != nil {
		if said := c.c.Classify(ans.Status, ans.Header, ans.Body); said != nil {
			own := *said
			e = &own
		}
	}
	if e == nil {
		e = &cardea.Error{Class: Default(ans.Status), Text: Said(ans.Body)}
	}
	if e.After == 0 && (e.Class == cardea.Throttled || e.Class == cardea.Retry) {
		e.After = retryAfter(ans.Header, c.c.Now())
	}
	// A write that ended in a server's error may have taken effect all the same.
	if call.Class == Write && e.Class == cardea.Retry && ans.Status >= 500 && ans.Status != http.StatusServiceUnavailable {
		e.Class = cardea.Unknown
	}
	text := fmt.Sprintf("%s: %s %s answered %d%s", c.c.Name, call.Method, call.Path, ans.Status, advice(e.Class, ans))
	if e.Text != "" {
		text += ": " + e.Text
	}
	e.Text = c.redact.text(harmless(text))
	if e.Cause != nil {
		e.Cause = c.redact.error(e.Cause)
	}
	return e
}

func advice(class cardea.Class, ans Answer) string {
	switch {
	case class == cardea.Auth && ans.Status == http.StatusForbidden:
		return " (the credentials may not do this; give them the right, or use others)"
	case class == cardea.Auth:
		return " (the credentials are refused; check or renew them)"
	case ans.Status >= 300 && ans.Status < 400:
		return " (a redirect, which is not followed; check base_url)"
	}
	return ""
}

// Said finds the vendor's own words in an error body: error, message, error_description, or errors as a map of fields, as
// one line of at most 300 bytes. It is "" when there are none.
func Said(body []byte) string {
	var m map[string]json.RawMessage
	if len(body) > maxSaid || json.Unmarshal(body, &m) != nil {
		return ""
	}
	for _, k := range []string{"error_description", "message", "errors", "error", "detail"} {
		if s := words(m[k], 0); s != "" {
			return clip(s)
		}
	}
	return ""
}

// An error body that is larger or deeper holds no words for people.
const (
	maxSaid  = 64 << 10
	maxDepth = 4
)

func words(raw json.RawMessage, depth int) string {
	if depth > maxDepth {
		return ""
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return strings.TrimSpace(one)
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) == nil {
		var parts []string
		for _, r := range many {
			if s := words(r, depth+1); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "; ")
	}
	var fields map[string]json.RawMessage
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) || json.Unmarshal(raw, &fields) != nil {
		return ""
	}
	if s := words(fields["message"], depth+1); s != "" {
		return s
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		if s := words(fields[k], depth+1); s != "" {
			parts = append(parts, k+" "+s)
		}
	}
	return strings.Join(parts, "; ")
}

// harmless takes out of a vendor's words what steers terminals and logs, not text: control characters, and those that turn the
// direction of writing.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

func clip(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(harmless(s)), " "), "")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "..."
	}
	return s
}

// maxAfter bounds every wait that a header asks for: a broken header must not stop a connection for days.
const maxAfter = time.Hour

// retryAfter reads Retry-After in both its forms, seconds and date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		return boundedSeconds(n)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxAfter)
	}
	return 0
}

func boundedSeconds(n float64) time.Duration {
	if !(n > 0) { // NaN too
		return 0
	}
	if n >= maxAfter.Seconds() {
		return maxAfter
	}
	return time.Duration(n * float64(time.Second))
}

func afterOf(err error) time.Duration {
	if e, ok := errors.AsType[*cardea.Error](err); ok {
		return e.After
	}
	return 0
}
