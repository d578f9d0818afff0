package nexudus

import (
	"net/http"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// limits is one table of 1.7: every one of them must have room.
type limits struct{ all, reads, writes []*twin.Limiter }

func limiter(most int, window time.Duration, speed int) *twin.Limiter {
	return &twin.Limiter{Max: most * speed, Window: window}
}

const day = 24 * time.Hour

// newer and older are the two versions of the docs.
func newer(speed int) limits {
	return limits{
		all: []*twin.Limiter{
			limiter(1, 100*time.Millisecond, speed), limiter(120, time.Minute, speed), limiter(5000, time.Hour, speed),
			limiter(200_000, day, speed),
		},
		writes: []*twin.Limiter{limiter(60, time.Minute, speed), limiter(5000, day, speed)},
	}
}

func older(speed int) limits {
	return limits{
		reads:  []*twin.Limiter{limiter(10, 100*time.Millisecond, speed)},
		writes: []*twin.Limiter{limiter(60, time.Minute, speed), limiter(2500, day, speed)},
	}
}

// allow counts a request; when it is one too many it answers.
func (v *Vendor) allow(c *call, portal bool) bool {
	table := v.newer
	if v.switches.Is("limits", "older") {
		table = v.older
	}
	all := append([]*twin.Limiter{}, table.all...)
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		all = append(all, table.reads...)
	} else {
		all = append(all, table.writes...)
	}
	who := "account"
	if v.switches.Is("limit_scope", "credential") {
		who = c.who()
	}
	for _, l := range all {
		if ok, _, _ := l.Take(who, v.now()); !ok {
			v.throttle(c, portal)
			return false
		}
	}
	return true
}

// throttle is 409 on the admin API, 429 on the portal's (0.1).
func (v *Vendor) throttle(c *call, portal bool) {
	status := http.StatusConflict
	if portal || v.switches.Is("throttle", "429") {
		status = http.StatusTooManyRequests
	}
	h := c.w.Header()
	h.Set("Retry-After", "1")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Length", "0")
	c.w.WriteHeader(status)
}
