package saltoks

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// text reads a string, trimmed; null and absent are "" and true.
func text(f object.Fields, name string) (string, bool) {
	s, ok := f.Text(name)
	return strings.TrimSpace(s), ok
}

// instant reads a time in UTC (vendors/saltoks.md 1.4); 0 = it is not there.
func instant(f object.Fields, name string) (cardea.Instant, bool) {
	s, ok := text(f, name)
	if !ok || s == "" {
		return 0, ok
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, false
	}
	return cardea.At(t), true
}

// guid reads an id: 32 hex digits in five groups, whatever their version (vendors/saltoks.md 1.4), in lower case.
func guid(f object.Fields, name string) (string, bool) {
	s, ok := text(f, name)
	if s = strings.ToLower(s); !ok || !isGUID(s) {
		return "", false
	}
	return s, true
}

// isGUID says whether a text, in lower case, has the form of an id.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdef", rune(c)) {
				return false
			}
		}
	}
	return true
}

// vendorID checks one of our ids before it stands in a path. Errors: Rejected.
func vendorID(id string) error {
	if !isGUID(id) {
		return cardea.Errorf(cardea.Rejected, "%q is no id of Salto KS: an id is 32 hex digits in five groups, in small letters", id)
	}
	return nil
}
