package kisi_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// premises are the lists that only Examine asks for.
func (f *fake) premises(locks, links []row) {
	f.before = func(r *http.Request) (*http.Response, error) {
		switch {
		case r.Method == http.MethodGet && r.URL.Path == "/locks":
			return f.list(locks, 250, 50, r.URL.Query()), nil
		case r.Method == http.MethodGet && r.URL.Path == "/group_links":
			return f.list(links, 250, 10, r.URL.Query()), nil
		}
		return nil, nil
	}
}

// group as Kisi shows one whose own settings cut nothing.
func (f *fake) plainGroup(id int, name string) row {
	g := f.group(id, name)
	for _, flag := range []string{
		"geofence_restriction_enabled", "primary_device_restriction_enabled", "managed_device_restriction_enabled",
		"reader_restriction_enabled", "time_restriction_enabled", "tap_to_access_restriction_enabled",
	} {
		g[flag] = false
	}
	g["login_enabled"], g["locks_count"], g["elevator_stops_count"] = true, 1, 0
	return g
}

// examined prints the issues as CODE GROUP, minor ones in brackets, sorted.
func examined(t *testing.T, f *fake) []string {
	t.Helper()
	issues, err := f.system().Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range issues {
		s := strings.TrimSpace(i.Code + " " + string(i.Group))
		if i.Minor {
			s = "(" + s + ")"
		}
		if !strings.ContainsAny(i.Text, " ") {
			t.Errorf("%s says %q", i.Code, i.Text)
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestExamineFindsNothingWhereNothingIsTheMatter(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plainGroup(5, "General")
	lift := f.plainGroup(6, "Lift")
	lift["locks_count"], lift["elevator_stops_count"] = 0, 2
	f.group(7, "Terse") // shows none of the fields: nothing is known of it
	f.premises([]row{{"id": 1, "name": "Front", "configured": true, "online": true, "locked_down": false}, {"id": 2, "name": "Back"}}, []row{
		{"id": 1, "group_id": 5, "link_enabled": true, "valid_until": "2026-11-19T00:00:00Z"}, // over
		{"id": 2, "group_id": 5, "link_enabled": false},
	})
	if got := examined(t, f); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	for _, r := range f.reads {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("sent %s", r)
		}
	}
	if len(f.writes) != 0 {
		t.Errorf("wrote %v", f.writes)
	}
}

func TestExamineFindsGroupsAndDoorsThatDoNotOpenAsGiven(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plainGroup(5, "Nights")["time_restriction_enabled"] = true
	f.plainGroup(6, "Nothing")["locks_count"] = 0
	f.plainGroup(7, "Cards")["login_enabled"] = false
	near := f.plainGroup(8, "Near")
	near["reader_restriction_enabled"], near["geofence_restriction_enabled"] = true, true
	f.premises([]row{
		{"id": 1, "name": "Front", "configured": true, "online": true, "locked_down": true},
		{"id": 2, "name": "Back", "configured": true, "online": false, "locked_down": false},
		{"id": 3, "name": "New", "configured": false, "online": nil},
	}, []row{
		{"id": 1, "group_id": 5, "link_enabled": true, "valid_until": nil},
		{"id": 2, "group_id": 5, "link_enabled": false, "quick_response_code_type": "online", "valid_until": "2027-01-01T00:00:00Z"},
	})
	premises := f.before
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/organization" {
			return said(200, row{"id": 9, "name": "House", "scim_enabled": true}), nil
		}
		return premises(r)
	}
	want := []string{
		"(directory-beside-us)", "(group-app-off 7)", "(group-has-links 5)", "(group-restricted 8)",
		"door-locked-down", "door-not-set-up", "door-offline", "group-opens-nothing 6", "group-own-times 5",
	}
	if got := examined(t, f); !slices.Equal(got, want) {
		t.Errorf("found\n %v, want\n %v", got, want)
	}
	issues, err := f.system().Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for code, part := range map[string]string{
		"group-has-links": "2 guest links", "group-restricted": "a reader close by, a phone that is near", "group-own-times": `"Nights"`,
		"door-locked-down": `"Front"`,
	} {
		i := slices.IndexFunc(issues, func(i cardea.Issue) bool { return i.Code == code })
		if i < 0 || !strings.Contains(issues[i].Text, part) {
			t.Errorf("%s does not say %q: %+v", code, part, issues)
		}
	}
}

func TestExamineSaysWhatItMayNotSeeAndGoesOn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plainGroup(5, "Nights")["time_restriction_enabled"] = true
	f.premises(nil, []row{{"id": 1, "group_id": 5, "link_enabled": true}})
	premises := f.before
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/locks" {
			return said(403, row{"code": "afc496", "error": "Access denied."}), nil
		}
		return premises(r)
	}
	if got, want := examined(t, f), []string{"(group-has-links 5)", "group-own-times 5", "not-examined"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestExamineFailsWhereTheVendorDoes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plainGroup(5, "Nights")["time_restriction_enabled"] = true
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/locks" {
			return nil, errors.New("cut")
		}
		return nil, nil
	}
	issues, err := f.system().Examine(t.Context())
	if cardea.ClassOf(err) != cardea.Retry || len(issues) != 1 {
		t.Errorf("%v and %v", issues, err)
	}
}
