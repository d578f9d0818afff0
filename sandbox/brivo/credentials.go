package brivo

import (
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Kinds of credential, and the formats the sheet names (6.1); that of a Mobile Pass was not found.
const (
	kindPass = "pass"

	formatPIN     = 2
	formatCard    = 100
	formatUnknown = 110
	formatPass    = 130
)

func credentialRoutes(add adder) {
	add("GET /users/{id}/credentials", (*Vendor).listUserCredentials)
	add("PUT /users/{id}/credentials/{id}", (*Vendor).assignCredential)
	add("DELETE /users/{id}/credentials/{id}", (*Vendor).unassignCredential)
	add("GET /credentials", (*Vendor).listCredentials)
	add("POST /credentials", (*Vendor).createCredential)
	add("GET /credentials/formats", (*Vendor).listFormats)
	add("GET /credentials/digital/allotment", (*Vendor).allotment)
	add("GET /credentials/{id}", (*Vendor).getCredential)
	add("GET /credentials/{id}/user", (*Vendor).getHolder)
	add("DELETE /credentials/{id}", (*Vendor).deleteCredential)
	add("GET /users/{id}/credentials/digital-invitations", (*Vendor).listInvitations)
	add("POST /users/{id}/credentials/digital-invitations", (*Vendor).invite)
	add("DELETE /users/{id}/credentials/digital-invitations", (*Vendor).cancelInvitation)
	for _, own := range []string{"GET /pass", "GET /users/credentials/digital"} { // for the pass holder's own token
		add(own, func(_ *Vendor, c *call) { c.oauth(http.StatusForbidden, "access_denied", "Access is denied") })
	}
}

func formats() map[int64]string {
	return map[int64]string{ //nolint:gosec // names of formats, no credentials
		formatPIN: "PIN", formatCard: "Standard 26 Bit", formatUnknown: "Unknown Format", formatPass: "Brivo Mobile Pass",
	}
}

func (v *Vendor) showCredential(cr row) row {
	out := keep(cr, "id", "referenceId", "encodedCredential", "size")
	fields := []any{}
	for _, x := range twin.As[[]any](cr["fieldValues"]) {
		f := asRow(x)
		name := map[int64]string{1: "card_number", 2: "facility_code"}[idOf(f["id"])]
		fields = append(fields, shown(row{"id": f["id"], "name": name, "value": f["value"]}))
	}
	out["fieldValues"], out["accountId"] = fields, v.account["id"]
	out["credentialFormat"] = row{"id": cr["format"], "name": formats()[idOf(cr["format"])]}
	return shown(out)
}

// credentialsOf are a user's own, without the pass that was not redeemed.
func (v *Vendor) credentialsOf(u row) []row {
	return v.state["credentials"].all(func(cr row) bool { return cr["userId"] == u["id"] && !flag(cr, "pending") })
}

// listUserCredentials has no pages; a PIN is among them, and the dates are (4).
func (v *Vendor) listUserCredentials(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	list := v.credentialsOf(u)
	if v.switches.Is("pending_pass", "listed") {
		list = v.state["credentials"].all(by("userId", idOf(u["id"])))
	}
	if pin := text(u, "pin"); pin != "" {
		list = append(list, shown(row{
			"id": u["id"], "format": float64(formatPIN), "referenceId": pin, "effectiveFrom": u["effectiveFrom"],
			"effectiveTo": u["effectiveTo"],
		}))
	}
	v.whole(c, list, func(cr row) row {
		out := v.showCredential(cr)
		out["effectiveFrom"], out["effectiveTo"] = second(text(cr, "effectiveFrom")), second(text(cr, "effectiveTo"))
		return shown(out)
	})
}

func (v *Vendor) assignCredential(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	body, ok := c.body(true)
	if !ok {
		return
	}
	cr, dates := v.state["credentials"].rows[c.ids[1]], row{}
	others := idOf(cr["userId"]) != 0 && idOf(cr["userId"]) != c.ids[0]
	if cr == nil || flag(cr, "pending") || others || !takeDates(body, dates) {
		c.fail(http.StatusBadRequest, "Credential not valid")
		return
	}
	if idOf(cr["userId"]) == 0 && dates["effectiveFrom"] == nil {
		dates["effectiveFrom"] = twin.Stamp(v.now())
	}
	dates["userId"] = u["id"]
	v.state["credentials"].put(with(cr, dates))
	c.nothing()
}

// unassignCredential leaves a card in the account's bank; a redeemed pass is no more (6.2).
func (v *Vendor) unassignCredential(c *call) {
	if c.pick("users", "User", 0) == nil {
		return
	}
	cr := v.state["credentials"].rows[c.ids[1]]
	if cr == nil || idOf(cr["userId"]) != c.ids[0] || flag(cr, "pending") {
		c.missing("Credential")
		return
	}
	v.state.unassign(cr)
	c.nothing()
}

func (v *Vendor) listCredentials(c *call) {
	facility := func(cr row) string {
		for _, x := range twin.As[[]any](cr["fieldValues"]) {
			if idOf(asRow(x)["id"]) == 2 {
				return text(asRow(x), "value")
			}
		}
		return ""
	}
	v.page(c, v.state["credentials"].all(func(cr row) bool { return !flag(cr, "pending") }), map[string]field{
		"status": {"eq", func(_ *Vendor, cr row, _, value string) bool {
			return (idOf(cr["userId"]) != 0) == (value == "assigned")
		}},
		"reference_id": contains(of("referenceId")), "facility_code": contains(facility),
	}, v.showCredential)
}

func (v *Vendor) createCredential(c *call) {
	body, ok := c.body(false)
	if !ok || !c.full() {
		return
	}
	format := idOf(asRow(body["credentialFormat"])["id"])
	if formats()[format] == "" || format == formatPIN || text(body, "referenceId") == "" ||
		body["fieldValues"] == nil && text(body, "encodedCredential") == "" {
		c.criteria()
		return
	}
	same := func(cr row) bool {
		return text(cr, "referenceId") == text(body, "referenceId") && idOf(cr["format"]) == format
	}
	if len(v.state["credentials"].all(same)) > 0 {
		c.fail(http.StatusBadRequest, "Duplicate Credential Found: "+text(body, "referenceId"))
		return
	}
	cr := keep(body, "referenceId", "encodedCredential", "fieldValues")
	cr["format"], cr["kind"], cr["size"] = float64(format), "card", 26.0
	v.state["credentials"].add(cr)
	status := http.StatusCreated
	if v.switches.Is("credential_created", "200") {
		status = http.StatusOK
	}
	c.answer(status, v.showCredential(cr))
}

func (v *Vendor) listFormats(c *call) {
	out := []row{}
	for id, name := range formats() {
		out = append(out, row{"id": float64(id), "name": name})
	}
	slices.SortFunc(out, func(a, b row) int { return int(idOf(a["id"]) - idOf(b["id"])) })
	v.whole(c, out, idAndName)
}

func (v *Vendor) getCredential(c *call) {
	if cr := c.pick("credentials", "Credential", 0); cr != nil {
		c.reply(v.showCredential(cr))
	}
}

func (v *Vendor) getHolder(c *call) {
	cr := c.pick("credentials", "Credential", 0)
	if cr == nil {
		return
	}
	u := v.state["users"].rows[idOf(cr["userId"])]
	if u == nil {
		c.missing("User")
		return
	}
	c.reply(v.showUser(u))
}

func (v *Vendor) deleteCredential(c *call) {
	if cr := c.pick("credentials", "Credential", 0); cr != nil && c.full() {
		v.state["credentials"].drop(idOf(cr["id"]))
		c.nothing()
	}
}
