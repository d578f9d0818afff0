package nexudus

import (
	"maps"
	"reflect"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// edit is a set of changes to a state under way. It remembers what each record was before.
type edit struct {
	s    state
	who  string // UpdatedBy
	now  time.Time
	old  map[*entity]map[int64]row
	list []touched
}

type touched struct {
	e  *entity
	id int64
}

// change is what an edit did to one record. Rows are the stored ones.
type change struct {
	e        *entity
	old, new row // nil: was not, is no more
}

func (s state) edit(who string, now time.Time) *edit {
	return &edit{s: s, who: who, now: now, old: map[*entity]map[int64]row{}}
}

func (x *edit) touch(e *entity, id int64) {
	if x.old[e] == nil {
		x.old[e] = map[int64]row{}
	}
	if _, seen := x.old[e][id]; !seen {
		x.old[e][id] = x.s.t[e.key].rows[id]
		x.list = append(x.list, touched{e, id})
	}
}

// put stores a record as given and stamps it; the caller gives away the row. A record without Id is a new one.
func (x *edit) put(e *entity, r row) row {
	t := x.s.t[e.key]
	if idOf(r["Id"]) == 0 {
		t.last++
		r["Id"] = float64(t.last)
	}
	id := idOf(r["Id"])
	x.touch(e, id)
	if text(r, "UniqueId") == "" {
		r["UniqueId"] = guid(e.key, id)
	}
	if text(r, "CreatedOn") == "" {
		r["CreatedOn"] = stamp(x.now)
	}
	r["UpdatedOn"], r["UpdatedBy"] = stamp(x.now), x.who
	t.put(r)
	return r
}

// set changes fields of a stored record.
func (x *edit) set(e *entity, r, fields row) {
	next := twin.Clone(r)
	maps.Copy(next, fields)
	x.put(e, next)
}

func (x *edit) drop(e *entity, id int64) {
	x.touch(e, id)
	x.s.t[e.key].drop(id)
}

// cancel takes a booking out; it becomes a row of cancelledbookings (0.7).
func (x *edit) cancel(b row) {
	e := x.s.cs.by["bookings"]
	x.drop(e, idOf(b["Id"]))
	next := twin.Clone(b)
	for _, own := range words("Id UniqueId CreatedOn") {
		delete(next, own)
	}
	next["OriginalBookingId"] = digits(idOf(b["Id"]))
	next["CancelledOn"], next["CancelledBy"] = stamp(x.now), x.who
	x.put(x.s.cs.by["cancelledbookings"], next)
}

// join puts a coworker into a team, or takes them out.
func (x *edit) join(team row, coworker int64, in bool) {
	if listed(team, "TeamMembers", coworker) == in {
		return
	}
	next := []any{}
	for _, m := range twin.As[[]any](team["TeamMembers"]) {
		if idOf(m) != coworker {
			next = append(next, m)
		}
	}
	if in {
		next = append(next, float64(coworker))
	}
	x.set(x.s.cs.by["teams"], team, row{"TeamMembers": next})
}

// joinAll makes a coworker be in these teams and no others: the relation is kept by the teams.
func (x *edit) joinAll(coworker int64, teams []any) {
	in := map[int64]bool{}
	for _, team := range teams {
		in[idOf(team)] = true
	}
	for _, id := range x.s.t["teams"].order {
		x.join(x.s.t["teams"].rows[id], coworker, in[id])
	}
}

// changes lists what was changed, in order; what ended as it began is left out.
func (x *edit) changes() []change {
	var out []change
	for _, t := range x.list {
		ch := change{t.e, x.old[t.e][t.id], x.s.t[t.e.key].rows[t.id]}
		if ch.old == nil && ch.new == nil || ch.old != nil && ch.new != nil && len(ch.fields()) == 0 {
			continue
		}
		out = append(out, ch)
	}
	return out
}

// fields names what differs, the stamps apart.
func (ch change) fields() map[string]bool {
	out := map[string]bool{}
	for _, r := range []row{ch.old, ch.new} {
		for k := range r {
			if k != "UpdatedOn" && k != "UpdatedBy" && !reflect.DeepEqual(ch.old[k], ch.new[k]) {
				out[k] = true
			}
		}
	}
	return out
}
