package officernd

import (
	"context"
	"net/url"
	"slices"

	"github.com/cardea-access/cardea"
)

// near brings what hangs on the keys and is announced by no webhook: what a person named in them holds, the assignments of
// these memberships and of those that were asked for, the guests of bookings. What cannot be read so fails its own collection.
func (r *reader) near(ctx context.Context, keys []cardea.Key) error {
	var memberships, guests []string
	for _, k := range keys {
		switch k.Kind { //nolint:exhaustive // on the others hangs nothing
		case cardea.KindPerson:
			p := r.into.Open(cardea.KindAgreement)
			if err := r.tally.Note(ctx, p, r.of(ctx, p, k.ID)); err != nil {
				return err
			}
		case cardea.KindAgreement:
			memberships = append(memberships, k.ID)
		}
	}
	if p := r.into.Collection(cardea.KindAgreement); p != nil {
		for _, rec := range p.Records() {
			if a, ok := rec.(cardea.Agreement); ok && r.running(a) {
				memberships = append(memberships, a.ID)
			}
		}
	}
	if p := r.into.Collection(cardea.KindBooking); p != nil {
		for _, rec := range p.Records() {
			if b, ok := rec.(cardea.Booking); ok {
				guests = append(guests, b.Visitors...)
			}
		}
	}
	if len(memberships) > 0 {
		p := r.into.Open(cardea.KindAssignment)
		if err := r.tally.Note(ctx, p, r.assignedTo(ctx, p, once(memberships))); err != nil {
			return err
		}
	}
	guests = slices.DeleteFunc(once(guests), func(id string) bool {
		return !isID(id) || r.brought[cardea.Key{Kind: cardea.KindVisitor, ID: id}]
	})
	if len(guests) > 0 {
		p := r.into.Open(cardea.KindVisitor)
		c, err := r.prepare(ctx, cardea.KindVisitor)
		if err == nil {
			err = r.visitors(ctx, p, c, guests)
		}
		return r.tally.Note(ctx, p, err)
	}
	return nil
}

// of lists the memberships that name a member.
func (r *reader) of(ctx context.Context, p *cardea.Pages, member string) error {
	if !isID(member) {
		return cardea.Errorf(cardea.Rejected, "%q is no OfficeRnD member", member)
	}
	c, err := r.prepare(ctx, cardea.KindAgreement)
	if err != nil {
		return err
	}
	return r.fill(ctx, p, c.path, url.Values{"member": {member}}, c)
}

func once(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}
