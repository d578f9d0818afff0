package cardea

// EventType names what others can be told of by a webhook that goes out (docs/webhooks-out.md).
type EventType string

// The events. Each speaks of something that is written down together with it.
const (
	PassIssued    EventType = "pass.issued"    // an invitation to a mobile pass is out, the first one or another one
	PassCancelled EventType = "pass.cancelled" // an invitation that was issued cannot be redeemed any more
	PassRemoved   EventType = "pass.removed"   // a redeemed pass was taken away
	WebhookTest   EventType = "webhook.test"   // somebody asked for it; endpoints need not ask to be told
)

// EventTypes are those that an endpoint can ask to be told of.
func EventTypes() []EventType { return []EventType{PassCancelled, PassIssued, PassRemoved} }

// Event is what an endpoint is told, in the form in which it is sent.
type Event struct {
	Type EventType `json:"type"`
	At   Instant   `json:"timestamp"` // when it happened, not when it is sent
	Data any       `json:"data"`
}

// PassEvent is the data of what happens to mobile passes.
type PassEvent struct {
	Door    string    `json:"door"` // connection
	Account AccountID `json:"account"`
	Email   string    `json:"email,omitempty"` // with which an invitation is redeemed
	People  []Whom    `json:"people"`          // whose account it is; none when nobody is known
	Expires Instant   `json:"expires,omitempty"`
	// Code redeems the invitation. It is there only where nobody else hands it out.
	Code string `json:"code,omitempty"`
}

// Whom is a person as others are told of one.
type Whom struct {
	ID    PersonID `json:"id"`
	Name  string   `json:"name,omitempty"`
	Email string   `json:"email,omitempty"`
}
