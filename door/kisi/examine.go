package kisi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// Examine implements door.Examined: groups that open nothing, groups whose own settings cut what Cardea gives, doors that
// are locked down or not reachable, guest links beside the members, and a directory that switches users on and off. Whatever
// the credentials may not read becomes an issue too. Errors: Retry, Throttled, and those of the groups' list.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	names, out, err := s.examineGroups(ctx)
	if err != nil {
		return nil, err
	}
	found, err := door.Examine(ctx, s.examineLocks, func(ctx context.Context) ([]cardea.Issue, error) {
		return s.examineLinks(ctx, names)
	}, s.examineDirectory)
	return append(out, found...), err
}

// restrictions are what a group may ask of its members beside membership, in words (vendors/kisi.md 2.2).
var restrictions = []struct{ field, asks string }{
	{"reader_restriction_enabled", "a reader close by"},
	{"geofence_restriction_enabled", "a phone that is near"},
	{"primary_device_restriction_enabled", "the member's main phone"},
	{"managed_device_restriction_enabled", "a managed phone"},
	{"tap_to_access_restriction_enabled", "a tap on the reader"},
}

// examineGroups looks at the groups' own settings (vendors/kisi.md 2.2) and returns the groups' names.
func (s *System) examineGroups(ctx context.Context) (map[int64]string, []cardea.Issue, error) {
	names := map[int64]string{}
	var out []cardea.Issue
	err := s.whole(ctx, listing{path: "/groups", limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
		f, id, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		name, _ := f.Text("name")
		names[id] = name
		out = append(out, examineGroup(f, cardea.GroupID(number(id)), name)...)
		return nil
	})
	return names, out, err
}

func examineGroup(f object.Fields, id cardea.GroupID, name string) []cardea.Issue {
	var out []cardea.Issue
	add := func(minor bool, code, format string, args ...any) {
		out = append(out, cardea.Issue{Code: code, Group: id, Minor: minor, Text: fmt.Sprintf(format, args...)})
	}
	if f.On("time_restriction_enabled") {
		add(false, "group-own-times", "group %q has a time restriction of its own, which cuts access without Cardea's seeing it: "+
			"switch it off at Kisi, and give the mapping hours instead", name)
	}
	locks, told := f.Count("locks_count")
	stops, _ := f.Count("elevator_stops_count")
	if told && locks+stops == 0 {
		add(false, "group-opens-nothing", "group %q opens nothing: no door and no elevator stop is in it; add its doors at Kisi", name)
	}
	if f.Has("login_enabled") && !f.On("login_enabled") {
		add(true, "group-app-off", "access by the app is off for group %q: its members need a card; switch it on at Kisi if "+
			"phones are meant to open", name)
	}
	var asks []string
	for _, r := range restrictions {
		if f.On(r.field) {
			asks = append(asks, r.asks)
		}
	}
	if len(asks) > 0 {
		add(true, "group-restricted", "group %q asks for more than membership: %s; who lacks it stays outside whatever Cardea says",
			name, strings.Join(asks, ", "))
	}
	return out
}

// examineLocks finds doors that nobody passes (vendors/kisi.md 2.6).
func (s *System) examineLocks(ctx context.Context) ([]cardea.Issue, error) {
	var out []cardea.Issue
	err := s.whole(ctx, listing{path: "/locks", limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
		f, _, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		name, _ := f.Text("name")
		switch {
		case f.On("locked_down"):
			out = append(out, cardea.Issue{Code: "door-locked-down", Text: fmt.Sprintf(
				"door %q is in lockdown: nobody passes it whatever Cardea says; end the lockdown at Kisi when it is over", name)})
		case f.Has("configured") && !f.On("configured"):
			out = append(out, cardea.Issue{Code: "door-not-set-up", Text: fmt.Sprintf(
				"door %q is not set up: no controller opens it; finish it at Kisi", name)})
		case f.Has("online") && !f.On("online"):
			out = append(out, cardea.Issue{Code: "door-offline", Text: fmt.Sprintf(
				"door %q is offline: changes reach it when it is back; look at its controller", name)})
		}
		return nil
	})
	return out, err
}

// examineLinks counts the guest links that open doors now or later (vendors/kisi.md 2.5).
func (s *System) examineLinks(ctx context.Context, names map[int64]string) ([]cardea.Issue, error) {
	now := cardea.At(s.now())
	links := map[int64]int{}
	err := s.whole(ctx, listing{path: "/group_links", limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
		f, _, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		group, _ := f.ID("group_id")
		until, readable := instant(f, "valid_until", cardea.Never)
		code, _ := f.Text("quick_response_code_type")
		if (!readable || until > now) && (f.On("link_enabled") || code != "") {
			links[group]++
		}
		return nil
	})
	var out []cardea.Issue
	for group, n := range links {
		text := fmt.Sprintf("%d guest links open the doors of group %q; Cardea neither makes nor ends them", n, names[group])
		if n == 1 {
			text = fmt.Sprintf("a guest link opens the doors of group %q; Cardea neither makes nor ends it", names[group])
		}
		out = append(out, cardea.Issue{Code: "group-has-links", Group: cardea.GroupID(number(group)), Minor: true, Text: text})
	}
	slices.SortFunc(out, func(a, b cardea.Issue) int { return strings.Compare(string(a.Group), string(b.Group)) })
	return out, err
}

// examineDirectory asks whether another system switches users on and off (vendors/kisi.md 2.6, 4).
func (s *System) examineDirectory(ctx context.Context) ([]cardea.Issue, error) {
	var org object.Fields
	if err := s.get(ctx, "/organization", &org); err != nil || !org.On("scim_enabled") {
		return nil, err
	}
	const text = "SCIM is switched on in the organisation: a directory may switch users off, and put them into groups, beside " +
		"Cardea; leave it no group that Cardea keeps"
	return []cardea.Issue{{Code: "directory-beside-us", Minor: true, Text: text}}, nil
}
