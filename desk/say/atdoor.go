package say

import "github.com/cardea-access/cardea"

// door tells what the door system shows, and whether that is what was decided.
func (t teller) door() (string, bool) {
	d := t.x.Door
	name := Clean(t.x.Group.Door)
	if name == "" {
		name = "the door system"
	}
	if !Known(d.ReadAt) && !t.x.Group.Mapped {
		return "No mapping names " + t.group() + ": Cardea neither reads nor changes who is in it at " + name + ".", false
	}
	if !Known(d.ReadAt) {
		return "What " + name + " shows is not known yet: it has not been read.", false
	}
	seen := d.Member && !d.Shut && !d.Locked && d.Window.Holds(t.e.At)
	text := t.shows(name)
	if d.Kept != "" {
		text += " The keep-list keeps them in: " + Clean(d.Kept) + "."
	}
	if d.Staff != "" {
		text += " The account is staff (" + Clean(d.Staff) + "), so it is never removed without a person's word."
	}
	if d.OwnTimes != "" {
		text += " Whatever Cardea gives, " + t.group() + " opens " + Clean(d.OwnTimes) + "."
	}
	agrees := seen == t.e.Open || (seen && d.Kept != "")
	return text + t.waiting(agrees), agrees
}

func (t teller) shows(name string) string {
	d, who, group := t.x.Door, t.person(), t.group()
	in := "At " + name + ", " + who + " is in " + group
	switch {
	case d.Account == "" && !d.Member:
		return "At " + name + ", " + who + " has no account that Cardea knows of."
	case d.Member && d.Shut:
		return in + ", but the account is disabled there: no door opens until somebody enables it at " + name + "."
	case d.Member && d.Locked:
		return in + ", but locked: no door opens by it."
	case !d.Member:
		return "At " + name + ", " + who + " is not in " + group + "."
	case d.Window == cardea.Forever:
		return in + "."
	case d.Window.Until <= t.e.At:
		return in + ", but the window there ended " + t.c.End(d.Window.Until) + "."
	case d.Window.From > t.e.At:
		return in + " ahead of time, " + t.c.Window(d.Window) + "."
	}
	return in + ", " + t.c.Window(d.Window) + "."
}

// waiting tells what is planned; it explains a difference, or admits that there is no explanation.
func (t teller) waiting(agrees bool) string {
	op := t.x.Door.Waiting
	switch {
	case op != nil && op.Held != nil:
		h := Hold(op.Held.Code)
		why := t.c.Text(Clean(op.Held.Why))
		if why == "" {
			why = h.Text
		}
		return " A change is held (" + h.Short + "): " + why + ". " + h.Mend
	case op != nil && op.Verb == cardea.VerbRemove:
		return " They are removed with the next run."
	case op != nil && op.Verb.Writes():
		return " That is put right with the next run."
	case !agrees:
		return " That differs from what was decided; the next run looks at it again."
	}
	return ""
}
