package say

import "github.com/cardea-access/cardea"

// Overview is the state of a workspace at one instant.
type Overview struct {
	At           cardea.Instant `json:"at"`
	Connections  []Connection   `json:"connections"`
	Integrations []Integration  `json:"integrations"`
	Issues       []Issue        `json:"issues"`
	// Frozen and Blocked are what operators said against all that records give, and is in force.
	Frozen  []cardea.Freeze `json:"frozen,omitempty"`
	Blocked []cardea.Block  `json:"blocked,omitempty"`
	// Pending and Held count operations of every door once: two integrations may map one group, and both count it.
	Pending int `json:"pending"`
	Held    int `json:"held"`
	// Waits says in which groups, AtRisk counts what is due soon and will hardly be true in time: both as of the last whole runs.
	Waits  []Wait `json:"waits,omitempty"`
	AtRisk int    `json:"at_risk,omitempty"`
	// Running is true while something is read or kept.
	Running bool `json:"running,omitempty"`
}

// State is how a connection or integration does.
type State string

// The states, the worst last. Connections are Fresh, Late, Failed or New; integrations InStep, Pending, Held, Failed or New.
const (
	New     State = "new"     // nothing has run yet
	Fresh   State = "fresh"   // a connection that is read on time
	InStep  State = "in-step" // nothing to change
	Pending State = "pending" // changes are on their way
	Late    State = "late"    // the last read is older than it should be
	Held    State = "held"    // something waits for a person
	Failed  State = "failed"  // a read was incomplete, or writing does not work
)

// Connection is one account on one system. Unset instants are 0.
type Connection struct {
	Name         string         `json:"name"`
	Side         string         `json:"side"` // space, door
	System       string         `json:"system"`
	Organisation string         `json:"organisation,omitempty"` // the vendor's own tenant, by name
	State        State          `json:"state"`
	Why          string         `json:"why,omitempty"`       // what is the matter and what to do
	LastRead     cardea.Instant `json:"last_read"`           // when a read last ended, whatever came
	LastHook     cardea.Instant `json:"last_hook,omitempty"` // when the last hook was believed, 0 = none ever came
	SkewSeconds  float64        `json:"skew_seconds"`        // their clock minus ours
	Collections  []Collection   `json:"collections,omitempty"`
}

// Collection is what the last read of one collection brought.
type Collection struct {
	Kind    cardea.Kind    `json:"kind"`
	Grade   cardea.Grade   `json:"grade"`
	Records int            `json:"records"`
	Suspect bool           `json:"suspect,omitempty"` // complete, but so different that a second read has to agree
	Why     string         `json:"why,omitempty"`
	At      cardea.Instant `json:"at"`
}

// Integration is one space connection kept in step with one door connection.
type Integration struct {
	Name     string         `json:"name"`
	Space    string         `json:"space"`
	Door     string         `json:"door"`
	State    State          `json:"state"`
	Why      string         `json:"why,omitempty"`
	Pending  int            `json:"pending"` // operations that are on their way
	Held     int            `json:"held"`    // operations that wait for a person
	NextWake cardea.Instant `json:"next_wake,omitempty"`
	// LastRead is when all of the space system had last been read completely, LastRun when the last run of the door ended. Incomplete
	// says what the last read of the space system did not bring, and so removes nothing; empty = all of it came.
	LastRead   cardea.Instant `json:"last_read,omitempty"`
	LastRun    cardea.Instant `json:"last_run,omitempty"`
	Incomplete string         `json:"incomplete,omitempty"`
}

// Issue is an open issue.
type Issue struct {
	cardea.Issue

	Since cardea.Instant `json:"since"`
	Who   string         `json:"who,omitempty"`   // person, else account, by name
	Where string         `json:"where,omitempty"` // group, by name
	Mend  string         `json:"mend,omitempty"`  // what to type about it
}

// Outcome is how a run ended.
type Outcome string

// The outcomes of runs.
const (
	Running         Outcome = "running"
	EndedInStep     Outcome = "in-step"
	EndedPending    Outcome = "pending"
	EndedHeld       Outcome = "held"
	EndedIncomplete Outcome = "incomplete" // a read that did not bring everything
	EndedFailed     Outcome = "failed"
)

