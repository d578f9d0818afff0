package say

import "github.com/cardea-access/cardea"

// Mark is how a verdict looks at a glance. A page shows it as sign and colour, always beside words.
type Mark string

// The marks.
const (
	MarkOpen  Mark = "open"  // yes
	MarkLater Mark = "later" // not now, but at a known time
	MarkShut  Mark = "shut"  // no
)

// Sign is the mark as one character, for terminals.
func (m Mark) Sign() string {
	switch m {
	case MarkOpen:
		return "✓"
	case MarkLater:
		return "◷"
	case MarkShut:
	}
	return "✗"
}

// Word is what one code is called and what it means.
type Word struct {
	Short string // for a badge: "not mapped"
	Text  string // a clause that follows its subject: "is not mapped to this group"
	// Mend is a sentence: what would make it a yes, or release it; empty where nothing has to be done. That of a verdict says {it} for
	// the record, {who} for the person, {named} for how a command names them, and {group}.
	Mend string
}

var verdicts = map[cardea.Verdict]Word{
	cardea.Yes: {"yes", "gives access", ""},
	cardea.NotYet: {
		"not yet", "has not started yet",
		"{it} opens by itself at its start; for earlier, move the start in the space system.",
	},
	cardea.Ended: {"ended", "is over", "Extend {it}, or sell a new one, in the space system."},
	cardea.ByHours: {
		"outside hours", "is running, but not at this hour",
		"Come within the hours, or widen the hours of the mapping or the location.",
	},
	cardea.NoPass: {
		"no pass", "needs a valid pass, and the person has none",
		"Give {who} a pass in the space system, or change the integration's passgate setting.",
	},
	cardea.IsPaused: {
		"paused", "is paused that day",
		"Wait until the pause of {it} is over, or end it in the space system.",
	},
	cardea.NotMapped: {
		"not mapped", "is not mapped to this group",
		"Map {it} to {group} in the integration's mappings.",
	},
	cardea.NotAssigned: {
		"not assigned", "has no desk, office or room assigned at that time",
		"Assign one to {it} in the space system.",
	},
	cardea.OtherHolder: {
		"someone else's", "belongs to somebody else",
		"Put {who} on {it} in the space system, or give them one of their own.",
	},
	cardea.HasLeft: {
		"left the team", "belongs to the team, and this person has left it",
		"Make {who} an active member of the team again in the space system.",
	},
	cardea.NotApproved:  {"not approved", "is not approved", "Approve {it} in the space system."},
	cardea.WasCancelled: {"cancelled", "was cancelled", "Book again in the space system, as {it} was cancelled."},
	cardea.IsTentative:  {"tentative", "is only tentative", "Confirm {it} in the space system."},
	cardea.UsedUp:       {"used up", "has nothing left on it and was not used that day", "Sell {who} another pass, as {it} is used up."},
	cardea.IsLocked:     {"locked", "is locked", "Unlock {it} in the space system."},
	cardea.IsBlocked:    {"blocked", "keeps the person out", "`cardea unblock {named}` lets {who} in again."},
	cardea.NoPerson: {
		"nobody named", "names nobody whom it would let in",
		"Put {who} on {it} in the space system.",
	},
	cardea.VisitorsOff: {
		"visitors off", "invites them as a visitor, and visitors get no access here",
		"Change the integration's visitors setting.",
	},
	cardea.OutOfScope: {
		"other location", "is at a location this integration does not cover",
		"Add the location of {it} to the integration.",
	},
	cardea.RecordDeleted: {
		"deleted", "was deleted in the space system",
		"If that was a mistake, make {it} again in the space system.",
	},
	cardea.RecordMissing: {
		"vanished", "is no longer in what the space system lists",
		"Look for {it} in the space system; once it is listed again, access comes back by itself.",
	},
	cardea.Dangling: {"broken link", "names a record that is not there", "Repair {it} in the space system."},
	cardea.BadRecurrence: {
		"odd repeat", "repeats in a way that cannot be followed",
		"Make {it} anew with a simpler repeat in the space system.",
	},
}

// Verdict tells what a verdict means. An unknown code is told as itself.
func Verdict(v cardea.Verdict) Word {
	if w, ok := verdicts[v]; ok {
		return w
	}
	return Word{Short: Clean(string(v)), Text: "says " + Clean(string(v))}
}

// MarkOf is the mark of a verdict.
func MarkOf(v cardea.Verdict) Mark {
	switch v { //nolint:exhaustive // every other verdict is a no
	case cardea.Yes:
		return MarkOpen
	case cardea.NotYet, cardea.ByHours, cardea.IsPaused:
		return MarkLater
	}
	return MarkShut
}

