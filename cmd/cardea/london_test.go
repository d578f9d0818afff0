package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/desk"
)

type row map[string]any

func (r row) s(k string) string {
	if v, ok := r[k].(time.Time); ok {
		return v.UTC().Format(time.RFC3339)
	}
	s, _ := r[k].(string)
	return s
}

func (r row) list(k string) (out []string) {
	l, _ := r[k].([]any)
	for _, v := range l {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// oracle says who should pass each group at an instant, read off the world file in the most naive way there is.
func oracle(t *testing.T, now time.Time) map[string][]string {
	t.Helper()
	return naively(t, read(t, worldsDir+"london.yaml")).pass(t, now)
}

// naive is the space side of a world: the records of each kind, and all by kind and id.
type naive struct {
	kinds map[string][]row
	by    map[string]row
}

// naively reads a world file.
func naively(t *testing.T, world []byte) naive {
	t.Helper()
	var loose struct {
		OfficeRnD map[string]any `yaml:"officernd"`
	}
	if err := yaml.Unmarshal(world, &loose); err != nil {
		t.Fatal(err)
	}
	n := naive{kinds: map[string][]row{}, by: map[string]row{}}
	for kind, v := range loose.OfficeRnD {
		l, _ := v.([]any)
		for _, e := range l {
			r := row(e.(map[string]any))
			n.kinds[kind] = append(n.kinds[kind], r)
			n.by[kind+"/"+r.s("_id")] = r
		}
	}
	return n
}

// pass says who should pass each group at an instant.
func (n naive) pass(t *testing.T, now time.Time) map[string][]string {
	t.Helper()
	w, by := n.kinds, n.by
	teams := map[string][]row{}
	for _, m := range w["members"] {
		if m.s("status") == "active" && m.s("company") != "" {
			teams[m.s("company")] = append(teams[m.s("company")], m)
		}
	}
	zones := map[string]*time.Location{}
	site := func(location string) (string, time.Time) {
		l := by["locations/"+location]
		z, known := zones[location]
		if !known {
			var err error
			if z, err = time.LoadLocation(l.s("timezone")); err != nil {
				t.Fatal(err)
			}
			zones[location] = z
		}
		return l.s("name"), now.In(z)
	}
	runs := func(r row, from, until string, local time.Time) bool {
		today := local.Format(time.DateOnly)
		first, last := r.s(from), r.s(until)
		return first[:10] <= today && (last == "" || today <= last[:10])
	}
	in := map[string]map[string]bool{}
	add := func(group, mail string) {
		if in[group] == nil {
			in[group] = map[string]bool{}
		}
		if mail != "" {
			in[group][strings.ToLower(mail)] = true
		}
	}
	holders := func(r row, personal bool) (out []row) {
		if m := r.s("member"); m != "" || personal {
			return append(out, by["members/"+m])
		}
		return teams[r.s("company")]
	}
	for _, ms := range w["memberships"] {
		name, local := site(ms.s("location"))
		if !runs(ms, "startDate", "endDate", local) {
			continue
		}
		h, wd := local.Hour(), local.Weekday()
		hours := wd >= 1 && wd <= 5 && h >= 7 && h < 21 || wd == 6 && h >= 9 && h < 17
		for _, m := range holders(ms, false) {
			if ms.s("plan") == "plan-hot-desk" && hours || ms.s("plan") == "plan-night-owl" {
				add(name+" building", m.s("email"))
			}
			if ms.s("plan") == "plan-night-owl" {
				add(name+" night", m.s("email"))
			}
			for _, a := range w["assignments"] {
				if a.s("membership") != ms.s("_id") || !runs(a, "startDate", "endDate", local) {
					continue
				}
				res := by["resources/"+a.s("resource")]
				floor := res.s("floor")[strings.LastIndex(res.s("floor"), "-")+1:]
				add(name+" building", m.s("email"))
				add(name+" floor "+floor, m.s("email"))
				if res.s("type") == "team_room" {
					add(name+" offices "+floor, m.s("email"))
				}
			}
		}
	}
	for _, p := range w["passes"] {
		for _, m := range holders(p, p["isPersonal"] == true) {
			name, local := site(m.s("location"))
			if p["count"].(int) > p["usedCount"].(int) && runs(p, "validFrom", "validTo", local) {
				add(name+" building", m.s("email"))
			}
		}
	}
	for _, b := range w["bookings"] {
		if b["isCancelled"] == true || b["isTentative"] == true {
			continue
		}
		name, local := site(b.s("location"))
		start, end := b["start"].(time.Time).In(local.Location()), b["end"].(time.Time)
		length, step, count := end.Sub(start), 0, 1
		if rec, ok := b["recurrence"].(map[string]any); ok {
			step = map[string]int{"WEEKLY": 7, "DAILY": 1}[strings.Split(strings.TrimPrefix(rec["rrule"].(string), "FREQ="), ";")[0]]
			if _, err := fmt.Sscanf(rec["rrule"].(string)[strings.Index(rec["rrule"].(string), "COUNT="):], "COUNT=%d", &count); err != nil {
				t.Fatal(err)
			}
		}
		for i := range count {
			s := start.AddDate(0, 0, i*step)
			if now.Before(s.Add(-15*time.Minute)) || !now.Before(s.Add(length+15*time.Minute)) {
				continue
			}
			group := name + " " + by["resources/"+b.s("resource")].s("name")
			add(group, by["members/"+b.s("member")].s("email"))
			for _, m := range b.list("members") {
				add(group, by["members/"+m].s("email"))
			}
			for _, v := range b.list("visitors") {
				add(group, by["visitors/"+v].s("email"))
			}
		}
	}
	add("Shoreditch building", "bruno@hinge.test") // staff, never removed
	out := map[string][]string{}
	for g, ms := range in {
		for m := range ms {
			out[g] = append(out[g], m)
		}
		slices.Sort(out[g])
	}
	return out
}

func TestLondonInStep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, "2026-10-19T09:20:00Z", func(t *testing.T) {
			r := newRig(t, "london", db, nil)
			defer r.shut()
			for i, instant := range []string{
				"2026-10-19T09:20:00Z", // Monday morning
				"2026-10-22T08:55:00Z", // series in their lead time
				"2026-10-23T22:10:00Z", // after the hours of hot desks
				"2026-10-25T00:30:00Z", // half past one, the first time
				"2026-10-25T01:30:00Z", // half past one, again
				"2026-10-26T08:50:00Z", // Monday: series stay at nine by the wall
			} {
				at(t, instant)
				r.sync(desk.InStep)
				got, want := r.members(), oracle(t, time.Now())
				for g, members := range got {
					slices.Sort(members)
					if g == "Cleaners" {
						want[g] = []string{"clara@cleaning.test"} // never mapped, never touched
					}
					if !slices.Equal(members, want[g]) {
						t.Errorf("%s: %s: %s", instant, g, difference(members, want[g]))
					}
				}
				if i%3 != 0 {
					continue
				}
				before := r.writes()
				r.sync(desk.InStep)
				if n := r.writes() - before; n != 0 {
					t.Errorf("%s: the second sync wrote %d times", instant, n)
				}
			}
			for _, w := range r.vendors.Writes("kisi") {
				if w.Method == "DELETE" && strings.HasPrefix(w.Path, "/users") {
					t.Errorf("an account was deleted: %s", w.Path)
				}
			}
		})
	})
}

func difference(got, want []string) string {
	var parts []string
	for _, g := range got {
		if !slices.Contains(want, g) {
			parts = append(parts, "+"+g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			parts = append(parts, "-"+w)
		}
	}
	return fmt.Sprintf("%d of %d: %s", len(got), len(want), strings.Join(parts[:min(len(parts), 8)], " "))
}
