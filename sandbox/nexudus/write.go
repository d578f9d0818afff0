package nexudus

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

const maxBody = 1 << 20

// body reads a JSON object.
func (c *call) body() (row, bool) {
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	var body row
	if err == nil {
		err = json.Unmarshal(data, &body)
	}
	if err != nil || body == nil {
		c.fail(http.StatusBadRequest, "The request is invalid.")
		return nil, false
	}
	return body, true
}

// taken is a write's fields as they are kept: those the entity has, checked; others are ignored.
func (v *Vendor) taken(e *entity, body row) (row, []complaint) {
	out := row{}
	var why []complaint
	for _, name := range slices.Sorted(maps.Keys(body)) {
		f, known := e.shape[name]
		_, stamped := common()[name]
		if !known || slices.Contains(e.readOnly, name) || stamped && name != "SystemId" && name != "CustomFields" {
			continue
		}
		value, problem := v.coerce(f, body[name])
		if problem != "" {
			why = append(why, complaint{body[name], name + " " + problem, name})
			continue
		}
		out[name] = value
	}
	return out, why
}

// coerce turns a JSON value into what is kept of it; null is nil.
func (v *Vendor) coerce(f twin.Field, value any) (any, string) {
	if value == nil {
		return nil, ""
	}
	switch f.Kind {
	case twin.Text:
		if s, ok := value.(string); ok {
			return s, ""
		}
		return nil, "must be a text"
	case twin.Bool:
		if b, ok := value.(bool); ok {
			return b, ""
		}
		return nil, "must be true or false"
	case twin.Int, twin.Number:
		if n, ok := value.(float64); ok && (f.Kind == twin.Number || n == math.Trunc(n)) {
			return n, ""
		}
		return nil, "must be a number"
	case twin.Instant:
		for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
			if t, err := time.Parse(form, twin.As[string](value)); err == nil {
				return stamp(t), ""
			}
		}
		return nil, "must be a date"
	case twin.Ref:
		if v.state.get(f.To, value) == nil {
			return nil, "was not found"
		}
		return value, ""
	case twin.Refs:
		list, ok := value.([]any)
		if !ok || slices.ContainsFunc(list, func(id any) bool { return v.state.get(f.To, id) == nil }) {
			return nil, "holds something that was not found"
		}
		return list, ""
	default:
		return value, ""
	}
}

// triples applies X, AddedX and RemovedX (1.8) to the collections of a record; old are those it had.
func (v *Vendor) triples(e *entity, body, next, old row) []complaint {
	for name, f := range e.shape {
		if f.Kind != twin.Refs {
			continue
		}
		_, whole := body[name]
		list := twin.As[[]any](next[name])
		if !whole {
			list = nil
			_, adds := body["Added"+name]
			_, removes := body["Removed"+name]
			if adds || removes || v.switches.Is("put_collections", "kept") {
				list = twin.As[[]any](old[name])
			}
		}
		for _, change := range []string{"Added", "Removed"} {
			value, problem := v.coerce(f, body[change+name])
			if problem != "" {
				return complain(change+name, change+name+" "+problem, body[change+name])
			}
			for _, id := range twin.As[[]any](value) {
				list = slices.DeleteFunc(slices.Clone(list), func(one any) bool { return idOf(one) == idOf(id) })
				if change == "Added" {
					list = append(list, id)
				}
			}
		}
		delete(next, name)
		if len(list) > 0 {
			next[name] = list
		}
	}
	return nil
}

func (v *Vendor) serveCreate(c *call, e *entity) {
	body, ok := c.body()
	if !ok {
		return
	}
	next, why := v.taken(e, body)
	for _, name := range e.required {
		if body[name] == nil || body[name] == "" {
			why = append(why, complain(name, name+" is required.", nil)...)
		}
	}
	if e.key == "coworkers" {
		_, wrong := v.opening(body)
		why = append(why, wrong...)
	}
	if why == nil {
		why = v.triples(e, body, next, row{})
	}
	if why == nil {
		why = v.broken(e, next)
	}
	if why != nil {
		c.refuse(why)
		return
	}
	x := v.state.edit(c.who(), v.now())
	if e.key == "checkins" {
		if why = v.checkIn(x, next); why != nil {
			v.settle(x)
			c.refuse(why)
			return
		}
	}
	id := v.create(x, e, next, body)
	v.settle(x)
	c.done(e.name+" created.", row{"Id": id})
}

// create stores a new record with what goes with it.
func (v *Vendor) create(x *edit, e *entity, next, body row) int64 {
	teams := twin.As[[]any](next["Teams"])
	if e.key == "coworkers" {
		delete(next, "Teams")
		next["RegistrationDate"] = stamp(v.now())
	}
	dropNull(next)
	made := []row{}
	switch e.key {
	case "coworkertimepasses": // mints as many as CreateMultiple says (2.8)
		copies := idOf(next["CreateMultiple"])
		delete(next, "CreateMultiple")
		for range copies {
			made = append(made, x.put(e, twin.Clone(next)))
		}
	case "visitors":
		next["VisitorCode"] = guid("visitor", v.state.t[e.key].last)[:6]
		made = append(made, x.put(e, next))
	default:
		made = append(made, x.put(e, next))
	}
	id := idOf(made[0]["Id"])
	switch e.key {
	case "coworkers":
		x.joinAll(id, teams)
		if contract, _ := v.opening(body); contract != nil {
			contract["CoworkerId"], contract["IssuedById"] = float64(id), next["InvoicingBusinessId"]
			x.put(v.state.cs.by["coworkercontracts"], contract)
		}
	case "bookings":
		v.invite(x, made[0], twin.As[[]any](body["BookingVisitors"]))
	default:
	}
	return id
}

// opening is the contract that a new coworker's TariffId, BillingDay and RenewalDate open in one call (2.3); nil = none.
func (v *Vendor) opening(body row) (row, []complaint) {
	if body["TariffId"] == nil {
		return nil, nil
	}
	asked := row{"TariffId": body["TariffId"], "BillingDay": body["BillingDay"], "RenewalDate": body["RenewalDate"]}
	contract, why := v.taken(v.state.cs.by["coworkercontracts"], asked)
	contract["Quantity"], contract["StartDate"] = 1.0, stamp(v.now())
	dropNull(contract)
	return contract, why
}

// invite makes the visitors that come inline with a booking (2.11).
func (v *Vendor) invite(x *edit, booking row, list []any) {
	res := v.state.get("resources", booking["ResourceId"])
	for _, one := range list {
		who := twin.As[row](one)
		visitor := x.put(v.state.cs.by["visitors"], row{
			"BusinessId": res["BusinessId"], "FullName": text(who, "VisitorFullName"), "Email": text(who, "VisitorEmail"),
			"CoworkerId": booking["CoworkerId"], "ExpectedArrival": booking["FromTime"], "HostApprovalStatus": 1.0, "VisitorSource": 1.0,
		})
		x.put(v.state.cs.by["bookingvisitors"], row{"BookingId": booking["Id"], "VisitorId": visitor["Id"]})
	}
}

func dropNull(r row) {
	for k, v := range r {
		if v == nil {
			delete(r, k)
		}
	}
}
