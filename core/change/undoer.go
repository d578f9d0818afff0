package change

import (
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
)

// cell is where an edge stands.
type cell struct {
	group   cardea.GroupID
	account cardea.AccountID
}

// undoer is one Undo at work. Edges and rows are as they will be when what is planned so far is done.
type undoer struct {
	in       Input
	edges    map[cell]cardea.Edge
	rows     map[cell]cardea.LedgerRow
	accounts map[cardea.AccountID]*cardea.Account
	groups   map[cardea.GroupID]*cardea.Group
	people   map[cardea.AccountID][]cardea.PersonID
	out      Inverse
}

func newUndoer(in Input) *undoer {
	in.seen = &sight{names: map[cardea.GroupID]string{}}
	u := &undoer{
		in: in, edges: make(map[cell]cardea.Edge, len(in.Edges)), rows: make(map[cell]cardea.LedgerRow, len(in.Ledger)),
		accounts: make(map[cardea.AccountID]*cardea.Account, len(in.Accounts)), groups: map[cardea.GroupID]*cardea.Group{},
		people: map[cardea.AccountID][]cardea.PersonID{},
		out: Inverse{
			Changeset: cardea.Changeset{Door: in.Door, MadeAt: in.Now, Operations: []cardea.Operation{}},
			Of:        map[cardea.OpKey]cardea.Operation{},
		},
	}
	for _, e := range in.Edges {
		u.edges[cell{e.Group, e.Account}] = e
	}
	for _, r := range in.Ledger {
		if was, has := u.rows[cell{r.Group, r.Account}]; !has || r.PutAt > was.PutAt {
			u.rows[cell{r.Group, r.Account}] = r
		}
	}
	for i := range in.Accounts {
		u.accounts[in.Accounts[i].ID] = &in.Accounts[i]
	}
	for i := range in.Groups {
		u.groups[in.Groups[i].ID], in.seen.names[in.Groups[i].ID] = &in.Groups[i], in.Groups[i].Name
	}
	for _, l := range in.Links {
		u.people[l.Account] = append(u.people[l.Account], l.Person)
	}
	return u
}

// note keeps up what is there once an operation is done.
func (u *undoer) note(o cardea.Operation) {
	at := cell{o.Group, o.Account}
	e, r := u.edges[at], u.rows[at]
	switch o.Verb {
	case cardea.VerbRemove:
		delete(u.edges, at)
		delete(u.rows, at)
		return
	case cardea.VerbAdd:
		e = cardea.Edge{Group: o.Group, Account: o.Account, Window: o.Window, Guest: o.Guest, Attributes: o.Attributes}
		if o.Person != "" {
			u.rows[at] = cardea.LedgerRow{Group: o.Group, Account: o.Account, Person: o.Person, Window: o.Window, Reasons: o.Reasons}
		}
	case cardea.VerbRetime:
		e.Window, r.Window = o.Window, o.Window
		u.rows[at] = r
	case cardea.VerbReprofile:
		e.Attributes = o.Attributes
	case cardea.VerbLock, cardea.VerbUnlock:
		e.Shut = o.Verb == cardea.VerbLock
	default:
		return
	}
	u.edges[at] = e
}