// Run is one read of a connection, or one pass of keeping one door organisation.
type Run struct {
	ID        string         `json:"id"`
	Unit      string         `json:"unit"` // the connection
	Kind      string         `json:"kind"` // read, keep
	Outcome   Outcome        `json:"outcome"`
	Detail    string         `json:"detail,omitempty"` // a sentence: what went wrong and what to do
	Started   cardea.Instant `json:"started"`
	Ended     cardea.Instant `json:"ended"` // 0 = still running
	Counts    Counts         `json:"counts,omitempty"`
	Changeset string         `json:"changeset,omitempty"` // hash
}

// RunDetail is a run with its operations, in the order of the changeset. Of a long run only the first are listed.
type RunDetail struct {
	Run

	Operations []Operation `json:"operations"`
	Planned    int         `json:"planned"` // how many there are
}

// Operation is one step of a run, with names.
type Operation struct {
	cardea.Operation

	PersonName string `json:"person_name,omitempty"` // or the account's name, for strays
	Email      string `json:"email,omitempty"`
	GroupName  string `json:"group_name,omitempty"`
	State      string `json:"state"` // waiting, held, sending, sent, confirmed, failed, skipped
	Error      string `json:"error,omitempty"`
	// Names are what the records of the reasons are called, where they have a name.
	Names map[cardea.Key]string `json:"names,omitempty"`
}

// Person is somebody that the search found.
type Person struct {
	ID      cardea.PersonID `json:"id"`
	Name    string          `json:"name"`
	Email   string          `json:"email,omitempty"`
	Team    string          `json:"team,omitempty"`
	Visitor bool            `json:"visitor,omitempty"`
	Left    bool            `json:"left,omitempty"`
	// Door is set for an account that is nobody's whom a space system knows: the door connection that it is at.
	Door string `json:"door,omitempty"`
}

// Group is an access group of one door connection. Its id is unique within that connection only.
type Group struct {
	Door   string         `json:"door"`
	ID     cardea.GroupID `json:"id"`
	Name   string         `json:"name"`
	Place  string         `json:"place,omitempty"`
	Mapped bool           `json:"mapped"` // a mapping names it
}

// Question asks whether a person may pass with a group of a door connection at an instant.
type Question struct {
	Person cardea.PersonID `json:"person"`
	Door   string          `json:"door"` // connection
	Group  cardea.GroupID  `json:"group"`
	At     cardea.Instant  `json:"at"`
}

// Explained is the answer to "may this person pass with this group at this instant", and what the door shows.
type Explained struct {
	Explanation cardea.Explanation    `json:"explanation"`
	Person      Person                `json:"person"`
	Group       Group                 `json:"group"`
	Names       map[cardea.Key]string `json:"names,omitempty"` // of the records named, where they have one
	Door        AtDoor                `json:"door"`
	ReadAt      cardea.Instant        `json:"read_at"` // the last complete read of the space side, 0 = none
	// Stranger is set when no space system knows whose account it is: then nothing was considered.
	Stranger *Stranger `json:"stranger,omitempty"`
}

// AtDoor is what the door system shows of a person and a group, as last read.
type AtDoor struct {
	ReadAt  cardea.Instant    `json:"read_at"`           // 0 = never
	Account string            `json:"account,omitempty"` // e-mail or name; empty = no account is known
	Shut    bool              `json:"shut,omitempty"`    // the account is disabled there
	Locked  bool              `json:"locked,omitempty"`  // the entry is there and locked, by us
	Member  bool              `json:"member"`            // an edge is there
	Window  cardea.Window     `json:"window"`            // of the edge
	Kept    string            `json:"kept,omitempty"`    // the keep-list's note
	Staff   string            `json:"staff,omitempty"`
	Waiting *cardea.Operation `json:"waiting,omitempty"` // what is planned for this edge, held or not
	// OwnTimes is what follows "the group opens", where the door system itself keeps times on the group; empty = none are known.
	OwnTimes string `json:"own_times,omitempty"`
}
