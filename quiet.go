package cardea

import "time"

// Quiet are the hours of each day in which nobody is to be written to: minutes of the day, over midnight when Until is not
// after From. They are those of a clock on the wall in the zone.
type Quiet struct {
	From  int            `json:"from"`
	Until int            `json:"until"`
	Zone  *time.Location `json:"-"`
}

// At says whether an instant is quiet, and when that next changes.
func (q *Quiet) At(i Instant) (quiet bool, change Instant) {
	if q == nil || q.Zone == nil || q.From == q.Until {
		return false, Never
	}
	day := DateOf(i, q.Zone)
	// The last change that is not after the instant says how it is; yesterday had two.
	change = Never
	last := Always
	for d := day - 1; d <= day+2; d++ {
		for _, edge := range [...]struct {
			minute int
			quiet  bool
		}{{q.From, true}, {q.Until, false}} {
			at := WallTime(d, edge.minute*60, q.Zone)
			switch {
			case at > i:
				change = min(change, at)
			case at >= last:
				last, quiet = at, edge.quiet
			}
		}
	}
	return quiet, change
}
