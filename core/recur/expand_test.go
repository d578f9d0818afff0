package recur_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/recur"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t testing.TB, s string) cardea.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return cardea.At(at)
}

// expand reads a rule and expands it.
func expand(
	text string, start cardea.Instant, zone *time.Location, except []cardea.Instant, span cardea.Window,
) ([]cardea.Instant, error) {
	r, err := recur.Parse(text)
	if err != nil {
		return nil, err
	}
	return r.Expand(start, zone, except, span)
}

func TestExpandsOnTheClocksOfTheZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, rule, start, from, until string
		want                                 []string
	}{
		{"the local hour stays when clocks go forward", "Europe/London", "FREQ=DAILY", "2026-03-27T09:00:00Z",
			"2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z",
			[]string{"2026-03-28T09:00:00Z", "2026-03-29T08:00:00Z", "2026-03-30T08:00:00Z"}},
		{"a skipped hour takes the offset before the gap", "Europe/London", "FREQ=DAILY", "2026-03-27T01:30:00Z",
			"2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z",
			[]string{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		{"a repeated hour is the first", "Europe/London", "FREQ=DAILY", "2026-10-23T00:30:00Z",
			"2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z",
			[]string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"a start in the second of the repeated hours stays there", "Europe/London", "FREQ=DAILY", "2026-10-25T01:30:00Z",
			"2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z",
			[]string{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}},
		{"New York in spring", "America/New_York", "FREQ=DAILY", "2026-03-07T07:30:00Z",
			"2026-03-07T00:00:00Z", "2026-03-10T00:00:00Z",
			[]string{"2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}},
		{"midnight that does not exist", "Asia/Beirut", "FREQ=DAILY", "2026-03-27T22:00:00Z",
			"2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z",
			[]string{"2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", "2026-03-30T21:00:00Z"}},
		{"half an hour at Lord Howe", "Australia/Lord_Howe", "FREQ=DAILY", "2026-10-02T15:45:00Z",
			"2026-10-02T00:00:00Z", "2026-10-05T00:00:00Z",
			// 02:15 on 4 October does not exist there: clocks go from 02:00 to 02:30.
			[]string{"2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"}},
		{"the date that Samoa skipped", "Pacific/Apia", "FREQ=DAILY", "2011-12-28T20:00:00Z",
			"2011-12-28T00:00:00Z", "2012-01-02T00:00:00Z",
			// 30 December's 10:00 is 31 December's with the offset before the gap.
			[]string{"2011-12-28T20:00:00Z", "2011-12-29T20:00:00Z", "2011-12-30T20:00:00Z", "2011-12-31T20:00:00Z",
				"2012-01-01T20:00:00Z"}},
		{"every other week keeps step far from its start", "Europe/London", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
			"2016-01-04T09:00:00Z",
			"2026-11-16T00:00:00Z", "2026-11-30T00:00:00Z",
			[]string{"2026-11-23T09:00:00Z", "2026-11-25T09:00:00Z"}},
		{"week start matters", "UTC", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05T09:00:00Z",
			"1997-08-01T00:00:00Z", "1997-10-01T00:00:00Z",
			[]string{"1997-08-05T09:00:00Z", "1997-08-17T09:00:00Z", "1997-08-19T09:00:00Z", "1997-08-31T09:00:00Z"}},
		{"the 31st only where there is one", "UTC", "FREQ=MONTHLY", "2026-01-31T09:00:00Z",
			"2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z",
			[]string{"2026-01-31T09:00:00Z", "2026-03-31T09:00:00Z", "2026-05-31T09:00:00Z"}},
		{"last Friday of the month", "UTC", "FREQ=MONTHLY;BYDAY=-1FR", "2020-01-31T09:00:00Z",
			"2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z",
			[]string{"2026-11-27T09:00:00Z", "2026-12-25T09:00:00Z"}},
		{"last working day", "UTC", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-10-30T09:00:00Z",
			"2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z",
			[]string{"2026-11-30T09:00:00Z", "2026-12-31T09:00:00Z"}},
		{"leap day", "UTC", "FREQ=YEARLY", "2024-02-29T09:00:00Z", "2025-01-01T00:00:00Z", "2033-01-01T00:00:00Z",
			[]string{"2028-02-29T09:00:00Z", "2032-02-29T09:00:00Z"}},
		{"a week of the year takes its weekday from the start", "UTC", "FREQ=YEARLY;BYWEEKNO=20", "1997-05-12T09:00:00Z",
			"1998-01-01T00:00:00Z", "2000-01-01T00:00:00Z",
			[]string{"1998-05-11T09:00:00Z", "1999-05-17T09:00:00Z"}},
		{"count is counted from the start", "UTC", "FREQ=DAILY;COUNT=3", "2026-11-01T09:00:00Z",
			"2026-11-03T00:00:00Z", "2026-12-01T00:00:00Z", []string{"2026-11-03T09:00:00Z"}},
		{"a start that does not fit the rule is the first", "UTC", "FREQ=WEEKLY;BYDAY=TU;COUNT=2", "2026-11-02T09:00:00Z",
			"2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", []string{"2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z"}},
		{"until is the last instant", "Europe/London", "FREQ=DAILY;UNTIL=20260704T080000Z", "2026-07-02T08:00:00Z",
			"2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z",
			[]string{"2026-07-02T08:00:00Z", "2026-07-03T08:00:00Z", "2026-07-04T08:00:00Z"}},
		{"until as a date is that whole day", "America/New_York", "FREQ=DAILY;UNTIL=20260703", "2026-07-03T01:00:00Z",
			"2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z", []string{"2026-07-03T01:00:00Z", "2026-07-04T01:00:00Z"}},
		{"what a vendor's library writes", "UTC", "DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY;INTERVAL=10", "2026-11-01T09:00:00Z",
			"2026-11-02T00:00:00Z", "2026-11-22T00:00:00Z", []string{"2026-11-11T09:00:00Z", "2026-11-21T09:00:00Z"}},
		{"a rule that never fits", "UTC", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T09:00:00Z",
			"2026-02-01T00:00:00Z", "2026-12-01T00:00:00Z", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			span := cardea.Window{From: instant(t, c.from), Until: instant(t, c.until)}
			got, err := expand(c.rule, instant(t, c.start), zone(t, c.zone), nil, span)
			if err != nil {
				t.Fatal(err)
			}
			var text []string
			for _, i := range got {
				text = append(text, i.String())
			}
			if d := cmp.Diff(c.want, text); d != "" {
				t.Errorf("starts differ (-want +got):\n%s", d)
			}
		})
	}
}

func TestTakesExceptionsOutAfterCounting(t *testing.T) {
	t.Parallel()
	start := instant(t, "2026-11-01T09:00:00Z")
	span := cardea.Window{From: start, Until: start.Add(240 * time.Hour)}
	got, err := expand("FREQ=DAILY;COUNT=3", start, time.UTC, []cardea.Instant{start, start.Add(48 * time.Hour)}, span)
	if err != nil {
		t.Fatal(err)
	}
	if want := []cardea.Instant{start.Add(24 * time.Hour)}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRefusesRulesThatWouldHurt(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=9223372036854775807",
		"FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=5", "FREQ=HOURLY", "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
		"FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=99999999", "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10",
		"FREQ=DAILY;BYMINUTE=0,10,20,30,40,50;BYHOUR=9,10", "FREQ=MONTHLY;BYDAY=53MO", "FREQ=YEARLY;BYMONTH=1;BYDAY=-53MO",
		"FREQ=WEEKLY;BYDAY=2MO", "FREQ=YEARLY;BYEASTER=1", "FREQ=MONTHLY;BYWEEKNO=3", "FREQ=WEEKLY;BYMONTHDAY=3",
		"FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=YEARLY;BYMONTHDAY=0", "INTERVAL=1", "RRULE:", "", "nonsense",
		"FREQ=DAILY\nFREQ=WEEKLY", "FREQ=DAILY;BYDAY=" + strings.Repeat("MO,", 400) + "MO",
	} {
		if _, err := recur.Parse(rule); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("Parse(%q) = %v, want a Rejected error", rule, err)
		}
	}
}

func TestRefusesMoreThanAThousandStarts(t *testing.T) {
	t.Parallel()
	start := instant(t, "2026-01-01T09:00:00Z")
	span := func(days int) cardea.Window {
		return cardea.Window{From: start, Until: start.Add(time.Duration(days) * 24 * time.Hour)}
	}
	if got, err := expand("FREQ=DAILY", start, time.UTC, nil, span(1000)); err != nil || len(got) != 1000 {
		t.Errorf("a thousand starts: got %d, %v", len(got), err)
	}
	if _, err := expand("FREQ=DAILY", start, time.UTC, nil, span(1001)); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("a thousand and one starts: got %v, want a Rejected error", err)
	}
	if _, err := expand("FREQ=DAILY", start, time.UTC, nil, cardea.Window{From: start, Until: cardea.Never}); err == nil {
		t.Error("a series without an end went through")
	}
}

