package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// idle stands between Cardea and a Kisi that answers every change of an entry well, and does nothing. It counts what it is asked.
func (r *rig) idle(idle *bool, asked map[string]int) http.RoundTripper {
	inner := r.vendors.Transport()
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		path, entries := strings.CutPrefix(req.URL.Path, "/kisi/role_assignments")
		if !*idle || !entries || req.Method == http.MethodGet {
			return inner.RoundTrip(req)
		}
		asked[req.Method]++
		if req.Method == http.MethodDelete && path != "" {
			return &http.Response{
				StatusCode: http.StatusNoContent, Status: "204 No Content", Header: http.Header{}, Body: http.NoBody, Request: req,
				Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			}, nil
		}
		res, err := inner.RoundTrip(req) // for an answer as Kisi gives it
		if err != nil || res.StatusCode >= 400 {
			return res, err
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, err
		}
		var made struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(body, &made); err != nil || made.ID == 0 {
			r.t.Errorf("a created entry is answered with %s", body)
		}
		r.patch(fmt.Sprintf("kisi: {role_assignments: [{id: %d, delete: true}]}", made.ID))
		res.Body = io.NopCloser(strings.NewReader(string(body)))
		return res, nil
	})
}

// TestIncidentAVendorAnswersAndDoesNothing has somebody who comes and somebody who leaves while Kisi answers 200 and does
// nothing: nothing is called done, it is asked again, and people are told; when Kisi works again all is well without them.
func TestIncidentAVendorAnswersAndDoesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := tiny(t, db)
			defer func() { r.shut() }()
			idle, asked := false, map[string]int{}
			r.shut()
			r.set.transport = r.idle(&idle, asked)
			r.open()
			r.sync(desk.InStep)
			before := r.inside()
			idle = true
			r.patch("officernd: {memberships: [{_id: ms-finn, endDate: 2026-11-20}, {_id: ms-ana, plan: night-owl, name: Night owl}]}")
			last := map[string]int{}
			for n := range 3 {
				result, err := r.try(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if result.Standing() == desk.InStep {
					t.Errorf("run %d calls it done: %s", n+1, brief(result))
				}
				r.wantInside("while Kisi does nothing", before)
				for _, method := range []string{http.MethodPost, http.MethodDelete} {
					if asked[method] <= last[method] {
						t.Errorf("run %d does not ask again: %v", n+1, asked)
					}
					last[method] = asked[method]
				}
				time.Sleep(7 * time.Minute)
			}
			told := func(group cardea.GroupID) bool {
				issues, err := r.app.store.In("default").Issues(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				return slices.ContainsFunc(issues, func(i store.IssueRow) bool {
					code := i.Issue.Code == "unconfirmed" || i.Issue.Code == "op-failed" || i.Issue.Code == "revocation-unconfirmed"
					return code && i.Issue.Group == group
				})
			}
			night := r.groupID("Night")
			if !told(night) {
				t.Error("nobody is told that Night is not as it was said to be")
			}
			idle = false
			r.settle("when Kisi works again", 3)
			r.wantInside("when Kisi works again", map[string][]string{"Night": {"ana", "dora"}})
			if told(night) {
				t.Error("what is well is still told")
			}
		})
	})
}

// groupID is a group's id at the door system.
func (r *rig) groupID(name string) cardea.GroupID {
	r.t.Helper()
	for _, g := range r.vendors.Groups("kisi") {
		if g.Name == name {
			return cardea.GroupID(g.ID)
		}
	}
	r.t.Fatalf("there is no group %s", name)
	return ""
}
