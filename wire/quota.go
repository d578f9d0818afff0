package wire

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// shortWindow is the longest window over which a remaining count is spread evenly. Day counts only stop us at 0.
const shortWindow = 2 * time.Minute

// quota is what rate-limit headers say of one window.
type quota struct {
	remaining int
	reset     time.Duration
}

const remainingPrefix = "X-Ratelimit-Remaining"

// quotasOf reads x-ratelimit-remaining[-SUFFIX] with the x-ratelimit-reset of the same suffix (vendors/officernd.md 1.5:
// -read-minute, -read-day). A reset is seconds from now, or seconds since 1970 when it is that large.
func quotasOf(h http.Header, now time.Time) []quota {
	var out []quota
	for k, vs := range h {
		suffix, ok := strings.CutPrefix(http.CanonicalHeaderKey(k), remainingPrefix)
		if !ok || len(vs) == 0 {
			continue
		}
		remaining, err := strconv.Atoi(strings.TrimSpace(vs[0]))
		reset, err2 := strconv.ParseFloat(strings.TrimSpace(h.Get("X-Ratelimit-Reset"+suffix)), 64)
		if err != nil || err2 != nil || remaining < 0 {
			continue
		}
		if reset > 1e9 {
			reset -= float64(now.Unix())
		}
		if d := boundedSeconds(reset); d > 0 {
			out = append(out, quota{remaining: remaining, reset: d})
		}
	}
	return out
}
