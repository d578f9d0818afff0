package saltoks

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Groups is every access group, with who could pass now: a member who is subscribed, not blocked and not past their end, in a
// group that has a lock, and a time schedule that is open at this instant on the site's clock; a group without a schedule lets
// nobody pass. It is what the vendor's cloud says: the minutes until a lock has heard of it are not counted. An edge has no id of
// its own and bears the member's platform id; its account is the site user's id; its until is the site user's own end. Enabled says
// that the person is subscribed and not blocked, whatever the schedules say.
func (v *Vendor) Groups() []twin.GroupState {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	out := []twin.GroupState{}
	for _, id := range v.state.tables["access_groups"].order {
		g := v.state.get("access_groups", id)
		one := twin.GroupState{ID: id, Name: text(g, "customer_reference"), Members: []string{}, All: []twin.EdgeSeen{}}
		opens := v.opens(g)
		for _, person := range sorted(v.state.members[id]) {
			u, p := v.state.at(text(g, "_site"), person), v.state.get("people", person)
			on := v.active(u)
			one.All = append(one.All, twin.EdgeSeen{
				ID: person, Account: text(u, "id"), Email: text(p, "email"), Until: text(u, "expires_at"), Enabled: on,
			})
			if !on || !opens || !v.passable(u, p) {
				continue
			}
			who := text(p, "email")
			if who == "" {
				who = "id:" + text(u, "id")
			}
			one.Members = append(one.Members, who)
		}
		slices.Sort(one.Members)
		one.Members = slices.Compact(one.Members)
		out = append(out, one)
	}
	return out
}

// opens says whether a group opens anything at this instant.
func (v *Vendor) opens(g row) bool {
	site := v.state.get("sites", text(g, "_site"))
	zone, err := time.LoadLocation(text(site, "time_zone"))
	if err != nil || !flag(site, "subscription_valid") || len(v.state.doors[text(g, "id")]) == 0 {
		return false
	}
	now := v.now().In(zone)
	return slices.ContainsFunc(v.state.schedules(text(g, "id")), func(t row) bool { return covers(t, now) })
}

// active says whether a site user's access works at all (3).
func (v *Vendor) active(u row) bool {
	_, leaving := v.leaving[text(u, "id")]
	return u != nil && !leaving && text(u, "subscription_state") == subscribed && !flag(u, "blocked")
}

// passable says whether a person is not past their end, and holds something to pass with, where that is asked.
func (v *Vendor) passable(u, p row) bool {
	if until, err := twin.ParseStamp(text(u, "expires_at")); err == nil && !v.now().Before(until) {
		return false
	}
	holds := text(p, "tag_number") != "" || flag(p, "has_profile") || text(u, "_pin") != "" && flag(u, "use_pin")
	return holds || v.switches.Is("credential", "ignored")
}
