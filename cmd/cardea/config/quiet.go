package config

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Quiet are the hours in which the vendor is to write to nobody, nil = there are none. They are those of the integration's
// zone.
func (in *Integration) Quiet() (*cardea.Quiet, error) {
	if in.QuietHours.Text == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	from, until, _ := strings.Cut(strings.TrimSpace(in.QuietHours.Text), "-")
	a, errA := time.Parse("15:04", strings.TrimSpace(from))
	b, errB := time.Parse("15:04", strings.TrimSpace(until))
	if errA != nil || errB != nil || a.Equal(b) {
		return nil, cardea.Errorf(cardea.Rejected, "%q are no quiet hours: write from when until when, such as \"21:00-08:00\"",
			in.QuietHours.Text)
	}
	if in.Zone.Text == "" {
		return nil, cardea.Errorf(cardea.Rejected, "say with zone: whose hours they are, such as Europe/London")
	}
	zone, err := time.LoadLocation(in.Zone.Text)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "zone: %w", err)
	}
	minute := func(t time.Time) int { return t.Hour()*60 + t.Minute() }
	return &cardea.Quiet{From: minute(a), Until: minute(b), Zone: zone}, nil
}

// checkQuiet says what is wrong with them.
func (in *Integration) checkQuiet(p *problems) {
	if _, err := in.Quiet(); err != nil {
		p.add(in.QuietHours.Line, "quiet_hours: %v", err)
	}
}