// inverse returns what undoes an operation, or why nothing does.
func (u *undoer) inverse(d Done) (cardea.Operation, string) {
	switch d.Op.Verb {
	case cardea.VerbCreate:
		return cardea.Operation{}, "accounts are never deleted: it stays"
	case cardea.VerbLink:
		return cardea.Operation{}, "whose account it is does not change: the link stays"
	case cardea.VerbAdopt:
		return cardea.Operation{}, "it was there before and still is: it stays ours"
	case cardea.VerbClean:
		return cardea.Operation{}, "its time was over: it gave no access"
	case cardea.VerbForget:
		return cardea.Operation{}, "it was gone already before the run"
	case cardea.VerbRenameUnit:
		return cardea.Operation{}, "the name of a unit cannot be set back from here: rename it in the space system"
	case cardea.VerbDeleteUnit:
		return cardea.Operation{}, "a deleted unit does not come back with its lock: make it again in the space system"
	case cardea.VerbUpdate:
		return cardea.Operation{}, "what the account says of its person is not set back: it follows the space system"
	case cardea.VerbAddUnit:
		return u.unit(d.Op)
	case cardea.VerbAdd, cardea.VerbRemove, cardea.VerbRetime, cardea.VerbReprofile, cardea.VerbLock, cardea.VerbUnlock:
	}
	if why := u.barred(d.Op); why != "" {
		return cardea.Operation{}, why
	}
	at := cell{d.Op.Group, d.Op.Account}
	e, there := u.edges[at]
	o := cardea.Operation{Group: d.Op.Group, Account: d.Op.Account, Person: d.Op.Person, Deadline: u.in.Now.Add(endGrace)}
	if d.Op.Verb == cardea.VerbRemove {
		return u.back(o, d, there)
	}
	r, ours := u.rows[at]
	// What undid the removal of a stray put it back without making it ours.
	stray := d.Op.Person == "" && d.Op.Cause == cardea.CauseUndone && u.in.policy(o.Group).Mode != cardea.Shared
	switch {
	case !there:
		return o, "it is gone already"
	case !ours && !stray:
		return o, "it is not ours any more"
	case r.PutAt > d.At:
		return o, "it was taken away and given again since"
	}
	o.Was = &e
	if ours {
		o.Person, o.Reasons = r.Person, r.Reasons
	}
	o, why := u.reverse(o, d, r)
	if why == "" {
		why = u.kept(o)
	}
	return o, why
}

// kept says why somebody on the group's keep-list keeps what an undo would take: only a block beats the list.
func (u *undoer) kept(o cardea.Operation) string {
	takes := o.Verb == cardea.VerbRemove || o.Verb == cardea.VerbLock
	if o.Verb == cardea.VerbRetime {
		w, has := whole(o.Window), whole(o.Was.Window)
		takes = w.Until < has.Until || w.From > max(has.From, u.in.Now)
	}
	_, kept := newKeeps(u.in.policy(o.Group).Keep, u.in.Now).holds(o.Account, u.accounts[o.Account])
	if !takes || !kept || u.denied(o) != "" {
		return ""
	}
	return "the account is on the group's keep-list, which a person takes it off"
}

// barred says why an edge is not touched whatever was done to it.
func (u *undoer) barred(o cardea.Operation) string {
	known := u.accounts[o.Account]
	dispute, disputed := u.in.Disputed[o.Account]
	e := u.edges[cell{o.Group, o.Account}]
	switch {
	case o.Account == "":
		return "nobody knows which account it was"
	case u.in.Frozen[o.Group] != "":
		return u.in.Frozen[o.Group]
	case u.in.Observed[o.Group] != "":
		return u.in.Observed[o.Group]
	case u.in.policy(o.Group).Mode == cardea.Watch:
		return "the group is only watched now"
	case u.groups[o.Group] == nil && len(u.in.Groups) > 0:
		return "the group is gone"
	case known == nil && !u.in.Limits.NamesEdges:
		return "the account is gone"
	case known != nil && known.Staff != "":
		return "it is a staff account (" + known.Staff + "), which is changed by hand only"
	case disputed:
		return dispute
	case e.Foreign != "":
		return "the entry is not ours to change: " + e.Foreign
	}
	return ""
}

// back gives again what was taken away.
func (u *undoer) back(o cardea.Operation, d Done, there bool) (cardea.Operation, string) {
	was, row := d.Op.Was, u.rows[cell{o.Group, o.Account}]
	switch {
	case there:
		return o, "it is there again already"
	case row.Account != "":
		return o, "it was given again since, and is gone"
	case was == nil:
		return o, "nobody saw what was there before"
	case was.Foreign != "":
		return o, "the entry was not ours to change: " + was.Foreign
	case was.Shut:
		return o, "it was locked when it was taken away"
	case u.in.Limits.Timed && whole(was.Window).Until <= u.in.Now:
		return o, "its time is over"
	}
	if why := u.denied(o); why != "" {
		return o, why
	}
	if people := u.people[o.Account]; o.Person != "" && len(people) > 0 && !slices.Contains(people, o.Person) {
		return o, "the account is somebody else's now"
	}
	if _, known := u.in.People[o.Person]; u.in.Limits.NamesEdges && !known {
		return o, "the door system keeps the person on each entry, and nothing is known of this one any more"
	}
	o.Verb, o.Window, o.Reasons, o.Attributes, o.Guest = cardea.VerbAdd, d.Op.Window, d.Op.Reasons, was.Attributes, was.Guest
	if u.in.Limits.Timed {
		o.Window = was.Window
	}
	o.Mails, o.Deadline = cardea.MailsNever, u.in.Now.Add(startGrace)
	return o, ""
}