var rules = map[cardea.Rule]Word{
	cardea.RulePlan:     {Short: "Plan", Text: "a membership opens what its plan is mapped to"},
	cardea.RuleResource: {Short: "Resource", Text: "a desk, office or room assigned to a membership opens what it is mapped to"},
	cardea.RuleFloor:    {Short: "Floor", Text: "a membership assigned on a floor opens what the floor is mapped to"},
	cardea.RuleLocation: {Short: "Location", Text: "a membership assigned at a location opens what the location is mapped to"},
	cardea.RuleBooking:  {Short: "Booking", Text: "a booked room opens for its host and guests"},
	cardea.RuleDayPass:  {Short: "Day pass", Text: "a day pass opens what it is mapped to"},
	cardea.RulePass:     {Short: "Pass", Text: "a pass opens what it is mapped to"},
	cardea.RulePushed:   {Short: "Push", Text: "the space system's push opens the groups that it names until it says otherwise"},
	cardea.RuleUnit:     {Short: "Unit", Text: "a rental opens its unit for the tenant and those who share it"},
	cardea.RuleBlock:    {Short: "Block", Text: "an operator keeps the person out, whatever records give them"},
}

// Rule tells what a rule is called and says.
func Rule(r cardea.Rule) Word {
	if w, ok := rules[r]; ok {
		return w
	}
	return Word{Short: Clean(string(r)), Text: Clean(string(r))}
}

var causes = map[cardea.Cause]Word{
	cardea.CauseGranted:    {Short: "Granted", Text: "because a record gives access"},
	cardea.CauseExtended:   {Short: "Times changed", Text: "because the times changed"},
	cardea.CauseAdopted:    {Short: "Adopted", Text: "because a record explains what was already there"},
	cardea.CauseEnded:      {Short: "Ended", Text: "because the time was over"},
	cardea.CauseCancelled:  {Short: "Cancelled", Text: "because of a cancellation"},
	cardea.CauseDeleted:    {Short: "Deleted", Text: "because the record was deleted"},
	cardea.CauseMoved:      {Short: "Moved", Text: "because of a move to another plan, place or team"},
	cardea.CauseLeft:       {Short: "Left", Text: "because the person left"},
	cardea.CauseLocked:     {Short: "Locked", Text: "because the space system locked them out"},
	cardea.CauseBlocked:    {Short: "Blocked", Text: "because an operator blocked them"},
	cardea.CauseGate:       {Short: "No pass", Text: "because no valid pass was found"},
	cardea.CauseVanished:   {Short: "Vanished", Text: "because the space system no longer lists them"},
	cardea.CauseOutOfScope: {Short: "Other location", Text: "because the location left the integration"},
	cardea.CauseUnmapped:   {Short: "Unmapped", Text: "because the mapping is gone"},
	cardea.CauseStray:      {Short: "Stray", Text: "because no record speaks for them"},
	cardea.CauseStale:      {Short: "Stale", Text: "because the space system was silent for too long"},
	cardea.CauseExpired:    {Short: "Expired", Text: "because the window at the door was over"},
	cardea.CauseUndone:     {Short: "Undone", Text: "because a person undid a run"},
	cardea.CauseProfile:    {Short: "Profile", Text: "because what the space system says of the person changed"},
	cardea.CauseLeaving:    {Short: "Leaving", Text: "because the integration is taken away"},
	cardea.CauseHandedOver: {Short: "Handed over", Text: "because somebody else keeps it from now on"},
}

// Cause tells why an edge changes, as a clause that begins with "because".
func Cause(c cardea.Cause) Word {
	if w, ok := causes[c]; ok {
		return w
	}
	return Word{Short: Clean(string(c)), Text: "because of " + Clean(string(c))}
}

var holds = map[cardea.HoldCode]Word{
	cardea.HeldBrake: {"brake", "so many at once is unusual", "Look through the list; release it if it is meant."},
	cardea.HeldApproval: {
		"approval", "the group's changes wait for approval",
		"Look through the changes and approve them.",
	},
	cardea.HeldFirstStrays: {
		"first strays", "people nobody speaks for were found on the first run",
		"Keep those who belong, release the rest.",
	},
	cardea.HeldUnmapped: {
		"unmapped", "the group's last mapping is gone",
		"Map the group again, or release the removal.",
	},
	cardea.HeldEvidence: {
		"evidence", "the records behind it were not read completely",
		"It goes on by itself after the next complete read; mend the connection if that does not come.",
	},
	cardea.HeldWatch: {"watch only", "the group is only watched", "Change the group's mode if Cardea is to keep it."},
	cardea.HeldBlink: {
		"blink", "one read says so of unusually many people at once",
		"It goes on by itself when the next complete read says the same; release it if you know that it is meant.",
	},
	cardea.HeldUnits: {
		"units", "a unit would be renamed or deleted where its lock hangs on it",
		"Look at the unit; release it if it is meant.",
	},
	cardea.HeldUndone: {
		"undone", "a person undid it",
		"Release it if it is to happen after all.",
	},
	cardea.HeldFrozen: {
		"frozen", "an operator lets nothing be written",
		"It goes on when the freeze ends; lift it with: cardea unfreeze.",
	},
	cardea.HeldObserved: {
		"observed", "the group is only observed",
		"See what differs with: cardea observe; take the group over with: cardea adopt.",
	},
	cardea.HeldFresh: {
		"fresh", "the record that ends is read once more first: somebody may have extended it",
		"It goes on by itself within a quarter of an hour; release it if you know that it is meant.",
	},
	cardea.HeldCrowded: {
		"crowded", "the account is in as many groups as the door system allows",
		"It goes on when a place is free: map fewer groups to what the person holds.",
	},
	cardea.HeldFought: {
		"contested", "somebody else keeps undoing what is done in the group",
		"Switch the other bridge off, or set the group's mode to shared or watch; then release it.",
	},
	cardea.HeldDisputed: {
		"disputed", "it is not settled whose account this is",
		"Say which person the account belongs to: cardea conflicts.",
	},
}

