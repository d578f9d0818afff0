package opentech

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// The two categories of events (2.7).
const (
	gateway = "Gateway Controller Event"
	edge    = "Edge Router Event"
)

// eventsKept is how long events can be read (2.7).
const eventsKept = 180 * 24 * time.Hour

// kinds are the type numbers with their names (2.7).
func kinds(category string) map[int64]string {
	if category == edge {
		return map[int64]string{5: "Device Online", 6: "Device Offline"}
	}
	return map[int64]string{
		8: "Facility Opened", 9: "Facility Closed", 10: "Door Alarm", 11: "Device Offline", 12: "Device Online",
		15: "Access Denied - Invalid Code", 16: "Access Denied - Wrong Area", 17: "Access Denied - Delinquent", 18: "Access Granted",
		19: "Access Denied - Outside Time Group", 24: "Access Denied - Loitering", 33: "Unit Door Opened", 34: "Unit Door Closed",
	}
}

// kindOf is the name of an event's type.
func kindOf(r row) string {
	if s := text(r, "eventType"); s != "" {
		return s
	}
	if name, known := kinds(text(r, "eventCategory"))[idOf(r["eventTypeEnum"])]; known {
		return name
	}
	return "Type " + digits(idOf(r["eventTypeEnum"]))
}

// routeEvents answers {accessevent}/... (2.7); the version is the route's own.
func (v *Vendor) routeEvents(c *call) {
	rest := append(slices.Clone(c.rest), "", "", "")[:3]
	version, serve := "2.0", (func(*Vendor, *call, []row))(nil)
	switch route := rest[0] + "/" + rest[1]; {
	case len(c.rest) > 3:
	case rest[2] == "" && (route == "combinedevents/types" || route == "events/types"):
		serve = (*Vendor).serveTypes
	case route == "combinedevents/facilities":
		version, serve = "3.0", (*Vendor).serveCombined
	case route == "events/facilities":
		serve = (*Vendor).serveLegacy
	case route == "gatewayevents/accounts":
		version, serve = "3.0", (*Vendor).serveAccount
	}
	if serve == nil {
		c.missing()
		return
	}
	if !v.versioned(c, version) {
		return
	}
	if c.r.Method != http.MethodGet {
		c.plain(http.StatusMethodNotAllowed, "")
		return
	}
	var events []row
	if rest[2] != "" {
		id, err := strconv.ParseInt(rest[2], 10, 64)
		byAccount := rest[0] == "gatewayevents"
		if err != nil || byAccount && id != c.account.ID || !byAccount && !c.account.sites[id] {
			c.missing()
			return
		}
		p := complaints{}
		events = v.eventsOf(c, id, byAccount, p)
		if len(p) > 0 {
			v.invalid(c, p)
			return
		}
	} else if rest[1] != "types" {
		c.missing()
		return
	}
	serve(v, c, events)
}

// eventsOf are the events kept of a facility or account, between minDate and maxDate (Unix seconds, both included), oldest first.
func (v *Vendor) eventsOf(c *call, id int64, byAccount bool, p complaints) []row {
	from, until := v.now().Add(-eventsKept), time.Unix(1<<40, 0)
	q := c.r.URL.Query()
	for name, bound := range map[string]*time.Time{"minDate": &from, "maxDate": &until} {
		if s := q.Get(name); s != "" {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				p.add(pascal(name), "The value '"+s+"' is not valid.")
				continue
			}
			if at := time.Unix(n, 0); name == "maxDate" || at.After(from) {
				*bound = at
			}
		}
	}
	out := []row{}
	for _, event := range v.state["events"].order {
		r := v.state["events"].rows[event]
		site := idOf(r["facilityId"])
		at, err := twin.ParseStamp(text(r, "createdUtc"))
		ours := site == id
		if byAccount {
			ours = c.account.sites[site] && text(r, "eventCategory") == gateway
		}
		if err == nil && ours && !at.Before(from) && !at.After(until) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b row) int {
		return time.Time.Compare(stampOf(a), stampOf(b))
	})
	return out
}

