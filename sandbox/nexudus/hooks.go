package nexudus

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// told is one event: an action by name and the record that goes with it.
type told struct {
	action string
	e      *entity
	row    row
}

// news is what is to be told: events, and the coworkers whose access may have changed (AccessControlUpdate, 3.4).
type news struct {
	events []told
	access map[int64]bool
}

func (n *news) tell(action string, e *entity, r row) { n.events = append(n.events, told{action, e, r}) }

func (n *news) touch(coworker any) {
	if id := idOf(coworker); id != 0 {
		n.access[id] = true
	}
}

// settle ends an edit: what it changed is told.
func (v *Vendor) settle(x *edit) {
	n := news{access: map[int64]bool{}}
	for _, ch := range x.changes() {
		v.report(&n, ch)
	}
	v.due = time.Time{}
	v.send(n)
}

// send queues webhooks, then pushes.
func (v *Vendor) send(n news) {
	w, coworkers := v.view(), v.state.cs.by["coworkers"]
	for _, id := range slices.Sorted(maps.Keys(n.access)) {
		if c := v.state.t["coworkers"].rows[id]; c != nil {
			n.tell("AccessControlUpdate", coworkers, c)
		}
	}
	var out []twin.Delivery
	for _, one := range n.events {
		out = append(out, v.deliveries(w, one)...)
	}
	switch {
	case v.switches.Is("hook_delivery", "lost"):
		out = nil
	case v.switches.Is("hook_delivery", "twice"):
		twice := []twin.Delivery{}
		for _, one := range out {
			twice = append(twice, one, one)
		}
		out = twice
	case v.switches.Is("hook_delivery", "reversed"):
		slices.Reverse(out)
	}
	v.outbox.Send(append(out, v.pushes(w, n.access)...)...)
}

// deliveries is an event for every webhook of its action and location that is on (3.1).
func (v *Vendor) deliveries(w *view, one told) []twin.Delivery {
	var out []twin.Delivery
	number := int64(slices.Index(actions(), one.action) + 1)
	v.state.each("webhooks", func(hook row) {
		if !active(hook) || idOf(hook["Action"]) != number || !v.concerns(w, hook, one) {
			return
		}
		body, err := answer.Encode([]row{w.hooked(one.e, one.row)})
		if err != nil {
			return // records are plain JSON values: this cannot happen
		}
		if v.switches.Is("hook_wire", "ascii") {
			body = ascii(body)
		}
		h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
		if v.secret != "" {
			signed := ascii(body)
			if v.switches.Is("hook_digest", "utf8") {
				signed = body
			}
			h.Set("X-Nexudus-Hook-Signature", Sign(signed, v.secret))
		}
		id := idOf(hook["Id"])
		out = append(out, twin.Delivery{URL: text(hook, "URL"), Header: h, Body: body, Done: func(err error) { v.delivered(id, err) }})
	})
	return out
}

// concerns says whether an event is of a webhook's location; a coworker is of every location they are at.
func (v *Vendor) concerns(w *view, hook row, one told) bool {
	place := idOf(hook["BusinessId"])
	if one.e.key == "coworkers" {
		return listed(w.full(one.e, one.row), "Businesses", place)
	}
	return v.state.businessOf(one.e, one.row) == place
}

// delivered keeps a webhook's health: failures are counted, and too many switch it off (3.1).
func (v *Vendor) delivered(id int64, failed error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.state.t["webhooks"].rows[id]
	if old == nil {
		return
	}
	next := twin.Clone(old)
	next["LastTrigger"] = stamp(v.now())
	if failed != nil {
		most := 3.0
		if v.switches.Is("hook_failures", "10") {
			most = 10
		}
		n := twin.As[float64](next["ErrorCount"]) + 1
		next["ErrorCount"], next["LastError"] = n, failed.Error()
		if n >= most {
			next["Active"] = false
		}
	}
	v.state.t["webhooks"].put(next)
}

// ascii is what .NET's ASCII encoder makes of a text: a question mark for every UTF-16 unit that is not ASCII (3.3).
func ascii(body []byte) []byte {
	var out strings.Builder
	for _, c := range string(body) {
		switch {
		case c > 0xFFFF:
			out.WriteString("??")
		case c > 0x7F:
			out.WriteByte('?')
		default:
			out.WriteRune(c)
		}
	}
	return []byte(out.String())
}

// Sign is the value of X-Nexudus-Hook-Signature: HMAC-SHA256 in upper-case hex, the key as ASCII (3.3).
func Sign(body []byte, secret string) string {
	mac := hmac.New(sha256.New, ascii([]byte(secret)))
	mac.Write(body)
	return fmt.Sprintf("%X", mac.Sum(nil))
}
