package change

import "github.com/cardea-access/cardea"

// horn remembers the earliest instant after now at which the plan would answer differently.
type horn struct {
	now, next cardea.Instant
}

// at notes an instant; those that are not ahead, or have no place in time, change nothing.
func (h *horn) at(i cardea.Instant) {
	if i > h.now && i < h.next {
		h.next = i
	}
}

// beyond notes when a window that is not among the grants yet comes within the horizon.
func (p *planner) beyond() {
	if p.in.Beyond.Bounded() && p.in.Beyond != 0 {
		p.at(p.in.Beyond.Add(-p.in.Horizon))
	}
}
