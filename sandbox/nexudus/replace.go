package nexudus

import (
	"maps"
	"net/http"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// serveUpdate is PUT: the record becomes what was sent, and what was not sent is cleared (0.4). With an id in the path only named
// fields change.
func (v *Vendor) serveUpdate(c *call, e *entity, partial int64) {
	body, ok := c.body()
	if !ok {
		return
	}
	id := partial
	if id == 0 {
		id = idOf(body["Id"])
	}
	old := v.state.t[e.key].rows[id]
	if old == nil {
		c.fail(http.StatusNotFound, e.name+" "+digits(id)+" was not found.")
		return
	}
	next, why := v.taken(e, body)
	if partial != 0 {
		merged := twin.Clone(old)
		maps.Copy(merged, next)
		next = merged
	}
	for _, name := range append(words("Id UniqueId CreatedOn"), e.readOnly...) {
		if value, said := old[name]; said {
			next[name] = value
		}
	}
	for _, name := range e.required {
		if next[name] == nil && name != "CreateMultiple" && name != "WhichBookingsToUpdate" {
			why = append(why, complain(name, name+" is required.", nil)...)
		}
	}
	had := old
	if e.key == "coworkers" {
		had = row{"Teams": v.view().full(e, old)["Teams"], "Businesses": old["Businesses"]}
	}
	if why == nil && partial == 0 {
		why = v.triples(e, body, next, had)
	}
	if why == nil {
		why = v.broken(e, next)
	}
	if why != nil {
		c.refuse(why)
		return
	}
	x := v.state.edit(c.who(), v.now())
	teams := twin.As[[]any](next["Teams"])
	if e.key == "coworkers" {
		delete(next, "Teams")
	}
	if e.key == "webhooks" && active(next) && !active(old) { // switched on again
		delete(next, "ErrorCount")
	}
	dropNull(next)
	x.put(e, next)
	if e.key == "coworkers" {
		x.joinAll(id, teams)
	}
	v.settle(x)
	c.done(e.name+" updated.", row{"Id": id})
}

func (v *Vendor) serveDelete(c *call, e *entity, id int64) {
	old := v.state.t[e.key].rows[id]
	if old == nil {
		c.fail(http.StatusNotFound, e.name+" "+digits(id)+" was not found.")
		return
	}
	x := v.state.edit(c.who(), v.now())
	if e.key == "bookings" {
		x.cancel(old)
	} else {
		x.drop(e, id)
	}
	v.settle(x)
	c.done(e.name+" deleted.", nil)
}
