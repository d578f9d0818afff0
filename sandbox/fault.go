package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Effect is what a fault does.
type Effect string

// The effects. DelayMS goes with each of them.
const (
	EffectError     Effect = "error"      // answer Status; the vendor does nothing
	EffectDropAfter Effect = "drop-after" // the vendor does it, then the connection is cut without an answer
	EffectEmpty     Effect = "empty"      // 200 with an empty list
	EffectTruncate  Effect = "truncate"   // Rows set: a page with so many rows; else the connection is cut in mid-body
	EffectSlow      Effect = "slow"       // only the delay
)

// Fault is one trouble to come. The first fault that matches a request, in the order they were given, is the one that acts.
type Fault struct {
	Method     string `json:"method,omitempty"`      // "" = any
	Path       string `json:"path,omitempty"`        // after the vendor's prefix: a beginning, or with * a whole pattern; "" = any
	Status     int    `json:"status,omitempty"`      // error: default 503
	Times      int    `json:"times,omitempty"`       // 0 = for ever
	Skip       int    `json:"skip,omitempty"`        // so many matching requests pass first
	DelayMS    int    `json:"delay_ms,omitempty"`    // slow: default 1000
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, error only; 0 = no header
	Rows       *int   `json:"rows,omitempty"`
	Effect     Effect `json:"effect"` // "" = error
}

const (
	defaultDelay = 1000
	maxDelay     = 10 * 60 * 1000
)

// check fills in defaults and refuses what makes no sense.
func (f *Fault) check() error {
	if f.Effect == "" {
		f.Effect = EffectError
	}
	switch f.Effect {
	case EffectError:
		if f.Status == 0 {
			f.Status = http.StatusServiceUnavailable
		}
		if f.Status < 200 || f.Status > 599 {
			return fmt.Errorf("status %d is not one to answer with", f.Status)
		}
	case EffectSlow:
		if f.DelayMS == 0 {
			f.DelayMS = defaultDelay
		}
	case EffectDropAfter, EffectEmpty, EffectTruncate:
	default:
		return fmt.Errorf("there is no effect %q; there are error, drop-after, empty, truncate, slow", f.Effect)
	}
	if f.Times < 0 || f.Skip < 0 || f.DelayMS < 0 || f.DelayMS > maxDelay || f.RetryAfter < 0 || f.Rows != nil && *f.Rows < 0 {
		return fmt.Errorf("times, skip, delay_ms (at most %d), retry_after and rows cannot be negative", maxDelay)
	}
	return nil
}

func (f *Fault) matches(r *http.Request, path string) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	if strings.Contains(f.Path, "?") && r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	if !strings.Contains(f.Path, "*") {
		return strings.HasPrefix(path, f.Path)
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(f.Path), `\*`, ".*")
	ok, err := regexp.MatchString("^"+pattern+"$", path)
	return err == nil && ok
}

// strike returns the fault that acts on a request, and counts it.
func (b *booth) strike(r *http.Request, path string) *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, f := range b.faults {
		if !f.matches(r, path) {
			continue
		}
		if f.Skip > 0 {
			b.faults[i].Skip--
			continue
		}
		if f.Times == 1 {
			b.faults = append(b.faults[:i:i], b.faults[i+1:]...)
		} else if f.Times > 1 {
			b.faults[i].Times--
		}
		return &f
	}
	return nil
}

// wait holds a request up. False = the caller gave up.
func (f *Fault) wait(r *http.Request) bool {
	if f == nil || f.DelayMS == 0 {
		return true
	}
	t := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
