package kisi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
)

func TestOnlyPlainUserRightsAreOurEdges(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(1, 50, "User", 7, "group_basic", "2026-11-01T09:00:00Z", nil)
	f.right(2, 50, "User", 8, "group_basic", "2026-11-01T09:00:00+01:00", "2026-11-02T09:00:00.000Z")
	f.right(3, 50, "User", 4, "group_manager", nil, nil)
	f.right(4, 50, "Team", 7, "group_basic", nil, nil)
	f.right(5, 50, "Guest", 7, "group_basic", nil, nil)
	f.rights = append(f.rights,
		row{"id": 6, "role_id": "group_basic", "scope": "group", "group_id": 51, "user_id": 9}) // the older fields alone
	got := edges(f.read(kinds(cardea.KindEdge)))
	want := []cardea.Edge{
		{Group: "50", Account: "4", Ref: "3", Window: cardea.Forever, Foreign: "role group_manager"},
		{Group: "50", Account: "7", Ref: "1", Window: cardea.Window{From: at("2026-11-01T09:00:00Z"), Until: cardea.Never}},
		{Group: "50", Account: "8", Ref: "2", Window: cardea.Window{
			From: at("2026-11-01T08:00:00Z"), Until: at("2026-11-02T09:00:00Z"),
		}},
		{Group: "50", Account: "Guest:7", Ref: "5", Window: cardea.Forever, Foreign: "a Guest, not a user"},
		{Group: "50", Account: "Team:7", Ref: "4", Window: cardea.Forever, Foreign: "a Team, not a user"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	f.before = func(r *http.Request) (*http.Response, error) { // a vendor that ignores the filter by type
		q := r.URL.Query()
		q.Del("applies_to_type")
		r.URL.RawQuery = q.Encode()
		return nil, nil
	}
	in := f.read(kinds(cardea.KindEdge))
	grade(t, in, cardea.KindEdge, cardea.Complete, 6)
	if last := edges(in)[5]; last.Group != "51" || last.Account != "9" || last.Foreign != "" {
		t.Errorf("by the older fields: %+v", last)
	}
}

func TestOrganisationRightsAreNoEdges(t *testing.T) {
	t.Parallel()
	f := withStaff(t)
	f.right(105, 50, "User", 2, "group_basic", nil, nil)
	in := f.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"2", "7", "404"}})
	grade(t, in, cardea.KindEdge, cardea.Complete, 2) // an account that is not there holds nothing
	if got := edges(in); got[0].Account != "2" || got[1].Account != "7" {
		t.Errorf("got %+v", got)
	}
}

func TestBrokenRightsNameWhomTheyConcern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, raw, who string
		grade          cardea.Grade
	}{
		{"time", `{"id":1,"role_id":"group_basic","applies_to_type":"Group","applies_to_id":50,"assignee_type":"User",
			"assignee_id":7,"valid_until":"tomorrow"}`, "edge:50/7", cardea.Complete},
		{"time of another type", `{"id":1,"role_id":"group_basic","applies_to_type":"Group","applies_to_id":50,
			"assignee_type":"User","assignee_id":7,"valid_until":17}`, "edge:50/7", cardea.Complete},
		{"empty time", `{"id":1,"role_id":"group_basic","applies_to_type":"Group","applies_to_id":50,
			"assignee_type":"User","assignee_id":7,"valid_until":""}`, "edge:50/7", cardea.Complete},
		{"no role", `{"id":1,"applies_to_type":"Group","applies_to_id":50,"assignee_type":"User","assignee_id":7}`,
			"edge:50/7", cardea.Complete},
		{"text as its id", `{"id":"1","role_id":"group_basic","applies_to_type":"Group","applies_to_id":50,
			"assignee_type":"User","assignee_id":7}`, "edge:50/7", cardea.Complete},
		{"text as the assignee's id", `{"id":1,"role_id":"group_basic","applies_to_type":"Group","applies_to_id":50,
			"assignee_type":"User","assignee_id":"7"}`, "", cardea.Incomplete},
		{"no group", `{"id":1,"role_id":"group_basic","applies_to_type":"Group","assignee_type":"User","assignee_id":7}`,
			"", cardea.Incomplete},
	} {
		f := newFake(t)
		f.right(1, 50, "User", 7, "group_basic", nil, nil)
		f.right(2, 50, "User", 8, "group_basic", nil, nil)
		f.spoil("/role_assignments", 1, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			rows[0] = json.RawMessage(c.raw)
			return rows
		})
		in := f.read(kinds(cardea.KindEdge))
		grade(t, in, cardea.KindEdge, c.grade, 1)
		bad := in.Collection(cardea.KindEdge).BadOnes()
		if len(bad) != 1 || (c.who == "") != (len(bad[0].Who) == 0) || (c.who != "" && bad[0].Who[0].String() != c.who) {
			t.Errorf("%s: bad rows %+v", c.name, bad)
		}
	}
}

func TestSecondRightInOneGroupMakesThePairUnsure(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(1, 50, "User", 7, "group_basic", nil, nil)
	f.right(2, 50, "User", 7, "group_basic", nil, "2026-11-02T09:00:00Z")
	in := f.read(kinds(cardea.KindEdge))
	grade(t, in, cardea.KindEdge, cardea.Complete, 1)
	if bad := in.Collection(cardea.KindEdge).BadOnes(); len(bad) != 1 || bad[0].Who[0].ID != "50/7" {
		t.Errorf("bad rows %+v", bad)
	}
}

func TestEdgesAreReadTheCheaperWay(t *testing.T) {
	t.Parallel()
	wanted := func(n int) (out []cardea.GroupID) {
		for i := range n {
			out = append(out, cardea.GroupID(fmt.Sprint(50+i)))
		}
		return out
	}
	for _, c := range []struct {
		name   string
		rights int // on every one of the ten groups and on the ninety others
		groups []cardea.GroupID
		calls  int
		edges  int
	}{
		{"few groups one by one", 1, wanted(3), 3, 3},
		{"many groups of a small house at once", 1, wanted(10), 1, 10},
		{"some groups of a large house one by one", 20, wanted(5), 1 + 5, 100},
		{"every edge", 5, nil, 2, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			id := 0
			for g := range 100 {
				for u := range c.rights {
					id++
					f.right(id, 50+g, "User", 100+u, "group_basic", nil, nil)
				}
			}
			in := f.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: c.groups})
			grade(t, in, cardea.KindEdge, cardea.Complete, c.edges)
			if len(f.reads) != c.calls {
				t.Errorf("took %d calls, want %d: %v", len(f.reads), c.calls, f.reads)
			}
		})
	}
}

func TestMoreEdgesThanTheCeilingAreReadGroupByGroup(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for g := range 3 {
		f.group(50+g, "G")
		for u := range 6751 {
			f.right(g*10000+u+1, 50+g, "User", 100+u, "group_basic", nil, nil)
		}
	}
	in := f.read(kinds(cardea.KindEdge))
	grade(t, in, cardea.KindEdge, cardea.Complete, 3*6751)
	for _, r := range f.reads[2:] {
		if !strings.Contains(r, "applies_to_id=") {
			t.Fatalf("asked %s", r)
		}
	}
}

func TestGroupThatCameShortMakesTheEdgesIncomplete(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for g := range 3 {
		f.right(g+1, 50+g, "User", 7, "group_basic", nil, nil)
	}
	f.spoil("/role_assignments", 2, func([]json.RawMessage, http.Header) []json.RawMessage { return []json.RawMessage{} })
	in := f.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"50", "51", "52"}})
	grade(t, in, cardea.KindEdge, cardea.Incomplete, 2)
}
