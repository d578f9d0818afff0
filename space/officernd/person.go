package officernd

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// people brings everything about some people: themselves, their companies, and what both hold. What it rests on (plans,
// resources, floors, locations) comes with the whole reads only.
func (r *reader) people(ctx context.Context, want cardea.Scope) error {
	for _, who := range want.People {
		if who.Kind != cardea.KindPerson && who.Kind != cardea.KindVisitor {
			return cardea.Errorf(cardea.Rejected, "%s is no person", who)
		}
		for _, step := range r.steps(who) {
			p := r.pages(want, step.kind)
			if p == nil {
				continue
			}
			if err := r.tally.Note(ctx, p, step.run(ctx, p)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pages opens what a step fills: the intake's, or one that is thrown away when the kind was not asked for but others rest
// on it, or nil.
func (r *reader) pages(want cardea.Scope, kind cardea.Kind) *cardea.Pages {
	switch {
	case want.Wants(kind):
		return r.into.Open(kind)
	case kind == cardea.KindPerson, kind == cardea.KindVisitor,
		kind == cardea.KindAgreement && want.Wants(cardea.KindAssignment):
		return r.scrap.Open(kind)
	}
	return nil
}

type step struct {
	kind cardea.Kind
	run  func(context.Context, *cardea.Pages) error
}

// steps reads one person. The company is known after the first step; when it is not, everything that could come from it is
// unknown too and fails.
func (r *reader) steps(who cardea.Key) []step {
	var of holder
	self := step{who.Kind, func(ctx context.Context, p *cardea.Pages) (err error) {
		of, err = r.self(ctx, p, who)
		return err
	}}
	bookings := step{cardea.KindBooking, func(ctx context.Context, p *cardea.Pages) error { return r.booked(ctx, p, of) }}
	if who.Kind == cardea.KindVisitor {
		return []step{self, bookings}
	}
	return []step{
		self,
		{cardea.KindTeam, func(ctx context.Context, p *cardea.Pages) error {
			if err := of.known(); err != nil || of.team == "" {
				return err
			}
			return r.key(ctx, p, cardea.Key{Kind: cardea.KindTeam, ID: of.team}, nil)
		}},
		{cardea.KindAgreement, func(ctx context.Context, p *cardea.Pages) error { return r.held(ctx, p, &of) }},
		{cardea.KindAssignment, func(ctx context.Context, p *cardea.Pages) error {
			if err := of.known(); err != nil {
				return err
			}
			return r.assignedTo(ctx, p, of.agreements)
		}},
		bookings,
		{cardea.KindPass, func(ctx context.Context, p *cardea.Pages) error { return r.held(ctx, p, &of) }},
	}
}

// holder is a person and the company they hold things through.
type holder struct {
	who        cardea.Key
	team       string
	agreements []string // ids of those that may still run
	read       bool     // the person's own record was read, or is gone
}

func (h holder) known() error {
	if h.read {
		return nil
	}
	return cardea.Errorf(cardea.Retry, "%s could not be read, so that their company is not known", h.who)
}

// holds says whether the agreement is the person's: named, or through the company when it names nobody.
func (h holder) holds(a cardea.Agreement) bool {
	return a.Person == h.who.ID || a.Person == "" && a.Team != "" && a.Team == h.team
}

// self reads the person's own record.
func (r *reader) self(ctx context.Context, p *cardea.Pages, who cardea.Key) (holder, error) {
	h := holder{who: who}
	before := len(p.BadOnes())
	if err := r.key(ctx, p, who, []cardea.Key{who}); err != nil {
		return h, err
	}
	h.read = len(p.BadOnes()) == before
	for _, rec := range p.Records() {
		if v, ok := rec.(cardea.Person); ok && rec.Key() == who {
			h.team = v.Team
		}
	}
	return h, nil
}

// held lists what the person and their company hold: memberships or passes, by both filters.
func (r *reader) held(ctx context.Context, p *cardea.Pages, of *holder) error {
	c, err := r.prepare(ctx, p.Kind())
	if err != nil {
		return err
	}
	if err := r.fill(ctx, p, c.path, url.Values{"member": {of.who.ID}}, c); err != nil {
		return err
	}
	if err := of.known(); err != nil {
		return err
	}
	if of.team != "" {
		if err := r.fill(ctx, p, c.path, url.Values{"company": {of.team}}, c); err != nil {
			return err
		}
	}
	for _, rec := range p.Records() {
		if a, ok := rec.(cardea.Agreement); ok && of.holds(a) && r.running(a) {
			of.agreements = append(of.agreements, a.ID)
		}
	}
	return nil
}

// booked takes the bookings that name the person, or their company, out of the window's listing: the filter by member
// knows hosts only, and an invitation is a reason too.
func (r *reader) booked(ctx context.Context, p *cardea.Pages, of holder) error {
	if err := of.known(); err != nil {
		return err
	}
	list, err := r.need(ctx, cardea.KindBooking)
	if err != nil {
		return err
	}
	var found []cardea.Record
	for _, rec := range list.Records() {
		if b, ok := rec.(cardea.Booking); ok && named(b, of.who, of.team) && r.brought.Fresh(b.Key()) {
			found = append(found, rec)
		}
	}
	for _, bad := range list.BadOnes() {
		p.Bad([]byte(bad.Raw), bad.Who, bad.Why)
	}
	p.Add(found, cardea.Mark{Ended: true})
	return nil
}

// visitors asks for visitors by id with the one filter that takes several (vendors/officernd.md 1.4).
func (r *reader) visitors(ctx context.Context, p *cardea.Pages, c collection, ids []string) error {
	for chunk := range slices.Chunk(ids, inSize) {
		if err := r.fill(ctx, p, c.path, url.Values{"_id[$in]": {strings.Join(chunk, ",")}}, c); err != nil {
			return err
		}
	}
	return nil
}
