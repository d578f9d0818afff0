package change

import "github.com/cardea-access/cardea"

// Plain door systems hold no validity: an edge is there exactly while a window is open.

// plainTarget is the window that is open now.
func (p *planner) plainTarget(ws []cardea.Window) (t cardea.Window, has bool, change cardea.Instant) {
	for _, w := range ws {
		switch {
		case w.Empty() || w.Until <= p.now:
			continue
		case w.From <= p.now:
			return w, true, w.Until
		}
		return cardea.Window{}, false, w.From
	}
	return cardea.Window{}, false, cardea.Never
}
