package saltoks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// OwnTimes implements door.Scheduled: a group without a time schedule opens nothing, and one that is not around the clock cuts
// what Cardea gives (vendors/saltoks.md 0.3, 2.6).
func (s *System) OwnTimes(ctx context.Context, g cardea.GroupID) (string, error) {
	if err := vendorID(string(g)); err != nil {
		return "", err
	}
	w, err := s.week(ctx, g)
	if err != nil {
		return "", err
	}
	return w.text(), nil
}

// week reads the time schedules of a group.
func (s *System) week(ctx context.Context, g cardea.GroupID) (week, error) {
	at, err := s.site(ctx)
	if err != nil {
		return week{}, err
	}
	var w week
	err = s.whole(ctx, listing{path: at.path(v11, "/access_groups/"+string(g)+"/time_schedules")}, func(raw json.RawMessage) *object.Flaw {
		r, bad := ruleOf(raw)
		w.rules = append(w.rules, r)
		return bad
	})
	return w, err
}

// The days in Salto's words and ours.
var (
	dayFields = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	dayNames  = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
)

const minutesOfDay = 24 * 60

// rule is one time schedule of a group: days of the week, and minutes of these days, both ends in it. Salto writes seconds at
// the end: 23:59:59 (vendors/saltoks.md 2.6).
type rule struct {
	days     [7]bool
	from, to int
	dated    string // the dates between which it holds; "" = always
}

func ruleOf(raw json.RawMessage) (rule, *object.Flaw) {
	f, _, bad := rowOf(raw)
	if bad != nil {
		return rule{}, bad
	}
	var r rule
	for i, name := range dayFields {
		on, ok := f.Flag(name, false)
		if !ok {
			return r, &object.Flaw{Why: "a day of a time schedule is no switch"}
		}
		r.days[i] = on
	}
	start, ok1 := text(f, "start_time")
	end, ok2 := text(f, "end_time")
	first, ok3 := text(f, "start_date")
	last, ok4 := text(f, "end_date")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return r, &object.Flaw{Why: "a time or date of a time schedule is of another type"}
	}
	var ok bool
	if r.from, ok = minuteOf(start, 0); !ok {
		return r, &object.Flaw{Why: "the start of a time schedule is no time"}
	}
	if r.to, ok = minuteOf(end, minutesOfDay-1); !ok {
		return r, &object.Flaw{Why: "the end of a time schedule is no time"}
	}
	switch {
	case first != "" && last != "":
		r.dated = "from " + first + " to " + last
	case first != "":
		r.dated = "from " + first
	case last != "":
		r.dated = "to " + last
	}
	return r, nil
}

// minuteOf reads 08:00, 08:00:59 or 08:00:59.9999999; "" is the usual.
func minuteOf(s string, usual int) (int, bool) {
	if s == "" {
		return usual, true
	}
	if s == "24:00" || s == "24:00:00" {
		return minutesOfDay - 1, true
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	return 0, false
}

func (r rule) text() string {
	var days []string
	for i := 0; i < len(r.days); i++ {
		if !r.days[i] {
			continue
		}
		last := i
		for last+1 < len(r.days) && r.days[last+1] {
			last++
		}
		name := dayNames[i]
		if last > i {
			name += "-" + dayNames[last]
		}
		days = append(days, name)
		i = last
	}
	if len(days) == 0 {
		days = []string{"on no day"}
	}
	hours := fmt.Sprintf("%02d:%02d-%02d:%02d", r.from/60, r.from%60, r.to/60, r.to%60)
	return strings.TrimSpace(strings.Join(days, ", ") + " " + hours + " " + r.dated)
}

// week is when a group opens: its schedules add up.
type week struct{ rules []rule }

// always says whether it opens around the clock, every day.
func (w week) always() bool {
	for day := range dayFields {
		var open [minutesOfDay]bool
		for _, r := range w.rules {
			if r.dated != "" || !r.days[day] || r.to < r.from {
				continue
			}
			for m := r.from; m <= r.to; m++ {
				open[m] = true
			}
		}
		if slices.Contains(open[:], false) {
			return false
		}
	}
	return true
}

// text is what follows "the group opens"; "" when it does so always.
func (w week) text() string {
	if len(w.rules) == 0 {
		return "nothing, because it has no time schedule: give it the schedule Always at Salto"
	}
	if w.always() {
		return ""
	}
	const most = 5
	var parts []string
	for _, r := range w.rules {
		parts = append(parts, r.text())
	}
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more times", len(w.rules)-most))
	}
	return "only " + strings.Join(parts, "; ") + " by time schedules of its own"
}
