package main

import (
	"testing"
	"time"
)

func TestSpansAreWrittenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"2d": 2 * day, "1d12h": 36 * time.Hour, " 90m ": 90 * time.Minute, "24h": day, "7d": 7 * day, "1h30m": 90 * time.Minute,
		"3660d": 3660 * day,
		// Nothing, less than nothing, and what is none.
		"": 0, "0": 0, "0d": 0, "-1h": 0, "-2d": 0, "24": 0, "d": 0, "2d-1h": 0, "2w": 0, "tomorrow": 0, "3661d": 0, "99999999d": 0, "1.5d": 0,
	} {
		got, ok := spanOf(text)
		if ok != (want > 0) || ok && got != want {
			t.Errorf("%q is %s, %v; want %s", text, got, ok, want)
		}
	}
}
