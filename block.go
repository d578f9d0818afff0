package cardea

// Block is a person whom an operator keeps out of every door, whatever records give them (RULES.md 2.8).
type Block struct {
	Person PersonID `json:"person"`
	// Name and Email are the person's when they were blocked: they outlast the record.
	Name  string  `json:"name,omitempty"`
	Email string  `json:"email,omitempty"`
	Note  string  `json:"note"` // why
	By    string  `json:"by"`   // who said so
	Since Instant `json:"since"`
	Until Instant `json:"until"` // Never = until it is lifted; of one that was lifted: when
}

// Holds says whether the block is in force at an instant.
func (b Block) Holds(i Instant) bool { return b.Since <= i && i < b.Until }

// Freeze stops the writes of an integration, or of all.
type Freeze struct {
	Integration string  `json:"integration,omitempty"` // empty = all
	Reason      string  `json:"reason"`
	By          string  `json:"by"`
	Since       Instant `json:"since"`
	Until       Instant `json:"until"` // Never = until it is lifted; of one that was lifted: when
}

// Holds says whether the freeze is in force at an instant.
func (f Freeze) Holds(i Instant) bool { return f.Since <= i && i < f.Until }
