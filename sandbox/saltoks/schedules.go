package saltoks

import (
	"net/http"
	"time"
)

// localForm is a naive wall-clock time of the site's zone.
const localForm = "2006-01-02T15:04:05"

func weekdays() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
}

// parseLocal reads a naive time or a date.
func parseLocal(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(localForm, s)
}

// parseClock reads a time of day, with seconds or without.
func parseClock(s string) (time.Time, error) {
	if t, err := time.Parse("15:04", s); err == nil {
		return t, nil
	}
	return time.Parse(time.TimeOnly, s)
}

// schedule reads a body over a schedule (nil = a fresh one); the text names what is wrong. The seconds of an end become 59.
func schedule(old, body row) (row, string) {
	out := row{"start_time": "00:00:00", "end_time": "23:59:59", "start_date": nil, "end_date": nil}
	for _, day := range weekdays() {
		out[day] = false
	}
	if old != nil {
		out = with(old, nil)
	}
	some := false
	for _, day := range weekdays() {
		if value, given := body[day]; given {
			on, isBool := value.(bool)
			if !isBool {
				return nil, day
			}
			out[day] = on
		}
		some = some || flag(out, day)
	}
	if !some {
		return nil, "at least one day is needed"
	}
	for _, field := range []string{"start_time", "end_time"} {
		if value, given := body[field]; given {
			t, err := parseClock(text(row{field: value}, field))
			if err != nil {
				return nil, field
			}
			if field == "end_time" {
				t = t.Truncate(time.Minute).Add(59 * time.Second)
			}
			out[field] = t.Format(time.TimeOnly)
		}
	}
	if text(out, "start_time") >= text(out, "end_time") {
		return nil, "end_time"
	}
	for _, field := range []string{"start_date", "end_date"} {
		value, given := body[field]
		if !given {
			continue
		}
		if out[field] = value; value == nil {
			continue
		}
		t, err := parseLocal(text(row{field: value}, field))
		if err != nil {
			return nil, field
		}
		out[field] = t.Format(localForm)
	}
	return out, ""
}

// covers says whether a schedule is open at an instant: by the wall clock of the site, the last second included.
func covers(r row, now time.Time) bool {
	if !flag(r, weekdays()[(int(now.Weekday())+6)%7]) {
		return false
	}
	clock, wall := now.Format(time.TimeOnly), now.Format(localForm)
	if clock < text(r, "start_time") || clock > text(r, "end_time") {
		return false
	}
	from, until := text(r, "start_date"), text(r, "end_date")
	return (from == "" || wall >= from) && (until == "" || wall <= until)
}

// routeSchedules answers .../access_groups/{g}/time_schedules (2.6).
func (v *Vendor) routeSchedules(c *call, group string, rest []string) {
	if c.version == "v1.2" && v.switches.Is("schedules_v12", "405") {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	method := c.r.Method
	if len(rest) == 0 {
		switch method {
		case http.MethodGet:
			all := v.state.schedules(group)
			v.list(c, listing{len(all), func(i int) row { return showSchedule(all[i]) }, scheduleFields()})
		case http.MethodPost:
			v.setSchedule(c, nil, row{"id": v.state.next("time_schedules"), "_site": c.site, "_group": group})
		default:
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	old, t := v.pick(c, "time_schedules", rest[0], "Time schedule")
	switch {
	case t != nil:
		v.fail(c, t)
	case len(rest) > 1 || text(old, "_group") != group:
		c.plain(http.StatusNotFound, "")
	case method == http.MethodPatch:
		v.setSchedule(c, old, row{})
	case method == http.MethodDelete:
		v.state.drop("time_schedules", text(old, "id"))
		v.finish(c)
	default:
		c.plain(http.StatusMethodNotAllowed, "")
	}
}

func (v *Vendor) setSchedule(c *call, old, own row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	made, problem := schedule(old, body)
	if problem != "" {
		v.fail(c, badValue(problem))
		return
	}
	made = with(made, own)
	v.state.put("time_schedules", made)
	c.reply(showSchedule(made))
}
