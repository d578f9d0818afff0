package brivo

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// event is one thing that happened, with what subscriptions and lists ask of it.
type event struct {
	audit             bool
	at                time.Time
	site, actor, door int64
	object, by        int64 // by: the administrator
	exception         bool
	body              row
}

// eventsKept is how many events can be read.
const eventsKept = 10_000

// Numbers of audit events. 4001 to 4004 are known to be about groups, which is which is not; those of users are assumed (7.3).
const (
	groupMade, groupChanged, groupGone, membersChanged = 4001, 4002, 4003, 4004
	userMade, userChanged, userGone                    = 3101, 3102, 3103
)

// announce makes the audit events of changes, keeps them, and returns the webhooks.
func (v *Vendor) announce(admin row, changes []change) []twin.Delivery {
	var all []event
	for _, ch := range changes {
		number := func(made, changed, gone int) int {
			switch {
			case ch.old == nil:
				return made
			case ch.new == nil:
				return gone
			}
			return changed
		}
		subject := ch.new
		if subject == nil {
			subject = ch.old
		}
		switch ch.table {
		case "groups":
			if !same(ch) {
				n := number(groupMade, groupChanged, groupGone)
				all = append(all, v.auditEvent(admin, n, "GROUP", subject, text(subject, "name"), nil))
			}
		case "users":
			for _, id := range moved(ch) {
				g := v.state["groups"].rows[id]
				all = append(all, v.auditEvent(admin, membersChanged, "USER", subject, fullName(subject), row{
					"userGroupName": g["name"], "userGroupObjectId": float64(id),
				}))
			}
			if !same(ch) {
				n := number(userMade, userChanged, userGone)
				all = append(all, v.auditEvent(admin, n, "USER", subject, fullName(subject), nil))
			}
		}
	}
	return v.deliveries(all)
}

// same: nothing that an audit event of its own tells was changed.
func same(ch change) bool {
	if ch.old == nil || ch.new == nil {
		return false
	}
	bare := row{"updated": nil, "groups": nil}
	return reflect.DeepEqual(with(ch.old, bare), with(ch.new, bare))
}

// moved are the groups that a user entered or left.
func moved(ch change) []int64 {
	was, is := groupsOf(ch.old), groupsOf(ch.new)
	out := slices.DeleteFunc(slices.Clone(was), func(id int64) bool { return slices.Contains(is, id) })
	for _, id := range is {
		if !slices.Contains(was, id) {
			out = append(out, id)
		}
	}
	return out
}

func fullName(u row) string {
	return strings.TrimSpace(text(u, "firstName") + " " + text(u, "lastName"))
}

func (v *Vendor) auditEvent(admin row, number int, kind string, object row, name string, more row) event {
	data := row{"actorName": fullName(admin), "objectName": name, "actionAllowed": false}
	maps.Copy(data, more)
	actor := row{"id": 0.0, "objectType": "ADMINISTRATOR", "name": "Brivo Access"}
	if admin != nil {
		actor = shown(row{"id": admin["id"], "objectType": "ADMINISTRATOR", "name": fullName(admin), "email": admin["email"]})
	}
	e := event{audit: true, at: v.now(), actor: idOf(actor["id"]), object: idOf(object["id"])}
	e.by = e.actor
	if kind == "USER" {
		e.actor = e.object // a USER criterion means the user that it is about
	}
	e.body = row{
		"objectType": kind, "uuid": v.uuid(), "securityAction": row{"securityActionId": number, "action": "Audit", "exception": false},
		"actor": actor, "eventObject": row{"id": object["id"], "objectType": kind, "name": name}, "occurred": twin.Stamp(e.at),
		"eventData": shown(data),
	}
	return e
}

// doorEvent is an access event; without a user it is an administrator's pulse, or an unknown card's.
func (v *Vendor) doorEvent(number int, action string, exception bool, u, door, credential row) event {
	site := v.state["sites"].rows[idOf(door["siteId"])]
	e := event{
		at: v.now(), site: idOf(site["id"]), actor: idOf(u["id"]), door: idOf(door["id"]), object: idOf(door["id"]),
		exception: exception,
	}
	held := []any{}
	if credential != nil {
		held = append(held, row{"id": credential["id"]})
	}
	e.body = row{
		"objectType": "ACCESS_POINT", "uuid": v.uuid(),
		"securityAction": row{"securityActionId": number, "action": action, "exception": exception},
		"actor":          shown(row{"id": float64(idOf(u["id"])), "name": fullName(u)}),
		"eventObject":    row{"id": door["id"], "name": door["name"], "deviceType": row{"id": 1, "name": "DOOR"}},
		"site":           row{"id": site["id"], "siteName": site["siteName"]}, "occurred": second(twin.Stamp(e.at)),
		"eventData": row{
			"actorName": fullName(u), "objectName": door["name"], "objectGroupName": site["siteName"], "objectTypeId": 4,
			"actionAllowed": !exception && number != 5064, "credentials": held,
		},
	}
	return e
}

// deliveries keeps events and makes the webhooks of the subscriptions that want them (7.3): no signature, no retry.
func (v *Vendor) deliveries(all []event) []twin.Delivery {
	v.events = append(v.events, all...)
	if n := len(v.events) - eventsKept; n > 0 {
		v.events = slices.Delete(v.events, 0, n)
	}
	if v.switches.Is("hook_drop", "all") {
		return nil
	}
	var out []twin.Delivery
	for _, e := range all {
		body, err := json.Marshal(e.body)
		if err != nil {
			continue // plain values: this cannot happen
		}
		for _, s := range v.state["event_subscriptions"].all(nil) {
			if !wants(s, e) {
				continue
			}
			d := twin.Delivery{
				URL: text(s, "url"), Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
				Done: func(err error) { v.delivered(s, err) },
			}
			out = append(out, d)
			if v.switches.Is("hook_duplicates", "twice") {
				out = append(out, d)
			}
		}
	}
	if v.switches.Is("hook_order", "reversed") {
		slices.Reverse(out)
	}
	return out
}

// delivered: a failure makes Brivo write to the subscription's errorEmail (7.3).
func (v *Vendor) delivered(s row, err error) {
	if err == nil || text(s, "errorEmail") == "" {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mails = append(v.mails, row{
		"to": s["errorEmail"], "about": "event subscription failed", "url": s["url"], "at": twin.Stamp(v.now()),
	})
}

// wants: criteria are ANDed; without AUDIT EQ 1 only access events come (7.2).
func wants(s row, e event) bool {
	audit := false
	for _, x := range twin.As[[]any](s["criteria"]) {
		cr := asRow(x)
		value, is := valueOf(cr), text(cr, "criteriaOperationType") != "NE"
		switch text(cr, "criteriaType") {
		case "AUDIT":
			audit = (value == "1") == is
		case "SITE":
			if (value == digits(e.site)) != is {
				return false
			}
		case "USER":
			if (value == digits(e.actor)) != is {
				return false
			}
		case "ACCESS-POINT":
			if (value == digits(e.door)) != is {
				return false
			}
		}
	}
	return audit == e.audit
}

// valueOf is a criterion's value: text, or a number.
func valueOf(cr row) string {
	if f, number := cr["criteriaValue"].(float64); number {
		return digits(int64(f))
	}
	return text(cr, "criteriaValue")
}
