package kisi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// event is one thing that happened, as webhooks tell it (2.10).
type event struct {
	kind, objectType string
	object           row
	actorType        string
	actor            row
	success          bool
	code, message    string
}

// Patch merges records and sends the webhooks of what changed. Dates are moved by days. It changes all or nothing.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := v.state.clone()
	changes, err := next.merge(w, days, v.now(), v.orgID())
	if err != nil {
		return err
	}
	for _, k := range w.Keys {
		if _, err := next.find("users", k.User); err != nil {
			return fmt.Errorf("kisi.keys: %w", err)
		}
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("kisi: %w", err)
	}
	v.state = next
	if w.Keys != nil {
		v.keys = w.Keys
	}
	maps.Copy(v.organization, w.Organization)
	v.outbox.Send(v.deliveries(0, changes, nil)...)
	return nil
}

// words are the event prefixes of tables whose changes are told, and whether an update is.
func words(table string) (prefix string, updates bool) {
	switch table {
	case "users":
		return "user", true
	case "role_assignments":
		return "role_assignment", true
	case "groups":
		return "group", true
	case "places":
		return "place", true
	case "integrations":
		return "integration", true
	case "teams":
		return "team", true
	case "group_links":
		return "group_link", false
	case "guests":
		return "guest", false
	case "group_locks":
		return "group_lock", false
	}
	return "", false
}

// deliveries makes the webhooks of changes and events, for the integrations that want them.
func (v *Vendor) deliveries(actor int64, changes []change, more []event) []twin.Delivery {
	var all []event
	for _, ch := range changes {
		prefix, updates := words(ch.table)
		e := event{objectType: kindOf(ch.table), object: ch.new, success: true}
		switch {
		case prefix == "":
			continue
		case ch.old == nil:
			e.kind = prefix + ".create"
		case ch.new == nil:
			e.kind, e.object = prefix+".destroy", ch.old
		case updates && !unchanged(ch):
			e.kind = prefix + ".update"
		default:
			continue
		}
		if u := v.state["users"].rows[actor]; u != nil {
			e.actorType, e.actor = "User", u
		}
		all = append(all, e)
	}
	all = append(all, more...)
	var out []twin.Delivery
	if v.switches.Is("hook_drop", "all") {
		return nil
	}
	for _, e := range all {
		body, err := json.Marshal(v.payload(e))
		if err != nil {
			continue // plain values: this cannot happen
		}
		v.state["integrations"].each(func(id int64, r row) {
			if !v.wants(r, e.kind) {
				return
			}
			d := v.delivery(id, r, body)
			out = append(out, d)
			if v.switches.Is("hook_duplicates", "twice") {
				out = append(out, d)
			}
		})
	}
	return out
}

func unchanged(ch change) bool {
	a := with(ch.old, row{"updated_at": nil})
	return reflect.DeepEqual(a, with(ch.new, row{"updated_at": nil}))
}

func (v *Vendor) wants(r row, kind string) bool {
	if !flag(r, "enabled") || flag(r, "disabled_due_to_error") || text(r, "type") != "event_webhook" {
		return false
	}
	kinds := twin.As[[]any](r["enabled_events"])
	if len(kinds) == 0 {
		return v.switches.Is("empty_enabled_events", "all")
	}
	return slices.Contains(kinds, any(kind))
}

// payload is one flat event.
func (v *Vendor) payload(e event) row {
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "kisi event %d", v.serial))
	x := hex.EncodeToString(sum[:16])
	out := row{
		"uuid": fmt.Sprintf("%s-%s-4%s-a%s-%s", x[:8], x[8:12], x[13:16], x[17:20], x[20:32]), "type": e.kind, "success": e.success,
		"object_type": e.objectType, "object_id": e.object["id"], "object_name": e.object["name"], "organization_id": v.orgID(),
		"place_id": e.object["place_id"], "actor_type": nil, "actor_id": nil, "actor_name": nil, "error_code": nil,
		"error_message": nil, "created_at": v.stamp(),
	}
	if e.actor != nil {
		out["actor_type"], out["actor_id"], out["actor_name"] = e.actorType, e.actor["id"], e.actor["name"]
	}
	if e.code != "" {
		out["error_code"], out["error_message"] = e.code, e.message
	}
	return out
}

// maxFailures in a row turn a webhook off; the vendor's own number is not known.
const maxFailures = 10

func (v *Vendor) delivery(id int64, r row, body []byte) twin.Delivery {
	h := http.Header{"Content-Type": {"application/json"}}
	if key := text(r, "signature_key"); key != "" {
		h.Set("X-Signature", Sign(body, key, !v.switches.Is("signature", "bare")))
	}
	return twin.Delivery{URL: text(r, "url"), Header: h, Body: body, Done: func(err error) { v.delivered(id, err) }}
}

// Sign is the value of X-Signature: lower-case hex of HMAC-SHA256 over the raw body, with or without its prefix (2.10).
func Sign(body []byte, key string, prefixed bool) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	sum := hex.EncodeToString(mac.Sum(nil))
	if prefixed {
		return "sha256=" + sum
	}
	return sum
}

func (v *Vendor) delivered(id int64, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil {
		delete(v.failures, id)
		return
	}
	v.failures[id]++
	if r := v.state["integrations"].rows[id]; r != nil && v.failures[id] >= maxFailures {
		v.state["integrations"].put(with(r, row{"disabled_due_to_error": true, "disabled_due_to_error_at": v.stamp()}))
	}
}

// Records returns every record as the vendor would show it now, by table.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := map[string][]map[string]any{"organizations": {v.showOrganization()}}
	for _, name := range tables() {
		v.state[name].each(func(_ int64, r row) { out[name] = append(out[name], v.show(name, r)) })
	}
	return out
}
