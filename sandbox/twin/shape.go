package twin

import "maps"

// Kind is what a field of a record holds.
type Kind uint8

// The kinds. Ref and Refs name records of the collection in Field.To; the vendor package turns names into its own ids.
const (
	Text Kind = iota
	Texts
	Int
	Number
	Bool
	Date     // an instant, or a date that stands for its midnight in UTC
	Dates    // a list of them
	Instant  // like Date, but moved by wall-clock weeks in the record's zone
	Instants // a list of them
	Rule     // an RFC 5545 RRULE; its UNTIL moves with the world
	ID       // the record's own id
	Ref
	Refs
	Free   // any JSON, taken as written
	Nested // a mapping with the shape in Field.Fields
)

// Field declares one field.
type Field struct {
	Kind   Kind
	To     string // Ref, Refs: the collection
	Fields Shape  // Nested
}

// Shape declares the fields of a collection's records. A key outside it is refused with its line.
type Shape map[string]Field

// Fields is the declaration of fields of one kind, for building shapes.
func Fields(k Kind, names ...string) Shape {
	s := make(Shape, len(names))
	for _, n := range names {
		s[n] = Field{Kind: k}
	}
	return s
}

// Join unites shapes; the later wins.
func Join(shapes ...Shape) Shape {
	out := Shape{}
	for _, s := range shapes {
		maps.Copy(out, s)
	}
	return out
}

// Record is one record of a world file. Values hold only what encoding/json would make of it (string, float64, bool, nil,
// []any, map[string]any); dates are strings in Stamp's form and names are not yet ids.
type Record struct {
	Line   int
	Delete bool // patches only: the record goes
	Values map[string]any
}