// denied says why the person gets nothing back.
func (u *undoer) denied(o cardea.Operation) string {
	if _, blocked := u.in.Blocked[o.Account]; blocked {
		return "the person is blocked"
	}
	for _, p := range append(slices.Clone(u.people[o.Account]), o.Person) {
		if p != "" && u.in.Cause != nil && u.in.Cause(p, o.Group, nil) == cardea.CauseBlocked {
			return "the person is blocked"
		}
	}
	return ""
}

// reverse sets back what was given or changed; o has the edge as it is.
func (u *undoer) reverse(o cardea.Operation, d Done, r cardea.LedgerRow) (cardea.Operation, string) {
	was, timed := d.Op.Was, u.in.Limits.Timed
	moved := timed && whole(o.Was.Window) != whole(d.Op.Window)
	switch d.Op.Verb { //nolint:exhaustive // inverse has settled the others
	case cardea.VerbAdd:
		if moved || o.Was.Shut || !d.Op.Attributes.MetBy(o.Was.Attributes) {
			return o, "it was changed since"
		}
		return u.away(o, r), ""
	case cardea.VerbRetime:
		switch {
		case moved:
			return o, "its times were changed since"
		case was == nil:
			return o, "nobody saw what was there before"
		case whole(was.Window).Until <= u.in.Now: // it would give nothing any more
			return u.away(o, r), ""
		}
		o.Verb, o.Window, o.Mails = cardea.VerbRetime, was.Window, cardea.MailsNever
	case cardea.VerbReprofile:
		return u.reprofile(o, d)
	case cardea.VerbLock:
		if !o.Was.Shut {
			return o, "it was unlocked since"
		}
		o.Verb, o.Window = cardea.VerbUnlock, o.Was.Window
	case cardea.VerbUnlock:
		if o.Was.Shut {
			return o, "it was locked since"
		}
		o.Verb, o.Window = cardea.VerbLock, o.Was.Window
		return o, ""
	}
	return o, u.denied(o)
}

// away takes an edge away.
func (u *undoer) away(o cardea.Operation, r cardea.LedgerRow) cardea.Operation {
	o.Verb, o.Window = cardea.VerbRemove, o.Was.Window
	if !u.in.Limits.Timed && r.Account != "" { // the edge has no window of its own
		o.Window = r.Window
	}
	return o
}

// reprofile gives an edge the attributes again that it had.
func (u *undoer) reprofile(o cardea.Operation, d Done) (cardea.Operation, string) {
	set, was := d.Op.Attributes, d.Op.Was
	switch {
	case !set.MetBy(o.Was.Attributes):
		return o, "its profile was changed since"
	case was == nil || set.Profile != "" && was.Profile == "" || set.TimeGroup != "" && was.TimeGroup == "":
		return o, "it had the door system's default before, which cannot be asked for by name"
	}
	o.Verb, o.Window, o.Attributes, o.Deadline = cardea.VerbReprofile, o.Was.Window, was.Attributes, cardea.Never
	return o, u.denied(o)
}

// unit deletes a unit that was made, when nobody has used it. It is held: the gate's hardware may hang on it by now.
func (u *undoer) unit(made cardea.Operation) (cardea.Operation, string) {
	o := cardea.Operation{Verb: cardea.VerbDeleteUnit, Group: made.Group, Window: cardea.Forever, Deadline: cardea.Never}
	if made.Unit == nil || u.groups[made.Group] == nil {
		return o, "the unit is gone already"
	}
	used := func(c cell) bool { return c.group == made.Group }
	if u.groups[made.Group].Unit != cardea.UnitVacant || slices.ContainsFunc(slices.Collect(maps.Keys(u.edges)), used) ||
		slices.ContainsFunc(slices.Collect(maps.Keys(u.rows)), used) {
		return o, "the unit is not vacant: units stay as long as somebody is in them"
	}
	unit := *made.Unit
	unit.Gone = true
	o.Unit = &unit
	o.Held = &cardea.Hold{Code: cardea.HeldUnits, Why: u.in.name(made.Group) +
		" would be deleted at the door system, with its lock; applying this changeset by its hash does that"}
	return o, ""
}
