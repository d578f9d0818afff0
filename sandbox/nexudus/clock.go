package nexudus

import (
	"slices"
	"time"
)

// margin is how long before a booking's start and after its end Nexudus looks at who may pass (3.4).
const margin = 15 * time.Minute

// never is an instant that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// moment is something that falls due.
type moment struct {
	at time.Time
	do func(n *news, x *edit)
}

// Tick does what fell due since it was last called; every request and patch does so too. Between them nothing happens, so whoever
// wants webhooks on time calls it often.
func (v *Vendor) Tick() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
}

func (v *Vendor) tick() {
	now := v.now()
	if !v.due.IsZero() && now.Before(v.due) {
		return
	}
	w := v.view()
	w.now = v.ticked
	all := v.moments(w)
	v.due = never
	var past []moment
	for _, m := range all {
		switch {
		case !m.at.After(v.ticked):
		case m.at.After(now):
			if m.at.Before(v.due) {
				v.due = m.at
			}
		default:
			past = append(past, m)
		}
	}
	v.ticked = now
	slices.SortStableFunc(past, func(a, b moment) int { return a.at.Compare(b.at) })
	next := v.due
	for _, m := range past {
		n, x := news{access: map[int64]bool{}}, v.state.edit(worldUser, m.at)
		m.do(&n, x)
		v.settle(x)
		v.send(n)
	}
	if len(past) == 0 {
		v.due = next
	}
}

// moments are all that may fall due. A pass that runs out and a pause that begins tell nothing (3.4).
func (v *Vendor) moments(w *view) []moment {
	var out []moment
	v.state.each("bookings", func(b row) {
		if idOf(b["CoworkerId"]) == 0 || flag(b, "Tentative") {
			return
		}
		look := func(n *news, _ *edit) { n.touch(b["CoworkerId"]) }
		out = append(out, moment{at(b, "FromTime").Add(-margin), look}, moment{at(b, "ToTime").Add(margin), look})
	})
	v.state.each("coworkercontracts", func(c row) {
		if _, said := c["Active"]; said {
			return
		}
		from, until := w.term(c)
		out = append(out, moment{from, func(n *news, _ *edit) {
			v.tellStart(n, v.view(), c)
			n.touch(c["CoworkerId"])
		}})
		if !until.IsZero() {
			out = append(out, moment{until, func(n *news, _ *edit) {
				if v.switches.Is("contract_cancel", "due") {
					n.tell("CoworkerContractCancel", v.state.cs.by["coworkercontracts"], c)
				}
				n.touch(c["CoworkerId"])
			}})
		}
	})
	e := v.state.cs.by["checkins"]
	v.state.each("checkins", func(r row) {
		if text(r, "ToTime") != "" {
			return
		}
		end := v.cutOff(idOf(r["BusinessId"]), at(r, "FromTime"))
		due := end
		if !due.After(v.ticked) { // written by the world when it was late already
			due = v.ticked.Add(1)
		}
		id := idOf(r["Id"])
		out = append(out, moment{due, func(_ *news, x *edit) {
			if now := v.state.t["checkins"].rows[id]; now != nil && text(now, "ToTime") == "" {
				x.set(e, now, row{"ToTime": stamp(end), "AutoCheckout": true})
			}
		}})
	})
	return out
}