// The walk that starts near the span must see what a walk from the first start sees.
func TestSpanDoesNotChangeTheSeries(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{time.UTC, zone(t, "Europe/London"), zone(t, "Asia/Beirut"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom([]string{
			"FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "FREQ=MONTHLY",
			"FREQ=MONTHLY;INTERVAL=5;BYDAY=2TU,-1FR", "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU", "FREQ=YEARLY;INTERVAL=2;BYYEARDAY=-1,1",
			"FREQ=DAILY;COUNT=40", "FREQ=WEEKLY;UNTIL=20230101", "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=1,-1",
		}).Draw(t, "rule")
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		start := cardea.At(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) + cardea.Instant(rapid.IntRange(0, 900*96).Draw(t,
			"start"))*15*cardea.Minute
		year := 366 * 24 * cardea.Hour
		from := start + cardea.Instant(rapid.IntRange(-1000, 15_000).Draw(t, "from"))*cardea.Hour
		until := from + cardea.Instant(rapid.IntRange(0, 2000).Draw(t, "hours"))*cardea.Hour
		whole, err := expand(rule, start, z, nil, cardea.Window{From: start - year, Until: start + 2*year})
		if err != nil {
			t.Fatal(err)
		}
		part, err := expand(rule, start, z, nil, cardea.Window{From: from, Until: until})
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(whole, func(i cardea.Instant) bool { return i < from || i >= until })
		if !slices.Equal(part, want) {
			t.Fatalf("%s from %s in %s: [%s, %s) got %v, want %v", rule, start, z, from, until, part, want)
		}
	})
}

