package opentech

import (
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Groups is every unit with who could pass it now (an enabled visitor while the unit is not Delinquent), and every access profile
// as "profile:NAME" with the portal visitors that have no unit. An edge's account and id are the visitor's.
func (v *Vendor) Groups() []twin.GroupState {
	v.mu.Lock()
	defer v.mu.Unlock()
	out, units, profiles := []twin.GroupState{}, map[int64]int{}, map[int64]int{}
	add := func(at map[int64]int, id int64, prefix, name string) {
		at[id] = len(out)
		out = append(out, twin.GroupState{
			ID: prefix + digits(id), Name: prefix + name, Members: []string{}, All: []twin.EdgeSeen{},
		})
	}
	for _, id := range v.state["units"].order {
		add(units, id, "", text(v.state["units"].rows[id], "unitNumber"))
	}
	for _, id := range v.state["accessprofiles"].order {
		add(profiles, id, "profile:", text(v.state["accessprofiles"].rows[id], "name"))
	}
	for _, id := range v.state["visitors"].order {
		r := v.state["visitors"].rows[id]
		at, known := units[idOf(r["unitId"])]
		if !known {
			if at, known = profiles[v.effective("accessprofiles", r)]; !known {
				continue
			}
		}
		g := &out[at]
		g.All = append(g.All, twin.EdgeSeen{
			ID: digits(id), Account: digits(id), Email: text(r, "email"), Enabled: flag(r, "isEnabled"),
		})
		if flag(r, "isEnabled") && text(v.state["units"].rows[idOf(r["unitId"])], "status") != delinquent {
			who := text(r, "email")
			if who == "" {
				who = "id:" + digits(id)
			}
			g.Members = append(g.Members, who)
		}
	}
	for i := range out {
		slices.Sort(out[i].Members)
		out[i].Members = slices.Compact(out[i].Members)
	}
	return out
}
