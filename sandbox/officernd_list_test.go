package sandbox_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

func crowd(n int) string {
	var b strings.Builder
	b.WriteString(minimal + "  clients: [{id: cardea, secret: sandbox-secret, scopes: all}]\n  members:\n")
	for i := range n {
		fmt.Fprintf(&b, "    - {_id: m%03d, name: Member %03d, email: m%03d@x.test}\n", i, i, i)
	}
	return b.String()
}

func TestOfficeRnDPagesForthAndBack(t *testing.T) {
	t.Parallel()
	r := small(t, crowd(120), nil)
	seen, starts, cursor := map[any]bool{}, "", ""
	var back *string
	for range 3 {
		p := r.list("members?$cursorNext=" + url.QueryEscape(cursor))
		for _, m := range p.Results {
			seen[m["_id"]] = true
		}
		starts += fmt.Sprint(p.RangeStart, "-", p.RangeEnd, " ")
		back, cursor = p.CursorPrev, ""
		if p.CursorNext != nil {
			cursor = *p.CursorNext
		}
	}
	if len(seen) != 120 || starts != "1-50 51-100 101-120 " || cursor != "" {
		t.Fatalf("%d members, pages %s, cursor %q", len(seen), starts, cursor)
	}
	p := r.list("members?$cursorPrev=" + url.QueryEscape(*back))
	if p.RangeStart != 51 || p.RangeEnd != 100 || p.CursorPrev == nil || p.CursorNext == nil {
		t.Errorf("back to %d-%d", p.RangeStart, p.RangeEnd)
	}
}

func TestOfficeRnDPagesSurviveARemoval(t *testing.T) {
	t.Parallel()
	r := small(t, crowd(60), nil)
	first := r.list("members")
	gone, _ := first.Results[0]["_id"].(string)
	r.patch("officernd: {members: [{_id: " + gone + ", delete: true}]}")
	second := r.list("members?$cursorNext=" + url.QueryEscape(*first.CursorNext))
	if len(second.Results) != 10 {
		t.Errorf("%d on the second page, want the 10 not yet seen", len(second.Results))
	}
}

func TestOfficeRnDLimits(t *testing.T) {
	t.Parallel()
	r := small(t, crowd(60), nil)
	want(t, r.rnd("GET", "members?$limit=51", ""), 400, "$limit must not be greater than 50")
	want(t, r.rnd("GET", "members?$limit=x", ""), 400)
	for q, rows := range map[string]int{"$limit=0": 20, "$limit=-1": 20, "$limit=7": 7, "": 50} {
		if p := r.list("members?" + q); len(p.Results) != rows {
			t.Errorf("%q: %d rows, want %d", q, len(p.Results), rows)
		}
	}
	c := small(t, crowd(60), map[string]string{"officernd.limit_over": "clamp"})
	if p := c.list("members?$limit=51"); len(p.Results) != 50 {
		t.Errorf("clamped to %d", len(p.Results))
	}
}

func TestOfficeRnDCursorTroubles(t *testing.T) {
	t.Parallel()
	r := small(t, crowd(60), nil)
	want(t, r.rnd("GET", "members?$cursorNext=garbage", ""), 500)
	want(t, r.rnd("GET", "members?$cursorNext=a&$cursorPrev=b", ""), 504)
	a := r.rnd("GET", "plans", "")
	want(t, a, 200, `"rangeStart":0`, `"rangeEnd":0`, `"results":[]`)
	if strings.Contains(a.body, "cursor") {
		t.Errorf("a cursor without a page: %s", a.body)
	}
	n := small(t, crowd(1), map[string]string{"officernd.empty_cursor": "null"})
	want(t, n.rnd("GET", "members", ""), 200, `"cursorNext":null`)
}

func TestOfficeRnDTakesDeclaredFiltersOnly(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for path, complaint := range map[string]string{
		"members?nickname=x":                              "property nickname should not exist",
		"memberships?modifiedAt[$gt]=":                    "property modifiedAt[$gt] should not exist",
		"memberships?status=approved":                     "property status should not exist",
		"memberships?$sort[name]=asc":                     "property $sort should not exist",
		"bookings?start=2026-11-23":                       "property start should not exist",
		"plans?$populate=x":                               "property $populate should not exist",
		"visitors?_id=a,b":                                "must be a single value",
		"members?$select=":                                "$select should not be empty",
		"members?modifiedAt[$gt]=x":                       "must be a valid ISO 8601 date string",
		"assignments":                                     "resource or membership should not be empty",
		"members?status[$in]=" + strings.Repeat("a,", 50): "no more than 50",
	} {
		a := r.rnd("GET", path, "")
		want(t, a, 400, complaint, `"message":[`)
	}
	want(t, r.rnd("GET", "members/"+sandbox.ID("ana")+"?nickname=x", ""), 200)
	want(t, r.rnd("GET", "members/count?nickname=x", ""), 200)
}

