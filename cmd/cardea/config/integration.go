package config

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// Integration joins one space connection and one door connection.
type Integration struct {
	Enabled          *bool                        `yaml:"enabled"`
	Observe          bool                         `yaml:"observe"`
	Space            Name                         `yaml:"space"`
	Door             Name                         `yaml:"door"`
	Zone             Name                         `yaml:"zone"`
	Locations        []Name                       `yaml:"locations"`
	LocationSettings map[string]*LocationSettings `yaml:"location_settings"`
	Interval         Duration                     `yaml:"interval"`
	DoorSweep        Sweep                        `yaml:"door_sweep"`
	Horizon          Duration                     `yaml:"horizon"`
	Lead             Duration                     `yaml:"lead"`
	Lag              Duration                     `yaml:"lag"`
	Approve          Choice                       `yaml:"approve"`
	Mails            Choice                       `yaml:"mails"`
	QuietHours       Name                         `yaml:"quiet_hours"`
	Profile          Profile                      `yaml:"profile"`
	Prefix           string                       `yaml:"prefix"`
	Visitors         Choice                       `yaml:"visitors"`
	TeamBookings     Choice                       `yaml:"team_bookings"`
	PassGate         Choice                       `yaml:"passgate"`
	PassGateBookings Choice                       `yaml:"passgate_bookings"`
	PassTail         Choice                       `yaml:"pass_tail"`
	Paused           Choice                       `yaml:"paused"`
	CancellationDay  Choice                       `yaml:"cancellation_day"`
	Brake            Brake                        `yaml:"brake"`
	Mappings         Mappings                     `yaml:"mappings"`
	Groups           map[string]*Group            `yaml:"groups"`

	Name string `yaml:"-"`
	Line int    `yaml:"-"`
	// Section is where mappings: stands, else groups:; 0 when neither does, and the store has both.
	Section int `yaml:"-"`
}

// LocationSettings are what the operator knows of a location better than the space system.
type LocationSettings struct {
	Zone     Name           `yaml:"zone"`
	Hours    *Hours         `yaml:"hours"`
	Closures []Day          `yaml:"closures"`
	Extra    map[Day]string `yaml:"extra_hours"`
}

// Mappings are item name -> target, by kind of item.
type Mappings struct {
	Plans     map[string]*Target `yaml:"plans"`
	Locations map[string]*Target `yaml:"locations"`
	Floors    map[string]*Target `yaml:"floors"`
	Resources map[string]*Target `yaml:"resources"`
	Bookables map[string]*Target `yaml:"bookables"`
	Passes    map[string]*Target `yaml:"passes"`
	Units     map[string]*Target `yaml:"units"`
	Pushes    map[string]*Target `yaml:"pushes"`

	Lines map[cardea.ItemKind]int `yaml:"-"` // where the kinds that the file names stand
}

// ByKind returns the mappings of one kind.
func (m Mappings) ByKind(k cardea.ItemKind) map[string]*Target {
	switch k {
	case cardea.ItemPlans:
		return m.Plans
	case cardea.ItemLocations:
		return m.Locations
	case cardea.ItemFloors:
		return m.Floors
	case cardea.ItemResources:
		return m.Resources
	case cardea.ItemBookables:
		return m.Bookables
	case cardea.ItemPasses:
		return m.Passes
	case cardea.ItemUnits:
		return m.Units
	case cardea.ItemPushes:
		return m.Pushes
	}
	return nil
}

// Group is what the operator says of one access group.
type Group struct {
	Mode      Choice `yaml:"mode"`
	WhenStale Stale  `yaml:"when_stale"`
	Keep      []Keep `yaml:"keep"`
}

// Keep is an account that stays in a group without a grant.
type Keep struct {
	Account Name `yaml:"account"`
	Note    Name `yaml:"note"`
	Until   *Day `yaml:"until"`
}

// Brake are the numbers of the brake; what is not given keeps its default.
type Brake struct {
	Group       *Limit   `yaml:"group"`
	Location    *Limit   `yaml:"location"`
	Integration *Limit   `yaml:"integration"`
	Add         *Adds    `yaml:"add"`
	Window      Duration `yaml:"window"`
}

// Limit is one of them.
type Limit struct {
	Count   *int `yaml:"count"`
	Min     *int `yaml:"min"`
	Percent *int `yaml:"percent"`
}

// On says whether the integration runs.
func (in *Integration) On() bool { return in.Enabled == nil || *in.Enabled }

func (in *Integration) fill() {
	in.Interval.Duration = in.Interval.Or(15 * time.Minute)
	in.Horizon.Duration = in.Horizon.Or(24 * time.Hour)
	in.Lead.Duration = in.Lead.Or(15 * time.Minute)
	in.Lag.Duration = in.Lag.Or(15 * time.Minute)
}

