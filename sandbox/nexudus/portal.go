package nexudus

import (
	"net/http"
	"slices"
	"strings"
)

// servePortal answers https://{subdomain}.spaces.nexudus.com, of which only the check-in without a bearer is faked (2.13).
func (v *Vendor) servePortal(c *call, rest string) {
	if !v.allow(c, true) {
		return
	}
	if !strings.HasSuffix("/"+rest, "/api/public/checkin") || c.r.Method != http.MethodPost {
		c.fail(http.StatusNotFound, "The resource cannot be found.")
		return
	}
	body, ok := c.body()
	if !ok {
		return
	}
	who := v.recognise(body)
	if who == nil {
		c.refuse(complain("email", "The customer was not recognised.", nil))
		return
	}
	e, place, now := v.state.cs.by["checkins"], idOf(who["InvoicingBusinessId"]), v.now()
	x := v.state.edit(text(who, "Email"), now)
	open := v.openCheckIn(idOf(who["Id"]))
	leave := open != nil && (flag(body, "disconnect") || flag(body, "toggle"))
	dry := flag(body, "doNotCheckIn")
	end := v.cutOff(place, now)
	switch {
	case dry:
		if v.passFor(who, place, now) == nil {
			c.refuse(complain("email", "The customer does not have a valid pass.", nil))
			return
		}
	case leave:
		x.set(e, open, row{"ToTime": stamp(now)})
	case flag(body, "disconnect") || open != nil:
	default:
		next := row{"CoworkerId": who["Id"], "BusinessId": who["InvoicingBusinessId"], "FromTime": stamp(now)}
		if why := v.checkIn(x, next); why != nil {
			v.settle(x)
			c.refuse(why)
			return
		}
		x.put(e, next)
	}
	v.settle(x)
	c.done("", row{
		"SessionExpire": end.UTC().Format("Mon, 02 Jan 2006 15:04:05") + " UTC", "SessionTimeOut": end.Sub(now).Seconds(),
	})
}

// recognise finds the one coworker that the body names by what it says: e-mail with a password, PIN, card.
func (v *Vendor) recognise(body row) row {
	if password := text(body, "password"); password != "" && v.login(text(body, "email"), password) == nil {
		return nil
	}
	var found []row
	v.state.each("coworkers", func(r row) {
		said := 0
		for field, own := range map[string]string{"email": "Email", "pincode": "AccessPincode", "accessCardId": "AccessCardId"} {
			given := text(body, field)
			if given == "" {
				continue
			}
			has := strings.FieldsFunc(text(r, own), func(c rune) bool { return c == ',' || c == ';' || c == ' ' })
			if !slices.ContainsFunc(has, func(s string) bool { return strings.EqualFold(s, given) }) {
				return
			}
			if field != "email" || text(body, "password") != "" {
				said++
			}
		}
		if said > 0 {
			found = append(found, r)
		}
	})
	if len(found) != 1 {
		return nil
	}
	return found[0]
}
