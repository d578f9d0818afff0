package nexudus

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// slack is asked for beyond both ends of a window: the zone of a filter's value is not documented, and no zone is further from UTC.
const slack = 26 * time.Hour

// cancelledFor is how far back cancelled bookings are looked for: longer than bookings are read ahead.
const cancelledFor = 8 * 24 * time.Hour

func filterTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// bookings lists the bookings that touch the window, and those that were cancelled of late: a cancelled booking is not in the list
// any more (vendors/nexudus.md 0.7), and its row is the vendor's positive word. Only what lies in the window is handed on.
func (r *reader) bookings(ctx context.Context, p *cardea.Pages, filter url.Values) error {
	if r.span.Empty() {
		return cardea.Errorf(cardea.Rejected, "bookings are read for a span of time, and none was given")
	}
	q := maps.Clone(filter)
	if r.span.From.Bounded() {
		q.Set("from_Booking_ToTime", filterTime(r.span.From.Time().Add(-slack)))
	}
	if r.span.Until.Bounded() {
		q.Set("to_Booking_FromTime", filterTime(r.span.Until.Time().Add(slack)))
	}
	r.windowed = true
	err := r.fill(ctx, p, bookings, q)
	r.windowed = false
	if err != nil {
		return err
	}
	return r.wereCancelled(ctx, p)
}

// wereCancelled adds the bookings that were cancelled. It is no evidence of anything else: where it cannot be read, or a row
// cannot, the booking is found missing by its absence or by its id.
func (r *reader) wereCancelled(ctx context.Context, p *cardea.Pages) error {
	q := url.Values{"from_CancelledBooking_CreatedOn": {filterTime(r.s.now().Add(-cancelledFor))}}
	var records []cardea.Record
	err := r.s.list(ctx, cancelled.path, q, func(rows []json.RawMessage, _ cardea.Mark) error {
		for _, row := range rows {
			rec, err := cancelled.decode(row)
			b, ok := rec.(cardea.Booking)
			if err == nil && ok && r.within(b) && r.brought.Fresh(b.Key()) {
				records = append(records, b)
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return err
	}
	p.Add(records, cardea.Mark{Ended: true})
	return nil
}

func (r *reader) within(b cardea.Booking) bool {
	return b.Start < r.span.Until && r.span.From < b.End
}

// guests reads who is invited to a booking. Guests stand in its record with their names; their ids stand in rows of their own,
// where the record does not say them (vendors/nexudus.md 2.11).
func (r *reader) guests(ctx context.Context, b cardea.Booking, raw []byte) (cardea.Record, error) {
	list, there := field(raw, bookings.list)
	if !there {
		return nil, errors.New("the booking's record does not say who is invited")
	}
	var guests []struct {
		Visitor ref `json:"VisitorId"`
	}
	if err := json.Unmarshal(list, &guests); err != nil {
		return nil, errors.New("the booking's list of guests cannot be read")
	}
	for _, g := range guests {
		if g.Visitor == "" {
			ids, err := r.guestRows(ctx, b.ID)
			b.Visitors = ids
			return b, err
		}
		b.Visitors = append(b.Visitors, string(g.Visitor))
	}
	b.Visitors = slices.Compact(sorted(b.Visitors))
	return b, nil
}

// guestRows lists the visitors of a booking.
func (r *reader) guestRows(ctx context.Context, booking string) ([]string, error) {
	var ids []string
	err := r.s.list(ctx, "/spaces/bookingvisitors", url.Values{"BookingVisitor_Booking": {booking}},
		func(rows []json.RawMessage, m cardea.Mark) error {
			for _, row := range rows {
				var v struct {
					Booking ref `json:"BookingId"`
					Visitor ref `json:"VisitorId"`
				}
				if err := json.Unmarshal(row, &v); err != nil {
					return errors.New("a guest of the booking cannot be read")
				}
				if string(v.Booking) == booking && v.Visitor != "" {
					ids = append(ids, string(v.Visitor))
				}
			}
			return moved(m, "/spaces/bookingvisitors")
		})
	return slices.Compact(sorted(ids)), err
}
