package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
)

// Fitness is what Doctor found of one integration.
type Fitness struct {
	Name  string `json:"name"`
	Space string `json:"space"`
	Door  string `json:"door"`
	// Checked says that its names were looked up.
	Checked  bool      `json:"checked"`
	Findings []Finding `json:"findings,omitempty"`
}

// fitnesses looks at every integration whose two connections are at hand. It returns, by door connection, the groups that
// they map; nothing for a door of which not everything is known.
func (d *Desk) fitnesses(
	ctx context.Context, at map[string]*patient, out *Diagnosis,
) (map[string]map[cardea.GroupID]bool, error) {
	mapped, unsure := map[string]map[cardea.GroupID]bool{}, map[string]bool{}
	modes := map[string]map[cardea.GroupID]modeOf{}
	first := map[string]Integration{}
	for name := range sorted(d.c.Doors) {
		mapped[name], modes[name] = map[cardea.GroupID]bool{}, map[cardea.GroupID]modeOf{}
	}
	for _, in := range d.c.Integrations {
		space, door := at[in.Space], at[in.Door]
		if space == nil || door == nil {
			unsure[in.Door] = unsure[in.Door] || in.Enabled
			continue
		}
		f := Fitness{Name: in.Name, Space: in.Space, Door: in.Door}
		if !in.Enabled {
			f.Findings = append(f.Findings, minor("switched-off"))
			out.Integrations = append(out.Integrations, f)
			continue
		}
		if before, ok := first[in.Door]; ok {
			f.refuse(agree(in.Door, []Integration{before, in}))
		} else {
			first[in.Door] = in
		}
		r, err := d.fitness(ctx, in, space, door, &f)
		if err != nil {
			return nil, err
		}
		unsure[in.Door] = unsure[in.Door] || !f.Checked
		for _, m := range r.Settings.Mappings {
			for _, g := range m.Groups {
				mapped[in.Door][g] = true
			}
		}
		for id, p := range sorted(r.Policies) {
			was, ok := modes[in.Door][id]
			if ok && was.mode != p.Mode {
				f.Findings = append(f.Findings, found("mode-differs", door.group(id), string(p.Mode), string(was.mode), was.integration))
			}
			modes[in.Door][id] = modeOf{p.Mode, in.Name}
		}
		out.Integrations = append(out.Integrations, f)
	}
	for door := range unsure {
		if unsure[door] {
			delete(mapped, door)
		}
	}
	return mapped, nil
}

type modeOf struct {
	mode        cardea.Mode
	integration string
}

// fitness looks up an integration's names without remembering them, and looks for settings that its systems cannot carry out.
func (d *Desk) fitness(ctx context.Context, in Integration, s, o *patient, f *Fitness) (Resolved, error) {
	dir, known, err := d.itemsOf(ctx, s)
	if err != nil {
		return Resolved{}, err
	}
	if !known {
		f.Findings = append(f.Findings, found("not-checked", in.Space))
	}
	groups, listed, err := d.groupsOf(ctx, o)
	if err != nil {
		return Resolved{}, err
	}
	if !listed {
		f.Findings = append(f.Findings, found("not-checked", in.Door))
	}
	if !known || !listed {
		return Resolved{}, nil
	}
	f.Checked = true
	if in, _, err = d.inForce(ctx, in); err != nil {
		return Resolved{}, err
	}
	remembered, err := d.ws.Resolved(ctx, in.Name)
	if err != nil {
		return Resolved{}, err
	}
	r, err := Resolve(in, dir, groups, remembered, d.numbering(in.Door))
	f.refuse(err)
	for _, i := range r.Issues {
		f.Findings = append(f.Findings, Finding{
			Code: i.Code, Text: plain(i.Text), Minor: i.Minor || i.Code == "renamed",
		})
	}
	f.zones(in, dir, r)
	if n := len(r.Attributes); n > 0 && !is[door.Profiled](d.c.Doors[in.Door].Door) {
		f.Findings = append(f.Findings, found("attributes-not-held", say.N(n, "group of a unit", "groups of units"), in.Door))
	}
	return r, nil
}

// refuse notes the refusals of an error, one by one.
func (f *Fitness) refuse(err error) {
	if err == nil {
		return
	}
	if many, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		for _, one := range many.Unwrap() {
			f.refuse(one)
		}
		return
	}
	f.Findings = append(f.Findings, found("refused", err.Error()))
}

// zones finds the locations in scope that have no zone of their own (RULES.md 3).
func (f *Fitness) zones(in Integration, dir cardea.Directory, r Resolved) {
	var without []string
	for _, l := range dir.Locations {
		scope := len(in.Locations) == 0 || slices.Contains(r.Settings.Locations, l.ID)
		if scope && l.Zone == "" && r.Settings.Sites[l.ID].Zone == "" {
			without = append(without, say.Clean(l.Name))
		}
	}
	slices.Sort(without)
	switch {
	case len(without) == 0:
	case in.Zone == "":
		f.Findings = append(f.Findings, found("zone-missing", say.And(without)))
	default:
		f.Findings = append(f.Findings, minor("zone-borrowed", say.And(without), in.Zone))
	}
}

// group names a group.
func (p *patient) group(id cardea.GroupID) string {
	for _, g := range p.groups {
		if g.ID == id {
			return g.Name
		}
	}
	return string(id)
}

// plain makes a text that may begin with a file's name end as a sentence does.
func plain(text string) string { return strings.TrimRight(say.Clean(text), ".") + "." }
