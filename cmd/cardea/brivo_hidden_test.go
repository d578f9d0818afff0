package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// brivoGroup is a group's id at Brivo.
func (r *rig) brivoGroup(name string) cardea.GroupID {
	r.t.Helper()
	for _, g := range r.vendors.Groups("brivo") {
		if g.Name == name {
			return cardea.GroupID(g.ID)
		}
	}
	r.t.Fatalf("there is no group %s", name)
	return ""
}

// withholding has Brivo answer so to everything that is asked of one group by its id, which stays in the list of groups.
func (r *rig) withholding(group cardea.GroupID, status int) *atomic.Bool {
	var on atomic.Bool
	r.tapped().before = func(_ int, req *http.Request) (*http.Response, error) {
		if !on.Load() || !strings.Contains(req.URL.Path+"/", "/groups/"+string(group)+"/") {
			return nil, nil
		}
		body := fmt.Sprintf(`{"code":%d,"message":"Access to the requested resource was denied"}`, status)
		return &http.Response{
			StatusCode: status, Status: http.StatusText(status), Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(body)), Request: req, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}, nil
	}
	return &on
}

// TestAGroupThatBrivoWithholdsStopsNoOther: the administrator behind the connection loses the right to look into the office's group,
// which Brivo says with 403, or with the 404 of a thing that is not there. Whoever was let into the others by hand goes all the
// same, others get in, nobody loses the office by it, and whose tenancy of it ends is not said to be out before that is so.
func TestAGroupThatBrivoWithholdsStopsNoOther(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T21:00:00Z", func(t *testing.T) {
				r := pair(t, spaceSide("house"), brivoSide, kept(t), commonMappings(brivoSide))
				fillHouse(r)
				r.house(cardea.Assignment{ID: "as-ana", Agreement: "ms-ana", Resource: "office-12", Start: date(t, "2026-09-01")})
				office := r.brivoGroup("Office 12")
				withheld := r.withholding(office, status)
				stop := r.serving()
				defer func() { stop(); r.shut() }()
				time.Sleep(30 * time.Minute)
				if !r.has("brivo", "Office 12", "ana@x.test") || !r.has("brivo", "Office 12", "eli@x.test") {
					t.Fatalf("at first: %v", r.passing("brivo"))
				}
				r.patch(`brivo: {users: [{id: 77, firstName: Sam, lastName: Stray, emails: [{address: sam@x.test, type: Work}], groups: [General access]}]}`)
				withheld.Store(true)
				r.house(cardea.Agreement{ID: "ms-fay", Person: "fay", Plan: "hot", Location: "london", Approved: true,
					Start: date(t, "2026-11-23")})
				time.Sleep(2 * time.Hour) // the door side is listed meanwhile
				if r.has("brivo", "General access", "sam@x.test") || !r.has("brivo", "General access", "fay@x.test") {
					t.Errorf("in the others: %v", r.passing("brivo"))
				}
				told := slices.DeleteFunc(r.inbox(false), func(i desk.InboxIssue) bool { return i.Code != "group-withheld" })
				if len(told) != 1 || told[0].Group != office || r.codes("door-incomplete") != 0 {
					t.Errorf("told: %+v", r.inbox(false))
				}
				// An end is announced by nobody but the records: it is tried, fails, and is an incident.
				r.house(cardea.Assignment{ID: "as-ana", Agreement: "ms-ana", Resource: "office-12", Start: date(t, "2026-09-01"),
					End: date(t, "2026-11-23")})
				time.Sleep(90 * time.Minute)
				if !r.has("brivo", "Office 12", "ana@x.test") || r.codes("revocation-unconfirmed") == 0 {
					t.Errorf("Ana's end is said to be done: %+v", r.inbox(false))
				}
				if !r.has("brivo", "Office 12", "eli@x.test") || !r.has("brivo", "General access", "ana@x.test") {
					t.Errorf("lost: %v", r.passing("brivo"))
				}
				withheld.Store(false)
				time.Sleep(2 * time.Hour)
				if r.has("brivo", "Office 12", "ana@x.test") || !r.has("brivo", "Office 12", "eli@x.test") || r.codes("group-withheld")+r.codes("revocation-unconfirmed") != 0 {
					t.Errorf("with the right restored: %v, %+v", r.passing("brivo"), r.inbox(false))
				}
			})
		})
	}
}

// TestAGroupThatBrivoHidesTakesNobodysAccess takes the office's group out of all that the administrator sees, as if it were deleted,
// for two days. Who is in it passes on, and is told to; an end in between is made up for when it is back.
func TestAGroupThatBrivoHidesTakesNobodysAccess(t *testing.T) {
	t.Parallel()
	for mode, unseen := range map[string]string{"exclusive": "404", "shared": "403"} {
		t.Run(mode+" "+unseen, func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T21:00:00Z", func(t *testing.T) {
				r := pair(t, spaceSide("house"), brivoSide, kept(t), commonMappings(brivoSide)+"    groups: {Office 12: {mode: "+mode+"}}\n")
				fillHouse(r)
				r.patch("brivo: {switches: {unseen: '" + unseen + "'}}")
				r.house(cardea.Assignment{ID: "as-ana", Agreement: "ms-ana", Resource: "office-12", Start: date(t, "2026-09-01")})
				office := r.brivoGroup("Office 12")
				stop := r.serving()
				defer func() { stop(); r.shut() }()
				time.Sleep(30 * time.Minute)
				r.patch(fmt.Sprintf("brivo: {groups: [{id: %s, hidden: true}]}", office))
				time.Sleep(time.Hour)
				r.house(cardea.Assignment{ID: "as-ana", Agreement: "ms-ana", Resource: "office-12", Start: date(t, "2026-09-01"),
					End: date(t, "2026-11-23")})
				time.Sleep(4 * time.Hour)
				if !r.has("brivo", "Office 12", "ana@x.test") || !r.has("brivo", "Office 12", "eli@x.test") || !r.has("brivo", "General access", "ana@x.test") {
					t.Errorf("while it is hidden: %v", r.passing("brivo"))
				}
				told := slices.DeleteFunc(r.inbox(false), func(i desk.InboxIssue) bool { return !strings.Contains(i.Text, "may not see it any more") })
				if len(told) == 0 {
					t.Errorf("told: %+v", r.inbox(false))
				}
				r.patch(fmt.Sprintf("brivo: {groups: [{id: %s, hidden: false}]}", office))
				time.Sleep(3 * time.Hour)
				if r.has("brivo", "Office 12", "ana@x.test") || !r.has("brivo", "Office 12", "eli@x.test") {
					t.Errorf("with the right restored: %v, %+v", r.passing("brivo"), r.inbox(false))
				}
			})
		})
	}
}
