package brivo

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Groups is every group, hidden ones too, with who could pass it now and with every member. A suspended user passes nothing;
// whether somebody holds a pass or a card is not asked, as membership is what is kept here. An edge has no id of its own: it
// bears the user's.
func (v *Vendor) Groups() []twin.GroupState {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := []twin.GroupState{}
	for _, g := range v.state["groups"].all(nil) {
		one := twin.GroupState{ID: digits(idOf(g["id"])), Name: text(g, "name"), Members: []string{}, All: []twin.EdgeSeen{}}
		for _, u := range v.members(idOf(g["id"])) {
			id := digits(idOf(u["id"]))
			e := twin.EdgeSeen{ID: id, Account: id, Email: mailOf(u), Enabled: !flag(u, "suspended")}
			one.All = append(one.All, e)
			if !e.Enabled {
				continue
			}
			if e.Email == "" {
				e.Email = "id:" + id
			}
			one.Members = append(one.Members, e.Email)
		}
		slices.Sort(one.Members)
		one.Members = slices.Compact(one.Members)
		out = append(out, one)
	}
	return out
}

// Control answers the control routes that only this vendor has:
//
//	GET  quota                                        what was spent this month, by key
//	POST quota   {"key":"..","calls":24990}           set what was spent this month
//	POST redeem  {"email":"..","code":".."}           the holder takes the pass
//	POST badge   {"user":"..","access_point":".."}    somebody holds a credential to a reader; an access event goes out
func (v *Vendor) Control(method, what string, body []byte) (answer any, known bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch method + " " + what {
	case "GET quota":
		return v.quotas(), true, nil
	case "POST quota":
		var q struct {
			Key   string
			Calls int
		}
		if err := decode(body, &q); err != nil {
			return nil, true, err
		}
		i := slices.IndexFunc(v.keys, func(k Key) bool { return k.Key == q.Key })
		if i < 0 || q.Calls < 0 {
			return nil, true, fmt.Errorf("there is no key %q, or calls is below 0", q.Key)
		}
		scope := v.scope(v.keys[i])
		v.spent[scope] = month{v.thisMonth(scope).name, q.Calls}
		return v.quotas(), true, nil
	case "POST redeem":
		var q struct{ Email, Code string }
		if err := decode(body, &q); err != nil {
			return nil, true, err
		}
		return row{"status": "ok"}, true, v.redeem(q.Email, q.Code)
	case "POST badge":
		var q struct {
			User string
			Door string `json:"access_point"`
		}
		if err := decode(body, &q); err != nil {
			return nil, true, err
		}
		e, err := v.badge(q.User, q.Door)
		if err != nil {
			return nil, true, err
		}
		v.outbox.Send(v.deliveries([]event{e})...)
		return e.body, true, nil
	}
	return nil, false, nil
}

func (v *Vendor) quotas() map[string]Quota {
	out := map[string]Quota{}
	for _, k := range v.keys {
		m := v.thisMonth(v.scope(k))
		out[k.Key] = Quota{Month: m.name, Calls: m.calls, Monthly: k.Monthly, QPS: k.QPS * v.speed}
	}
	return out
}

// badge holds a user's first credential to a reader. Numbers: 7.3. Schedules are not looked at.
func (v *Vendor) badge(user, door string) (event, error) {
	uid, err := v.state.find("users", user)
	if err != nil {
		return event{}, err
	}
	did, err := v.state.find("access_points", door)
	if err != nil {
		return event{}, err
	}
	u, d := v.state["users"].rows[uid], v.state["access_points"].rows[did]
	if !flag(d, "connected") {
		return event{}, errors.New("the door is not connected")
	}
	var held row
	for _, cr := range v.credentialsOf(u) {
		if v.open(cr) {
			held = cr
			break
		}
	}
	granted := slices.ContainsFunc(groupsOf(u), func(g int64) bool { return v.permission(g, did) != nil })
	switch {
	case flag(u, "suspended"):
		return v.doorEvent(5017, "Failed access: user not enabled", true, u, d, held), nil
	case !v.canBadge(u):
		return v.doorEvent(5012, "Failed access: unknown credential", true, nil, d, nil), nil
	case !granted:
		return v.doorEvent(5018, "Failed access: unauthorized attempt", true, u, d, held), nil
	}
	return v.doorEvent(2004, "Open", false, u, d, held), nil
}

var _ http.Handler = (*Vendor)(nil)
