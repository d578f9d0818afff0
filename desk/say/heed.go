package say

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Heed is one thing that a person has to know at a glance beside how connections and integrations do: an incident, a freeze, what
// will hardly be in time, what waits for a person, who is blocked.
type Heed struct {
	State State    `json:"state"`
	Word  string   `json:"word"` // for a badge: "frozen"
	Text  string   `json:"text"` // a sentence
	List  []string `json:"list,omitempty"`
	// Type is the command that shows more of it, or ends it.
	Type string `json:"type"`
}

// incident begins the text of an issue that cannot wait.
const incident = "INCIDENT"

// Heeds tells what an overview holds that a person has to know, the worst first; nothing when there is nothing.
func Heeds(o Overview, c Clock) []Heed {
	var out []Heed
	for _, m := range Matters(o.Issues) {
		if !m.cannotWait() {
			continue
		}
		h := Heed{Failed, "incident", strings.TrimPrefix(m.Text, "INCIDENT: "), nil, "cardea issues"}
		if some := m.Some(namedAtAGlance); some != "" {
			h.List = []string{some}
		}
		h.Text = upper(h.Text)
		out = append(out, h)
	}
	if len(o.Frozen) > namedAtAGlance { // one after the other they would fill the page
		h := Heed{State: Held, Word: "frozen", Type: "cardea unfreeze"}
		h.Text = N(len(o.Frozen), "freeze is", "freezes are") + " in force. Nothing is written there meanwhile but blocks and locks."
		for _, f := range o.Frozen {
			f.Since, f.Until = toMinute(f.Since), toMinute(f.Until)
			h.List = append(h.List, Freeze(f, c))
		}
		out = append(out, h)
		o.Frozen = nil
	}
	for _, f := range o.Frozen {
		f.Since, f.Until = toMinute(f.Since), toMinute(f.Until)
		h := Heed{Held, "frozen", Sentence(Freeze(f, c)) + " Nothing is written meanwhile but blocks and locks.", nil, "cardea unfreeze"}
		if in := Clean(f.Integration); in != "" {
			h.Type += " " + in
		}
		out = append(out, h)
	}
	if o.AtRisk > 0 {
		out = append(out, Heed{
			Held, "at risk", N(o.AtRisk, "change that is due soon will hardly be there", "changes that are due soon will hardly be there") +
				" in time.", nil, "cardea due",
		})
	}
	if len(o.Waits) > 0 {
		h := Heed{State: Held, Word: "waits", Type: "cardea holds"}
		waits := slices.Clone(o.Waits)
		slices.SortStableFunc(waits, func(a, b Wait) int { return a.last() - b.last() })
		groups := len(waits)
		for groups > 0 && waits[groups-1].Group == "" {
			groups--
		}
		h.Text = "Changes wait for a person."
		if groups > 0 {
			h.Text = "Changes wait for a person in " + N(groups, "group", "groups") + "."
		}
		for _, w := range waits {
			h.List = append(h.List, w.name()+": "+N(w.Count, "change", "changes"))
		}
		out = append(out, h)
	}
	if len(o.Blocked) > 0 {
		h := Heed{State: New, Word: "blocked", Type: "cardea blocks"}
		h.Text = N(len(o.Blocked), "person is", "people are") + " kept out of every door, whatever records give."
		for _, b := range o.Blocked {
			name := Clean(b.Name)
			if name == "" {
				name = Clean(string(b.Person))
			}
			b.Since, b.Until = toMinute(b.Since), toMinute(b.Until)
			h.List = append(h.List, name+", "+Block(b, c))
		}
		out = append(out, h)
	}
	return out
}

// toMinute leaves the seconds out of what is told at a glance.
func toMinute(i cardea.Instant) cardea.Instant {
	if !Known(i) {
		return i
	}
	return i - i%cardea.Minute
}

// Wait counts what waits for a person in a group of a door connection.
type Wait struct {
	Door  string         `json:"door"`
	Group cardea.GroupID `json:"group,omitempty"` // empty for what is about no group
	Name  string         `json:"name,omitempty"`
	Count int            `json:"count"`
}

// last puts what is about no group behind the rest: accounts wait with the access that they are made for.
func (w Wait) last() int {
	if w.Group == "" {
		return 1
	}
	return 0
}

func (w Wait) name() string {
	switch {
	case Clean(w.Name) != "":
		return Clean(w.Name)
	case w.Group != "":
		return "id:" + Clean(string(w.Group))
	}
	return "Accounts and units"
}

// frozenHead tells in a headline what is frozen.
func frozenHead(fs []cardea.Freeze) string {
	var names []string
	for _, f := range fs {
		if f.Integration == "" {
			return "Everything is frozen"
		}
		names = append(names, Clean(f.Integration))
	}
	if len(names) == 1 {
		return upper(names[0]) + " is frozen"
	}
	return upper(few(names)) + " are frozen"
}
