package cardea

// DueState says how it stands with what must be true soon.
type DueState string

// The states.
const (
	DueConfirmed DueState = "confirmed" // read back, or the door system ends it by itself
	DuePending   DueState = "pending"   // it will be written, or was written and is to be read back
	DueAtRisk    DueState = "at-risk"   // it will hardly be there in time
)

// Due is one thing that must be true soon: somebody passes from then on, or not any more.
type Due struct {
	Person  PersonID  `json:"person,omitempty"`
	Account AccountID `json:"account,omitempty"` // empty while it is still to be made
	Group   GroupID   `json:"group"`
	Ends    bool      `json:"ends,omitempty"` // access ends; else it begins
	// From is when it may be written at the earliest, At when it must be true.
	From  Instant  `json:"from"`
	At    Instant  `json:"at"`
	State DueState `json:"state"`
	// Written is when it will be, by the length of the queue; 0 = it was, or nobody can tell.
	Written Instant `json:"written,omitempty"`
	Why     string  `json:"why,omitempty"` // of what is at risk
}
