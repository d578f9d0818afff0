package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// integrations says in the desk's words what the file asks for, sorted by name.
func integrations(f *config.File) ([]desk.Integration, error) {
	var out []desk.Integration
	for _, name := range slices.Sorted(maps.Keys(f.Integrations)) {
		in, err := integration(f, f.Integrations[name])
		if err != nil {
			return nil, err
		}
		out = append(out, in)
	}
	return out, nil
}

func integration(f *config.File, in *config.Integration) (desk.Integration, error) {
	named := func(n config.Name) desk.Named { return desk.Named{Text: n.Text, Where: f.At(n.Line)} }
	out := desk.Integration{
		Name: in.Name, Space: in.Space.Text, Door: in.Door.Text, Zone: in.Zone.Text, Enabled: in.On(), Observe: in.Observe, Where: f.At(in.Line),
		Interval: in.Interval.Duration, Sweep: in.DoorSweep.Duration.Duration, Horizon: in.Horizon.Duration,
		Lead: in.Lead.Duration, Lag: in.Lag.Duration,
		Approve: cardea.Approve(in.Approve.Text), Mails: cardea.Mails(in.Mails.Text), Brake: in.Brake.Over(cardea.DefaultBrake),
		Prefix: in.Prefix, Follow: in.Profile.Follow, Visitors: in.Visitors.Text != "none", Teams: in.TeamBookings.Text == "team",
		CancelledOut: in.CancellationDay.Text == "out", PausedKept: in.Paused.Text == "keep", PassGate: in.PassGate.Text,
		PassGateBookings: in.PassGateBookings.Text == "true",
		PassTail:         in.PassTail.Text == "day", Units: in.Mappings.Units != nil,
		Stored: in.Section == 0 && !in.Maps(), MappedAt: f.At(in.Section),
	}
	var err error
	if out.Quiet, err = in.Quiet(); err != nil {
		return out, fmt.Errorf("%s: quiet_hours: %w", f.At(in.QuietHours.Line), err)
	}
	for _, l := range in.Locations {
		out.Locations = append(out.Locations, named(l))
	}
	for _, name := range slices.Sorted(maps.Keys(in.LocationSettings)) {
		site, err := siteSettings(in.LocationSettings[name])
		if err != nil {
			return out, fmt.Errorf("%s: location_settings: %s: %w", f.At(in.Line), name, err)
		}
		out.Sites = append(out.Sites, desk.Site{Location: desk.Named{Text: name, Where: f.At(in.Line)}, Settings: site})
	}
	for _, kind := range cardea.ItemKinds {
		targets := in.Mappings.ByKind(kind)
		for _, item := range slices.Sorted(maps.Keys(targets)) {
			t := targets[item]
			m := desk.Mapping{
				Kind: kind, Item: desk.Named{Text: item, Where: f.At(t.Line)}, Slots: t.Slots, Trim: t.Trim,
				Lead: given(t.Lead), Lag: given(t.Lag),
			}
			if t.Hours != nil {
				m.Hours, m.Always = t.Hours.Hours, t.Hours.Always
			}
			for _, g := range t.Groups {
				m.Groups = append(m.Groups, named(g))
			}
			out.Mappings = append(out.Mappings, m)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Groups)) {
		wish, err := groupWish(f, in, name)
		if err != nil {
			return out, err
		}
		out.Groups = append(out.Groups, wish)
	}
	return out, nil
}

func given(d config.Duration) *time.Duration {
	if !d.Set {
		return nil
	}
	return &d.Duration
}

func siteSettings(s *config.LocationSettings) (cardea.LocationSettings, error) {
	out := cardea.LocationSettings{Zone: s.Zone.Text}
	if s.Hours != nil {
		out.Hours = s.Hours.Hours
	}
	for _, d := range s.Closures {
		out.Closures = append(out.Closures, d.Date)
	}
	slices.Sort(out.Closures)
	for day, text := range s.Extra {
		spans, err := config.ParseSpans(text)
		if err != nil {
			return out, err
		}
		if out.Extra == nil {
			out.Extra = map[cardea.Date][]cardea.Span{}
		}
		out.Extra[day.Date] = spans
	}
	return out, nil
}

// groupWish turns a keep's last day into the instant after it, in the integration's zone.
func groupWish(f *config.File, in *config.Integration, name string) (desk.GroupWish, error) {
	g := in.Groups[name]
	out := desk.GroupWish{Group: desk.Named{Text: name, Where: f.At(in.Line)}, Mode: cardea.Mode(g.Mode.Text), Expire: g.WhenStale.Expire}
	zone := time.UTC
	if in.Zone.Text != "" {
		var err error
		if zone, err = time.LoadLocation(in.Zone.Text); err != nil {
			return out, fmt.Errorf("%s: zone: %w", f.At(in.Zone.Line), err)
		}
	}
	for _, k := range g.Keep {
		keep := cardea.Keep{Account: strings.TrimSpace(k.Account.Text), Note: k.Note.Text, Until: cardea.Never}
		if k.Until != nil {
			keep.Until = cardea.StartOf(k.Until.Date+1, zone)
		}
		out.Keep = append(out.Keep, keep)
	}
	return out, nil
}
