package kinnovis

import (
	"reflect"
	"slices"
	"time"
)

// picture is what can be told, at one instant: per collection and word.
type picture map[string]map[string]sight

// sight is one record of a picture.
type sight struct {
	row   row    // what was written, and what the instant makes of it; not the stamps
	phase string // of a booking
	open  bool   // of a booking
	shown row    // as the API would have shown it
}

func (v *Vendor) picture(at time.Time) picture {
	w, out := v.view(at), picture{}
	for _, c := range v.state.all {
		if c.key == "webhooks" || c.key == "invoices" {
			continue
		}
		seen := make(map[string]sight, len(v.state.t[c.key].rows))
		out[c.key] = seen
		v.state.each(c.key, func(word string, r row) {
			one := sight{row: make(row, len(r)), shown: v.show(w, c, word, r)}
			for name, value := range r {
				if name != "created_at" && name != "updated_at" && name != "has_access" {
					one.row[name] = value
				}
			}
			switch c.key {
			case "bookings":
				one.phase, one.open = w.phase(r), w.open(word, r)
				one.row["unit_ids"] = w.units(r)
			case "units":
				one.row["status"] = w.standing(word, r)
			}
			seen[word] = one
		})
	}
	return out
}

// look takes a picture to compare the next one with.
func (v *Vendor) look(at time.Time) {
	v.seen, v.lastDay = v.picture(at), v.switches.Is("move_out_day", "in")
}

// relook looks again when the switch of the last day was turned: that is no event.
func (v *Vendor) relook() {
	if v.lastDay != v.switches.Is("move_out_day", "in") {
		v.look(v.ticked)
	}
}

// happening is one event.
type happening struct {
	kind  string
	of    *collection
	word  string
	shown row
}

// settle tells what differs from what was told last.
func (v *Vendor) settle(at time.Time) {
	next := v.picture(at)
	var told []happening
	for _, c := range v.state.all {
		before, after := v.seen[c.key], next[c.key]
		words := slices.Clone(v.state.t[c.key].order)
		var gone []string
		for word := range before {
			if _, still := after[word]; !still {
				gone = append(gone, word)
			}
		}
		slices.Sort(gone)
		for _, word := range append(words, gone...) {
			old, was := before[word]
			now, is := after[word]
			if !was && !is {
				continue
			}
			shown := now.shown
			if !is {
				shown = old.shown
			}
			for _, kind := range v.kinds(c, old, now, was, is) {
				told = append(told, happening{kind, c, word, shown})
			}
		}
	}
	v.seen, v.lastDay, v.due = next, v.view(at).lastDay, time.Time{}
	v.send(told, at)
}

// kinds names the events of one record: those of 6.6, and with the switch what else a vendor might tell.
func (v *Vendor) kinds(c *collection, old, now sight, was, is bool) []string {
	verb := ""
	switch {
	case !was:
		verb = "created"
	case !is:
		verb = "deleted"
	case !reflect.DeepEqual(old.row, now.row):
		verb = "updated"
	}
	var out []string
	listed := c.key == "units" || c.key == "bookings" && verb == "updated"
	if verb != "" && (listed || v.switches.Is("hook_events", "all")) {
		out = append(out, c.noun+"."+verb)
	}
	if c.key != "bookings" {
		return out
	}
	if now.phase == active && old.phase != active {
		out = append(out, "booking.started")
	}
	if old.phase == active && now.phase != active {
		out = append(out, "booking.ended")
	}
	switch {
	case !was || !is || old.open == now.open:
	case now.open:
		out = append(out, "access.restored")
	default:
		out = append(out, "access.revoked")
	}
	return out
}

// events are the names that a webhook may ask for.
func events() []string {
	out := []string{"booking.started", "booking.ended", "access.revoked", "access.restored"}
	for _, c := range collections() {
		if c.key != "webhooks" && c.key != "invoices" {
			out = append(out, c.noun+".created", c.noun+".updated", c.noun+".deleted")
		}
	}
	return out
}
