package saltoks

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// createGuest is POST .../guests: no mail, a seat, and an end that frees no seat (2.3, 3).
func (v *Vendor) createGuest(c *call) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	alias := strings.TrimSpace(text(body, "alias"))
	until, err := twin.ParseStamp(text(body, "expires_at"))
	switch {
	case alias == "":
		v.fail(c, invalid("alias is required"))
		return
	case err != nil:
		v.fail(c, badValue("expires_at"))
		return
	}
	person, made := freshPerson(), freshUser()
	person["id"], person["first_name"] = v.state.next("people"), alias
	made["alias"], made["expires_at"] = alias, twin.Stamp(until)
	made["roles"] = []any{text(v.state.role(c.site, siteGuest), "id")}
	c.answer(http.StatusCreated, asJSON, v.join(c, person, made))
}

// newPIN is PUT .../pin: the vendor chooses, and each call chooses anew (2.3).
func (v *Vendor) newPIN(c *call, u row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	expiry := body["expiry_date"]
	if s, isText := expiry.(string); expiry != nil {
		if _, err := twin.ParseStamp(s); !isText || err != nil {
			v.fail(c, badValue("expiry_date"))
			return
		}
	}
	if !v.known(u) || !flag(v.state.get("sites", c.site), "pin_enabled") {
		v.fail(c, forbidden("Operation not permitted on this user"))
		return
	}
	v.state.serial++
	pin := digitsOf(text(u, "id")+strconv.Itoa(v.state.serial), 6)
	v.state.put("users", with(u, row{"_pin": pin, "_pin_until": expiry, "use_pin": true}))
	c.reply(pin)
}

// keysOf are the keys of a site user: a PIN, and what the world gave.
func (v *Vendor) keysOf(u row) []row {
	out := []row{}
	if text(u, "_pin") != "" {
		out = append(out, row{
			"type": "pin", "key_identifier": guid("pins", text(u, "id")), "expiry_date": u["_pin_until"], "offline_access": false,
		})
	}
	for _, k := range twin.As[[]any](u["_keys"]) {
		out = append(out, twin.As[row](k))
	}
	return out
}
