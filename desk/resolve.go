package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Resolved is an integration whose names have become ids.
type Resolved struct {
	Settings cardea.Settings
	Policies map[cardea.GroupID]cardea.Policy
	// Names are the pairs to remember: what a name meant when it was first resolved (RULES.md 5.10).
	Names map[string]string
	// Remembered is what was known of the integration before: names, and what led to its groups when they were settled.
	Remembered map[string]string
	// Issues are renames and mappings whose target is gone: each stops that mapping alone.
	Issues []cardea.Issue
	// Units are the rentable units that there are to be at a door system that has units, and those that went. Attributes
	// are what entries of the units' groups are to hold.
	Units      []cardea.Unit
	Moved      []cardea.Unit // units that somebody renamed at the door system: what is ours on Was is on Group now
	Attributes map[cardea.GroupID]cardea.Attributes
}

// Resolve turns names into ids against what the two systems have. A name that was resolved before keeps its id; one that
// never resolved, or fits two things, is refused. All refusals come together.
func Resolve(
	in Integration, dir cardea.Directory, groups []cardea.Group, remembered map[string]string, numbering Numbering,
) (Resolved, error) {
	r := &resolver{
		in: in, shelf: newShelf(dir, groups), remembered: remembered,
		out: Resolved{
			Remembered: remembered, Names: map[string]string{}, Policies: map[cardea.GroupID]cardea.Policy{},
			Attributes: map[cardea.GroupID]cardea.Attributes{},
		},
	}
	s := cardea.Settings{
		Integration: in.Name, Zone: in.Zone, Lead: in.Lead, Lag: in.Lag,
		Visitors: in.Visitors, TeamBooking: in.Teams, PassTail: in.PassTail,
		CancellationOut: in.CancelledOut, PausedKeep: in.PausedKept, PassGate: in.PassGate,
		PassGateBookings: in.PassGateBookings,
		Pushed:           in.Pushed,
		Sites:            map[string]cardea.LocationSettings{},
	}
	for _, l := range in.Locations {
		if id, ok := r.name(shelfLocations, l); ok {
			s.Locations = append(s.Locations, id)
		}
	}
	for _, site := range in.Sites {
		if id, ok := r.name(shelfLocations, site.Location); ok {
			s.Sites[id] = site.Settings
		}
	}
	for _, m := range in.Mappings {
		if done, ok := r.mapping(m); ok {
			s.Mappings = append(s.Mappings, done)
		}
	}
	r.twice(s.Mappings)
	for _, g := range in.Groups {
		r.group(g)
	}
	slices.Sort(s.Locations)
	s.Mappings = r.units(s, dir, groups, numbering)
	slices.SortFunc(s.Mappings, func(a, b cardea.Mapping) int {
		if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
			return c
		}
		return strings.Compare(a.Item, b.Item)
	})
	s.Zones = r.zones(in, s, dir)
	r.out.Settings = s
	return r.out, errors.Join(r.refused...)
}

type resolver struct {
	in         Integration
	shelf      shelf
	remembered map[string]string
	out        Resolved
	refused    []error
}

func (r *resolver) refuse(where, format string, args ...any) {
	r.refused = append(r.refused, cardea.Errorf(cardea.Rejected, "%s: integration %s: %s", where, r.in.Name, fmt.Sprintf(format, args...)))
}

// name resolves one name on one shelf; false means that it was refused or is gone, which is said already.
func (r *resolver) name(kind string, n Named) (string, bool) {
	things := r.shelf[kind]
	memory := kind + "\x00" + n.Text
	if id, ok := r.remembered[memory]; ok {
		r.out.Names[memory] = id
		return r.recall(kind, n, id)
	}
	found := things.find(n.Text)
	switch len(found) {
	case 1:
		r.out.Names[memory] = found[0].id
		return found[0].id, true
	case 0:
		why := ""
		if kind == shelfGroups && r.in.WhyNoGroup != nil {
			why = r.in.WhyNoGroup(n.Text)
		}
		if why == "" {
			r.refuse(n.Where, "there is no %s %q%s", singular[kind], n.Text, things.nearest(n.Text))
		} else {
			r.refuse(n.Where, "there is no %s %q: %s", singular[kind], n.Text, why)
		}
	default:
		var both []string
		for _, f := range found {
			both = append(both, fmt.Sprintf("id:%s (%s)", f.id, f.path))
		}
		r.refuse(n.Where, "%s %q fits %d: write %s", singular[kind], n.Text, len(found), strings.Join(both, " or "))
	}
	return "", false
}

