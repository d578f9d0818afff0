package desk

import (
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// Result is what a sync, preview or apply did.
type Result struct {
	Reads []SpaceRead `json:"reads"`
	Doors []DoorRun   `json:"doors"`
	// Closed are connections that nothing went through: the integrations that use them wait.
	Closed []Closed `json:"closed,omitempty"`
}

// SpaceRead is one read of a space connection.
type SpaceRead struct {
	Connection  string           `json:"connection"`
	Complete    bool             `json:"complete"`
	Collections []say.Collection `json:"collections"`
	Refused     []cardea.Issue   `json:"refused,omitempty"` // records that could not be read and stay as they were
	Seconds     float64          `json:"seconds"`
	Error       string           `json:"error,omitempty"`
}

// DoorRun is one run, or the preview of one, of a door organisation.
type DoorRun struct {
	Door       string          `json:"door"`
	Run        string          `json:"run,omitempty"` // empty for a preview
	Hash       string          `json:"hash"`
	Operations []say.Operation `json:"operations"`
	Issues     []Note          `json:"issues"`
	Incomplete []string        `json:"incomplete,omitempty"` // what could not be read, and so removes nothing
	Refused    []string        `json:"refused,omitempty"`    // integrations that are left out: their names do not resolve
	Confirmed  int             `json:"confirmed"`
	Failed     int             `json:"failed"`
	Open       int             `json:"open"` // outcome not known or not read back yet
	Times      *Times          `json:"times,omitempty"`
	Next       cardea.Instant  `json:"next"` // when the doors will change next by what is known
	Seconds    float64         `json:"seconds"`
	Error      string          `json:"error,omitempty"`
}

// Note is an issue with the names of whom and what it is about.
type Note struct {
	cardea.Issue

	Who   string `json:"who,omitempty"`   // person, else account
	Where string `json:"where,omitempty"` // group
}

// Standing is how a Result leaves things, the worst that holds.
type Standing int

// The standings, in the order of the exit codes of DESIGN.md 7.
const (
	InStep     Standing = 0
	Refused    Standing = 1 // a connection or an integration's names are refused: a person has to mend the configuration
	Pending    Standing = 2
	Held       Standing = 3
	Incomplete Standing = 4
)

// Standing is the worst of what the reads and runs left; a connection that is refused comes before all of it. What a
// watched or observed group would need is reported and changes nothing.
func (r Result) Standing() Standing {
	worst := InStep
	for _, s := range r.Reads {
		if s.Error != "" || !s.Complete {
			worst = Incomplete
		}
	}
	for _, d := range r.Doors {
		worst = max(worst, d.standing())
	}
	for _, d := range r.Doors {
		if len(d.Refused) > 0 {
			return Refused
		}
	}
	for _, c := range r.Closed {
		if c.Refused {
			return Refused
		}
		worst = Incomplete
	}
	return worst
}

func (d DoorRun) standing() Standing {
	if d.Error != "" || len(d.Incomplete) > 0 {
		return Incomplete
	}
	worst := InStep
	for _, o := range d.Operations {
		switch {
		case o.Held != nil && (o.Held.Code == cardea.HeldWatch || o.Held.Code == cardea.HeldObserved):
		case o.Held != nil:
			worst = max(worst, Held)
		case !settled(o.State):
			worst = max(worst, Pending)
		}
	}
	return worst
}

// settled says whether nothing is left to do for an operation.
func settled(state string) bool {
	return slices.Contains([]string{"confirmed", "skipped"}, state)
}