// A plain rule that also says the hour which its start has anyway is one for the library, and means the same.
func TestPlainRulesMeanWhatTheLibrarySays(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{time.UTC, zone(t, "Europe/London"), zone(t, "Asia/Beirut"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		rule := fmt.Sprintf("FREQ=%s;INTERVAL=%d%s", rapid.SampledFrom([]string{"DAILY", "WEEKLY"}).Draw(t, "freq"),
			rapid.IntRange(1, 15).Draw(t, "interval"), rapid.SampledFrom([]string{"", ";COUNT=30", ";UNTIL=20210704", ";WKST=SU"}).
				Draw(t, "end"))
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		start := cardea.At(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) + cardea.Instant(rapid.IntRange(0, 900*96).Draw(t,
			"start"))*15*cardea.Minute
		from := start + cardea.Instant(rapid.IntRange(-1000, 15_000).Draw(t, "from"))*cardea.Hour
		span := cardea.Window{From: from, Until: from + cardea.Instant(rapid.IntRange(0, 9000).Draw(t, "hours"))*cardea.Hour}
		plain, err := expand(rule, start, z, nil, span)
		if err != nil {
			t.Fatal(err)
		}
		spelled, err := expand(fmt.Sprintf("%s;BYHOUR=%d", rule, start.Time().In(z).Hour()), start, z, nil, span)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(plain, spelled) {
			t.Fatalf("%s from %s in %s: %v got %v, the library says %v", rule, start, z, span, plain, spelled)
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{
		"FREQ=DAILY", "FREQ=YEARLY;BYMONTH=1;BYDAY=-53MO", "RRULE:FREQ=MONTHLY;BYDAY=+1MO;BYSETPOS=-366",
		"FREQ=YEARLY;BYWEEKNO=-53,53;WKST=SU",
		"FREQ=WEEKLY;INTERVAL=10000;UNTIL=99991231T000000Z", "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2;COUNT=2",
		"DTSTART:1\nRRULE:FREQ=DAILY",
		"FREQ=YEARLY;BYYEARDAY=366;INTERVAL=9999",
	} {
		f.Add(seed, int64(1_700_000_000), int32(100))
	}
	z := zone(f, "Europe/London")
	f.Fuzz(func(t *testing.T, rule string, start int64, days int32) {
		at := cardea.Instant(start%4_000_000_000) * cardea.Second
		span := cardea.Window{From: at - cardea.Hour, Until: at + cardea.Instant(days%1000)*24*cardea.Hour}
		got, err := expand(rule, at, z, nil, span)
		if err != nil {
			return
		}
		if len(got) > recur.MaxOccurrences {
			t.Fatalf("%d starts", len(got))
		}
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("starts are not sorted, each once: %v", got)
		}
		for _, i := range got {
			if !span.Holds(i) {
				t.Fatalf("%s is outside the span %v", i, span)
			}
		}
	})
}
