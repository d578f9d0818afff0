package cardea

// Kept is something that a connector needs to remember between runs: what the vendor does not tell, or not reliably.
type Kept struct {
	ID   string
	Body string // opaque to everyone but the connector
	// Secret is stored encrypted and never shown in a log, error or export.
	Secret string
}

// Unit is a rentable unit as the space system has it and as it should be at a door system that has units of its own.
type Unit struct {
	Resource Key     `json:"resource,omitzero"` // empty for a unit that only the door system has
	Number   string  `json:"number"`
	Group    GroupID `json:"group"`         // that it has at the door, or will have once it is made
	Was      GroupID `json:"was,omitempty"` // another group that it has now: it was renamed
	// Gone units are no longer in the space system, and are known to have been.
	Gone bool `json:"gone,omitempty"`
}
