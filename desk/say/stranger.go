package say

import "github.com/cardea-access/cardea"

// Stranger is an account at the door system that is nobody's whom a space system knows.
type Stranger struct {
	Account cardea.Account `json:"account"`
	// Was is whose it was, when the space system knew them once.
	Was  cardea.PersonID `json:"was,omitempty"`
	Mode cardea.Mode     `json:"mode"` // of the group
	// Situation is how its entry stands; empty when it is as it should be, or not there.
	Situation cardea.Situation `json:"situation,omitempty"`
	Disputed  string           `json:"disputed,omitempty"` // why it is not settled whose it is
	Foreign   string           `json:"foreign,omitempty"`  // what else than a plain entry it is
	// KeptUntil is when its keep entry ends or ended, 0 = it has none.
	KeptUntil cardea.Instant `json:"kept_until,omitempty"`
	Next      cardea.Instant `json:"next,omitempty"` // when the door is looked at next, 0 = when somebody runs it
}

// fate is what becomes of a stranger's entry: a word, a sentence about it and what would change it.
type fate struct {
	mark           Mark
	word, sentence string
	change         string
}

// stranger tells of an account that is nobody's.
func (t teller) stranger(s *Stranger) Answer {
	f := t.fate(s)
	a := Answer{Mark: f.mark, Word: f.word, Sentence: f.sentence, Change: f.change, Lines: []Line{}}
	a.Door, a.Agrees = t.strangerAtDoor()
	return a
}

func (t teller) strangerAtDoor() (text string, agrees bool) {
	d := t.x.Door
	if !Known(d.ReadAt) {
		return t.door()
	}
	text = t.shows(t.doorName())
	if d.OwnTimes != "" {
		text += " Whatever Cardea gives, " + t.group() + " opens " + Clean(d.OwnTimes) + "."
	}
	return text, d.Waiting == nil
}

func (t teller) doorName() string {
	if name := Clean(t.x.Group.Door); name != "" {
		return name
	}
	return "the door system"
}

func (t teller) fate(s *Stranger) fate {
	d, group := t.x.Door, t.group()
	who := "the account " + t.named(s)
	keep := "a keep entry for " + keepName(s.Account) + " in the settings of " + group
	byHand := "remove it by hand at " + t.doorName()
	nobodys := who + " belongs to nobody whom a space system knows"
	if s.Was != "" {
		nobodys = who + " was that of " + Clean(string(s.Was)) + ", whom the space system does not know any more"
	}
	switch {
	case !t.x.Group.Mapped:
		return fate{
			MarkShut, "No reason", upper(nobodys) + ", and no mapping names " + group + ": Cardea neither gives nor takes it.", "",
		}
	case !d.Member:
		return fate{
			MarkShut, "No reason", upper(nobodys) + ", so nothing gives it " + group + ".",
			"Give its owner a membership, booking or pass in the space system, under the account's e-mail.",
		}
	case s.Foreign != "":
		return fate{
			MarkLater, "Not ours", upper(who) + " is in " + group + " as something that Cardea does not manage (" + Clean(s.Foreign) +
				"): it stays, whatever the mode of the group.",
			"If it belongs there, add " + keep + "; if not, " + byHand + ".",
		}
	case s.Disputed != "":
		return fate{
			MarkLater, "Disputed", "it is not settled whose " + who + " is: " + Clean(s.Disputed) +
				". It gains and loses nothing until that is settled.",
			"Say whose it is: `cardea conflicts` lists the question, or close the account at " + t.doorName() + ".",
		}
	case d.Kept != "":
		return t.keptFate(s, who)
	case s.KeptUntil > t.c.Now: // not kept any more at the asked instant
		return fate{
			MarkShut, "No longer kept", upper(who) + " is on the keep-list of " + group + " until " + t.c.End(s.KeptUntil) + t.zone() +
				". " + t.afterwards(s), "To keep it longer, move the end of its keep entry.",
		}
	case d.Staff != "":
		return fate{
			MarkLater, "Staff", upper(who) + " is staff (" + Clean(d.Staff) + "), so it is never removed without a person's word; " +
				"nothing else gives it " + group + ".",
			"If it belongs there, add " + keep + "; if not, " + byHand + ".",
		}
	case d.Waiting != nil:
		return t.leavingFate(s, nobodys, keep)
	case s.Mode == cardea.Shared:
		return fate{
			MarkLater, "Not ours", upper(nobodys) + "; " + group + " is shared, where Cardea takes out only what it put in: it stays.",
			"To take it out, " + byHand + ", or set the mode of " + group + " to exclusive.",
		}
	}
	return fate{
		MarkLater, "Stays", upper(nobodys) + ", and nothing is done about it now.",
		"If it belongs there, add " + keep + "; if not, " + byHand + ".",
	}
}

// keptFate tells of an account that the keep-list holds.
func (t teller) keptFate(s *Stranger, who string) fate {
	f := fate{MarkOpen, "Kept", upper(who) + " is on the keep-list of " + t.group() + " (" + Clean(t.x.Door.Kept) + ")", ""}
	if s.KeptUntil == cardea.Never {
		f.sentence += ": it stays, without an end."
		f.change = "Take its keep entry out of the settings of " + t.group() + ", or give the entry an end. Only a block is stronger."
		return f
	}
	f.sentence += " until " + t.c.End(s.KeptUntil) + t.zone() + ": it stays until then. " + t.afterwards(s)
	f.change = "Move the end of its keep entry."
	return f
}

// afterwards is what follows the end of a keep entry.
func (t teller) afterwards(s *Stranger) string {
	if s.Mode == cardea.Exclusive {
		return "After that the next run takes it out, unless something gives it access by then."
	}
	return "After that it stays as well: the mode of " + t.group() + " is " + string(s.Mode) + "."
}

// leavingFate tells of an account that a plan made now would take out.
func (t teller) leavingFate(s *Stranger, nobodys, keep string) fate {
	op := t.x.Door.Waiting
	word := Situation(s.Situation).Short
	if word == "" {
		word = Cause(op.Cause).Short
	}
	f := fate{MarkShut, upper(word), upper(nobodys) + ", and nothing speaks for it in " + t.group(), "To keep it, add " + keep + "."}
	if h := op.Held; h != nil {
		why := t.c.Text(Clean(h.Why))
		if why == "" {
			why = Hold(h.Code).Text
		}
		f.mark = MarkLater
		f.sentence += ": it would go, and that waits (" + Hold(h.Code).Short + "): " + why + "."
		f.change = Hold(h.Code).Mend + " " + f.change
		return f
	}
	f.sentence += ": Cardea takes it out with the next run"
	if Known(s.Next) {
		f.sentence += ", " + t.c.Moment(s.Next) + t.zone()
	}
	f.sentence += "."
	return f
}

// named is what an account is called: name and e-mail, else its id.
func (t teller) named(s *Stranger) string {
	name, mail := Clean(s.Account.Name), Clean(s.Account.Email)
	switch {
	case name == "" && mail == "":
		return "id:" + Clean(string(s.Account.ID))
	case mail == "":
		return name + " (id:" + Clean(string(s.Account.ID)) + ")"
	case name == "":
		return mail
	}
	return name + " <" + mail + ">"
}

// keepName is how a keep entry names an account.
func keepName(a cardea.Account) string {
	if mail := Clean(a.Email); mail != "" {
		return mail
	}
	return "id:" + Clean(string(a.ID))
}
