package house

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// picker gathers single records of one Read. A kind that could not be fetched fails alone; what was gathered of it stays.
type picker struct {
	ctx     context.Context //nolint:containedctx // of this one Read
	s       *System
	want    cardea.Scope
	lists   map[cardea.Kind][]cardea.Record
	picked  map[cardea.Key]cardea.Record
	missing map[cardea.Key]bool
	failed  map[cardea.Kind]error
	asked   map[cardea.Kind]bool // kinds to hand on, even with nothing in them
	leaves  map[cardea.Key]bool  // asked for by id: what they point to was not
}

func (s *System) picker(ctx context.Context, want cardea.Scope) *picker {
	return &picker{
		ctx: ctx, s: s, want: want, lists: map[cardea.Kind][]cardea.Record{}, picked: map[cardea.Key]cardea.Record{},
		missing: map[cardea.Key]bool{}, failed: map[cardea.Kind]error{}, asked: map[cardea.Kind]bool{},
		leaves: map[cardea.Key]bool{},
	}
}

// ask fetches a record that was asked for by id.
func (p *picker) ask(k cardea.Key) {
	p.asked[k.Kind] = true
	if !slices.Contains(cardea.Kinds, k.Kind) {
		p.failed[k.Kind] = cardea.Errorf(cardea.Rejected, "a house has no %s", k.Kind)
		return
	}
	rec, ok := p.fetch(k)
	if ok {
		p.picked[k], p.leaves[k] = rec, true
	} else if p.failed[k.Kind] == nil {
		p.missing[k] = true
	}
}

// fetch gets one record, once.
func (p *picker) fetch(k cardea.Key) (cardea.Record, bool) {
	if rec, ok := p.picked[k]; ok {
		return rec, true
	}
	rec, ok, err := p.s.records.HouseRecord(p.ctx, p.s.connection, k)
	if err != nil {
		p.fail(k.Kind, err)
		return nil, false
	}
	return rec, ok
}

func (p *picker) fail(kind cardea.Kind, err error) {
	if p.failed[kind] == nil {
		p.failed[kind] = err
	}
}

// list fetches a kind whole, once.
func (p *picker) list(kind cardea.Kind) []cardea.Record {
	if recs, ok := p.lists[kind]; ok {
		return recs
	}
	recs, err := p.s.list(p.ctx, kind, p.want.Span)
	if err != nil {
		p.fail(kind, err)
	}
	p.lists[kind] = recs
	return recs
}

// person gathers somebody and everything that may give them access. While they cannot be fetched their team is unknown,
// and with it all that might come from it.
func (p *picker) person(who cardea.Key) {
	for _, kind := range cardea.Kinds {
		p.asked[kind] = p.asked[kind] || p.want.Wants(kind)
	}
	rec, ok := p.fetch(who)
	if err := p.failed[who.Kind]; !ok && err != nil {
		for _, kind := range cardea.Kinds {
			p.fail(kind, err)
		}
		return
	}
	team := ""
	if ok {
		p.picked[who] = rec
		delete(p.leaves, who)
		if one, is := rec.(cardea.Person); is {
			team = one.Team
		}
	} else {
		p.missing[who] = true
	}
	for _, r := range p.list(cardea.KindAgreement) {
		if a, is := r.(cardea.Agreement); is && holds(who, team, a.Person, a.Team, a.Guests) {
			p.picked[a.Key()] = a
		}
	}
	for _, r := range p.list(cardea.KindPass) {
		if one, is := r.(cardea.Pass); is && holds(who, team, one.Person, one.Team, nil) {
			p.picked[one.Key()] = one
		}
	}
	for _, r := range p.list(cardea.KindBooking) {
		if b, is := r.(cardea.Booking); is && (team != "" && b.Team == team || slices.Contains(b.Refs(), who)) {
			p.picked[b.Key()] = b
		}
	}
	p.assignments()
}

// holds says whether a record is somebody's or their team's. A visitor's id is not a member's.
func holds(who cardea.Key, team, person, theirs string, guests []string) bool {
	return team != "" && theirs == team ||
		who.Kind == cardea.KindPerson && (person == who.ID || slices.Contains(guests, who.ID))
}

// assignments gathers those of every gathered agreement. Without the agreements nobody can say which those are.
func (p *picker) assignments() {
	if err := p.failed[cardea.KindAgreement]; err != nil {
		p.fail(cardea.KindAssignment, err)
		return
	}
	for _, r := range p.list(cardea.KindAssignment) {
		a, ok := r.(cardea.Assignment)
		if !ok {
			continue
		}
		k := cardea.Key{Kind: cardea.KindAgreement, ID: a.Agreement}
		if _, held := p.picked[k]; held && !p.leaves[k] {
			p.picked[a.Key()] = a
		}
	}
}

// follow gathers what the gathered records point to, and so on; people and teams that are met on the way are gathered
// without what they point to. Nothing is said of a reference that leads nowhere: it was not asked for.
func (p *picker) follow() {
	queue := make([]cardea.Record, 0, len(p.picked))
	for k, rec := range p.picked {
		if !p.leaves[k] {
			queue = append(queue, rec)
		}
	}
	for len(queue) > 0 {
		rec := queue[0]
		queue = queue[1:]
		for _, k := range rec.Refs() {
			if _, known := p.picked[k]; known || p.missing[k] || !p.want.Wants(k.Kind) || p.failed[k.Kind] != nil {
				continue
			}
			found, ok := p.fetch(k)
			if !ok {
				continue
			}
			p.picked[k] = found
			if k.Kind != cardea.KindPerson && k.Kind != cardea.KindVisitor && k.Kind != cardea.KindTeam {
				queue = append(queue, found)
			}
		}
	}
}

// hand gives the intake what was gathered, sorted by id within each kind.
func (p *picker) hand(into *cardea.Intake) {
	byKind := map[cardea.Kind][]cardea.Record{}
	for k, rec := range p.picked {
		byKind[k.Kind] = append(byKind[k.Kind], rec)
	}
	for _, kind := range p.kinds() {
		recs := byKind[kind]
		slices.SortFunc(recs, func(a, b cardea.Record) int { return strings.Compare(a.Key().ID, b.Key().ID) })
		pages := into.Open(kind)
		gone := missingOf(p.missing, kind)
		for _, k := range gone {
			pages.Missing(k)
		}
		pages.Add(recs, cardea.Mark{Ended: true})
		if err := p.failed[kind]; err != nil {
			pages.Fail(err)
			continue
		}
		pages.Close()
	}
}

// kinds lists what was asked for, in the usual order, foreign kinds last.
func (p *picker) kinds() []cardea.Kind {
	var out, foreign []cardea.Kind
	for _, kind := range cardea.Kinds {
		if p.asked[kind] {
			out = append(out, kind)
		}
	}
	for kind := range p.asked {
		if !slices.Contains(cardea.Kinds, kind) {
			foreign = append(foreign, kind)
		}
	}
	slices.Sort(foreign)
	return append(out, foreign...)
}

func missingOf(missing map[cardea.Key]bool, kind cardea.Kind) []cardea.Key {
	var out []cardea.Key
	for k := range missing {
		if k.Kind == kind {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Key) int { return strings.Compare(a.ID, b.ID) })
	return out
}
