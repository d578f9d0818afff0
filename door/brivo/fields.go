package brivo

import (
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// instant reads a time: with seconds or milliseconds, in any offset, or a bare date, which is midnight UTC
// (vendors/brivo.md 1). 0 = it is not there.
func instant(f object.Fields, name string) (cardea.Instant, bool) {
	s, ok := f.Text(name)
	if !ok || s == "" {
		return 0, ok
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return cardea.At(t), true
		}
	}
	return 0, false
}
