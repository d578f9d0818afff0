package officernd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Patch merges records, by id, and sends the webhooks of what changed. Dates are moved by days. It changes all or nothing.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := v.state.clone()
	changes, err := next.merge(v.cs, w, days, v.now())
	if err != nil {
		return err
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("officernd: %w", err)
	}
	v.state = next
	if w.Clients != nil {
		v.world.Clients = w.Clients
	}
	if w.Org != "" {
		v.world.Org = w.Org
	}
	if w.Name != "" {
		v.world.Name = w.Name
	}
	if w.RegionURL != "" {
		v.world.RegionURL = w.RegionURL
	}
	if w.WebhookSecret != "" {
		v.world.WebhookSecret = w.WebhookSecret
	}
	v.outbox.Send(v.announce(changes)...)
	return nil
}

// announce makes the webhooks of changes, for those who asked for them (3).
func (v *Vendor) announce(changes []change) []twin.Delivery {
	var out []twin.Delivery
	for _, ch := range changes {
		event := v.event(ch)
		if event == "" {
			continue
		}
		v.serial++
		body, err := json.Marshal(v.payload(event, ch))
		if err != nil {
			continue // records are plain JSON values: this cannot happen
		}
		hooks := v.state.t["webhooks"]
		for _, id := range hooks.order {
			if d, wanted := v.delivery(hooks.items[id].row, event, body); wanted {
				out = append(out, d)
				if v.switches.Is("hook_duplicates", "twice") {
					out = append(out, d)
				}
			}
		}
	}
	return out
}

func (v *Vendor) event(ch change) string {
	switch {
	case ch.c.event == "":
		return ""
	case ch.new == nil && ch.c.silentRemoval:
		return ""
	case ch.new == nil:
		return ch.c.event + ".removed"
	case ch.old == nil:
		return ch.c.event + ".created"
	case len(previous(ch)) == 0:
		return ""
	}
	cancelled := twin.As[bool](ch.new.row["isCancelled"])
	before := twin.As[bool](ch.old.row["isCancelled"])
	if ch.c.key == "bookings" && cancelled && !before && v.switches.Is("cancel_event", "none") {
		return ""
	}
	return ch.c.event + ".updated"
}

// previous holds the old values of fields that changed, the time of change apart.
func previous(ch change) row {
	out := row{}
	for k, was := range ch.old.row {
		if k != "modifiedAt" && !reflect.DeepEqual(was, ch.new.row[k]) {
			out[k] = was
		}
	}
	for k := range ch.new.row {
		if _, had := ch.old.row[k]; !had && k != "modifiedAt" {
			out[k] = nil
		}
	}
	return out
}

func (v *Vendor) payload(event string, ch change) row {
	it := ch.new
	if it == nil {
		it = ch.old
	}
	object := v.view().show(ch.c, it, false)
	data := row{}
	if ch.old != nil && ch.new != nil {
		data["previousAttributes"] = v.named(previous(ch))
	}
	data["object"] = v.named(object)
	return row{
		"event": ID(fmt.Sprintf("event %s %d", v.world.Org, v.serial)), "eventType": event, "data": data,
		"createdAt": twin.Stamp(v.now()),
	}
}

// named gives fields their v1 names unless the switch says v2 (2, renames).
func (v *Vendor) named(r row) row {
	if v.switches.Is("hook_shape", "v2") {
		return r
	}
	old := map[string]string{
		"location": "office", "company": "team", "title": "summary", "isCancelled": "canceled", "isFree": "free",
		"isTentative": "tentative", "isAccounted": "accounted", "isLocked": "locked", "isBillingPerson": "billingPerson",
		"isContactPerson": "contactPerson", "resource": "resourceId",
	}
	out := make(row, len(r))
	for k, value := range r {
		if name, renamed := old[k]; renamed {
			k = name
		}
		if s, ok := value.(string); ok && (k == "start" || k == "end") {
			value = row{"dateTime": s}
		}
		out[k] = value
	}
	return out
}

func (v *Vendor) delivery(hook row, event string, body []byte) (twin.Delivery, bool) {
	types := twin.As[[]any](hook["eventTypes"])
	if enabled, said := hook["isEnabled"].(bool); said && !enabled || !slices.Contains(types, any(event)) {
		return twin.Delivery{}, false
	}
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set("Officernd-Signature", Sign(body, text(hook, "secret"), v.now().Unix()))
	return twin.Delivery{URL: text(hook, "url"), Header: h, Body: body}, true
}

// Sign is the value of the officernd-signature header: HMAC-SHA256 over body, a dot and the time, body first (3).
func Sign(body []byte, secret string, unix int64) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(fmt.Appendf(slices.Clone(body), ".%d", unix))
	return fmt.Sprintf("t=%d,signature=%s", unix, hex.EncodeToString(mac.Sum(nil)))
}

// Records returns every record as the vendor would show it now, by the collection's key, with its readable id beside (`_as`).
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	vw, out := v.view(), map[string][]map[string]any{}
	for _, c := range v.cs.all {
		t := v.state.t[c.key]
		for _, id := range t.order {
			r := vw.show(c, t.items[id], false)
			if c.key == "webhooks" {
				delete(r, "secret")
			}
			r["_as"] = t.items[id].name
			out[c.key] = append(out[c.key], r)
		}
	}
	return out
}
