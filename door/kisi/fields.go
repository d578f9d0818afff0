package kisi

import (
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// instant reads an ISO 8601 time; null and absent are the open end.
func instant(f object.Fields, name string, open cardea.Instant) (cardea.Instant, bool) {
	s, ok := f.Text(name)
	if !ok || s == "" {
		return open, ok && !f.Has(name)
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return open, false
	}
	return cardea.At(t), true
}
