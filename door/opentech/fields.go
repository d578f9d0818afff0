package opentech

import (
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea/wire/object"
)

// optional reads a number that may be absent or 0, which both mean none.
func optional(f object.Fields, name string) (int64, bool) {
	var n int64
	if !f.Has(name) {
		return 0, true
	}
	err := json.Unmarshal(f[name], &n)
	return n, err == nil && n >= 0
}

func trim(s string) string { return strings.TrimSpace(s) }

// fold is how unit numbers, names and addresses are compared: trimmed, whatever the case, inner space as it is
// (vendors/opentech-kinnovis.md 2.6).
func fold(s string) string { return strings.ToLower(trim(s)) }
