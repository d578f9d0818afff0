package cardea

// Push is the newest that a space system pushed of one person at one location: the whole of what it lets them through. Until a newer one
// comes it stands as it is (RULES.md PUSHED).
type Push struct {
	Person   string   `json:"person"`             // id of the record
	Location string   `json:"location,omitempty"` // that pushed, empty = the account knows only one
	At       Instant  `json:"at"`                 // by the space system's clock: an older one never replaces a newer
	Came     Instant  `json:"came"`               // by ours
	Groups   []Pushed `json:"groups,omitempty"`   // sorted by group, each once
}

// Pushed is one group that a push names, by the id under which we offered it.
type Pushed struct {
	Group string  `json:"group"`
	Until Instant `json:"until"` // Never = no end was named
}

// KindPush is not a collection: nothing lists pushes. It stands in keys alone.
const KindPush Kind = "push"

// Key names a push: a newer one of the person and location has the same.
func (p Push) Key() Key { return Key{KindPush, p.Person + "@" + p.Location} }

// PushedID is the id under which a group of a door connection is offered to a space system that pushes.
func PushedID(door string, g GroupID) string { return door + "/" + string(g) }
