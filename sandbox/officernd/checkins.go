package officernd

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

const maxBody = 1 << 20

// decode reads a JSON body and refuses fields that are not declared (1.6).
func decode(w http.ResponseWriter, r *http.Request, known ...string) (row, bool) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		fail(w, r, http.StatusBadRequest, "request aborted")
		return nil, false
	}
	body := row{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &body); err != nil {
			fail(w, r, http.StatusBadRequest, "Unexpected token in JSON")
			return nil, false
		}
	}
	var complaints []string
	for _, k := range slices.Sorted(maps.Keys(body)) {
		if !slices.Contains(known, k) {
			complaints = append(complaints, fmt.Sprintf("property %s should not exist", k))
		}
	}
	if len(complaints) > 0 {
		invalid(w, r, complaints...)
		return nil, false
	}
	return body, true
}

// writeCheckIn takes POST checkins/{memberId} and POST checkins/checkout/{memberId} (2).
func (v *Vendor) writeCheckIn(w http.ResponseWriter, r *http.Request, who token, rest []string) []twin.Delivery {
	out := len(rest) == 2 && rest[0] == "checkout"
	scope := "flex.community.checkins.create"
	if out {
		scope = "flex.community.checkins.update"
	} else if len(rest) != 1 {
		cannot(w, r)
		return nil
	}
	id := rest[len(rest)-1]
	if !who.may(scope) {
		fail(w, r, http.StatusUnauthorized, "Unauthorized access")
		return nil
	}
	member := v.state.t["members"].items[id]
	if member == nil {
		fail(w, r, http.StatusNotFound, "Item with Id ("+id+")")
		return nil
	}
	if out {
		return v.checkOut(w, r, id)
	}
	v.checkIn(w, r, member)
	return nil
}

func (v *Vendor) checkIn(w http.ResponseWriter, r *http.Request, member *item) {
	body, ok := decode(w, r, "location", "start", "end")
	if !ok {
		return
	}
	var complaints []string
	if v.state.t["locations"].items[text(body, "location")] == nil {
		complaints = append(complaints, "location must be a mongodb id")
	}
	made := row{"member": member.id, "location": body["location"], "source": "public-api"}
	for _, f := range []string{"start", "end"} {
		at, err := twin.ParseStamp(text(body, f))
		if err == nil {
			made[f] = twin.Stamp(at)
		} else if _, given := body[f]; given || f == "start" {
			complaints = append(complaints, f+" must be a valid ISO 8601 date string")
		}
	}
	if len(complaints) > 0 {
		invalid(w, r, complaints...)
		return
	}
	if company := text(member.row, "company"); company != "" {
		made["company"] = company
	}
	v.serial++
	it := &item{name: fmt.Sprintf("checkin-made-%d", v.serial)}
	it.id = ID(it.name)
	made["_id"], it.row = it.id, made
	v.state.t["checkins"].put(it)
	reply(w, http.StatusCreated, v.view().show(v.cs.byRoute["checkins"], it, true))
}

// checkOut closes the member's open check-in and uses up one day pass, a personal one before a company's.
func (v *Vendor) checkOut(w http.ResponseWriter, r *http.Request, member string) []twin.Delivery {
	c, vw := v.cs.byRoute["checkins"], v.view()
	t := v.state.t[c.key]
	var open *item
	for _, id := range t.order {
		it := t.items[id]
		if text(it.row, "member") == member && vw.field(c, it, "end") == nil {
			open = it
		}
	}
	if open == nil {
		fail(w, r, http.StatusInternalServerError, "Member is not checked in")
		return nil
	}
	closed := &item{id: open.id, name: open.name, row: twin.Clone(open.row)}
	closed.row["end"] = twin.Stamp(v.now())
	var hooks []twin.Delivery
	if pass := v.passFor(vw, closed.row); pass != nil && v.switches.Is("checkin_consumes", "yes") {
		used := &item{id: pass.id, name: pass.name, row: twin.Clone(pass.row)}
		n := twin.As[float64](used.row["usedCount"])
		used.row["usedCount"], used.row["modifiedAt"] = n+1, twin.Stamp(v.now())
		v.state.t["passes"].put(used)
		closed.row["pass"] = pass.id
		hooks = v.announce([]change{{v.cs.byRoute["passes"], pass, used}})
	}
	t.put(closed)
	reply(w, http.StatusOK, v.view().show(c, closed, true))
	return hooks
}

func (v *Vendor) passFor(vw *view, checkin row) *item {
	c := v.cs.byRoute["passes"]
	t := v.state.t[c.key]
	var shared *item
	for _, id := range t.order {
		it := t.items[id]
		if vw.field(c, it, "status") != "valid" {
			continue
		}
		personal := twin.As[bool](it.row["isPersonal"])
		switch company := text(it.row, "company"); {
		case text(it.row, "member") == text(checkin, "member") && (personal || company == ""):
			return it
		case company != "" && company == text(checkin, "company") && !personal && shared == nil:
			shared = it
		}
	}
	return shared
}
