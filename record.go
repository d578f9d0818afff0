package cardea

import "strings"

// Kind names a collection of a space system in our words.
type Kind string

// The collections a space system can hold.
const (
	KindPerson     Kind = "person"
	KindVisitor    Kind = "visitor"
	KindTeam       Kind = "team"
	KindLocation   Kind = "location"
	KindFloor      Kind = "floor"
	KindResource   Kind = "resource"
	KindPlan       Kind = "plan"
	KindAgreement  Kind = "agreement"
	KindAssignment Kind = "assignment"
	KindBooking    Kind = "booking"
	KindPass       Kind = "pass"
)

// Kinds lists every collection, those that others point to first.
var Kinds = []Kind{
	KindLocation, KindFloor, KindResource, KindPlan, KindTeam, KindPerson, KindVisitor,
	KindAgreement, KindAssignment, KindBooking, KindPass,
}

// Key names one record of one space connection. It prints as kind:id.
type Key struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// String prints kind:id.
func (k Key) String() string { return string(k.Kind) + ":" + k.ID }

// ParseKey reads kind:id.
func ParseKey(s string) (Key, bool) {
	kind, id, ok := strings.Cut(s, ":")
	return Key{Kind(kind), id}, ok && kind != "" && id != ""
}

// MarshalText writes kind:id.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads kind:id, and what MarshalText writes of a key without an id: a kind as a whole, as issues name it.
func (k *Key) UnmarshalText(b []byte) error {
	v, ok := ParseKey(string(b))
	if kind, of := strings.CutSuffix(string(b), ":"); !ok && of && kind != "" && !strings.Contains(kind, ":") {
		v, ok = Key{Kind: Kind(kind)}, true
	}
	if !ok {
		return Errorf(Rejected, "%q is no record key: want kind:id", b)
	}
	*k = v
	return nil
}

// Record is one fact of a space system: one of the types of directory.go.
type Record interface {
	// Key is the record's own name within its connection.
	Key() Key
	// Refs are the records it names, each once, in no particular order. Dangling references are allowed.
	Refs() []Key
}

// PersonID names a person or visitor across connections: CONNECTION/person:ID or CONNECTION/visitor:ID.
type PersonID string

// PersonOf makes the id of a person or visitor of a space connection.
func PersonOf(connection string, k Key) PersonID { return PersonID(connection + "/" + k.String()) }

// Split returns the connection and the record.
func (p PersonID) Split() (connection string, k Key, ok bool) {
	connection, rest, found := strings.Cut(string(p), "/")
	k, ok = ParseKey(rest)
	return connection, k, ok && found
}

// GroupID is the door system's own id of a group, unique within one door organisation.
type GroupID string

// AccountID is the door system's own id of an account, unique within one door organisation.
type AccountID string
