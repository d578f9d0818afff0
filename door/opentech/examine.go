package opentech

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// Examine implements door.Examined: units that nobody can tell apart, units without a paired lock, rented units with
// nobody on them, defaults that do not exist, and what the facility says of its own health. Whatever these credentials may
// not read becomes an issue too. Errors: those of the units' own list, and Retry.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	us, err := s.listUnits(ctx)
	if err != nil {
		return nil, err
	}
	var out []cardea.Issue
	for _, u := range us.list {
		if _, err := us.find(u.group()); err != nil {
			out = append(out, cardea.Issue{Code: "duplicate-unit-number", Group: u.group(), Text: err.Error()})
		}
	}
	found, err := door.Examine(ctx, func(ctx context.Context) ([]cardea.Issue, error) {
		return s.examineLocks(ctx, us)
	}, func(ctx context.Context) ([]cardea.Issue, error) {
		return s.examineRented(ctx, us)
	}, s.examineDefaults, s.examineHealth)
	return append(out, found...), err
}

// examineLocks compares units with the locks that are paired (vendors/opentech-kinnovis.md 2.6).
func (s *System) examineLocks(ctx context.Context, us *units) ([]cardea.Issue, error) {
	path, err := s.under(ctx, "smartlockstatus")
	if err != nil {
		return nil, err
	}
	rows, err := s.list(ctx, path)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && len(us.list) > 0 {
		const none = "the facility reports no smart lock at all: codes open its gates, and no unit"
		return []cardea.Issue{{Code: "no-smart-locks", Text: none}}, nil
	}
	paired := map[cardea.GroupID]bool{}
	for _, raw := range rows {
		var f object.Fields
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		if is, ok := f.Flag("isDevicePaired", false); !is || !ok {
			continue
		}
		if id, ok := f.ID("unitId"); ok {
			if u, known := us.byID[id]; known {
				paired[u.group()] = true
				continue
			}
		}
		if name, ok := f.Loose("unitName"); ok {
			paired[unitGroup(name)] = true
		}
	}
	var out []cardea.Issue
	for _, u := range us.list {
		if !paired[u.group()] {
			out = append(out, cardea.Issue{Code: "unit-without-lock", Group: u.group(), Text: fmt.Sprintf(
				"unit %q has no paired lock: whoever rents it passes the gate, and their code opens no lock on it; pair one at OpenTech",
				trim(u.number))})
		}
	}
	return out, nil
}

// examineRented finds units that the vendor takes for rented although nobody is on them.
func (s *System) examineRented(ctx context.Context, us *units) ([]cardea.Issue, error) {
	vs, _, err := s.allVisitors(ctx)
	if err != nil {
		return nil, err
	}
	held := map[int64]bool{}
	for _, v := range vs {
		held[v.unit] = held[v.unit] || v.enabled
	}
	var out []cardea.Issue
	for _, u := range us.list {
		if u.state == cardea.UnitRented && !held[u.id] {
			out = append(out, cardea.Issue{Code: "rented-by-nobody", Group: u.group(), Text: fmt.Sprintf(
				"unit %q is rented, and nobody passes on it; vacate it at OpenTech if it is free", trim(u.number))})
		}
	}
	return out, nil
}

// examineDefaults looks the connection's defaults up.
func (s *System) examineDefaults(ctx context.Context) ([]cardea.Issue, error) {
	var out []cardea.Issue
	for _, d := range []struct{ route, key, value string }{
		{accessProfiles, "access_profile", s.c.Profile}, {timeGroups, "time_group", s.c.TimeGroup},
	} {
		_, err := s.attribute(ctx, d.route, d.value)
		switch {
		case cardea.ClassOf(err) == cardea.Rejected:
			out = append(out, cardea.Issue{Code: "unknown-default", Text: d.key + ": " + err.Error()})
		case err != nil:
			return out, err
		}
	}
	return out, nil
}

// examineHealth asks the facility for its state.
func (s *System) examineHealth(ctx context.Context) ([]cardea.Issue, error) {
	var out []cardea.Issue
	path, err := s.under(ctx, "status")
	if err != nil {
		return nil, err
	}
	var health object.Fields
	if err := s.get(ctx, path, &health); err != nil {
		return nil, err
	}
	for _, part := range []struct{ field, name string }{
		{"gatewayControllerPlatformOverallStatus", "gateway controller"}, {"edgeRouterPlatformOverallStatus", "edge routers"},
	} {
		state, _ := health.Text(part.field)
		if state == "" || strings.EqualFold(state, "ok") {
			continue
		}
		why, _ := health.Text(part.field + "Message")
		text := trim("the facility's " + part.name + " says " + state + ". " + why)
		out = append(out, cardea.Issue{Code: "facility-status", Text: text})
	}
	for _, state := range []struct{ route, text string }{
		{"emergency", "the facility is in an emergency: its doors may stand open whatever Cardea says"},
		{"lockdown", "the facility is in lockdown: nobody passes whatever Cardea says"},
	} {
		path, err := s.under(ctx, state.route)
		if err != nil {
			return out, err
		}
		var on bool
		if err := s.get(ctx, path, &on); err != nil {
			return out, err
		}
		if on {
			out = append(out, cardea.Issue{Code: state.route, Text: state.text})
		}
	}
	return out, nil
}
