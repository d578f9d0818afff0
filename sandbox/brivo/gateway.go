package brivo

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// month is what was spent of a quota in one month, by UTC.
type month struct {
	name  string
	calls int
}

// Quota is a key's month so far, as the control route shows it.
type Quota struct {
	Month   string `json:"month"`
	Calls   int    `json:"calls"`
	Monthly int    `json:"monthly"`
	QPS     int    `json:"qps"`
}

// admit is the gateway: the key, the calls of this second, the calls of this month. False = answered. Counted says whether the
// call uses up the month.
func (v *Vendor) admit(c *call, counted, elsewhere bool) bool {
	c.w.Header().Set("Server", "Mashery Proxy")
	c.w.Header().Set("X-Mashery-Responder", "sandbox.mashery.com")
	i := slices.IndexFunc(v.keys, func(k Key) bool { return k.Key == c.r.Header.Get("Api-Key") && !k.Inactive })
	if i < 0 || elsewhere {
		c.gateway(http.StatusForbidden, inactive, "Account Inactive", 0)
		return false
	}
	k, now := v.keys[i], v.now()
	status := http.StatusForbidden
	if v.switches.Is("throttle_status", "429") {
		status = http.StatusTooManyRequests
	}
	scope := v.scope(k)
	l := v.qps[k.Key]
	if l == nil || l.Max != k.QPS*v.speed {
		l = &twin.Limiter{Max: k.QPS * v.speed, Window: time.Second}
		v.qps[k.Key] = l
	}
	ok, left, _ := l.Take("", now)
	spent := v.thisMonth(scope)
	if counted && (ok || v.switches.Is("over_qps_calls", "counted")) && spent.calls < k.Monthly {
		v.spent[scope] = month{spent.name, spent.calls + 1}
	}
	if v.switches.Is("usage_headers", "full") {
		h := c.w.Header()
		h.Set("X-Packagekey-Qps-Allotted", fmt.Sprint(l.Max))
		h.Set("X-Packagekey-Qps-Current", fmt.Sprint(l.Max-left))
		h.Set("X-Packagekey-Quota-Allotted", fmt.Sprint(k.Monthly))
		h.Set("X-Packagekey-Quota-Current", fmt.Sprint(v.thisMonth(scope).calls))
		h.Set("X-Plan-Quota-Reset", nextMonth(now).Format(http.TimeFormat))
	}
	switch {
	case !ok:
		c.gateway(status, overQPS, "Account Over Queries Per Second Limit", 1)
		return false
	case counted && spent.calls >= k.Monthly:
		c.gateway(status, overRate, "Account Over Rate Limit", int(nextMonth(now).Sub(now)/time.Second)+1)
		return false
	}
	return true
}

// scope is what a quota belongs to: a key, or the account whatever the key (3.3).
func (v *Vendor) scope(k Key) string {
	if v.switches.Is("quota_scope", "key") {
		return "key " + k.Key
	}
	return "account"
}

func (v *Vendor) thisMonth(scope string) month {
	name := v.now().UTC().Format("2006-01")
	if m := v.spent[scope]; m.name == name {
		return m
	}
	return month{name: name}
}

// nextMonth is when a quota begins again; that it is the calendar's month, in UTC, is assumed.
func nextMonth(now time.Time) time.Time {
	y, m, _ := now.UTC().Date()
	return time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
}
