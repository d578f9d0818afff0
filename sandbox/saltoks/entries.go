package saltoks

import (
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// resume is a continuation token: JSON text, as the vendor's is.
type resume struct {
	From int  `json:"from"`
	Gap  bool `json:"gap,omitempty"` // the next page is an empty one
}

func entryFields() []string {
	return []string{
		"id", "event_category", "event_detail", "utc_date_time", "local_date_time", "lock_id", "lock_mac_address",
		"lock_customer_reference", "user_id", "user_first_name", "user_last_name", "user_image_url", "user_alias", "iq_id",
		"iq_customer_reference", "iq_mac_address", "iq_revision", "exit_requested", "access_by", "access_detail", "ttl_in_seconds",
		"expiration_date_time",
	}
}

// routeEntries answers .../entries, on v1.1 alone (1.2, 2.9).
func (v *Vendor) routeEntries(c *call, rest []string) {
	switch {
	case c.version != "v1.1" || !c.get():
		c.plain(http.StatusMethodNotAllowed, "")
	case len(rest) == 1 && rest[0] == "export":
		c.plain(http.StatusNotImplemented, "the sandbox does not fake the export of entries")
	case len(rest) > 0:
		c.plain(http.StatusNotFound, "")
	default:
		v.listEntries(c)
	}
}

// listEntries pages by a token in a header; it is done when no token comes, not when a page is empty (2.9).
func (v *Vendor) listEntries(c *call) {
	p, t := v.paging(c, entryFields())
	if t == nil && c.r.URL.Query().Has("$skip") && v.switches.Is("entries_skip", "400") {
		t = badQuery("$skip")
	}
	at := resume{}
	if sent := c.r.Header.Get("Clp-Continuation-Token"); sent != "" && t == nil {
		if json.Unmarshal([]byte(sent), &at) != nil || at.From < 0 {
			t = invalid("The continuation token is not valid")
		}
	}
	if t != nil {
		v.fail(c, t)
		return
	}
	ids := []string{}
	for _, id := range v.state.within("entries", c.site) {
		if v.kept(v.state.get("entries", id)) {
			ids = append(ids, id)
		}
	}
	count, show := p.rows(of(ids, entryFields(), v.showEntry))
	size := usualPage
	if p.top >= 0 {
		size = min(p.top, maxPage)
	}
	items, next := []row{}, resume{From: at.From}
	if !at.Gap {
		for i := at.From; i < min(at.From+size, count); i++ {
			items = append(items, show(i))
		}
		next = resume{From: at.From + len(items), Gap: at.From == 0 && v.switches.Is("entries_gap", "empty")}
	}
	out := row{"items": items}
	if next.From < count && size > 0 {
		token, err := json.Marshal(next)
		if err != nil {
			c.plain(http.StatusInternalServerError, "")
			return
		}
		out["continuation_token"] = string(token)
	}
	c.reply(out)
}

// retention is how long entries are kept: 90 days on the site that was measured (2.9).
const retention = 90 * 24 * time.Hour

// kept says whether an entry has happened and is not past its time.
func (v *Vendor) kept(r row) bool {
	at, err := twin.ParseStamp(text(r, "utc_date_time"))
	return err == nil && !at.After(v.now()) && v.now().Sub(at) < retention
}

func (v *Vendor) showEntry(id string) row {
	r := v.state.get("entries", id)
	out := row{}
	for _, f := range entryFields() {
		out[f] = nil
	}
	maps.Copy(out, copied(r, "id", "event_category", "event_detail", "utc_date_time", "exit_requested", "access_by", "access_detail"))
	maps.Copy(out, twin.As[row](r["_who"]))
	if lock := v.state.get("locks", text(r, "lock")); lock != nil {
		out["lock_id"], out["lock_mac_address"], out["lock_customer_reference"] = lock["id"], lock["mac"], lock["customer_reference"]
		if iq := v.state.get("iqs", text(lock, "iq")); iq != nil {
			out["iq_id"], out["iq_customer_reference"] = iq["id"], iq["customer_reference"]
			out["iq_mac_address"], out["iq_revision"] = iq["mac"], iq["revision"]
		}
	}
	at, err := twin.ParseStamp(text(r, "utc_date_time"))
	zone, err2 := time.LoadLocation(text(v.state.get("sites", text(r, "_site")), "time_zone"))
	if err != nil || err2 != nil {
		return out
	}
	out["local_date_time"] = at.In(zone).Format(localForm)
	out["expiration_date_time"] = twin.Stamp(at.Add(retention))
	out["ttl_in_seconds"] = int(at.Add(retention).Sub(v.now()) / time.Second)
	return out
}
