package nexudus

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// entitlement is the groups of one coworker at one business with when each lapses; zero = no end.
type entitlement map[string]time.Time

// add unites: the later end wins, no end over all.
func (g entitlement) add(groups []string, until time.Time) {
	for _, name := range groups {
		had, there := g[name]
		if !there || !had.IsZero() && (until.IsZero() || until.After(had)) {
			g[name] = until
		}
	}
}

// entitled is what Nexudus works out from its mapping of items to groups (4.1): current passes, running bookings with their
// margin, active contracts' desks and offices. Plans and teams are not mapped; a contract of a team's paying member counts for
// everyone in the team, through its desks. Somebody suspended or archived has nothing (assumed, 4.4). The mapping is kept in the items'
// AccessControlGroupId and AccessControlGroupIds.
func (v *Vendor) entitled(w *view, who row, business int64) entitlement {
	out := entitlement{}
	if !active(who) || flag(who, "Archived") {
		return out
	}
	id := idOf(who["Id"])
	for _, pass := range w.by("coworkertimepasses", "CoworkerId", id) {
		if !v.usable(w, pass, business, w.now, v.switches.Is("acs_slots", "honoured")) {
			continue
		}
		until := at(pass, "ExpireDate")
		if v.usedUp(pass) {
			until = v.cutOff(business, at(pass, "UsedDate"))
		}
		out.add(mapped(v.state.get("timepasses", pass["TimePassId"])), until)
	}
	for _, b := range w.by("bookings", "CoworkerId", id) {
		res := v.state.get("resources", b["ResourceId"])
		from, to := at(b, "FromTime").Add(-margin), at(b, "ToTime").Add(margin)
		if idOf(res["BusinessId"]) == business && !flag(b, "Tentative") && !w.now.Before(from) && w.now.Before(to) {
			out.add(mapped(res), to)
		}
	}
	payers := map[int64]bool{id: true}
	for _, team := range w.by("teams", "TeamMembers", id) {
		payers[idOf(team["PayingMemberId"])] = true
	}
	for _, payer := range slices.Sorted(maps.Keys(payers)) {
		for _, c := range w.by("coworkercontracts", "CoworkerId", payer) {
			if !w.running(c) {
				continue
			}
			_, until := w.term(c)
			for _, d := range twin.As[[]any](c["Desks"]) {
				desk := v.state.get("floorplandesks", d)
				if v.state.businessOf(v.state.cs.by["floorplandesks"], desk) == business {
					out.add(mapped(desk), until)
				}
			}
		}
	}
	return out
}

// mapped is the groups that an item is mapped to.
func mapped(item row) []string {
	var out []string
	for _, field := range words("AccessControlGroupId AccessControlGroupIds") {
		for part := range strings.SplitSeq(text(item, field), ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}
