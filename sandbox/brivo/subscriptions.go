package brivo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func eventRoutes(add adder) {
	add("GET /event-subscriptions", (*Vendor).listSubscriptions)
	add("POST /event-subscriptions", (*Vendor).createSubscription)
	add("GET /event-subscriptions/{id}", (*Vendor).getSubscription)
	add("PUT /event-subscriptions/{id}", (*Vendor).putSubscription)
	add("DELETE /event-subscriptions/{id}", (*Vendor).deleteSubscription)
	for _, kind := range []string{"access", "audit"} {
		add("GET /events/"+kind, func(v *Vendor, c *call) { v.listEvents(c, kind == "audit") })
		add("GET /events/counts/"+kind, func(v *Vendor, c *call) { v.countEvents(c, kind == "audit") })
	}
}

func showSubscription(s row) row {
	sum := sha256.Sum256(fmt.Appendf(nil, "secret word %v", s["id"]))
	out := keep(s, "id", "name", "url", "errorEmail")
	out["criteria"], out["encryptedSecretWord"] = s["criteria"], hex.EncodeToString(sum[:16])
	return out
}

func (v *Vendor) listSubscriptions(c *call) {
	v.page(c, v.state["event_subscriptions"].all(nil), map[string]field{"name": equals(of("name"))}, showSubscription)
}

func (v *Vendor) subscription(c *call) row {
	return c.pick("event_subscriptions", "Event subscription", 0)
}

func (v *Vendor) getSubscription(c *call) {
	if s := v.subscription(c); s != nil {
		c.reply(showSubscription(s))
	}
}

// takeSubscription checks a body; criteria get ids of their own.
func (v *Vendor) takeSubscription(c *call) (row, bool) {
	body, ok := c.body(false)
	if !ok || !c.full() {
		return nil, false
	}
	to, err := url.Parse(text(body, "url"))
	if text(body, "name") == "" || err != nil || to.Scheme == "" || to.Host == "" {
		return nil, c.criteria()
	}
	list, ok := body["criteria"].([]any)
	if !ok && body["criteria"] != nil {
		return nil, c.criteria()
	}
	out := []any{}
	for _, x := range list {
		cr := asRow(x)
		kind, op, value := text(cr, "criteriaType"), text(cr, "criteriaOperationType"), valueOf(cr)
		id, err := strconv.ParseInt(value, 10, 64)
		switch {
		case !slices.Contains([]string{"SITE", "USER", "ACCESS-POINT", "AUDIT"}, kind) || op != "EQ" && op != "NE":
			return nil, c.criteria()
		case kind == "SITE" && (err != nil || v.state["sites"].rows[id] == nil):
			c.fail(http.StatusBadRequest, "Event subscription contained invalid Site criteria")
			return nil, false
		case kind == "ACCESS-POINT" && (err != nil || v.state["access_points"].rows[id] == nil):
			c.fail(http.StatusBadRequest, "Event subscription contained invalid Device criteria")
			return nil, false
		case kind == "AUDIT" && value != "0" && value != "1":
			return nil, c.criteria()
		}
		v.serial++
		out = append(out, row{
			"id": float64(v.serial), "criteriaType": kind, "criteriaOperationType": op, "criteriaValue": cr["criteriaValue"],
		})
	}
	return row{"name": body["name"], "url": body["url"], "errorEmail": body["errorEmail"], "criteria": out}, true
}

func (v *Vendor) createSubscription(c *call) {
	if values, ok := v.takeSubscription(c); ok {
		c.reply(showSubscription(v.state["event_subscriptions"].add(with(values, nil))))
	}
}

func (v *Vendor) putSubscription(c *call) {
	s := v.subscription(c)
	if s == nil {
		return
	}
	if values, ok := v.takeSubscription(c); ok {
		next := with(values, row{"id": s["id"]})
		v.state["event_subscriptions"].put(next)
		c.reply(showSubscription(next))
	}
}

func (v *Vendor) deleteSubscription(c *call) {
	if s := v.subscription(c); s != nil && c.full() {
		v.state["event_subscriptions"].drop(idOf(s["id"]))
		c.nothing()
	}
}

// eventWindow is the most that one list covers (7.1).
const eventWindow = 24 * time.Hour

// chosen are the events that a query means, newest first; false = answered. Without occurred it is today by UTC.
func (v *Vendor) chosen(c *call, audit bool) ([]event, bool) {
	from := v.now().UTC().Truncate(eventWindow)
	to := from.Add(eventWindow)
	var object, site, by string
	exception := ""
	if s := c.r.URL.Query().Get("filter"); s != "" {
		clauses, good := parseFilter(s)
		for _, cl := range clauses {
			at, err := twin.ParseStamp(cl.values[0])
			hour := at.Truncate(time.Hour)
			switch key := cl.name + " " + cl.op; {
			case key == "occurred gt" && err == nil:
				from = hour
				to = from.Add(eventWindow)
			case key == "occurred lt" && err == nil:
				to = hour
			case key == "object eq":
				object = cl.values[0]
			case key == "site eq":
				site = cl.values[0]
			case key == "event_type eq" && slices.Contains([]string{"exception", "non_exception", "camera"}, cl.values[0]):
				exception = cl.values[0]
			case key == "actor eq" && audit:
				by = cl.values[0]
			default:
				good = false
			}
		}
		if !good || object != "" && site != "" || to.Sub(from) > eventWindow {
			c.fail(http.StatusBadRequest, "Invalid filter format")
			return nil, false
		}
	}
	out := []event{}
	for _, e := range slices.Backward(v.events) {
		if e.audit == audit && e.at.After(from) && e.at.Before(to) && (object == "" || object == digits(e.object)) &&
			(site == "" || site == digits(e.site)) && (by == "" || by == digits(e.by)) &&
			(exception == "" || exception == "exception" && e.exception || exception == "non_exception" && !e.exception) {
			out = append(out, e)
		}
	}
	return out, true
}

// listEvents pages by a timestamp, and tells no count (7.1).
func (v *Vendor) listEvents(c *call, audit bool) {
	all, ok := v.chosen(c, audit)
	if !ok {
		return
	}
	q, size := c.r.URL.Query(), defaultPage
	if s := q.Get("pageSize"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxPage {
			c.fail(http.StatusBadRequest, "Invalid listing criteria provided")
			return
		}
		size = n
	}
	if s := q.Get("offset"); s != "" {
		before, err := twin.ParseStamp(s)
		if err != nil {
			c.fail(http.StatusBadRequest, "Invalid listing criteria provided")
			return
		}
		all = slices.DeleteFunc(all, func(e event) bool { return !e.at.Before(before) })
	}
	out := []row{}
	for _, e := range all[:min(size, len(all))] {
		out = append(out, with(e.body, row{"occurred": twin.Stamp(e.at), "processed": twin.Stamp(e.at)}))
	}
	c.reply(row{"data": out, "pageSize": size})
}

func (v *Vendor) countEvents(c *call, audit bool) {
	if all, ok := v.chosen(c, audit); ok {
		c.reply(row{"count": len(all)})
	}
}
