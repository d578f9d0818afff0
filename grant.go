package cardea

// Rule is the code of a rule of RULES.md 1.
type Rule string

// The rules that give access.
const (
	RulePlan     Rule = "PLAN"
	RuleResource Rule = "RESOURCE"
	RuleFloor    Rule = "FLOOR"
	RuleLocation Rule = "LOCATION"
	RuleBooking  Rule = "BOOKING"
	RuleDayPass  Rule = "DAYPASS"
	RulePass     Rule = "PASS"
	RuleUnit     Rule = "UNIT"
	RulePushed   Rule = "PUSHED"
	RuleBlock    Rule = "BLOCK" // gives nothing: an operator keeps the person out
)

// Verdict is what a rule says of one record, one person and one group.
type Verdict string

// The verdicts. Every consideration ends with exactly one; all but Yes name the first step that said no.
const (
	Yes           Verdict = "yes"
	NotYet        Verdict = "not-yet"        // the window opens later
	Ended         Verdict = "ended"          // the window is over
	ByHours       Verdict = "hours"          // cut by hours or closures at that instant, open at others
	NotMapped     Verdict = "not-mapped"     // no mapping leads from the item to the group
	NotAssigned   Verdict = "not-assigned"   // the agreement has no running assignment
	OtherHolder   Verdict = "other-holder"   // the agreement names somebody else
	HasLeft       Verdict = "left"           // the team's agreement, but the person left the team
	NotApproved   Verdict = "not-approved"   // agreement not approved
	WasCancelled  Verdict = "cancelled"      // booking cancelled
	IsTentative   Verdict = "tentative"      // booking not approved
	UsedUp        Verdict = "used-up"        // nothing left on the pass, and not used today
	NoPerson      Verdict = "no-person"      // a booking or pass without anybody it lets in
	VisitorsOff   Verdict = "visitors-off"   // the setting says visitors get nothing
	OutOfScope    Verdict = "out-of-scope"   // the location is not in the integration
	RecordDeleted Verdict = "deleted"        // the record is gone, and the vendor says so
	RecordMissing Verdict = "vanished"       // the record is gone from the list
	Dangling      Verdict = "dangling"       // it names a record that is not there
	BadRecurrence Verdict = "bad-recurrence" // the recurrence is refused
	IsLocked      Verdict = "locked"         // the agreement is locked: access is suspended, not ended
	NoPass        Verdict = "no-pass"        // the member has no valid pass, which the integration asks for
	IsPaused      Verdict = "paused"         // the agreement is paused that day
	IsBlocked     Verdict = "blocked"        // an operator blocked the person
)

// Reason is one rule's yes: which record gives a group, for which windows.
type Reason struct {
	Integration string   `json:"integration"`
	Rule        Rule     `json:"rule"`
	Record      Key      `json:"record"`        // agreement, booking or pass
	Via         []Key    `json:"via,omitempty"` // assignment, then the resource, floor or location that is mapped
	Kind        ItemKind `json:"kind"`
	Item        string   `json:"item"` // the mapping's item, "*" included
	Windows     []Window `json:"windows"`
	// Due are the instants by which passing must work, one for each window: a booking's own start, else Always: the
	// window's opening plus a minute.
	Due []Instant `json:"due,omitempty"`
	// Guest says that the record names the person beside its holder (RULES.md UNIT).
	Guest bool `json:"guest,omitempty"`
}

// Grant is what was decided for one person and group. Windows are the union of its reasons' windows: sorted, disjoint
// and not touching.
type Grant struct {
	Person  PersonID `json:"person"`
	Group   GroupID  `json:"group"`
	Windows []Window `json:"windows"`
	Reasons []Reason `json:"reasons"` // sorted
	// Nth is a hint for who looks up many: the person's place in the list of everybody that the grants were made with
	// (decide.Index.People). Whoever uses it checks that the list has the person there.
	Nth int32 `json:"-"`
}

// At returns the window that holds the instant.
func (g Grant) At(i Instant) (Window, bool) {
	for _, w := range g.Windows {
		if w.Holds(i) {
			return w, true
		}
	}
	return Window{}, false
}

// Consideration is one rule looking at one record for one person and group.
type Consideration struct {
	Integration string   `json:"integration"`
	Rule        Rule     `json:"rule"`
	Record      Key      `json:"record"`
	Label       string   `json:"label,omitempty"` // the record in a person's words: plan or room name
	Via         []Key    `json:"via,omitempty"`
	ViaLabel    string   `json:"via_label,omitempty"`
	Verdict     Verdict  `json:"verdict"`
	Steps       []Step   `json:"steps"`             // in the order of RULES.md 2, ending at the verdict
	Windows     []Window `json:"windows,omitempty"` // near the asked instant
	Kind        ItemKind `json:"kind,omitempty"`
	Item        string   `json:"item,omitempty"`
}

// Step is one question a rule asked, and its answer.
type Step struct {
	Asks string  `json:"asks"` // window, mapping, scope, holder, hours, location-hours, closure ...
	Says Verdict `json:"says"`
	// Window and Key carry what the answer rests on, where it has one.
	Window *Window `json:"window,omitempty"`
	Key    *Key    `json:"key,omitempty"`
}

// The questions a rule asks, in the order in which it asks them (RULES.md 2). A rule leaves out what does not concern it.
const (
	AskRecord     = "record"         // is the record still there
	AskState      = "state"          // approved, not cancelled, not tentative
	AskHolder     = "holder"         // does it let this person in
	AskMapping    = "mapping"        // does a mapping lead from the item to the group
	AskAssignment = "assignment"     // is the agreement assigned, and is what it is assigned to there
	AskScope      = "scope"          // is the location in the integration
	AskLeft       = "left"           // is anything left on the pass
	AskWindow     = "window"         // does the record's window hold the instant
	AskHours      = "hours"          // do the mapping's hours
	AskSlots      = "slots"          // do the time slots of the pass
	AskPlaceHours = "location-hours" // do the location's
	AskClosure    = "closure"        // is the location not closed that day
	AskLock       = "lock"           // is what gives it not locked
	AskBlock      = "block"          // did no operator block the person
)

// Explanation answers "may this person pass with this group at this instant, and why".
type Explanation struct {
	Person     PersonID        `json:"person"`
	Group      GroupID         `json:"group"`
	At         Instant         `json:"at"`
	Open       bool            `json:"open"`
	Window     *Window         `json:"window,omitempty"`     // the united window around At
	Next       *Window         `json:"next,omitempty"`       // not open: when it opens next, if anything announced says so
	Last       *Window         `json:"last,omitempty"`       // not open: when it was last open, as far as records tell
	Considered []Consideration `json:"considered,omitempty"` // every one, those that got furthest first
	// Change is the one fact that would change the answer: the first non-yes step of the consideration that got
	// furthest; when open, the reason that keeps it open longest.
	Change *Consideration `json:"change,omitempty"`
}
