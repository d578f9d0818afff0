package wire

import (
	"net/http"
	"testing"
	"time"
)

func TestWhatOurClockWasSetBySinceTheVendorAnsweredCounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clock, steady time.Duration
		both          bool
		want          time.Duration
		known         bool
	}{
		"nothing happened for hours": {8 * time.Hour, 8 * time.Hour, true, 0, true},
		"set ahead":                  {2*time.Hour + time.Minute, time.Minute, true, 2 * time.Hour, true},
		"set back":                   {-time.Hour, time.Minute, true, -time.Hour - time.Minute, true},
		"a moment by a clock that tells no jumps": {time.Minute, 0, false, 0, true},
		"a while by a clock that tells no jumps":  {10 * time.Minute, 0, false, 10 * time.Minute, false},
		"back by a clock that tells no jumps":     {-time.Hour, 0, false, -time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, known := set(c.clock, c.steady, c.both); got != c.want || known != c.known {
				t.Errorf("set by %s, %t, want %s, %t", got, known, c.want, c.known)
			}
		})
	}
}

func TestADifferenceOfClocksIsNotThatOfBeforeOurClockWasSet(t *testing.T) {
	t.Parallel()
	bare := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var s skew
	if _, known := s.get(bare); known {
		t.Error("known before anybody answered")
	}
	s.observe(http.Header{"Date": {bare.Format(http.TimeFormat)}}, bare, bare)
	if is, known := s.get(bare.Add(time.Minute)); !known || is != 500*time.Millisecond {
		t.Errorf("a minute later: %s, %t", is, known)
	}
	if is, known := s.get(bare.Add(2 * time.Hour)); known || is > -time.Hour {
		t.Errorf("by a clock that was set ahead it is %s, %t", is, known)
	}
	var steady skew
	now := time.Now()
	steady.observe(http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}, now, now)
	if is, known := steady.get(now.Add(8 * time.Hour)); !known || is.Abs() > time.Second {
		t.Errorf("hours later, by a clock that nobody set, it is %s, %t", is, known)
	}
}
