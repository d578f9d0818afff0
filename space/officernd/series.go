package officernd

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"

	"github.com/cardea-access/cardea"
)

// bookings lists the window's bookings. A series without an end may have no seriesEnd, which no filter by seriesEnd finds
// (vendors/officernd.md 2, booking: not known): when the counts of both sides of the window's beginning do not make up the
// whole, the series are looked for in a listing of everything that was ever booked.
func (r *reader) bookings(ctx context.Context, p *cardea.Pages, c collection) error {
	q, err := windowQuery(r.span)
	if err != nil {
		return err
	}
	ever, past := r.outside(q)
	if ever == nil {
		return r.fill(ctx, p, c.path, q, c)
	}
	// All are counted first and the past last: what is booked meanwhile makes the sum larger than the whole, not smaller.
	all, counted := r.s.count(ctx, c.path, ever)
	if err := r.fill(ctx, p, c.path, q, c); err != nil || !counted {
		return err
	}
	listed := len(p.Records()) + len(p.BadOnes())
	if over, counted := r.s.count(ctx, c.path, past); !counted || all <= listed+over {
		return nil
	}
	return r.fillSome(ctx, p, c.path, ever, c, r.endless)
}

// windowQuery asks for the series that touch the span; start and end themselves are refused as filters
// (vendors/officernd.md 1.4). An end of the span that is open leaves its filter out.
func windowQuery(span cardea.Window) (url.Values, error) {
	if span.Empty() {
		return nil, cardea.Errorf(cardea.Rejected, "bookings are read for a span of time, and none was given")
	}
	q := url.Values{}
	if span.Until.Bounded() {
		q.Set("seriesStart[$lt]", stamp(span.Until))
	}
	if span.From.Bounded() {
		q.Set("seriesEnd[$gte]", stamp(span.From))
	}
	return q, nil
}

// outside are the queries for everything up to the window's end, and for what was over before it began; nil when the
// window has no beginning and so leaves nothing out.
func (r *reader) outside(window url.Values) (ever, past url.Values) {
	if !window.Has("seriesEnd[$gte]") {
		return nil, nil
	}
	ever = maps.Clone(window)
	ever.Del("seriesEnd[$gte]")
	past = maps.Clone(ever)
	past.Set("seriesEnd[$lt]", stamp(r.span.From))
	return ever, past
}

// endless says whether a row is a booking of the window that has no seriesEnd. One that cannot be read is.
func (r *reader) endless(row []byte) bool {
	var v struct {
		End        moment          `json:"end"`
		SeriesEnd  moment          `json:"seriesEnd"`
		Recurrence json.RawMessage `json:"recurrence"`
	}
	if json.Unmarshal(row, &v) != nil {
		return true
	}
	recurs := len(v.Recurrence) > 0 && string(v.Recurrence) != "null"
	return v.SeriesEnd.IsZero() && (recurs || v.End.instant() >= r.span.From)
}

func stamp(i cardea.Instant) string { return i.Time().Format("2006-01-02T15:04:05.000Z") }
