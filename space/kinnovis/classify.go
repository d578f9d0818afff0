package kinnovis

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// mostPause bounds what a header may ask for.
const mostPause = 10 * time.Minute

// Classify says what an answer outside 2xx means; nil = what the status usually means. A 404 says nothing of whose it is, the path's
// or the record's, in whatever form its body is: the reader finds that out (see stands).
func Classify(status int, h http.Header, _ []byte) *cardea.Error {
	switch status {
	case http.StatusTooManyRequests:
		err := cardea.Errorf(cardea.Throttled, "Kinnovis asks for fewer calls")
		err.After = pause(h)
		return err
	case http.StatusUnauthorized:
		return cardea.Errorf(cardea.Auth, "Kinnovis refuses the token: make a new one, and set it as the connection's token")
	case http.StatusForbidden:
		return cardea.Errorf(cardea.Auth, "the token may not read this at Kinnovis: give it the right to read locations, unit types, "+
			"units, customers and bookings")
	}
	return nil
}

// epoch is where numbers of seconds end to be lengths and begin to be instants.
const epoch = 1_000_000_000

// pause is how long the vendor asks to wait: Retry-After, else RateLimit-Reset, which is only named (vendors/opentech-kinnovis.md 4.2):
// seconds from now, or an instant, of which the answer's own Date is taken off.
func pause(h http.Header) time.Duration {
	for _, name := range []string{"Retry-After", "RateLimit-Reset"} {
		n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
		if said, bad := http.ParseTime(h.Get("Date")); err == nil && n > epoch && bad == nil {
			n = max(n-int(said.Unix()), 1)
		}
		if err == nil && n > 0 {
			return min(time.Duration(min(n, int(mostPause/time.Second)))*time.Second, mostPause)
		}
	}
	return 0
}
