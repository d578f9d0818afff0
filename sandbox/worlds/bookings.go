package worlds

import (
	"fmt"
	"time"
)

// bookings writes visitors and bookings: singles over nine days, and weekly and daily series that cross the clock change.
func (w *london) bookings() {
	var out file
	n := 0
	for at, s := range w.sites {
		for r, room := range roomNames[s.name] {
			resource := s.id + "-room-" + slugID(room)
			if r%3 == 0 {
				n++
				w.booking(&out, n, at, resource, w.clock(at, r%5, 9, 0), time.Hour, series(r))
			}
			for day := range bookingDays {
				for hour := 10; hour < 18; hour += 1 + w.rng.IntN(4) {
					if w.rng.IntN(3) == 0 {
						continue
					}
					n++
					length := time.Duration(1+w.rng.IntN(3)) * 30 * time.Minute
					w.booking(&out, n, at, resource, w.clock(at, day, hour, 15*w.rng.IntN(4)), length, "")
				}
			}
		}
	}
	w.linef("  visitors:")
	for i := range w.guests {
		s := w.sites[i%3]
		first := firstNames[s.name][i%len(firstNames[s.name])]
		w.rec("_id", fmt.Sprintf("visitor-%d", i+1), "name", first+" Visitor", "email", fmt.Sprintf("%s.%d@guest.test", slugID(first), i+1),
			"type", "preregistration")
	}
	w.linef("  bookings:")
	w.WriteString(out.String())
}

const (
	weekly = "FREQ=WEEKLY;COUNT=6"
	daily  = "FREQ=DAILY;COUNT=12"
)

// lastAfter is how many days after its first the last occurrence of a series falls.
var lastAfter = map[string]int{weekly: 35, daily: 11}

func series(r int) string {
	if r%2 == 0 {
		return weekly
	}
	return daily
}

func (w *london) booking(out *file, n, at int, resource string, start time.Time, length time.Duration, rule string) {
	host := w.host(at)
	m := w.members[host]
	var mates, guests []string
	if team := w.byTeam[m.company]; m.company != "" && len(team) > 1 && w.rng.IntN(3) == 0 {
		for range 1 + w.rng.IntN(3) {
			if mate := w.members[team[w.rng.IntN(len(team))]].id; mate != m.id {
				mates = append(mates, mate)
			}
		}
	}
	if w.rng.IntN(12) == 0 {
		w.guests++
		guests = append(guests, fmt.Sprintf("visitor-%d", w.guests))
	}
	memberID := m.id
	if w.rng.IntN(33) == 0 {
		memberID = "" // some bookings have a company only, or nobody
	}
	end := start.Add(length)
	seriesEnd, recurrence := end, raw("")
	if rule != "" {
		recurrence = raw(fmt.Sprintf("{rrule: %q}", rule))
		seriesEnd = end.AddDate(0, 0, lastAfter[rule])
	}
	state := w.rng.IntN(40)
	out.rec("_id", fmt.Sprintf("bk-%d", n), "title", "Meeting", "resource", resource, "location", w.sites[at].id,
		"timezone", w.sites[at].zone, "start", stamp(start), "end", stamp(end), "seriesStart", stamp(start), "seriesEnd", stamp(seriesEnd),
		"recurrence", recurrence, "member", memberID, "company", slug(m.company), "members", mates, "visitors", guests,
		"isCancelled", state == 0, "isTentative", state == 1, "source", "portal")
}

// host is a member of the site, now and then one from elsewhere.
func (w *london) host(at int) int {
	for {
		m := w.rng.IntN(len(w.members))
		if w.members[m].at == at || w.rng.IntN(20) == 0 {
			return m
		}
	}
}
