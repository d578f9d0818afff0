package say

import "github.com/cardea-access/cardea"

// suspended names who is suspended where a consideration is locked because of a person: the one who is asked about, or the one
// whose contract it is. It is empty where the record itself is locked.
func (t teller) suspended(one cardea.Consideration) string {
	n := len(one.Steps)
	if one.Verdict != cardea.IsLocked || n == 0 || one.Steps[n-1].Key == nil || one.Steps[n-1].Key.Kind != cardea.KindPerson {
		return ""
	}
	who := *one.Steps[n-1].Key
	if _, asked, ok := t.e.Person.Split(); ok && asked == who {
		return t.person()
	}
	if name := Clean(t.x.Names[who]); name != "" {
		return name
	}
	return Record(who)
}

// word is the verdict of a consideration, where a suspended person is not told like a locked record.
func (t teller) word(one cardea.Consideration) Word {
	who := t.suspended(one)
	if who == "" {
		return Verdict(one.Verdict)
	}
	return Word{
		Short: "suspended", Text: "gives nothing while " + who + " is suspended in the space system",
		Mend: "Lift the suspension of " + who + " in the space system.",
	}
}
