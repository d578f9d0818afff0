package say

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Matter is one thing that is the matter, with everybody it is about.
type Matter struct {
	Code  string         `json:"code"`
	Text  string         `json:"text"`  // a sentence
	Since cardea.Instant `json:"since"` // of the oldest issue
	Count int            `json:"count"` // issues
	About []string       `json:"about"` // whom and what, by name, each once
	// Unnamed is how many issues are about somebody or something that has no name here.
	Unnamed int `json:"unnamed,omitempty"`
	// Mend is what to type about it; where each of several has its own, what lists them.
	Mend  string `json:"mend,omitempty"`
	minor bool
}

// cannotWait says whether it cannot wait.
func (m Matter) cannotWait() bool { return strings.HasPrefix(m.Text, incident) }

// rank puts incidents first and minor ones last.
func (m Matter) rank() int {
	switch {
	case m.cannotWait():
		return 0
	case m.minor:
		return 2
	}
	return 1
}

// Matters puts issues together that say the same, in the order in which they appear, incidents first and minor ones last.
func Matters(is []Issue) []Matter {
	type key struct{ code, text string }
	at := map[key]int{}
	var out []Matter
	for _, i := range is {
		k := key{i.Code, i.Text}
		n, known := at[k]
		if !known {
			n = len(out)
			at[k] = n
			out = append(out, Matter{Code: Clean(i.Code), Text: Sentence(i.Text), Since: i.Since, Mend: i.Mend, minor: i.Minor})
		}
		m := &out[n]
		if m.Mend != i.Mend {
			m.Mend = "cardea issues"
		}
		m.Count++
		if Known(i.Since) && (!Known(m.Since) || i.Since < m.Since) {
			m.Since = i.Since
		}
		switch about := aboutIssue(i); {
		case about != "":
			m.About = append(m.About, about)
		case i.Person != "" || i.Account != "" || i.Group != "":
			m.Unnamed++
		}
	}
	for n := range out {
		slices.SortFunc(out[n].About, func(a, b string) int {
			if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
				return c
			}
			return strings.Compare(a, b)
		})
		out[n].About = slices.Compact(out[n].About)
	}
	slices.SortStableFunc(out, func(a, b Matter) int { return a.rank() - b.rank() })
	return out
}

// aboutIssue names whom and what an issue is about: "Ana Lopes (First floor)".
func aboutIssue(i Issue) string {
	who, where := Clean(i.Who), Clean(i.Where)
	switch {
	case who == "":
		return where
	case where == "":
		return who
	}
	return who + " (" + where + ")"
}

// Some names the first of those a matter is about, and how many others there are: "Ana Lopes, Bram Okafor and 17 others".
func (m Matter) Some(most int) string {
	shown := m.About[:min(len(m.About), most)]
	others := len(m.About) - len(shown) + m.Unnamed
	if others > 0 && len(shown) > 0 {
		return And(append(slices.Clone(shown), N(others, "other", "others")))
	}
	return And(shown)
}

// Sentence makes a cleaned text begin with a capital letter and end with a full stop.
func Sentence(s string) string {
	s = upper(Clean(s))
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
