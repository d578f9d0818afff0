package kinnovis

import (
	"slices"
	"time"
)

// never is an instant that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Tick tells what fell due since it was last called, and sends failed webhooks again; every request and patch does so too.
// Between them nothing happens, so whoever wants webhooks on time calls it often.
func (v *Vendor) Tick() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
}

func (v *Vendor) tick() {
	now := v.now()
	v.relook()
	if !v.due.IsZero() && now.Before(v.due) {
		return
	}
	var past []time.Time
	due := never
	for _, at := range v.view(now).moments() {
		switch {
		case !at.After(v.ticked):
		case !at.After(now):
			past = append(past, at)
		case at.Before(due):
			due = at
		}
	}
	slices.SortFunc(past, time.Time.Compare)
	for _, at := range slices.CompactFunc(past, time.Time.Equal) {
		v.settle(at)
	}
	v.ticked = now
	v.retry(now)
	for _, a := range v.retries {
		if a.at.Before(due) {
			due = a.at
		}
	}
	v.due = due
}
