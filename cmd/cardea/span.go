package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// stretch is a length of time as people write it at a command line: what Go takes for one, and days.
type stretch time.Duration

// longest is as long as a span may be, so that it can be added to any instant.
const longest = 3660 * 24 * time.Hour

// UnmarshalText reads 90m, 24h, 2d or 1d12h.
func (s *stretch) UnmarshalText(text []byte) error {
	d, ok := spanOf(string(text))
	if !ok {
		return cardea.Errorf(cardea.Rejected, "%q is no span of time: write one such as 90m, 24h or 2d", text)
	}
	*s = stretch(d)
	return nil
}

// spanOf reads a span that is longer than nothing and no longer than ten years.
func spanOf(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "0", text
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, false
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 || more > longest {
			return 0, false
		}
		d += more
	}
	return d, d > 0 && d <= longest
}
