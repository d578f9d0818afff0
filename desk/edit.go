package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// Edit is a change to what an integration maps: lists in the place of those there are, then single rows put and taken out.
type Edit struct {
	With *Section
	// Mappings and Groups say which of the two lists With replaces.
	Mappings, Groups bool

	Map   []Mapping // a row of the same item gets these groups and keeps its settings
	Unmap []Mapping // by kind and item
}

// over lays an edit over a section. The shelf tells which rows mean the same item however they are written.
func (e Edit) over(s Section, items shelf) (Section, error) {
	out := Section{Mappings: slices.Clone(s.Mappings), Groups: slices.Clone(s.Groups), Units: s.Units}
	if e.With != nil && e.Mappings {
		out.Mappings, out.Units = slices.Clone(e.With.Mappings), e.With.Units
	}
	if e.With != nil && e.Groups {
		out.Groups = slices.Clone(e.With.Groups)
	}
	find := func(m Mapping) int {
		return slices.IndexFunc(out.Mappings, func(o Mapping) bool { return o.Kind == m.Kind && items.same(string(m.Kind), o.Item, m.Item) })
	}
	for _, m := range e.Unmap {
		i := find(m)
		if i < 0 {
			var known []string
			for _, o := range out.Mappings {
				if o.Kind == m.Kind {
					known = append(known, o.Item.Text)
				}
			}
			return out, cardea.Errorf(cardea.Rejected, "%s: there is no mapping of %s %q%s", m.Item.Where, m.Kind, m.Item.Text,
				Nearest(m.Item.Text, known))
		}
		out.Mappings = slices.Delete(out.Mappings, i, i+1)
	}
	for _, m := range e.Map {
		if i := find(m); i >= 0 {
			out.Mappings[i].Groups = m.Groups
			continue
		}
		out.Mappings = append(out.Mappings, m)
		out.Units = out.Units || m.Kind == cardea.ItemUnits
	}
	return out, nil
}

// same says whether two names mean one thing.
func (s shelf) same(kind string, a, b Named) bool {
	at, bt := strings.TrimSpace(a.Text), strings.TrimSpace(b.Text)
	if at == bt {
		return true
	}
	x, y := s[kind].find(at), s[kind].find(bt)
	return len(x) == 1 && len(y) == 1 && x[0].id == y[0].id
}

// MappingChange is one row of a section that an edit changes.
type MappingChange struct {
	Kind   string `json:"kind"` // plans, locations ... or groups
	Item   string `json:"item"`
	Before string `json:"before,omitempty"` // empty: it is new
	After  string `json:"after,omitempty"`  // empty: it goes
}

// changes compares two sections row by row.
func changes(before, after Section, clock say.Clock) []MappingChange {
	out := []MappingChange{}
	was, is := before.rows(clock), after.rows(clock)
	for _, key := range sortedRows(was, is) {
		if was[key] != is[key] {
			out = append(out, MappingChange{Kind: key.kind, Item: key.item, Before: was[key], After: is[key]})
		}
	}
	return out
}

type rowKey struct{ kind, item string }

func sortedRows(ms ...map[rowKey]string) []rowKey {
	var keys []rowKey
	for _, m := range ms {
		for k := range m {
			keys = append(keys, k)
		}
	}
	place := func(kind string) int {
		if i := slices.Index(cardea.ItemKinds, cardea.ItemKind(kind)); i >= 0 {
			return i
		}
		return len(cardea.ItemKinds)
	}
	slices.SortFunc(keys, func(a, b rowKey) int {
		if c := place(a.kind) - place(b.kind); c != 0 {
			return c
		}
		return strings.Compare(a.item, b.item)
	})
	return slices.Compact(keys)
}

// rows says each row of a section in words.
func (s Section) rows(clock say.Clock) map[rowKey]string {
	out := map[rowKey]string{}
	if s.Units {
		out[rowKey{string(cardea.ItemUnits), ""}] = "each unit for its own access permissions"
	}
	for _, m := range s.Mappings {
		out[rowKey{string(m.Kind), strings.TrimSpace(m.Item.Text)}] = m.says()
	}
	for _, g := range s.Groups {
		out[rowKey{"groups", strings.TrimSpace(g.Group.Text)}] = g.says(clock)
	}
	return out
}

// says is a mapping in words, without its item.
func (m Mapping) says() string {
	var names []string
	for _, g := range m.Groups {
		names = append(names, strings.TrimSpace(g.Text))
	}
	slices.Sort(names)
	parts := []string{strings.Join(names, ", ")}
	switch {
	case m.Always:
		parts = append(parts, "hours: always")
	case m.Hours != nil:
		parts = append(parts, "hours: "+week(*m.Hours))
	}
	for _, d := range []struct {
		what string
		is   *time.Duration
	}{{"lead", m.Lead}, {"lag", m.Lag}} {
		if d.is != nil {
			parts = append(parts, d.what+": "+say.Took(*d.is))
		}
	}
	if m.Slots {
		parts = append(parts, "slots")
	}
	if m.Trim {
		parts = append(parts, "trim")
	}
	return strings.Join(parts, "; ")
}

// week is the hours of a week, from Monday on.
func week(h cardea.Hours) string {
	var days []string
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		var spans []string
		for _, s := range h[d] {
			spans = append(spans, s.String())
		}
		if len(spans) > 0 {
			days = append(days, strings.ToLower(d.String()[:3])+" "+strings.Join(spans, ","))
		}
	}
	return strings.Join(days, " ")
}

// says is what is wished of a group in words, times as a clock tells them.
func (g GroupWish) says(clock say.Clock) string {
	parts := []string{string(g.Mode)}
	if g.Expire > 0 {
		parts = append(parts, "expire after "+say.Took(g.Expire))
	}
	for _, k := range g.Keep {
		text := fmt.Sprintf("keep %s (%s)", k.Account, k.Note)
		if k.Until != cardea.Never {
			text += " until " + clock.End(k.Until)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
