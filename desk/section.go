package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
)

// Section is what an integration maps, and what is said of its groups: the part of the configuration that the store can have.
type Section struct {
	Mappings []Mapping   `json:"mappings"`
	Groups   []GroupWish `json:"groups,omitempty"`
	Units    bool        `json:"units,omitempty"`
}

func (in Integration) section() Section {
	return Section{Mappings: in.Mappings, Groups: in.Groups, Units: in.Units}
}

// with is the integration with another section.
func (in Integration) with(s Section) Integration {
	in.Mappings, in.Groups, in.Units = s.Mappings, s.Groups, s.Units
	return in
}

// at is the section with everything said to stand in one place, in the order in which it is kept.
func (s Section) at(where string) Section {
	out := Section{Units: s.Units}
	for _, m := range s.Mappings {
		m.Item = Named{strings.TrimSpace(m.Item.Text), where}
		m.Groups = slices.Clone(m.Groups)
		for i := range m.Groups {
			m.Groups[i] = Named{strings.TrimSpace(m.Groups[i].Text), where}
		}
		out.Mappings = append(out.Mappings, m)
	}
	for _, g := range s.Groups {
		g.Group = Named{strings.TrimSpace(g.Group.Text), where}
		out.Groups = append(out.Groups, g)
	}
	slices.SortStableFunc(out.Mappings, func(a, b Mapping) int {
		if c := slices.Index(cardea.ItemKinds, a.Kind) - slices.Index(cardea.ItemKinds, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.Item.Text, b.Item.Text)
	})
	slices.SortStableFunc(out.Groups, func(a, b GroupWish) int { return strings.Compare(a.Group.Text, b.Group.Text) })
	return out
}

// inForce is an integration as it is kept at this moment: what the store has of it goes in. Edited is when that was last changed.
func (d *Desk) inForce(ctx context.Context, in Integration) (_ Integration, edited cardea.Instant, err error) {
	if !in.Stored {
		return in, 0, nil
	}
	s, m, err := d.stored(ctx, in)
	return in.with(s), m.At, err
}

// stored is the section that the store has of an integration; it is empty when nobody saved one.
func (d *Desk) stored(ctx context.Context, in Integration) (Section, store.Mapping, error) {
	m, err := d.ws.Mapping(ctx, in.Name)
	if err != nil || m.Version == 0 {
		return Section{}, m, err
	}
	var s Section
	if err := json.Unmarshal(m.Body, &s); err != nil {
		return s, m, cardea.Errorf(cardea.Unknown, "the mappings of %s cannot be read: %w", in.Name, err)
	}
	return s.at("mappings of " + in.Name), m, nil
}

// widen lets a reader look back as far as the mappings want that the store has.
func (d *Desk) widen(ctx context.Context, r *read.Reader, space string) error {
	for _, in := range d.at(store.SideSpace, space) {
		in, _, err := d.inForce(ctx, in)
		if err != nil {
			return err
		}
		for _, m := range in.Mappings {
			if m.Lag != nil {
				r.Lag = max(r.Lag, *m.Lag)
			}
		}
	}
	return nil
}

// Section returns the mappings of an integration that are in force, and whether the store has them. NotFound when there is no
// such integration.
func (d *Desk) Section(ctx context.Context, integration string) (Section, bool, error) {
	in, err := d.integration(integration)
	if err != nil {
		return Section{}, false, err
	}
	in, _, err = d.inForce(ctx, in)
	return in.section(), in.Stored, err
}

// integration finds an integration by its name, enabled or not.
func (d *Desk) integration(name string) (Integration, error) {
	if err := d.known(name); err != nil {
		return Integration{}, err
	}
	i := slices.IndexFunc(d.c.Integrations, func(in Integration) bool { return in.Name == name })
	if i < 0 {
		return Integration{}, cardea.Errorf(cardea.Rejected, "say which integration: there are %s", strings.Join(d.integrations(), ", "))
	}
	return d.c.Integrations[i], nil
}

// integrations are the names of all of them.
func (d *Desk) integrations() []string {
	var out []string
	for _, in := range d.c.Integrations {
		out = append(out, in.Name)
	}
	return out
}