func TestOfficeRnDSwitchedFilters(t *testing.T) {
	t.Parallel()
	r := tiny(t, map[string]string{
		"officernd.memberships_modified": "accept", "officernd.memberships_status_plan": "accept", "officernd.assignments_bulk": "list",
	})
	if p := r.list("memberships?modifiedAt[$gt]=2026-11-23T00:00:00Z"); len(p.Results) != 0 {
		t.Errorf("%d memberships changed today, want none", len(p.Results))
	}
	if p := r.list("memberships?plan=" + sandbox.ID("evening")); len(p.Results) != 1 {
		t.Errorf("%d on Evening", len(p.Results))
	}
	if p := r.list("assignments"); len(p.Results) != 5 {
		t.Errorf("%d assignments", len(p.Results))
	}
}

func TestOfficeRnDFilters(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	ana := sandbox.ID("ana")
	for path, rows := range map[string]int{
		"members?email=ana@x.test":                                          1,
		"members?email=ANA@x.test":                                          0,
		"members?company=" + sandbox.ID("initech"):                          5,
		"members?status=former":                                             4, // kim and nora by hand; bea and ugo computed
		"members?status[$in]=former,contact":                                -1,
		"memberships?member=" + ana:                                         1,
		"assignments?resource=" + sandbox.ID("desk-7"):                      1,
		"visitors?_id[$in]=" + sandbox.ID("vera") + "," + sandbox.ID("vic"): 2,
		"locations?isOpen=true":                                             2,
		"resources?type=meeting_room":                                       3,
		"resource-types?type[]=desk&type[]=desk_tr":                         2,
		"passes?company=" + sandbox.ID("hooli"):                             1,
		"checkins?member=" + sandbox.ID("yann"):                             1,
		"checkins/visitors":                                                 0,
		"members?createdAt[$gte]=2026-11-23":                                0,
		"members?$sort[name]=desc&$limit=1":                                 1,
	} {
		if p := r.list(path); rows >= 0 && len(p.Results) != rows {
			t.Errorf("%s: %d rows, want %d", path, len(p.Results), rows)
		}
	}
	r.patch("officernd: {members: [{_id: ana, properties: {card: \"0042\"}}]}")
	if p := r.list("members?properties[card]=0042"); len(p.Results) != 1 || p.Results[0]["name"] != "Ana Almeida" {
		t.Errorf("by custom field: %v", p.Results)
	}
	p := r.list("members?$select=name,nothing&$sort[name]=desc&$limit=1")
	if m := p.Results[0]; m["name"] != "Zoe Zimmer" || len(m) != 2 {
		t.Errorf("selected and sorted: %v", m)
	}
}

func TestOfficeRnDCounts(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	total := into[map[string]any](t, r.rnd("GET", "memberships/count", ""))["total"]
	same := into[map[string]any](t, r.rnd("GET", "memberships/count?member="+sandbox.ID("ana"), ""))["total"]
	if total != same || total != 25.0 {
		t.Errorf("memberships count %v, with a filter %v; the filter is ignored", total, same)
	}
	want(t, r.rnd("GET", "members/count?company="+sandbox.ID("globex"), ""), 200, `"total":2`)
	want(t, r.rnd("GET", "members/count?$countBy=company", ""), 200, `"groups":[`)
}

func TestOfficeRnDReadsById(t *testing.T) {
	t.Parallel()
	r, seat, guest := tiny(t, nil), "assignments/"+sandbox.ID("as-gus"), "visitors/"+sandbox.ID("vera")
	for _, path := range []string{seat, guest} {
		want(t, r.rnd("GET", path, ""), 404, "Cannot GET /api/v2/organizations/acme/"+path)
	}
	want(t, r.rnd("GET", "memberships/"+sandbox.ID("nobody"), ""), 404, "Item with Id ("+sandbox.ID("nobody")+")")
	kind := tiny(t, map[string]string{"officernd.assignment_by_id": "answer", "officernd.visitor_by_id": "answer"})
	want(t, kind.rnd("GET", seat, ""), 200, sandbox.ID("ms-gus"))
	want(t, kind.rnd("GET", guest, ""), 200, "vera@guest.test")
	want(t, kind.rnd("GET", "assignments/"+sandbox.ID("nobody"), ""), 404, "Item with Id")
}

func TestOfficeRnDSeriesWithoutAnEnd(t *testing.T) {
	t.Parallel()
	const over = "officernd: {bookings: [{_id: bk-standup, recurrence: {rrule: FREQ=DAILY}}]}"
	one, window := "bookings/"+sandbox.ID("bk-standup"), "bookings?seriesStart[$lt]=2026-11-24T09:00:00Z&seriesEnd[$gte]=2026-11-24T09:00:00Z"
	for value, listed := range map[string]bool{"absent": false, "far": true} {
		r := tiny(t, map[string]string{"officernd.open_series_end": value})
		r.patch(over)
		if has := strings.Contains(r.rnd("GET", one, "").body, "seriesEnd"); has != listed {
			t.Errorf("%s: seriesEnd is shown: %v", value, has)
		}
		if has := strings.Contains(r.rnd("GET", window, "").body, sandbox.ID("bk-standup")); has != listed {
			t.Errorf("%s: found by its end: %v", value, has)
		}
	}
}
