package officernd

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestReadsEveryPageWithFiftyRows(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/members"] = members(101)
	p := v.only(cardea.KindPerson)
	if grade(p) != cardea.Complete || len(p.Records()) != 101 || v.calls["/members"] != 3 {
		t.Fatalf("%s, %d records in %d calls: %s", grade(p), len(p.Records()), v.calls["/members"], p.Evidence().Why())
	}
}

func TestCursorAbsentNullAndEmptyAreTheEnd(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{``, `"cursorNext":null,`, `"cursorNext":"",`} {
		v := newVendor(t)
		v.answer("/members", 200, `{"rangeStart":1,"rangeEnd":1,`+cursor+`"results":[`+members(1)[0]+`]}`)
		if p := v.only(cardea.KindPerson); grade(p) != cardea.Complete || len(p.Records()) != 1 {
			t.Errorf("cursor %q: %s, %d records: %s", cursor, grade(p), len(p.Records()), p.Evidence().Why())
		}
	}
}

func TestEmptyPageWithRangeZeroIsComplete(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.answer("/members", 200, `{"rangeStart":0,"rangeEnd":0,"results":[]}`)
	if p := v.only(cardea.KindPerson); grade(p) != cardea.Complete || len(p.Records()) != 0 {
		t.Fatalf("%s: %s", grade(p), p.Evidence().Why())
	}
}

func TestOddPagesAreNeverComplete(t *testing.T) {
	t.Parallel()
	m := members(3)
	for name, pages := range map[string][]string{
		"page shorter than its range":  {`{"rangeStart":1,"rangeEnd":3,"results":[` + m[0] + `]}`},
		"page longer than its range":   {`{"rangeStart":1,"rangeEnd":1,"results":[` + m[0] + "," + m[1] + `]}`},
		"empty results with a range":   {`{"rangeStart":1,"rangeEnd":50,"results":[]}`},
		"half a range":                 {`{"rangeStart":1,"results":[` + m[0] + `]}`},
		"first page begins at row two": {`{"rangeStart":2,"rangeEnd":2,"results":[` + m[0] + `]}`},
		"a gap between pages": {
			`{"rangeStart":1,"rangeEnd":1,"cursorNext":"a","results":[` + m[0] + `]}`,
			`{"rangeStart":3,"rangeEnd":3,"results":[` + m[2] + `]}`,
		},
		"a row that comes twice": {
			`{"rangeStart":1,"rangeEnd":1,"cursorNext":"a","results":[` + m[0] + `]}`,
			`{"rangeStart":2,"rangeEnd":2,"results":[` + m[0] + `]}`,
		},
		"a cursor that comes again": {
			`{"rangeStart":1,"rangeEnd":1,"cursorNext":"a","results":[` + m[0] + `]}`,
			`{"rangeStart":2,"rangeEnd":2,"cursorNext":"a","results":[` + m[1] + `]}`,
		},
		"no results":    {`{"rangeStart":0,"rangeEnd":0}`},
		"null results":  {`{"results":null}`},
		"a bare list":   {`[]`},
		"an empty body": {``},
		"a cut body":    {`{"rangeStart":1,"rangeEnd":1,"results":[{"_id`},
		"a login page":  {`<html>Log in</html>`},
		"a row without an id": {
			`{"rangeStart":1,"rangeEnd":1,"results":[{"name":"Nobody"}]}`,
		},
		"a row that is null": {`{"rangeStart":1,"rangeEnd":1,"results":[null]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, n := newVendor(t), 0
			v.route["/members"] = func(*http.Request) (int, string) {
				n++
				return http.StatusOK, pages[min(n, len(pages))-1]
			}
			if p := v.only(cardea.KindPerson); grade(p) == cardea.Complete || grade(p) == cardea.Weak {
				t.Errorf("%s with %d records", grade(p), len(p.Records()))
			}
			if n > 2 {
				t.Errorf("it went on for %d pages", n)
			}
		})
	}
}

func TestListingWithoutEndIsLeftAlone(t *testing.T) {
	t.Parallel()
	v, n := newVendor(t), 0
	v.route["/plans"] = func(*http.Request) (int, string) {
		n++
		return http.StatusOK, fmt.Sprintf(`{"cursorNext":"c%d","results":[]}`, n)
	}
	p := v.only(cardea.KindPlan)
	if grade(p) != cardea.Failed || n != maxPages {
		t.Fatalf("%s after %d pages", grade(p), n)
	}
}

func TestFiltersStandOnEveryPage(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	for i := range 3 {
		v.rows["/bookings"] = append(v.rows["/bookings"], bookingRow(i+1, ``))
	}
	v.size = 1
	if p := v.only(cardea.KindBooking); grade(p) != cardea.Complete || len(p.Records()) != 3 {
		t.Fatalf("%s, %d records: %s", grade(p), len(p.Records()), p.Evidence().Why())
	}
	pages := slices.DeleteFunc(slices.Clone(v.log), func(call string) bool { return strings.HasPrefix(call, "/bookings/count") })
	if len(pages) != 3 {
		t.Fatal(v.log)
	}
	for _, call := range pages {
		if !strings.Contains(call, "seriesStart%5B%24lt%5D=2026-11-21T12%3A00%3A00.000Z") ||
			!strings.Contains(call, "seriesEnd%5B%24gte%5D=2026-11-18T12%3A00%3A00.000Z") {
			t.Errorf("without the window: %s", call)
		}
	}
}

func TestCountIsEvidence(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]cardea.Grade{
		`{"total":3}`:  cardea.Incomplete,
		`{"total":2}`:  cardea.Complete,
		`{"total":1}`:  cardea.Complete, // one was added meanwhile
		`{"total":-1}`: cardea.Complete, // no count
		`{}`:           cardea.Complete,
		`?`:            cardea.Complete,
	} {
		v := newVendor(t)
		v.rows["/members"] = members(2)
		v.answer("/members/count", 200, body)
		if p := v.only(cardea.KindPerson); grade(p) != want {
			t.Errorf("count %s: %s, want %s", body, grade(p), want)
		}
	}
}

func TestEmptyListIsNotBelievedAgainstTheCount(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/members"] = nil
	v.answer("/members/count", 200, `{"total":900}`)
	if p := v.only(cardea.KindPerson); grade(p) != cardea.Incomplete {
		t.Fatal(grade(p))
	}
}

func FuzzDecodePage(f *testing.F) {
	for _, s := range []string{
		`{"rangeStart":1,"rangeEnd":2,"cursorNext":"x","results":[{},{}]}`, `{"rangeStart":0,"rangeEnd":0,"results":[]}`,
		`{"results":[1]}`, `[]`, ``, `null`, `{"rangeStart":-9223372036854775808,"rangeEnd":9223372036854775807,"results":[]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body)
		if err != nil {
			if c := cardea.ClassOf(err); c != cardea.Retry && c != cardea.Rejected {
				t.Errorf("class %q", c)
			}
			return
		}
		if p.rows == nil {
			t.Error("a page without results")
		}
		if p.ranged && !p.short && len(p.rows) > 0 && p.last-p.first+1 != len(p.rows) {
			t.Errorf("rows %d of %d-%d are not short", len(p.rows), p.first, p.last)
		}
	})
}
