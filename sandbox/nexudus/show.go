package nexudus

import (
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// view answers records as the vendor would at one instant. It is made per request; indexes are built when first asked for.
type view struct {
	v     *Vendor
	s     state
	now   time.Time
	index map[string]map[int64][]row
}

func (v *Vendor) view() *view {
	return &view{v: v, s: v.state, now: v.now(), index: map[string]map[int64][]row{}}
}

// by is the rows of a table by what one of their references names.
func (w *view) by(key, field string, id int64) []row {
	name := key + "." + field
	if w.index[name] == nil {
		all := map[int64][]row{}
		w.s.each(key, func(r row) {
			if w.s.cs.by[key].shape[field].Kind != twin.Refs {
				all[idOf(r[field])] = append(all[idOf(r[field])], r)
				return
			}
			for _, one := range twin.As[[]any](r[field]) {
				all[idOf(one)] = append(all[idOf(one)], r)
			}
		})
		w.index[name] = all
	}
	return w.index[name][id]
}

// full is a record as GET by id shows it (1.3): every field, null where there is nothing, with what is joined and computed.
func (w *view) full(e *entity, r row) row {
	out := row{
		"IsNew": false, "ToStringText": nil, "LocalizationDetails": nil, "CustomFields": nil,
	}
	for name, f := range e.shape {
		v, said := r[name]
		switch {
		case said:
			out[name] = twin.Clone(v)
		case f.Kind == twin.Bool:
			out[name] = name == "Active" && (e.key == "coworkers" || e.key == "webhooks" || e.key == "resourceaccessrules")
		case f.Kind == twin.Refs:
			out[name] = []any{}
		default:
			out[name] = nil
		}
	}
	for _, name := range words("Name FullName Description") {
		if s := text(r, name); s != "" && out["ToStringText"] == nil {
			out["ToStringText"] = s
		}
	}
	w.join(e, r, out)
	return out
}

// listRow is a record as a list shows it: collections are empty, null or absent, and some scalars null (0.3).
func (w *view) listRow(e *entity, r row) row {
	out := w.full(e, r)
	for name, f := range e.shape {
		if f.Kind == twin.Refs {
			w.lose(out, name)
		}
	}
	if e.key == "bookings" {
		w.lose(out, "BookingVisitors")
		w.lose(out, "BookingProducts")
	}
	if e.key == "webhooks" {
		delete(out, "Description") // 3.1
	}
	if w.v.switches.Is("list_scalars", "missing") {
		for _, name := range e.thin {
			out[name] = nil
		}
	}
	return out
}

func (w *view) lose(out row, name string) {
	switch {
	case w.v.switches.Is("list_collections", "absent"):
		delete(out, name)
	case w.v.switches.Is("list_collections", "null"):
		out[name] = nil
	default:
		out[name] = []any{}
	}
}

// hooked is a record in a webhook: as by id, and a booking as in the one body that was captured (3.3).
func (w *view) hooked(e *entity, r row) row {
	out := w.full(e, r)
	if e.key == "bookings" {
		delete(out, "FromTimeLocal")
		delete(out, "ToTimeLocal")
		out["BookingVisitors"], out["BookingProducts"] = []any{}, nil
	}
	return out
}

// local adds the ...Local twin of an instant: wall clock of the business (0.6).
func (w *view) local(out, r row, zone *time.Location, names ...string) {
	form := "2006-01-02T15:04:05"
	if w.v.switches.Is("local_suffix", "fake-z") {
		form += "Z"
	}
	for _, name := range names {
		out[name+"Local"] = nil
		if t := at(r, name); !t.IsZero() {
			out[name+"Local"] = t.In(zone).Format(form)
		}
	}
}
