package nexudus

import (
	"context"
	"net/url"

	"github.com/cardea-access/cardea"
)

// people brings everything about some people: themselves, their teams, and what they hold, through teams too. What it rests on
// (plans, resources, floors, locations) and the passes that colleagues share come with the whole reads only.
func (r *reader) people(ctx context.Context, want cardea.Scope) error {
	for _, who := range want.People {
		if who.Kind != cardea.KindPerson && who.Kind != cardea.KindVisitor {
			return cardea.Errorf(cardea.Rejected, "%s is no person", who)
		}
		if err := r.person(ctx, who, want.Wants); err != nil {
			return err
		}
	}
	return nil
}

// near brings what hangs on the keys and is announced by no hook of its own: what a person holds (an AccessControlUpdate says no
// more than that it changed), the assignments of a contract, the contracts of a team's paying member, the guests of a booking.
func (r *reader) near(ctx context.Context, keys []cardea.Key) error {
	all := func(cardea.Kind) bool { return true }
	for _, k := range keys {
		var err error
		switch k.Kind { //nolint:exhaustive // on the others hangs nothing
		case cardea.KindPerson:
			err = r.person(ctx, k, all)
		case cardea.KindAgreement:
			err = r.assignedTo(ctx, k.ID)
		case cardea.KindTeam:
			err = r.paid(ctx, k.ID, all)
		case cardea.KindBooking:
			err = r.invited(ctx, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pages opens what is wanted, or what is thrown away when others rest on it.
func (r *reader) pages(wants func(cardea.Kind) bool, kind cardea.Kind) *cardea.Pages {
	if wants(kind) {
		return r.into.Open(kind)
	}
	return r.scrap.Open(kind)
}

// person reads one person and what they hold. When their own record cannot be read, what would come from their teams is unknown too.
func (r *reader) person(ctx context.Context, who cardea.Key, wants func(cardea.Kind) bool) error {
	self := r.pages(wants, who.Kind)
	err := r.key(ctx, self, who)
	if done := r.tally.Note(ctx, self, err); done != nil {
		return done
	}
	if who.Kind == cardea.KindVisitor {
		return r.visits(ctx, who, wants)
	}
	if !isID(who.ID) {
		return nil
	}
	for _, t := range r.teamsOf(who) {
		if done := r.paid(ctx, t, wants); done != nil {
			return done
		}
	}
	if wants(cardea.KindAgreement) || wants(cardea.KindAssignment) {
		if done := r.contractsOf(ctx, who.ID, wants); done != nil {
			return done
		}
	}
	if wants(cardea.KindBooking) {
		p := r.into.Open(cardea.KindBooking)
		if done := r.tally.Note(ctx, p, r.bookings(ctx, p, url.Values{"Booking_Coworker": {who.ID}})); done != nil {
			return done
		}
	}
	if wants(cardea.KindPass) {
		p := r.into.Open(cardea.KindPass)
		return r.tally.Note(ctx, p, r.fill(ctx, p, passes, url.Values{"CoworkerTimePass_Coworker": {who.ID}}))
	}
	return nil
}

// teamsOf returns the teams of a person that was brought in this read.
func (r *reader) teamsOf(who cardea.Key) []string {
	for _, in := range []*cardea.Intake{r.into, r.scrap} {
		p := in.Collection(who.Kind)
		if p == nil {
			continue
		}
		for _, rec := range p.Records() {
			if v, ok := rec.(cardea.Person); ok && rec.Key() == who && v.Team != "" {
				return append([]string{v.Team}, v.Teams...)
			}
		}
	}
	return nil
}

// paid reads a team, and what its paying member's contracts give everybody in it.
func (r *reader) paid(ctx context.Context, id string, wants func(cardea.Kind) bool) error {
	p := r.pages(wants, cardea.KindTeam)
	k := cardea.Key{Kind: cardea.KindTeam, ID: id}
	if done := r.tally.Note(ctx, p, r.key(ctx, p, k)); done != nil {
		return done
	}
	for _, rec := range p.Records() {
		t, ok := rec.(cardea.Team)
		if ok && t.ID == id && t.PayingMember != "" && (wants(cardea.KindAgreement) || wants(cardea.KindAssignment)) {
			return r.contractsOf(ctx, t.PayingMember, wants)
		}
	}
	return nil
}

// contractsOf lists the contracts of a coworker and their assignments.
func (r *reader) contractsOf(ctx context.Context, coworker string, wants func(cardea.Kind) bool) error {
	p := r.pages(wants, cardea.KindAgreement)
	if err := r.fill(ctx, p, contracts, url.Values{"CoworkerContract_Coworker": {coworker}}); err != nil {
		if wants(cardea.KindAssignment) { // what cannot be read of the one is unknown of the other
			if done := r.tally.Note(ctx, r.into.Open(cardea.KindAssignment), err); done != nil {
				return done
			}
		}
		return r.tally.Note(ctx, p, err)
	}
	r.tally.Answered()
	if !wants(cardea.KindAssignment) {
		return nil
	}
	to := r.into.Open(cardea.KindAssignment)
	for _, rec := range p.Records() {
		a, ok := rec.(cardea.Agreement)
		if !ok || a.Person != coworker {
			continue
		}
		if done := r.tally.Note(ctx, to, r.assign(ctx, to, a.ID)); done != nil {
			return done
		}
	}
	return nil
}

// assignedTo brings the assignments of a contract.
func (r *reader) assignedTo(ctx context.Context, contract string) error {
	if r.into.Collection(cardea.KindAgreement) == nil || !isID(contract) {
		return nil
	}
	to := r.into.Open(cardea.KindAssignment)
	err := r.assign(ctx, to, contract)
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil // the contract itself is missing
	}
	return r.tally.Note(ctx, to, err)
}

// assign brings the assignments of a contract that was read.
func (r *reader) assign(ctx context.Context, to *cardea.Pages, contract string) error {
	items, err := r.itemsOf(ctx, contract)
	if err != nil {
		return err
	}
	var records []cardea.Record
	for _, rec := range assigned(contract, items) {
		if r.brought.Fresh(rec.Key()) {
			records = append(records, rec)
		}
	}
	to.Add(records, cardea.Mark{Ended: true})
	return nil
}

// invited brings the guests of a booking that was read.
func (r *reader) invited(ctx context.Context, k cardea.Key) error {
	p := r.into.Collection(cardea.KindBooking)
	if p == nil {
		return nil
	}
	for _, rec := range p.Records() {
		b, ok := rec.(cardea.Booking)
		if !ok || b.Key() != k {
			continue
		}
		for _, id := range b.Visitors {
			to := r.into.Open(cardea.KindVisitor)
			if done := r.tally.Note(ctx, to, r.key(ctx, to, cardea.Key{Kind: cardea.KindVisitor, ID: id})); done != nil {
				return done
			}
		}
	}
	return nil
}

// visits brings the bookings that a visitor is invited to, by the window's listing: what rows of guests can be asked for beside
// their booking is not documented.
func (r *reader) visits(ctx context.Context, who cardea.Key, wants func(cardea.Kind) bool) error {
	if !wants(cardea.KindBooking) {
		return nil
	}
	p := r.into.Open(cardea.KindBooking)
	list, _, err := r.need(ctx, cardea.KindBooking)
	if err != nil {
		return r.tally.Note(ctx, p, err)
	}
	var found []cardea.Record
	for _, rec := range list.Records() {
		b, ok := rec.(cardea.Booking)
		if !ok {
			continue
		}
		for _, ref := range b.Refs() {
			if ref == who && r.brought.Fresh(b.Key()) {
				found = append(found, rec)
			}
		}
	}
	for _, bad := range list.BadOnes() {
		p.Bad([]byte(bad.Raw), bad.Who, bad.Why)
	}
	p.Add(found, cardea.Mark{Ended: true})
	return r.tally.Note(ctx, p, nil)
}
