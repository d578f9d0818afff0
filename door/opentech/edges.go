package opentech

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// readEdges reads the edges of the wish: unit by unit when they are few, else out of the list of all visitors.
func (r *reading) readEdges(p *cardea.Pages) error {
	vw, err := r.view()
	if err != nil {
		return err
	}
	vs, flaws, err := r.standing(vw)
	if err != nil {
		return err
	}
	c := collected{edges: map[cardea.Key]cardea.Edge{}, by: map[cardea.Key]visitor{}, unsure: map[cardea.Key]bool{}}
	for _, v := range vs {
		r.collect(v, vw, &c, p)
	}
	for _, f := range flaws {
		own := object.Flaw{Why: f.bad.Why}
		if n := noteOfRow(f.raw, vw.book); n != nil {
			own.Who = []cardea.Key{cardea.Edge{Group: n.Group, Account: n.Account}.Key()}
			c.unsure[own.Who[0]] = true
		}
		noted(p, &own, f.raw)
	}
	var out []cardea.Record
	for _, k := range slices.SortedFunc(maps.Keys(c.edges), func(a, b cardea.Key) int { return cmp.Compare(a.ID, b.ID) }) {
		if _, asked := r.want.edges[k]; asked || len(r.want.edges) == 0 {
			out = append(out, c.edges[k])
		}
	}
	p.Add(out, whole)
	for k := range r.want.edges {
		if _, there := c.edges[k]; !there && !c.unsure[k] && len(flaws) == 0 {
			p.Missing(k)
		}
	}
	return nil
}

// collected are the edges that came, each with the visitor that stands for it.
type collected struct {
	edges  map[cardea.Key]cardea.Edge
	by     map[cardea.Key]visitor
	unsure map[cardea.Key]bool
}

// collect turns one visitor into an edge. Several visitors of one account on one group are one edge.
func (r *reading) collect(v visitor, vw *view, c *collected, p *cardea.Pages) {
	at, unusable := r.s.spotBelow(v, vw)
	if at.group == "" && unusable != nil {
		p.Bad(nil, nil, unusable.Error())
		return
	}
	if at.group == "" || len(r.want.on) > 0 && !r.want.on[at.group] {
		return
	}
	id := whose(v, at.group, vw.book, vw.people)
	if len(r.want.of) > 0 && !r.want.of[id] {
		return
	}
	st := stands(v, at, vw.book)
	if st == taken {
		return
	}
	e := edge(v, id, at, st)
	k := e.Key()
	if unusable != nil {
		c.unsure[k] = true
		p.Bad(nil, []cardea.Key{k}, unusable.Error())
		return
	}
	if old, there := c.edges[k]; there && better(old, e, c.by[k], v) <= 0 {
		return
	}
	c.edges[k], c.by[k] = e, v
}

// standing lists the visitors among whom the wished edges are.
func (r *reading) standing(vw *view) ([]visitor, []flawed, error) {
	if r.got || len(r.want.on) == 0 || len(r.want.on) > fewGroups {
		return r.visitors()
	}
	var out []visitor
	var flaws []flawed
	for _, g := range slices.Sorted(maps.Keys(r.want.on)) {
		if _, isProfile := profileID(g); isProfile {
			return r.visitors()
		}
		u, err := vw.units.find(g)
		switch {
		case cardea.ClassOf(err) == cardea.NotFound:
			continue // the facility's list came, and the unit is not on it: nobody stands there
		case err != nil:
			return r.visitors()
		}
		vs, bad, err := r.s.onUnit(r.ctx, u)
		if cardea.ClassOf(err) == cardea.NotFound {
			return r.visitors() // it went away meanwhile
		}
		if err != nil {
			return nil, nil, err
		}
		out, flaws = append(out, vs...), append(flaws, bad...)
	}
	return out, flaws, nil
}

// onUnit lists the visitors of one unit.
func (s *System) onUnit(ctx context.Context, u unit) ([]visitor, []flawed, error) {
	path, err := s.under(ctx, "units", number(u.id), "visitors")
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.list(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	vs, flaws := visitorsOf(rows)
	out := vs[:0]
	for _, v := range vs {
		if v.unit == 0 {
			v.unit = u.id
		}
		if v.unit == u.id { // whoever else is listed does not stand here
			out = append(out, v)
		}
	}
	return out, flaws, nil
}

// spotBelow finds where a visitor stands; a spot without a group is nowhere. The error says why its unit cannot be used.
func (s *System) spotBelow(v visitor, vw *view) (spot, error) {
	switch {
	case v.unit != 0:
		u, known := vw.units.byID[v.unit]
		if !known {
			return s.unlisted(v)
		}
		_, err := vw.units.find(u.group())
		return spot{group: u.group(), unit: u}, err
	case v.portal && v.profile != 0 && s.c.PortalVisitors:
		return spot{group: profileGroup(v.profile), profile: v.profile}, nil
	}
	return spot{}, nil
}

// unlisted is where a visitor stands whose unit is not listed: nowhere when it passes no more, because the unit may have
// been deleted since.
func (s *System) unlisted(v visitor) (spot, error) {
	if !v.enabled {
		return spot{}, nil
	}
	err := cardea.Errorf(cardea.Retry, "visitor %d stands on unit %d, which is not listed", v.id, v.unit)
	if trim(v.unitNumber) == "" {
		return spot{}, err
	}
	return spot{group: unitGroup(v.unitNumber)}, err
}
