package cardea_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func date(t *testing.T, s string) cardea.Date {
	t.Helper()
	d, err := cardea.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDayStartsAtItsFirstInstant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, date, want, why string }{
		{"Europe/London", "2026-11-23", "2026-11-23T00:00:00Z", "winter"},
		{"Europe/London", "2026-07-01", "2026-06-30T23:00:00Z", "summer"},
		{"Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", "the clock goes back later that day"},
		{"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "the clock goes forward later that day"},
		{"America/Asuncion", "2023-10-01", "2023-10-01T04:00:00Z", "midnight does not exist: the day starts at 01:00"},
		{"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z", "midnight does not exist"},
		{"America/Havana", "2022-11-06", "2022-11-06T04:00:00Z", "00:30 exists twice: the first"},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", "half an hour of daylight saving"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "the date does not exist: the next day's start"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "after the skipped date"},
	} {
		got := cardea.StartOf(date(t, c.date), zone(t, c.zone))
		if got.String() != c.want {
			t.Errorf("%s in %s (%s): got %s, want %s", c.date, c.zone, c.why, got, c.want)
		}
	}
}

func TestEveryInstantLiesInTheDayItShows(t *testing.T) {
	t.Parallel()
	names := []string{"Europe/London", "America/New_York", "America/Asuncion", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		i := cardea.Instant(rapid.Int64Range(0, 4_000_000_000).Draw(t, "second")) * cardea.Second
		d := cardea.DateOf(i, z)
		if start := cardea.StartOf(d, z); start > i {
			t.Fatalf("%s shows %s, which starts later, at %s", i, d, start)
		}
		if start := cardea.StartOf(d+1, z); start <= i && cardea.DateOf(start, z) != d {
			t.Fatalf("%s shows %s, but the next day starts at %s", i, d, start)
		}
	})
}

func TestDateValueAtMidnightUTCIsThatDateElsewhereItIsTheZones(t *testing.T) {
	t.Parallel()
	at := func(s string) cardea.Day {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return cardea.DayAt(v)
	}
	ny := zone(t, "America/New_York")
	if got := at("2026-11-30T00:00:00Z").In(ny).String(); got != "2026-11-30" {
		t.Errorf("midnight UTC is the calendar date itself, got %s", got)
	}
	if got := at("2026-11-30T23:00:00Z").In(zone(t, "Europe/Berlin")).String(); got != "2026-12-01" {
		t.Errorf("any other instant is the date it shows in the zone, got %s", got)
	}
}

func TestInstantAndDaySurviveJSON(t *testing.T) {
	t.Parallel()
	type both struct {
		I cardea.Instant
		D cardea.Day
		W cardea.Window
	}
	for _, in := range []both{
		{cardea.Never, cardea.Day{}, cardea.Forever},
		{1_234_567_890_123_456, cardea.DayAt(time.Unix(1_700_000_000, 0)), cardea.Window{From: 1, Until: 2}},
	} {
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out both
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		if out != in {
			t.Errorf("%+v came back as %+v from %s", in, out, b)
		}
	}
}

func TestHoursNameTheirMistakes(t *testing.T) {
	t.Parallel()
	h, err := cardea.ParseHours(map[string]string{"mon-fri": "08:00-20:00", "sat": "13:00-17:00,09:00-12:00", "sun": "22:00-06:00"})
	if err != nil {
		t.Fatal(err)
	}
	if got := h[time.Saturday]; len(got) != 2 || got[0].From != 9*60 {
		t.Errorf("Saturday's spans are sorted, got %v", got)
	}
	if got := h[time.Sunday][0]; got.Until != 30*60 || got.String() != "22:00-06:00" {
		t.Errorf("a span over midnight runs into the next day, got %+v %s", got, got)
	}
	for _, bad := range []map[string]string{
		{"mon": "8-20"}, {"mon": "08:00"}, {"mon": "08:00-25:00"}, {"funday": "08:00-20:00"},
		{"mon-fri": "08:00-20:00", "wed": "10:00-12:00"}, {"mon": "24:00-02:00"},
	} {
		if _, err := cardea.ParseHours(bad); err == nil {
			t.Errorf("%v should be refused", bad)
		}
	}
}