// recall looks up a name that was resolved before: its id counts, whatever it is called now.
func (r *resolver) recall(kind string, n Named, id string) (string, bool) {
	for _, t := range r.shelf[kind].all {
		if t.id != id {
			continue
		}
		if !t.fits(n.Text) {
			r.out.Issues = append(r.out.Issues, cardea.Issue{Code: "renamed", Text: fmt.Sprintf(
				"%s: %s %q is called %q now; the mapping still means it (id:%s). Write the new name when you next edit the file.",
				n.Where, singular[kind], n.Text, t.path, id)})
		}
		return id, true
	}
	text := fmt.Sprintf("%s: %s %q (id:%s) is gone; this mapping alone does nothing until it names another.",
		n.Where, singular[kind], n.Text, id)
	if kind == shelfGroups {
		text += " If it is there, and the login behind the connection only may not see it any more, give it that right: whoever is in " +
			"it passes still."
	}
	r.out.Issues = append(r.out.Issues, cardea.Issue{Code: "mapping-target-gone", Text: text})
	return "", false
}

func (r *resolver) mapping(m Mapping) (cardea.Mapping, bool) {
	out := cardea.Mapping{
		Kind: m.Kind, Item: cardea.Anything, Hours: m.Hours, Always: m.Always,
		Lead: m.Lead, Lag: m.Lag, Slots: m.Slots, Trim: m.Trim,
	}
	ok := true
	if m.Kind == cardea.ItemPasses || m.Kind == cardea.ItemPushes {
		out.Item = strings.TrimSpace(m.Item.Text) // a pass names its own type; there is no collection to look it up in
	} else {
		out.Item, ok = r.name(string(m.Kind), m.Item)
	}
	for _, g := range m.Groups {
		id, found := r.name(shelfGroups, g)
		if !found {
			continue
		}
		if label := r.shelf[shelfGroups].label(id); r.in.Prefix != "" && !strings.HasPrefix(label, r.in.Prefix) {
			r.refuse(g.Where, "group %q does not start with the prefix %q: only groups that do can be mapped", label, r.in.Prefix)
			continue
		}
		out.Groups = append(out.Groups, cardea.GroupID(id))
	}
	slices.Sort(out.Groups)
	out.Groups = slices.Compact(out.Groups)
	return out, ok && len(out.Groups) > 0
}

// twice refuses two mappings for one item of a kind, however they were written.
func (r *resolver) twice(ms []cardea.Mapping) {
	seen := map[string]bool{}
	for _, m := range ms {
		key := string(m.Kind) + "\x00" + m.Item
		if seen[key] {
			r.refuse(r.in.Where, "two mappings of %s mean the same item (id:%s, %s): make them one", m.Kind, m.Item,
				r.shelf[string(m.Kind)].label(m.Item))
		}
		seen[key] = true
	}
}

func (r *resolver) group(g GroupWish) {
	id, ok := r.name(shelfGroups, g.Group)
	if !ok {
		return
	}
	r.out.Policies[cardea.GroupID(id)] = cardea.Policy{Group: cardea.GroupID(id), Mode: g.Mode, Keep: g.Keep, Expire: g.Expire}
}

// zones loads every zone that the settings or the directory name.
func (r *resolver) zones(in Integration, s cardea.Settings, dir cardea.Directory) map[string]*time.Location {
	zones := map[string]*time.Location{}
	load := func(name, what string) {
		if name == "" || zones[name] != nil {
			return
		}
		z, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			r.out.Issues = append(r.out.Issues, cardea.Issue{Code: "unknown-zone", Text: fmt.Sprintf(
				"%s names the time zone %q, which does not exist; the integration's own zone is used instead.", what, name)})
			return
		}
		zones[name] = z
	}
	load(in.Zone, "integration "+in.Name)
	for _, site := range s.Sites {
		load(site.Zone, "a location setting of "+in.Name)
	}
	missing := false
	for _, l := range dir.Locations {
		load(l.Zone, "location "+l.Name)
		missing = missing || l.Zone == "" && s.Sites[l.ID].Zone == ""
	}
	for _, b := range dir.Bookings {
		load(b.Zone, "booking "+b.ID)
	}
	if missing && in.Zone == "" {
		r.refuse(in.Where, "a location has no time zone: give the integration a zone, such as Europe/London")
	}
	return zones
}
