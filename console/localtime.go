package console

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// fieldLayout is what a datetime-local field sends and takes.
const fieldLayout = "2006-01-02T15:04"

// parseLocal reads what a datetime-local field sends as an instant of the zone. A time that the clocks skip is taken
// with the offset before the gap, a time that comes twice is the first (RULES.md 3).
func parseLocal(s string, zone *time.Location) (cardea.Instant, error) {
	s = strings.TrimSpace(s)
	wall, err := time.Parse(fieldLayout, s)
	if err != nil {
		if wall, err = time.Parse(fieldLayout+":05", s); err != nil {
			return 0, cardea.Errorf(cardea.Rejected, "%.40q is no date and time. Choose one with the field, or leave it empty for now.", s)
		}
	}
	// No zone changes its offset twice within a day and a half.
	before := offset(wall.Add(-18*time.Hour), zone)
	after := offset(wall.Add(18*time.Hour), zone)
	first := wall.Add(-before)
	if second := wall.Add(-after); !shows(first, wall, zone) && shows(second, wall, zone) {
		return cardea.At(second), nil
	}
	return cardea.At(first), nil
}

func offset(wall time.Time, zone *time.Location) time.Duration {
	_, seconds := wall.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

func shows(t, wall time.Time, zone *time.Location) bool {
	return t.In(zone).Format(fieldLayout) == wall.Format(fieldLayout)
}
