package officernd

import (
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// view answers fields of records as the vendor would at one instant. It is made per request; standings of members and
// companies are worked out once, when first asked for.
type view struct {
	v         *Vendor
	s         state
	now       time.Time
	standings map[string]*standing
}

func (v *Vendor) view() *view { return &view{v: v, s: v.state, now: v.now()} }

// field returns one field of a record, computed where the vendor computes it and the file does not say it.
func (w *view) field(c *collection, it *item, name string) any {
	if v, said := it.row[name]; said {
		return v
	}
	switch c.key + "." + name {
	case "bookings.seriesStart":
		return it.seriesStart
	case "bookings.seriesEnd":
		if it.seriesEnd == farEnd && w.v.switches.Is("open_series_end", "absent") {
			return nil
		}
		return it.seriesEnd
	case "bookings.timezone":
		if z := w.s.zone(it.row); z != nil {
			return z.String()
		}
	case "memberships.status":
		return "approved"
	case "memberships.calculatedStatus":
		return w.calculatedStatus(it.row)
	case "passes.status":
		return w.passStatus(it.row)
	case "members.status":
		return w.memberStatus(it)
	case "companies.status":
		return w.standing(it.id).company()
	case "checkins.end":
		return w.closedAt(it.row)
	}
	return nil
}

// computedFields are those that field may answer without the file, by collection.
func computedFields(key string) []string {
	switch key {
	case "bookings":
		return []string{"seriesStart", "seriesEnd", "timezone"}
	case "memberships":
		return []string{"status", "calculatedStatus"}
	case "passes", "members", "companies":
		return []string{"status"}
	case "checkins":
		return []string{"end"}
	}
	return nil
}

// show renders a record. In lists the bag of custom fields is always there; in a single answer an empty one is left out
// (vendors/officernd.md 2, seen on memberships).
func (w *view) show(c *collection, it *item, single bool) row {
	out := twin.Clone(it.row)
	for _, name := range computedFields(c.key) {
		if v := w.field(c, it, name); v != nil {
			out[name] = v
		}
	}
	if _, has := c.shape["properties"]; has {
		props := twin.As[map[string]any](out["properties"])
		switch {
		case len(props) > 0:
		case single:
			delete(out, "properties")
		default:
			out["properties"] = row{}
		}
	}
	return out
}

func (w *view) calculatedStatus(r row) string {
	if text(r, "status") == "not_approved" {
		return "not_approved"
	}
	zone := time.UTC
	if w.v.switches.Is("membership_end", "zone") {
		if z := w.s.zone(r); z != nil {
			zone = z
		}
	}
	today := w.now.In(zone).Format(time.DateOnly)
	start, end := dateOf(r, "startDate"), dateOf(r, "endDate")
	switch {
	case start > today:
		return "not_started"
	case end != "" && end < today:
		return "expired"
	}
	return "active"
}

func dateOf(r row, field string) string {
	if s := text(r, field); len(s) >= len(time.DateOnly) {
		return s[:len(time.DateOnly)]
	}
	return ""
}

func (w *view) passStatus(r row) string {
	count := twin.As[float64](r["count"])
	used := twin.As[float64](r["usedCount"])
	now := twin.Stamp(w.now)
	from, to := text(r, "validFrom"), text(r, "validTo")
	if to != "" && to[10:] == "T00:00:00.000Z" { // a date: the whole of it (assumed)
		to = to[:10] + "T23:59:59.999Z"
	}
	switch {
	case used >= count:
		return "used"
	case from > now:
		return "pending"
	case to != "" && to < now:
		return "expired"
	}
	return "valid"
}

// closedAt is the end of an open check-in: the start of the next day at its location, once that has come (2, check-in rules).
func (w *view) closedAt(r row) any {
	start, err := twin.ParseStamp(text(r, "start"))
	if err != nil {
		return nil
	}
	zone := w.s.zone(r)
	if zone == nil {
		zone = time.UTC
	}
	local := start.In(zone)
	next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, zone)
	if next.After(w.now) {
		return nil
	}
	return twin.Stamp(next)
}
