package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// entry is a record that can be named.
type entry struct{ id, location string }

// index finds records by what people call them: id, name, e-mail address, location/name.
type index struct {
	ids   map[cardea.Key]bool
	names map[cardea.Kind]map[string][]entry
	// guesses is how many more times a near name may be looked for: it takes a look at all of them.
	guesses int
}

func newIndex() *index {
	return &index{ids: map[cardea.Key]bool{}, names: map[cardea.Kind]map[string][]entry{}, guesses: 20}
}

// add makes a record known under its id and some names.
func (x *index) add(k cardea.Key, location string, names ...string) {
	x.ids[k] = true
	if x.names[k.Kind] == nil {
		x.names[k.Kind] = map[string][]entry{}
	}
	m := x.names[k.Kind]
	for _, name := range append(names, k.ID) {
		e := entry{k.ID, location}
		if f := fold(name); f != "" && !slices.Contains(m[f], e) {
			m[f] = append(m[f], e)
		}
	}
}

// find returns the id of what a text names. The location decides between equal names. Why is empty when it was found,
// else a sentence that begins after the text.
func (x *index) find(kind cardea.Kind, word, text, location string) (id, why string) {
	if x.ids[cardea.Key{Kind: kind, ID: text}] {
		return text, ""
	}
	found := x.names[kind][fold(text)]
	if location != "" && len(found) > 1 {
		for _, near := range []string{location, ""} {
			here := slices.DeleteFunc(slices.Clone(found), func(e entry) bool { return e.location != near })
			if len(here) > 0 {
				found = here
				break
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0].id, ""
	case 0:
		if near := x.near(kind, text); near != "" {
			return "", fmt.Sprintf("names no %s: did you mean %q?", word, near)
		}
		return "", fmt.Sprintf("names no %s: correct it, or add the %s", word, word)
	}
	var ids []string
	for _, e := range found {
		ids = append(ids, e.id)
	}
	slices.Sort(ids)
	return "", fmt.Sprintf("names more than one %s: write %s", word, strings.Join(ids[:min(len(ids), 5)], " or "))
}

func (x *index) near(kind cardea.Kind, text string) string {
	if x.guesses == 0 {
		return ""
	}
	x.guesses--
	names := make([]string, 0, len(x.names[kind]))
	for n := range x.names[kind] {
		names = append(names, n)
	}
	slices.Sort(names)
	return nearest(fold(text), names)
}

// find looks up the cell of a column; "" for an empty cell or one that was refused.
func (r *row) find(x *index, kind cardea.Kind, word, name, location string) string {
	s := r.text(name)
	if s == "" {
		return ""
	}
	id, why := x.find(kind, word, s, location)
	if why != "" {
		r.refuse(name, "%q %s", s, why)
	}
	return id
}

// findAll looks up every part of a cell, each record once.
func (r *row) findAll(x *index, kind cardea.Kind, word, name, location string) []string {
	var out []string
	for _, s := range r.several(name) {
		id, why := x.find(kind, word, s, location)
		switch {
		case why != "":
			r.refuse(name, "%q %s", s, why)
		case !slices.Contains(out, id):
			out = append(out, id)
		}
	}
	return out
}