// Hold tells what a guard is called, why it holds and what a person does about it.
func Hold(h cardea.HoldCode) Word {
	if w, ok := holds[h]; ok {
		return w
	}
	return Word{Short: Clean(string(h)), Text: "of " + Clean(string(h))}
}

var verbs = map[cardea.Verb]Word{
	cardea.VerbCreate: {Short: "+", Text: "account made"},
	cardea.VerbLink:   {Short: "=", Text: "linked"},
	cardea.VerbAdopt:  {Short: "=", Text: "adopted"},
	cardea.VerbAdd:    {Short: "+", Text: "added"},
	cardea.VerbRetime: {Short: "~", Text: "times changed"},
	cardea.VerbRemove: {Short: "−", Text: "removed"},
	cardea.VerbClean:  {Short: "−", Text: "cleared away"},
	cardea.VerbForget: {Short: "·", Text: "found gone"},
	cardea.VerbLock:   {Short: "−", Text: "locked"},
	cardea.VerbUnlock: {Short: "+", Text: "unlocked"},

	cardea.VerbReprofile:  {Short: "~", Text: "given another profile"},
	cardea.VerbUpdate:     {Short: "~", Text: "account updated"},
	cardea.VerbAddUnit:    {Short: "+", Text: "unit made"},
	cardea.VerbRenameUnit: {Short: "~", Text: "unit renamed"},
	cardea.VerbDeleteUnit: {Short: "−", Text: "unit deleted"},
}

// Verb tells what an operation does: Short is its sign in a diff, Text the word.
func Verb(v cardea.Verb) Word {
	if w, ok := verbs[v]; ok {
		return w
	}
	return Word{Short: "?", Text: Clean(string(v))}
}

var kinds = map[cardea.Kind][2]string{
	cardea.KindPerson:     {"person", "people"},
	cardea.KindVisitor:    {"visitor", "visitors"},
	cardea.KindTeam:       {"team", "teams"},
	cardea.KindLocation:   {"location", "locations"},
	cardea.KindFloor:      {"floor", "floors"},
	cardea.KindResource:   {"resource", "resources"},
	cardea.KindPlan:       {"plan", "plans"},
	cardea.KindAgreement:  {"membership", "memberships"},
	cardea.KindAssignment: {"assignment", "assignments"},
	cardea.KindBooking:    {"booking", "bookings"},
	cardea.KindPass:       {"pass", "passes"},
	cardea.KindPush:       {"push", "pushes"},
	cardea.KindGroup:      {"access group", "access groups"},
	cardea.KindAccount:    {"account", "accounts"},
	cardea.KindEdge:       {"group member", "group members"},
}

// Kind tells what one and many records of a collection are called.
func Kind(k cardea.Kind) (one, many string) {
	if w, ok := kinds[k]; ok {
		return w[0], w[1]
	}
	return Clean(string(k)), Clean(string(k))
}

// Record names a record by kind and id: "membership 42".
func Record(k cardea.Key) string {
	one, _ := Kind(k.Kind)
	return one + " " + Clean(k.ID)
}

var grades = map[cardea.Grade]Word{
	cardea.Complete: {"complete", "read to its end", ""},
	cardea.Weak:     {"unsure", "whole as far as seen, but the vendor gives neither a count nor an end", ""},
	cardea.Incomplete: {
		"incomplete", "only a part came; nobody is removed because of it",
		"It is read again by itself.",
	},
	cardea.Failed: {
		"failed", "nothing came; what was known still holds",
		"Check the connection's address and credentials.",
	},
}

// Grade tells how far a listing can be trusted.
func Grade(g cardea.Grade) Word {
	if w, ok := grades[g]; ok {
		return w
	}
	return grades[cardea.Failed]
}
