package kinnovis

import (
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// show is a record as the API tells it: every field, null where there is nothing.
func (v *Vendor) show(w *view, c *collection, word string, r row) row {
	out := make(row, len(c.shape))
	for name, f := range c.shape {
		if slices.Contains(c.hidden, name) {
			continue
		}
		switch value := r[name]; f.Kind {
		case twin.Ref:
			out[name] = v.ref(f.To, value)
		case twin.Date:
			out[name] = v.date(w, c, r, value)
		case twin.Texts, twin.Free:
			out[name] = []any{}
			if value != nil {
				out[name] = twin.Clone(value)
			}
		default:
			out[name] = value
		}
	}
	out["id"] = v.id(c, word)
	switch c.key {
	case "units":
		out["status"] = w.standing(word, r)
	case "bookings":
		v.showBooking(w, word, r, out)
	case "locations":
		out["auto_lock"] = flag(r, "auto_lock", false)
	case "unit_types":
		out["is_archived"] = flag(r, "is_archived", false)
	case "webhooks":
		out["enabled"] = flag(r, "enabled", true)
	case "invoices":
		out["void"] = flag(r, "void", false)
	}
	return out
}

func (v *Vendor) showBooking(w *view, word string, r, out row) {
	phase := w.phase(r)
	out["status"], out["has_access"] = phase, w.open(word, r)
	if v.switches.Is("has_access", "effective") {
		out["has_access"] = w.open(word, r) && phase == active
	}
	if c := instant(r, "cancelled_at"); !c.IsZero() && v.switches.Is("cancel", "dated") {
		y, m, d := c.In(w.zoneOf(w.placeOf(r))).Date()
		at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		if last := instant(r, "move_out_date"); last.IsZero() || at.Before(last) {
			out["move_out_date"] = v.date(w, v.state.collection("bookings"), r, twin.Stamp(at))
		}
	}
	units := w.units(r)
	switch {
	case v.switches.Is("booking_units", "units"):
		list := make([]any, 0, len(units))
		for _, u := range units {
			list = append(list, row{"id": v.ref("units", u), "name": w.s.get("units", u)["name"]})
		}
		out["units"] = list
	case v.switches.Is("booking_units", "unit_id"):
		out["unit_id"] = nil
		if len(units) > 0 {
			out["unit_id"] = v.ref("units", units[0])
		}
	default:
		out["unit_ids"] = v.refs("units", units)
	}
	if v.switches.Is("unit_switch", "shown") {
		out["switch_date"] = v.date(w, v.state.collection("bookings"), r, r["switch_date"])
		out["switch_unit_ids"] = v.refs("units", list(r, "switch_unit_ids"))
	}
	if v.switches.Is("shared_accesses", "absent") {
		delete(out, "shared_accesses")
	} else if v.switches.Is("ids", "integers") {
		all := v.state.t["customers"]
		for i, one := range list(out, "shared_accesses") { // a kind of its own, whose numbers are those of some customers too
			if share, is := one.(row); is && i < len(all.order) {
				share["id"] = float64(all.serial[all.order[i]])
			}
		}
	}
}

// date is a date in the form in force; kept is its midnight in UTC.
func (v *Vendor) date(w *view, c *collection, r row, kept any) any {
	at, err := twin.ParseStamp(twin.As[string](kept))
	switch {
	case err != nil:
		return nil
	case v.switches.Is("dates", "utc"):
		return twin.Stamp(at)
	case v.switches.Is("dates", "local"):
		if c.key == "invoices" {
			r = w.s.get("bookings", r["booking_id"])
		}
		return twin.Stamp(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, w.zoneOf(w.placeOf(r))))
	}
	return at.Format(time.DateOnly)
}

// id is that of a record in the form in force.
func (v *Vendor) id(c *collection, word string) any {
	if v.switches.Is("ids", "integers") {
		return float64(v.state.t[c.key].serial[word])
	}
	return c.id(word)
}

func (v *Vendor) ref(to string, word any) any {
	if word == nil {
		return nil
	}
	return v.id(v.state.collection(to), twin.As[string](word))
}

func (v *Vendor) refs(to string, words []any) []any {
	out := make([]any, 0, len(words))
	for _, w := range words {
		out = append(out, v.ref(to, w))
	}
	return out
}

// plain is a value as a query parameter would name it.
func plain(value any) string {
	switch x := value.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}
