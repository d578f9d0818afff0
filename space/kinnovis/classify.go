package kinnovis

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// mostPause bounds what a header may ask for.
const mostPause = 10 * time.Minute

// Classify says what an answer outside 2xx means; nil = what the status usually means. A 404 that is a web page is a path's and no
// record's: it must not end anybody's access. One in JSON may still be a path's, which the reader finds out (see stands).
func Classify(status int, h http.Header, body []byte) *cardea.Error {
	switch {
	case status == http.StatusTooManyRequests:
		err := cardea.Errorf(cardea.Throttled, "Kinnovis asks for fewer calls")
		err.After = pause(h)
		return err
	case status == http.StatusUnauthorized:
		return cardea.Errorf(cardea.Auth, "Kinnovis refuses the token: make a new one, and set it as the connection's token")
	case status == http.StatusForbidden:
		return cardea.Errorf(cardea.Auth, "the token may not read this at Kinnovis: give it the right to read locations, unit types, "+
			"units, customers and bookings")
	case status == http.StatusNotFound && !isObject(body):
		return cardea.Errorf(cardea.Rejected, "there is no such path at Kinnovis; check base_url and its version")
	}
	return nil
}

// pause is how long the vendor asks to wait: Retry-After, else RateLimit-Reset, in seconds.
func pause(h http.Header) time.Duration {
	for _, name := range []string{"Retry-After", "RateLimit-Reset"} {
		n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
		if err == nil && n > 0 {
			return min(time.Duration(min(n, int(mostPause/time.Second)))*time.Second, mostPause)
		}
	}
	return 0
}

func isObject(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }
