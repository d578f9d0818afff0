package config

import "github.com/cardea-access/cardea"

// states says which facts beyond the usual a space system's records carry: a setting about a fact that nothing states is refused
// with its line.
type states struct {
	cancellationDay bool // the day on which an agreement is cancelled may be in or out
	slots           bool // passes have time slots
	pauses          bool // agreements are paused
	passGate        bool // members need a valid pass beside their agreement
	noVisitors      bool // visitors of bookings get nothing unless the operator says so (RULES.md BOOKING)
}

var systemStates = map[string]states{
	"nexudus": {cancellationDay: true, slots: true, pauses: true, passGate: true, noVisitors: true},
}

// states returns what the space system of an integration states.
func (f *File) states(in *Integration) states {
	if c := f.Connections[in.Space.Text]; c != nil {
		return systemStates[c.System]
	}
	return states{}
}

// visitors is what visitors get where the operator does not say.
func (s states) visitors() string {
	if s.noVisitors {
		return "none"
	}
	return "account"
}

// checkStates checks the settings that some systems alone can carry out.
func (in *Integration) checkStates(p *problems, s states) {
	in.CancellationDay.or(p, "cancellation_day", "in", "in", "out")
	if in.CancellationDay.Text == "out" && !s.cancellationDay {
		p.add(in.CancellationDay.Line, "cancellation_day: the space system %q has last days and no days of cancellation; take the line out",
			in.Space.Text)
	}
	if in.Paused.Text != "" && !s.pauses {
		p.add(in.Paused.Line, "paused: the space system %q pauses no agreements; take the line out", in.Space.Text)
	}
	in.Paused.or(p, "paused", "cut", "cut", "keep")
	if in.PassGate.Text != "" && !s.passGate {
		p.add(in.PassGate.Line, "passgate: the space system %q asks for no pass beside an agreement; take the line out", in.Space.Text)
	}
	gate := "off"
	if s.passGate {
		gate = "report"
	}
	in.PassGate.or(p, "passgate", gate, "off", "report", "on")
	in.PassGateBookings.or(p, "passgate_bookings", "false", "true", "false")
	if in.PassGateBookings.Text == "true" && in.PassGate.Text == "off" {
		p.add(in.PassGateBookings.Line, "passgate_bookings: there is no gate of passes whose bookings it could be about; set passgate, "+
			"where the space system has passes beside agreements, or take the line out")
	}
	for item, t := range in.Mappings.ByKind(cardea.ItemPasses) {
		if t != nil && t.Slots && !s.slots {
			p.add(t.Line, "mappings: passes: %q: the space system %q states no time slots of passes; take slots out", item, in.Space.Text)
		}
	}
}
