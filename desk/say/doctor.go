package say

import (
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// abilities are what a system can do beyond what every system can, by the code under which doctor gives them.
var abilities = map[string]string{
	"timed":      "holds times on each entry: access begins and ends on the second, even while Cardea is down",
	"lockable":   "locks entries without taking them away",
	"coded":      "opens by access codes, each shown once",
	"rewritable": "changes what an account says of its person",
	"profiled":   "holds an access profile and a time group on each entry",
	"units":      "has rentable units of its own",
	"hooked":     "announces changes by webhook",
	"pushed":     "works out by itself who passes, and pushes it",
	"examined":   "can be looked through for what should be mended",
}

// Abilities tells what a system can do, a clause each: what it lists, if it lists anything, and what each code means.
func Abilities(codes []string, lists []cardea.Kind) []string {
	var out []string
	if len(lists) > 0 {
		names := make([]string, len(lists))
		for i, k := range lists {
			_, names[i] = Kind(k)
		}
		out = append(out, "lists "+And(names))
	}
	for _, c := range codes {
		text, known := abilities[c]
		if !known {
			text = Clean(c)
		}
		out = append(out, text)
	}
	return out
}

// Limits tells what a door system can and cannot do, a clause each.
func Limits(l cardea.Limits) []string {
	var out []string
	add := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	add(l.Batch <= 1, "takes one entry a call")
	add(l.Batch > 1, "takes up to "+number(l.Batch)+" entries a call")
	add(l.Timed, "holds "+N(max(l.WindowsPerEdge, 1), "window", "windows")+" for each person and group")
	add(!l.Timed, "holds no times: what ends while Cardea is down stays open until Cardea is back")
	add(l.GroupsPerPerson > 0, "puts a person into at most "+N(l.GroupsPerPerson, "group", "groups"))
	add(l.Propagation > 0, "needs about "+Took(l.Propagation)+" to reach the doors")
	add(l.NeedsEmail, "makes no account without an e-mail address")
	add(l.InvitesOnCreate, "invites people as soon as they have an account, which is therefore made when access begins")
	add(l.SendsMail, "writes to people of its own accord, as the setting mails says")
	add(!l.SendsMail, "writes to nobody of its own accord")
	add(len(l.Profile) > 0, "changes of an account, once it is made: "+And(l.Profile))
	add(len(l.Profile) == 0, "changes nothing of an account once it is made")
	add(l.NamesEdges, "keeps the person on each entry")
	return out
}

// Skew tells a difference between two clocks, theirs minus ours: "agrees with ours", "is 3 min ahead of ours".
func Skew(d time.Duration) string {
	switch {
	case d.Abs() < 2*time.Second: // a Date header counts whole seconds
		return "agrees with ours"
	case d < 0:
		return "is " + Took(-d) + " behind ours"
	}
	return "is " + Took(d) + " ahead of ours"
}

// Age tells how old a credential is, or until when a token lives.
func (c Clock) Age(name string, first, changed, until cardea.Instant) string {
	switch {
	case Known(until):
		return Clean(name) + " lives until " + c.Moment(until-until%cardea.Second)
	case changed != first:
		return fmt.Sprintf("%s changed %s, first seen %s", Clean(name), c.Ago(changed), c.Ago(first))
	}
	return fmt.Sprintf("%s first seen %s, not changed since", Clean(name), c.Ago(first))
}

// Reads tells how collections were last read, those that were read alike and at the same time in one line.
func (c Clock) Reads(cs []Collection) []string {
	if len(cs) == 0 {
		return []string{"never read yet"}
	}
	type how struct{ grade, when string }
	parts := map[how][]string{}
	var order []how
	for _, one := range cs {
		h := how{Grade(one.Grade).Short, c.Ago(one.At)}
		if parts[h] == nil {
			order = append(order, h)
		}
		kind, many := Kind(one.Kind)
		parts[h] = append(parts[h], N(one.Records, kind, many))
	}
	out := make([]string, len(order))
	for i, h := range order {
		out[i] = h.grade + ", " + h.when + ": " + And(parts[h])
	}
	return out
}

// troubles are what doctor itself can find, by code, and what a person does about each class of error. Short is not used;
// Text is a sentence whose gaps are filled in order.
var troubles = map[string]Word{
	string(cardea.Auth): {Mend: "Check or renew its credentials, and the rights that they have at the vendor."},
	string(cardea.Retry): {
		Mend: "See whether its address is right and the system is up; Cardea tries again by itself.",
	},
	string(cardea.Throttled): {Mend: "Something else uses up the vendor's limit: give the connection a smaller budget, or wait."},
	string(cardea.NotFound): {
		Mend: "Check its address and what it names there (org, facility): the vendor knows none of that name.",
	},
	string(cardea.Rejected): {Mend: "Correct the connection in the configuration file."},
	string(cardea.Conflict): {Mend: "Correct the connection in the configuration file."},
	string(cardea.Unknown):  {Mend: "Run it again with --debug-http FILE, and look at the exchange."},

	"no-answer": {Text: "%s did not answer within %s"},
	"other-organisation": {
		Text: "its credentials lead to %s, and everything that is known of it belongs to %s",
		Mend: "Give it the credentials of the latter, or make a new connection for the former.",
	},
	"same-organisation": {
		Text: "%s and %s are one organisation, %s",
		Mend: "Remove one of the two: what one puts there, the other would take away.",
	},
	"other-system": {
		Text: "the database knows %s as a connection to %s, and not to %s",
		Mend: "Give the new connection another name.",
	},
	"clock": {
		Text: "its clock %s; nothing is written while the two differ by more than %s",
		Mend: "Set this machine's clock (by NTP); if it is right, tell the vendor.",
	},
	"hooks-silent": {
		Text: "%s listings in a row found changes of which no webhook told",
		Mend: "See whether the vendor reaches this Cardea's address for hooks: cardea hooks check tells more.",
	},
	"hooks-off": {
		Text: "webhooks do not come: %s",
		Mend: "Have them registered again with cardea hooks install.",
	},
	"not-examined": {
		Text: "not everything could be looked at: %s",
		Mend: "Try again; give it more time with --timeout, or the credentials more rights.",
	},
	"not-listed": {
		Text: "what a mapping can name could not be listed now: %s",
		Mend: "Try again; meanwhile names are looked up in what was read last.",
	},
	"read-incomplete": {Text: "the last read did not bring all %s: %s"},
	"read-suspect": {
		Text: "the last read of %s was unlike the one before; a second one has to agree before anybody is removed",
	},
	"never-pushed": {
		Text: "nothing was ever pushed to it, so that nobody passes by it",
		Mend: "Enter both addresses and the token at the space system, at each location, while `cardea serve` runs; then have it " +
			"push everybody (Nexudus: Settings > Integrations > Custom ACS, and Update access control).",
	},
	"pushes-silent": {
		Text: "the last push came %s ago; what was pushed goes on until it expires, but nothing new is heard",
		Mend: "If something changed there since, see whether it still pushes to the address below, and have it push everybody " +
			"(Nexudus: Update access control).",
	},
	"pushes-not-mapped": {
		Text: "no integration that is switched on maps pushes, so that nothing that is pushed opens anything",
		Mend: "Name the groups that a push may name, as in mappings: {pushes: {\"*\": [GROUP]}}; mappings of other kinds decide " +
			"nothing here.",
	},
	"unused":       {Text: "no integration that is switched on uses it"},
	"switched-off": {Text: "it is switched off, so that nothing of it was looked at"},
	"not-checked": {
		Text: "its names cannot be checked: %s was never read, and cannot be read now",
		Mend: "Mend that connection first.",
	},
	"refused": {Text: "%s", Mend: "Correct it in the configuration file; nothing is kept in step until then."},
	"zone-missing": {
		Text: "without a time zone of their own: %s",
		Mend: "Give the integration a zone, or each of them one under location_settings.",
	},
	"zone-borrowed": {Text: "without a time zone of their own: %s; the integration's is used there, %s"},
	"attributes-not-held": {
		Text: "%s ask for an access profile or a time group, and %s holds neither on an entry",
		Mend: "Hold them at the door system itself, and take them out of the units.",
	},
	"mode-differs": {
		Text: "group %s is %s here and %s in %s",
		Mend: "Give it the same mode in both: a group has one mode.",
	},
}

// Trouble tells what doctor found under one of its own codes, with the names that go with it; of a class of error it tells
// the mend alone.
func Trouble(code string, names ...any) Word {
	w, known := troubles[code]
	if !known {
		return Word{Text: Clean(code)}
	}
	for i, n := range names {
		if s, ok := n.(string); ok {
			names[i] = Clean(s)
		}
	}
	text := w.Text
	if strings.Contains(text, "%") {
		text = fmt.Sprintf(text, names...)
	}
	if told := Sentence(text); strings.HasPrefix(w.Text, "%s") { // a name keeps its first letter
		text += strings.TrimPrefix(told, upper(Clean(text)))
	} else {
		text = told
	}
	w.Text = text
	return w
}
