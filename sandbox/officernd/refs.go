package officernd

import (
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// reference is a readable reference of a world file. It must name a record; one written as an ObjectId need not: dangling
// references occur at the vendor (vendors/officernd.md 2), and a world may have them on purpose but not by a slip of the pen.
type reference struct {
	line                  int
	from, field, to, name string
}

func references(c *collection, rec twin.Record) []reference {
	var out []reference
	for field, f := range c.shape {
		var names []any
		switch f.Kind {
		case twin.Ref:
			names = []any{rec.Values[field]}
		case twin.Refs:
			names = twin.As[[]any](rec.Values[field])
		default:
			continue
		}
		for _, v := range names {
			if name, ok := v.(string); ok && !isObjectID(name) {
				out = append(out, reference{rec.Line, c.key, field, f.To, name})
			}
		}
	}
	return out
}

// zone is the time zone in which the instants of a record stand: its own, else its location's, else its resource's location's.
// Rows are looked through in order. Nil = UTC.
func (s state) zone(rows ...row) *time.Location {
	first := func(field string) string {
		for _, r := range rows {
			if v := twin.As[string](r[field]); v != "" {
				return v
			}
		}
		return ""
	}
	name := first("timezone")
	if name == "" {
		at := first("location")
		if res := s.t["resources"].items[first("resource")]; at == "" && res != nil {
			at = twin.As[string](res.row["location"])
		}
		if loc := s.t["locations"].items[at]; loc != nil {
			name = twin.As[string](loc.row["timezone"])
		}
	}
	if name == "" {
		return nil
	}
	z, loaded := s.zones[name]
	if !loaded {
		if found, err := time.LoadLocation(name); err == nil {
			z = found
		}
		s.zones[name] = z
	}
	return z
}