func (in *Integration) check(p *problems, f *File) {
	f.connection(p, in, "space", in.Space)
	f.connection(p, in, "door", in.Door)
	in.Approve.or(p, "approve", string(cardea.ApproveFirst), "auto", "first", "always")
	in.Mails.or(p, "mails", string(cardea.MailsDefault), "default", "always", "never")
	states := f.states(in)
	in.Visitors.or(p, "visitors", states.visitors(), "account", "link", "none")
	in.TeamBookings.or(p, "team_bookings", "nobody", "nobody", "team")
	in.PassTail.or(p, "pass_tail", "day", "day", "none")
	in.checkStates(p, states)
	in.later(p)
	in.checkQuiet(p)
	p.zone(in.Zone)
	for name, s := range in.LocationSettings {
		if s == nil {
			p.add(in.Line, "location_settings: %q is empty", name)
			continue
		}
		p.zone(s.Zone)
		if s.Hours != nil && s.Hours.Always {
			p.add(in.Line, "location_settings: %s: leave hours out instead of always", name)
		}
		for day, text := range s.Extra {
			if _, err := ParseSpans(text); err != nil {
				p.add(in.Line, "location_settings: %s: extra_hours on %s: %v", name, day.Date, err)
			}
		}
	}
	if in.Interval.Duration < time.Minute {
		p.add(in.Line, "interval: %s is too short: a whole read at most once a minute", in.Interval.Duration)
	}
	in.checkSection(p)
	in.Brake.check(p, in)
}

// checkSection checks the mappings and what is said of groups.
func (in *Integration) checkSection(p *problems) {
	for kind, ts := range map[string]map[string]*Target{
		"plans": in.Mappings.Plans, "locations": in.Mappings.Locations, "floors": in.Mappings.Floors,
		"resources": in.Mappings.Resources, "bookables": in.Mappings.Bookables, "passes": in.Mappings.Passes, "units": in.Mappings.Units,
		"pushes": in.Mappings.Pushes,
	} {
		checkTargets(p, in, kind, ts)
	}
	for name, g := range in.Groups {
		g.check(p, in, name)
	}
}

// later refuses, with the reason, what no connected system can state or do: better now than at nine in the morning.
func (in *Integration) later(p *problems) {
	if in.Visitors.Text == "link" {
		p.add(in.Visitors.Line, "visitors: links for guests are not made by any door system this version connects; use account or none")
	}
}

func (g *Group) check(p *problems, in *Integration, name string) {
	if g == nil {
		p.add(in.Line, "groups: %q is empty: give it a mode or a keep list", name)
		return
	}
	g.Mode.or(p, "mode", string(cardea.Exclusive), "exclusive", "shared", "watch")
	for _, k := range g.Keep {
		switch {
		case k.Account.Text == "":
			p.add(in.Line, "groups: %s: a keep entry names no account: give its e-mail, or id:N", name)
		case !strings.Contains(k.Account.Text, "@") && !strings.HasPrefix(k.Account.Text, "id:"):
			p.add(k.Account.Line, "keep: %q is neither an e-mail nor id:N", k.Account.Text)
		case strings.TrimSpace(k.Note.Text) == "":
			p.add(k.Account.Line, "keep: %s needs a note: say why this account stays", k.Account.Text)
		}
	}
}

func (b *Brake) check(p *problems, in *Integration) {
	add := b.Add.or()
	for key, l := range map[string]*Limit{
		"group": b.Group, "location": b.Location, "integration": b.Integration, "add": add.plain(), "add.group": add.Group,
		"add.location": add.Location, "add.integration": add.Integration,
	} {
		if l == nil {
			continue
		}
		for _, v := range []*int{l.Count, l.Min, l.Percent} {
			if v != nil && *v < 0 {
				p.add(in.Line, "brake: %s: %d is negative", key, *v)
			}
		}
	}
}

// Over lays what the file says over the defaults.
func (b *Brake) Over(def cardea.Brake) cardea.Brake {
	lay := func(l *Limit, into *cardea.BrakeLimit) {
		if l == nil {
			return
		}
		for _, v := range []struct {
			from *int
			to   *int
		}{{l.Count, &into.Count}, {l.Min, &into.Min}, {l.Percent, &into.Percent}} {
			if v.from != nil {
				*v.to = *v.from
			}
		}
	}
	lay(b.Group, &def.Group)
	lay(b.Integration, &def.Integration)
	lay(b.Location, &def.Location)
	add := b.Add.or()
	lay(add.plain(), &def.Add)
	lay(add.Group, &def.Add)
	lay(add.Location, &def.AddLocation)
	lay(add.Integration, &def.AddIntegration)
	def.Window = b.Window.Or(def.Window)
	return def
}

// zone checks an IANA name; empty is fine here.
func (p *problems) zone(z Name) {
	if z.Text == "" {
		return
	}
	if _, err := time.LoadLocation(z.Text); err != nil || z.Text == "Local" {
		p.add(z.Line, "there is no time zone %q%s", z.Text, desk.Nearest(z.Text, commonZones))
	}
}

// commonZones are offered for misspelt ones; any IANA name is accepted.
var commonZones = []string{
	"Europe/London", "Europe/Lisbon", "Europe/Dublin", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Rome",
	"Europe/Amsterdam", "Europe/Zurich", "Europe/Vienna", "Europe/Copenhagen", "Europe/Stockholm", "Europe/Warsaw",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo",
	"Australia/Sydney", "Australia/Melbourne", "Asia/Singapore", "Asia/Tokyo", "Asia/Dubai", "Africa/Johannesburg", "UTC",
}
