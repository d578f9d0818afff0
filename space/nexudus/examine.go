package nexudus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/cardea-access/cardea"
)

// The codes of what doctor finds.
const (
	issueHookOff   = "hook-off"
	issueSilent    = "unreadable"
	issueRequested = "plan-without-passes"
)

// Examine implements space.Examined: it looks for webhooks that the vendor switched off, for listings that the user may not read
// although they make removals faster or surer, and for plans that use passes and give none.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	var out []cardea.Issue
	for _, path := range []string{cancelled.path, "/billing/timepasses", "/billing/timepasstimeslots", "/spaces/bookingvisitors"} {
		_, err := s.get(ctx, path, url.Values{"size": {"1"}})
		switch cardea.ClassOf(err) {
		case "":
		case cardea.Auth, cardea.NotFound, cardea.Rejected:
			out = append(out, cardea.Issue{Code: issueSilent, Text: fmt.Sprintf(
				"the Nexudus user may not list %s: give it the role that ends in -List for it", path)})
		default:
			return out, err
		}
	}
	off := 0
	err := s.list(ctx, "/sys/webhooks", url.Values{}, func(rows []json.RawMessage, _ cardea.Mark) error {
		for _, row := range rows {
			var w webhook
			if json.Unmarshal(row, &w) == nil && strings.HasPrefix(w.Name, hookName) && w.Active.known && !w.Active.yes {
				off++
			}
		}
		return nil
	})
	if off > 0 {
		out = append(out, cardea.Issue{Code: issueHookOff, Text: fmt.Sprintf(
			"Nexudus switched %d of our webhooks off after errors: run hooks install to switch them on", off)})
	}
	if class := cardea.ClassOf(err); class != "" && class != cardea.Auth {
		return out, err
	}
	without, err := s.plansWithoutPasses(ctx)
	for _, name := range without {
		out = append(out, cardea.Issue{Code: issueRequested, Text: fmt.Sprintf(
			"the plan %q uses passes and includes none: with passgate on, its members have no access", name)})
	}
	return out, err
}

// plansWithoutPasses returns the names of plans whose members cannot check in. What cannot be asked is not complained of.
func (s *System) plansWithoutPasses(ctx context.Context) ([]string, error) {
	gives := map[ref]bool{}
	err := s.list(ctx, "/billing/tarifftimepasses", url.Values{}, func(rows []json.RawMessage, _ cardea.Mark) error {
		for _, row := range rows {
			var v struct {
				Tariff ref `json:"TariffId"`
			}
			if json.Unmarshal(row, &v) == nil {
				gives[v.Tariff] = true
			}
		}
		return nil
	})
	if err != nil {
		if class := cardea.ClassOf(err); class == cardea.Auth || class == cardea.NotFound || class == cardea.Rejected {
			return nil, nil
		}
		return nil, err
	}
	var out []string
	err = s.list(ctx, tariffs.path, url.Values{}, func(rows []json.RawMessage, _ cardea.Mark) error {
		for _, row := range rows {
			var v struct {
				own

				Name     text `json:"Name"`
				Uses     flag `json:"UseTimePasses"`
				Archived flag `json:"Archived"`
			}
			if json.Unmarshal(row, &v) == nil && v.Uses.yes && !v.Archived.yes && !gives[v.ID] {
				out = append(out, string(v.Name))
			}
		}
		return nil
	})
	return out, err
}
