package nexudus

import (
	"strconv"
	"strings"
	"time"
)

// cutOff is when a location's day ends after an instant: at the setting Checkin.DailyCutOffTime (HH:MM, or an hour), else at
// midnight. The setting's form was not found.
func (v *Vendor) cutOff(business int64, t time.Time) time.Time {
	zone := v.state.zone(business)
	hour, minute := 0, 0
	v.state.each("businesssettings", func(s row) {
		if idOf(s["BusinessId"]) == business && text(s, "Name") == "Checkin.DailyCutOffTime" {
			h, m, _ := strings.Cut(text(s, "Value"), ":")
			hour, minute = number(h), number(m)
		}
	})
	local := t.In(zone)
	end := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, zone)
	if !end.After(t) {
		end = time.Date(local.Year(), local.Month(), local.Day()+1, hour, minute, 0, 0, zone)
	}
	return end
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// usable says whether an issued pass covers a place and an instant. A day pass that was used is good until the day's cut-off.
func (v *Vendor) usable(w *view, pass row, business int64, t time.Time, slots bool) bool {
	kind := v.state.get("timepasses", pass["TimePassId"])
	if kind == nil || idOf(kind["BusinessId"]) != business && !listed(kind, "Businesses", business) {
		return false
	}
	if end := at(pass, "ExpireDate"); !end.IsZero() && !t.Before(end) {
		return false
	}
	if slots && !v.inSlot(w, kind, business, t) {
		return false
	}
	return v.tail(pass, business, t) || !v.usedUp(pass)
}

// usedUp says whether nothing is left of a pass.
func (v *Vendor) usedUp(pass row) bool {
	left, counted := pass["RemainingUses"].(float64)
	return flag(pass, "Used") || counted && left <= 0
}

// tail says whether a day pass was used on the day of an instant.
func (v *Vendor) tail(pass row, business int64, t time.Time) bool {
	used := at(pass, "UsedDate")
	return !used.IsZero() && !t.Before(used) && t.Before(v.cutOff(business, used))
}

// inSlot says whether a pass may be used at an instant: within a slot of its weekday, or always when it has none (2.8). Only
// the clock of a slot's times counts, taken as the location's.
func (v *Vendor) inSlot(w *view, kind row, business int64, t time.Time) bool {
	slots := w.by("timepasstimeslots", "TimePassId", idOf(kind["Id"]))
	local := t.In(v.state.zone(business))
	now := local.Format("15:04")
	for _, s := range slots {
		if idOf(s["DayOfWeek"]) == int64(local.Weekday()) && clock(text(s, "FromTime")) <= now && now < clock(text(s, "ToTime")) {
			return true
		}
	}
	return len(slots) == 0
}

// clock is the HH:MM of a date-time.
func clock(s string) string {
	if _, after, found := strings.Cut(s, "T"); found {
		s = after
	}
	return (s + "00:00")[:5]
}

// checkIn makes ready the check-in of a coworker: it uses up a pass, or fails and tells so (2.13). Without a coworker it needs
// none.
func (v *Vendor) checkIn(x *edit, next row) []complaint {
	next["Source"] = 1.0
	id := idOf(next["CoworkerId"])
	if id == 0 {
		return nil
	}
	who := v.state.t["coworkers"].rows[id]
	place, t := idOf(next["BusinessId"]), at(next, "FromTime")
	if pass := v.passFor(who, place, t); pass != nil {
		next["CoworkerTimePassGuid"] = pass["UniqueId"]
		if !v.tail(pass, place, t) {
			x.set(v.state.cs.by["coworkertimepasses"], pass, v.consumed(pass, t))
		}
		return nil
	}
	v.failedCheckIn(x, who)
	return complain("CoworkerId", "The customer does not have a valid pass.", next["CoworkerId"])
}

// passFor is the pass that a check-in rests on: one used today already, else the first that is left; nil = none.
func (v *Vendor) passFor(who row, place int64, t time.Time) row {
	w := v.view()
	var fresh row
	if !active(who) || flag(who, "Archived") {
		return nil
	}
	for _, pass := range w.by("coworkertimepasses", "CoworkerId", idOf(who["Id"])) {
		if !v.usable(w, pass, place, t, true) {
			continue
		}
		if v.tail(pass, place, t) {
			return pass
		}
		if fresh == nil {
			fresh = pass
		}
	}
	return fresh
}

// consumed is what one use makes of a pass.
func (v *Vendor) consumed(pass row, t time.Time) row {
	out := row{"UsedDate": stamp(t), "CheckedIn": true}
	left, counted := pass["RemainingUses"].(float64)
	if counted {
		out["RemainingUses"] = left - 1
	}
	out["Used"] = !counted || left <= 1
	return out
}

// failedCheckIn is a check-in that was refused: it is told, and access stays as it is (0.10).
func (v *Vendor) failedCheckIn(x *edit, who row) {
	e := v.state.cs.by["coworkers"]
	n := news{access: map[int64]bool{}}
	n.tell("CoworkerCheckinFailed", e, who)
	n.tell("FailedCheckin", e, who)
	x.put(v.state.cs.by["coworkeraccesscontrolaudits"], row{
		"CoworkerId": who["Id"], "Description": "Check-in failed: no valid pass", "IsProblem": true,
	})
	v.send(n)
}

// openCheckIn is the check-in of a coworker that has no end; nil = none.
func (v *Vendor) openCheckIn(coworker int64) row {
	var found row
	v.state.each("checkins", func(r row) {
		if idOf(r["CoworkerId"]) == coworker && text(r, "ToTime") == "" {
			found = r
		}
	})
	return found
}
