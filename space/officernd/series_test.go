package officernd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
)

// everBooked fills a vendor with one booking of the window, one that is over, and series; those without seriesEnd are found by no
// filter of it. Counts are by the same filters.
func everBooked(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t).empty()
	ends := func(at string) string { return `,"seriesEnd":"` + at + `"` }
	rows := []string{
		bookingRow(1, ends("2026-11-20T10:00:00.000Z")),
		bookingRow(2, ends("2026-10-20T10:00:00.000Z")),
		bookingRow(3, `,"recurrence":{"rrule":"FREQ=DAILY"}`),
		bookingRow(4, `,"seriesEnd":null,"recurrence":{"rrule":"FREQ=WEEKLY"}`),
		bookingRow(5, ends("2026-10-21T10:00:00.000Z")+`,"recurrence":{"rrule":"FREQ=DAILY;COUNT=2"}`),
	}
	fits := func(q url.Values) (out []string) {
		for _, row := range rows {
			var b struct {
				SeriesEnd string `json:"seriesEnd"`
			}
			if err := json.Unmarshal([]byte(row), &b); err != nil {
				t.Fatal(err)
			}
			from, until := q.Get("seriesEnd[$gte]"), q.Get("seriesEnd[$lt]")
			if from+until == "" || b.SeriesEnd != "" && b.SeriesEnd >= from && (until == "" || b.SeriesEnd < until) {
				out = append(out, row)
			}
		}
		return out
	}
	v.route["/bookings"] = func(r *http.Request) (int, string) { return v.list("/bookings", fits(r.URL.Query()), r.URL.Query()) }
	v.route["/bookings/count"] = func(r *http.Request) (int, string) {
		return http.StatusOK, fmt.Sprintf(`{"total":%d}`, len(fits(r.URL.Query())))
	}
	return v
}

func TestSeriesWithoutASeriesEndAreFound(t *testing.T) {
	t.Parallel()
	v := everBooked(t)
	p := v.only(cardea.KindBooking)
	if grade(p) != cardea.Complete || !slices.Equal(ids(p), []string{id(1), id(3), id(4)}) {
		t.Fatalf("%s: %v, bad %v", grade(p), ids(p), p.BadOnes())
	}
}

func TestBookingsOfThePastAreNotListedForNothing(t *testing.T) {
	t.Parallel()
	all := func(int) (int, string) { return http.StatusOK, `{"total":5}` }
	for what, answer := range map[string]func(call int) (int, string){
		"both sides make up the whole": func(call int) (int, string) { return http.StatusOK, fmt.Sprintf(`{"total":%d}`, 4-call) },
		"counts ignore their filters":  all,
		"no count":                     func(int) (int, string) { return http.StatusNotFound, `{"message":"Cannot GET /bookings/count"}` },
		"the second count fails": func(call int) (int, string) {
			return []int{http.StatusOK, http.StatusBadRequest}[call-1], `{"total":5}`
		},
	} {
		v, call := everBooked(t), 0
		v.route["/bookings/count"] = func(*http.Request) (int, string) {
			call++
			return answer(call)
		}
		p := v.only(cardea.KindBooking)
		if grade(p) != cardea.Complete || !slices.Equal(ids(p), []string{id(1)}) || v.calls["/bookings"] != 1 {
			t.Errorf("%s: %s, %v, %v", what, grade(p), ids(p), v.log)
		}
	}
}

func TestAListingOfEverythingThatFailsLeavesTheBookingsIncomplete(t *testing.T) {
	t.Parallel()
	v := everBooked(t)
	inner := v.route["/bookings"]
	v.route["/bookings"] = func(r *http.Request) (int, string) {
		if !r.URL.Query().Has("seriesEnd[$gte]") {
			return http.StatusServiceUnavailable, ``
		}
		return inner(r)
	}
	if p := v.only(cardea.KindBooking); grade(p) != cardea.Incomplete || !slices.Equal(ids(p), []string{id(1)}) {
		t.Fatalf("%s: %v", grade(p), ids(p))
	}
}
