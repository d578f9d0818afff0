package kinnovis

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// pauses are before each of six retries: one minute and five are Stora's, the longer ones assumed (4.2).
func pauses() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour}
}

// attempt is a webhook that failed and is sent again.
type attempt struct {
	hook    string // word of the webhook
	request string
	body    []byte
	tries   int
	at      time.Time
}

// send puts the webhooks of events into the outbox.
func (v *Vendor) send(told []happening, at time.Time) {
	var out []twin.Delivery
	for _, h := range told {
		v.serial++
		body, err := answer.Encode(v.payload(h, at))
		if err != nil {
			continue // plain values: this cannot happen
		}
		request := hash("request", v.serial)
		v.state.each("webhooks", func(word string, hook row) {
			if flag(hook, "enabled", true) && wants(hook, h.kind) {
				out = append(out, v.delivery(attempt{hook: word, request: request, body: body}))
			}
		})
	}
	switch {
	case v.switches.Is("hook_delivery", "lost"):
		return
	case v.switches.Is("hook_delivery", "twice"):
		out = append(out, out...)
	case v.switches.Is("hook_delivery", "reversed"):
		slices.Reverse(out)
	}
	v.outbox.Send(out...)
}

// wants: a webhook that names no events wants every one.
func wants(hook row, kind string) bool {
	return len(list(hook, "events")) == 0 || slices.Contains(list(hook, "events"), any(kind))
}

func (v *Vendor) payload(h happening, at time.Time) row {
	version := "v1"
	if v.switches.Is("version", "2025-09") {
		version = "2025-09"
	}
	data := row{h.of.noun: h.shown}
	if v.switches.Is("hook_data", "ids") {
		data = row{h.of.noun + "_id": h.shown["id"]}
		for _, name := range []string{"customer_id", "location_id"} {
			if id, has := h.shown[name]; has {
				data[name] = id
			}
		}
	}
	event := row{
		"id": "evt_" + hash("event", v.serial), "type": h.kind, "api_version": version, "created_at": twin.Stamp(at), "data": data,
	}
	if v.switches.Is("hook_shape", "bare") {
		return event
	}
	return row{"event": event}
}

// delivery is one webhook on its way: signed when it goes, whatever the age of its event.
func (v *Vendor) delivery(a attempt) twin.Delivery {
	hook := v.state.get("webhooks", a.hook)
	secret := text(hook, "secret")
	if secret == "" {
		secret = v.secret
	}
	h := http.Header{"Content-Type": {jsonKind}}
	h.Set("X-Kinnovis-Request-Id", a.request)
	if v.switches.Is("hook_signature", "base64") {
		h.Set("X-Kinnovis-Signature", base64.StdEncoding.EncodeToString(sum(a.body, secret)))
	} else {
		h.Set("X-Kinnovis-Signature", Sign(a.body, secret, v.now().Unix()))
	}
	return twin.Delivery{URL: text(hook, "url"), Header: h, Body: a.body, Done: func(err error) { v.delivered(a, err) }}
}

// delivered books a webhook that failed for its next try.
func (v *Vendor) delivered(a attempt, failed error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if failed == nil || a.tries == len(pauses()) {
		return
	}
	a.at = v.now().Add(pauses()[a.tries])
	a.tries++
	v.retries = append(v.retries, a)
	if a.at.Before(v.due) {
		v.due = a.at
	}
}

// retry sends again what is due; a webhook that is gone or off gets nothing any more.
func (v *Vendor) retry(now time.Time) {
	var later []attempt
	for _, a := range v.retries {
		hook := v.state.get("webhooks", a.hook)
		switch {
		case hook == nil || !flag(hook, "enabled", true):
		case a.at.After(now):
			later = append(later, a)
		default:
			v.outbox.Send(v.delivery(a))
		}
	}
	v.retries = later
}

// Sign is the value of X-Kinnovis-Signature: t=UNIX,v1=HEX, HMAC-SHA256 over the time, a dot and the body (assumed like Stora's).
func Sign(body []byte, secret string, unix int64) string {
	return fmt.Sprintf("t=%d,v1=%s", unix, hex.EncodeToString(sum(append(fmt.Appendf(nil, "%d.", unix), body...), secret)))
}

func sum(body []byte, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return mac.Sum(nil)
}

func hash(what string, serial int) string {
	s := sha256.Sum256(fmt.Appendf(nil, "kinnovis %s %d", what, serial))
	return hex.EncodeToString(s[:10])
}
