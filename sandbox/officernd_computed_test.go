package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

func (r *rig) one(path, id string) map[string]any {
	r.t.Helper()
	a := r.rnd("GET", path+"/"+sandbox.ID(id), "")
	if a.status != 200 {
		r.t.Fatalf("%s %s: %d %s", path, id, a.status, a.body)
	}
	return into[map[string]any](r.t, a)
}

func TestOfficeRnDComputesStatuses(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for id, status := range map[string]string{
		"ms-ana": "active", "ms-bea": "expired", "ms-cal": "active", "ms-dan": "not_started", "ms-eva": "not_approved",
	} {
		if got := r.one("memberships", id)["calculatedStatus"]; got != status {
			t.Errorf("%s is %v, want %s", id, got, status)
		}
	}
	for id, status := range map[string]string{"ps-walt": "valid", "ps-xena": "used", "ps-zoe": "expired", "ps-pim": "pending"} {
		if got := r.one("passes", id)["status"]; got != status {
			t.Errorf("%s is %v, want %s", id, got, status)
		}
	}
	for id, status := range map[string]string{
		"ana": "active", "bea": "former", "dan": "pending", "eva": "not_approved", "walt": "drop-in", "rosa": "contact",
		"ivan": "active", "kim": "former", "lee": "contact", "ugo": "former", "abe": "drop-in", "max": "active",
	} {
		if got := r.one("members", id)["status"]; got != status {
			t.Errorf("%s is %v, want %s", id, got, status)
		}
	}
	r.wait(15 * time.Hour) // past midnight
	r.token = ""
	if got := r.one("memberships", "ms-cal")["calculatedStatus"]; got != "expired" {
		t.Errorf("the day after its last day ms-cal is %v", got)
	}
}

func TestOfficeRnDKnowsTheEndOfASeries(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	b := r.one("bookings", "bk-standup")
	if b["seriesStart"] != "2026-11-23T09:30:00.000Z" || b["seriesEnd"] != "2026-11-27T10:00:00.000Z" {
		t.Errorf("series %v to %v", b["seriesStart"], b["seriesEnd"])
	}
	p := r.list("bookings?seriesStart[$lt]=2026-11-25T00:00:00Z&seriesEnd[$gte]=2026-11-24T00:00:00Z&resource=" +
		sandbox.ID("elephant"))
	var titles []string
	for _, b := range p.Results {
		titles = append(titles, b["title"].(string))
	}
	if len(titles) != 3 { // the stand-up, and cancelled and tentative rows stay in the list
		t.Errorf("Tuesday shows %v", titles)
	}
}

func TestOfficeRnDExpandsOccurrences(t *testing.T) {
	t.Parallel()
	r := small(t, `{anchor: 2026-10-19, officernd: {org: acme, clients: [{id: cardea, secret: sandbox-secret}],
  bookings: [{_id: b, timezone: Europe/London, start: 2026-10-19T08:00:00Z, end: 2026-10-19T09:00:00Z,
    recurrence: {rrule: "FREQ=WEEKLY;COUNT=3", exdates: [2026-11-02T09:00:00Z]}}]}}`, nil)
	p := r.list("bookings/occurrences?start=2026-10-01&end=2026-12-01")
	var starts []string
	for _, b := range p.Results {
		starts = append(starts, b["start"].(string))
	}
	// nine o'clock in London before and after the clocks go back
	if got := strings.Join(starts, " "); got != "2026-10-19T08:00:00.000Z 2026-10-26T09:00:00.000Z" {
		t.Errorf("occurrences %s", got)
	}
}

func TestOfficeRnDLeavesEmptyPropertiesOutOfSingleAnswers(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	if _, there := r.one("memberships", "ms-ana")["properties"]; there {
		t.Error("an empty bag in a single answer")
	}
	if _, there := r.list("memberships?member=" + sandbox.ID("ana")).Results[0]["properties"]; !there {
		t.Error("no bag in a list")
	}
}

func TestOfficeRnDCheckOutUsesAPass(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	body := `{"location":"` + sandbox.ID("london") + `","start":"2026-11-23T09:00:00Z"}`
	want(t, r.rnd("POST", "checkins/"+sandbox.ID("walt"), `{"start":"2026-11-23T09:00:00Z"}`), 400, "location")
	want(t, r.rnd("POST", "checkins/"+sandbox.ID("walt"), body), 201)
	if got := r.one("passes", "ps-walt")["usedCount"]; got != 1.0 {
		t.Errorf("used %v before the check-out", got)
	}
	r.wait(time.Hour)
	r.token = ""
	want(t, r.rnd("POST", "checkins/checkout/"+sandbox.ID("walt"), ""), 200, `"end":"2026-11-23T10:00:00.000Z"`)
	if got := r.one("passes", "ps-walt")["usedCount"]; got != 2.0 {
		t.Errorf("used %v after the check-out, want 2", got)
	}
	want(t, r.rnd("POST", "checkins/checkout/"+sandbox.ID("walt"), ""), 500)
	// a teammate draws on the team's passes
	want(t, r.rnd("POST", "checkins/"+sandbox.ID("abe"), body), 201)
	want(t, r.rnd("POST", "checkins/checkout/"+sandbox.ID("abe"), ""), 200)
	if got := r.one("passes", "ps-hooli")["usedCount"]; got != 4.0 {
		t.Errorf("the team has used %v, want 4", got)
	}
}

func TestOfficeRnDClosesOpenCheckInsAtMidnight(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.patch("officernd: {checkins: [{_id: open, member: walt, location: london, start: 2026-11-23T09:00:00Z}]}")
	if end, there := r.one("checkins", "open")["end"]; there {
		t.Errorf("closed at %v already", end)
	}
	r.wait(20 * time.Hour)
	r.token = ""
	if end := r.one("checkins", "open")["end"]; end != "2026-11-24T00:00:00.000Z" {
		t.Errorf("closed at %v", end)
	}
}
