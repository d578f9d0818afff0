package officernd

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// writeWebhook takes POST /webhooks, PUT and DELETE /webhooks/{id} (vendors/officernd.md 3).
func (v *Vendor) writeWebhook(w http.ResponseWriter, r *http.Request, c *collection, who token, rest []string) {
	actions := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}
	action := actions[r.Method]
	if action == "" || (action == "create") != (len(rest) == 0) || len(rest) > 1 {
		cannot(w, r)
		return
	}
	if !who.may("flex.settings.webhooks." + action) {
		fail(w, r, http.StatusUnauthorized, "Unauthorized access")
		return
	}
	var old *item
	if action != "create" {
		if old = v.state.t[c.key].items[rest[0]]; old == nil {
			fail(w, r, http.StatusNotFound, "Item with Id ("+rest[0]+")")
			return
		}
	}
	if action == "delete" {
		v.state.t[c.key].drop(old.id)
		reply(w, http.StatusOK, v.view().show(c, old, true))
		return
	}
	body, ok := decode(w, r, "url", "description", "eventTypes", "isEnabled")
	if !ok {
		return
	}
	if complaints := checkWebhook(body, action == "create"); len(complaints) > 0 {
		invalid(w, r, complaints...)
		return
	}
	status, it := http.StatusOK, &item{}
	if old != nil {
		it.id, it.name, it.row = old.id, old.name, twin.Clone(old.row)
	} else {
		status = http.StatusCreated
		v.serial++
		it.name = fmt.Sprintf("webhook-made-%d", v.serial)
		it.id = ID(it.name)
		it.row = row{"_id": it.id, "secret": v.world.WebhookSecret, "isEnabled": true}
		if v.world.WebhookSecret == "" {
			it.row["secret"] = ID("secret of " + it.name)
		}
	}
	maps.Copy(it.row, body)
	v.state.t[c.key].put(it)
	reply(w, status, v.view().show(c, it, true))
}

func checkWebhook(body row, create bool) []string {
	var complaints []string
	if u, given := body["url"]; create || given {
		if s, ok := u.(string); !ok || s == "" {
			complaints = append(complaints, "url must be a URL address")
		}
	}
	if list, given := body["eventTypes"]; create || given {
		types, ok := list.([]any)
		if !ok || len(types) == 0 {
			complaints = append(complaints, "eventTypes should not be empty")
		}
		for _, t := range types {
			if name, ok := t.(string); !ok || !slices.Contains(eventTypes(), name) {
				complaints = append(complaints, fmt.Sprintf("each value in eventTypes must be one of the known events, not %v", t))
			}
		}
	}
	return complaints
}

// eventTypes are the 38 of vendors/officernd.md 3.
func eventTypes() []string {
	var out []string
	for _, of := range []string{"company", "member", "membership", "booking", "fee", "contract", "ticket", "invoice"} {
		out = append(out, of+".created", of+".updated", of+".removed")
	}
	return append(out,
		"company.paymentdetails.created", "company.paymentdetails.removed", "member.paymentdetails.created",
		"member.paymentdetails.removed", "invoice.charge.created", "invoice.charge.updated", "invoice.charge.removed",
		"invoice.allocation.created", "invoice.allocation.removed", "integration.removed", "pass.created", "pass.updated",
		"occupancyslot.created", "occupancyslot.removed")
}
