package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/space"
)

// nameable are the collections of a space system that mappings name, but for passes, which are named by their type.
var nameable = []cardea.Kind{cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan}

// listSpace reads what mappings can name, and keeps it only when all of it came.
func (p *patient) listSpace(ctx context.Context, s space.System) {
	var kinds []cardea.Kind
	for _, k := range s.Collections() {
		if slices.Contains(nameable, k) {
			kinds = append(kinds, k)
		}
	}
	records, ok := p.list(ctx, kinds, s.Read)
	if ok {
		dir := directoryOf(p.Name, records)
		p.dir = &dir
	}
}

// listGroups reads a door system's groups.
func (p *patient) listGroups(ctx context.Context, s door.System) {
	records, ok := p.list(ctx, []cardea.Kind{cardea.KindGroup}, s.Read)
	for _, r := range records {
		if g, is := r.(cardea.Group); is {
			p.groups = append(p.groups, g)
		}
	}
	p.listed = ok
}

// list reads collections whole. It is false, and a finding says so, when one of them did not come to its end.
func (p *patient) list(
	ctx context.Context, kinds []cardea.Kind, read func(context.Context, cardea.Scope, *cardea.Intake) error,
) ([]cardea.Record, bool) {
	if len(kinds) == 0 {
		return nil, true
	}
	in := cardea.NewIntake(cardea.Scope{Kinds: kinds}, nil)
	if err := read(ctx, in.Scope(), in); err != nil {
		p.Findings = append(p.Findings, found("not-listed", err.Error()))
		return nil, false
	}
	var out []cardea.Record
	for _, k := range kinds {
		pages := in.Open(k)
		if e := pages.Evidence(); e.Grade() != cardea.Complete && e.Grade() != cardea.Weak {
			p.Findings = append(p.Findings, found("not-listed", e.Why()))
			return nil, false
		}
		out = append(out, pages.Records()...)
	}
	return out, true
}

// directoryOf puts records into their lists.
func directoryOf(connection string, records []cardea.Record) cardea.Directory {
	dir := cardea.Directory{Connection: connection}
	for _, r := range records {
		switch r := r.(type) {
		case cardea.Location:
			dir.Locations = append(dir.Locations, r)
		case cardea.Floor:
			dir.Floors = append(dir.Floors, r)
		case cardea.Resource:
			dir.Resources = append(dir.Resources, r)
		case cardea.Plan:
			dir.Plans = append(dir.Plans, r)
		}
	}
	return dir
}

// itemsOf returns what the mappings of an integration can name on the space side: as listed now, else as read last. It is
// false when neither is known.
func (d *Desk) itemsOf(ctx context.Context, p *patient) (cardea.Directory, bool, error) {
	if p.dir != nil {
		return *p.dir, true, nil
	}
	read, err := d.ws.Collections(ctx, p.Name)
	if err != nil || len(read) == 0 {
		return cardea.Directory{}, false, err
	}
	var all []cardea.Record
	for _, k := range nameable {
		records, err := d.ws.FactsOfKind(ctx, p.Name, k)
		if err != nil {
			return cardea.Directory{}, false, err
		}
		all = append(all, records...)
	}
	return directoryOf(p.Name, all), true, nil
}

// groupsOf is itemsOf for the door side.
func (d *Desk) groupsOf(ctx context.Context, p *patient) ([]cardea.Group, bool, error) {
	if p.listed {
		return p.groups, true, nil
	}
	state, err := d.ws.DoorGroups(ctx, p.Name)
	p.groups = state.Groups
	return state.Groups, len(state.Groups) > 0, err
}