func stampOf(r row) time.Time {
	t, err := twin.ParseStamp(text(r, "createdUtc"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// none answers that there are no events.
func (v *Vendor) none(c *call, empty any) {
	if v.switches.Is("empty_events", "204") {
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	c.reply(empty)
}

func (v *Vendor) serveTypes(c *call, _ []row) {
	out := []row{}
	for _, category := range []string{gateway, edge} {
		all := kinds(category)
		for n := range int64(40) {
			if name, known := all[n]; known {
				out = append(out, row{"name": name, "eventTypeEnum": n, "eventCategoryName": category})
			}
		}
	}
	c.reply(out)
}

// serveCombined filters by gtq (gateway types) and etq (edge types); with one of them only the types named come. itq, uq and vq
// are taken and mean nothing here: their meaning was not found.
func (v *Vendor) serveCombined(c *call, events []row) {
	q := c.r.URL.Query()
	out := []row{}
	for _, r := range events {
		if wanted(q, r) {
			out = append(out, v.showEvent(r))
		}
	}
	bare := q.Get("hideMetadata") == "true"
	switch whole := (row{"metadata": row{"totalResults": len(out)}, "items": out}); {
	case len(out) == 0 && bare:
		v.none(c, out)
	case len(out) == 0:
		v.none(c, whole)
	case bare:
		c.reply(out)
	default:
		c.reply(whole)
	}
}

func wanted(q url.Values, r row) bool {
	if !q.Has("gtq") && !q.Has("etq") {
		return true
	}
	name := map[string]string{gateway: "gtq", edge: "etq"}[text(r, "eventCategory")]
	return slices.Contains(q[name], digits(idOf(r["eventTypeEnum"])))
}

func (v *Vendor) showEvent(r row) row {
	f, u := v.state["facilities"].rows[idOf(r["facilityId"])], v.state["units"].rows[idOf(r["unitId"])]
	return row{
		"eventTypeEnum": r["eventTypeEnum"], "eventType": kindOf(r), "eventCategory": r["eventCategory"],
		"eventDetails": r["eventDetails"], "facilityName": f["name"], "deviceId": r["deviceId"], "deviceName": r["deviceName"],
		"unitName": u["unitNumber"], "createdOn": stampOf(r).Format("01/02/2006 03:04:05 PM"), "createdUtc": r["createdUtc"],
	}
}

// showOld is an event of the legacy route and of the account's route.
func (v *Vendor) showOld(r row) row {
	out := row{
		"id": r["id"], "facility": row{"id": r["facilityId"]}, "unit": nil, "createdUtc": r["createdUtc"],
		"type": row{"enum": r["eventTypeEnum"], "name": kindOf(r)}, "deviceName": r["deviceName"],
	}
	if u, there := v.state["units"].rows[idOf(r["unitId"])]; there {
		out["unit"] = row{"id": u["id"], "unitNumber": u["unitNumber"]}
	}
	if code := text(r, "codeEntered"); code != "" {
		out["codeEntered"] = code
	}
	return out
}

// Bounds of a legacy page; the sheet names none.
const (
	pageSize    = 50
	maxPageSize = 100
)

func (v *Vendor) serveLegacy(c *call, events []row) {
	q, p := c.r.URL.Query(), complaints{}
	number := func(name string, fallback, least, most int) int {
		if !q.Has(name) {
			return fallback
		}
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < least || n > most {
			p.add(pascal(name), "The value '"+q.Get(name)+"' is not valid.")
		}
		return n
	}
	limit, offset := number("limit", pageSize, 1, maxPageSize), number("offset", 0, 0, 1<<30)
	if len(p) > 0 {
		v.invalid(c, p)
		return
	}
	items := []row{}
	for _, r := range events[min(offset, len(events)):min(offset+limit, len(events))] {
		items = append(items, v.showOld(r))
	}
	body := row{
		"metadata": row{
			"limit": limit, "offset": offset, "totalResults": len(events), "totalPages": (len(events) + limit - 1) / limit,
			"pageNumber": offset/limit + 1,
		},
		"items": items,
	}
	if len(items) == 0 {
		v.none(c, body)
		return
	}
	c.reply(body)
}

func (v *Vendor) serveAccount(c *call, events []row) {
	out := []row{}
	for _, r := range events {
		out = append(out, v.showOld(r))
	}
	if len(out) == 0 {
		v.none(c, out)
		return
	}
	c.reply(out)
}
