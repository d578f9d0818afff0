package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/space/house"
)

// show prints the change for people: counts, then by kind what goes, what changes and what comes.
func (e *edit) show() {
	if e.JSON {
		return
	}
	out := e.c.out
	for _, n := range e.notes {
		fmt.Fprintf(out, "  %s %s\n", e.c.paint(yellow, "!"), say.Clean(n))
	}
	title := e.c.paint(bold, e.connection) + "  " + say.Clean(e.title) + ": "
	if e.diff.Empty() {
		fmt.Fprintln(out, title+"nothing differs from what is there, so nothing was changed")
		return
	}
	fmt.Fprintln(out, title+plus(len(e.diff.Added), len(e.diff.Changed), len(e.diff.Removed)))
	was, will := newAlbum(e.before), newAlbum(e.diff.Apply(e.before))
	for _, kind := range cardea.Kinds {
		e.showKind(kind, was, will)
	}
	fmt.Fprintln(out)
}

// showKind prints what becomes of one kind of records. Removals come first: they are what must not be overlooked.
func (e *edit) showKind(kind cardea.Kind, was, will album) {
	removed, added := ofKind(e.diff.Removed, kind), ofKind(e.diff.Added, kind)
	changed := slices.DeleteFunc(slices.Clone(e.diff.Changed), func(c house.Change) bool { return c.After.Key().Kind != kind })
	if len(removed)+len(added)+len(changed) == 0 {
		return
	}
	_, many := say.Kind(kind)
	fmt.Fprintf(e.c.out, "\n  %s %s\n", e.c.paint(bold, many+":"), plus(len(added), len(changed), len(removed)))
	there := len(ofKind(e.before, kind))
	if n := len(removed); n > 0 && n == there {
		text := fmt.Sprintf("every one of them is removed: all %d %s that were there", n, many)
		if n == 1 {
			text = "the only one that was there is removed"
		}
		fmt.Fprintf(e.c.out, "    %s\n", e.c.paint(red, "! "+text))
	}
	if e.first {
		return
	}
	left := most
	line := func(colour, sign, text string) {
		if left--; left >= 0 {
			fmt.Fprintf(e.c.out, "    %s %s\n", e.c.paint(colour, sign), text)
		}
	}
	for _, r := range removed {
		line(red, "-", gone(was, will, r))
	}
	for _, c := range changed {
		line(yellow, "~", altered(was, will, c))
	}
	for _, r := range added {
		line(green, "+", will.label(r))
	}
	if left < 0 {
		fmt.Fprintf(e.c.out, "    %s\n", e.c.paint(faint, "and "+say.N(-left, "more", "more")+" (--json prints all)"))
	}
}

// gone tells a removal: of what gave somebody something, who loses what. An assignment that goes with its agreement is told
// there.
func gone(was, will album, r cardea.Record) string {
	if s, ok := r.(cardea.Assignment); ok && will.records[cardea.Key{Kind: cardea.KindAgreement, ID: s.Agreement}] == nil {
		return was.label(r)
	}
	if text := was.loses(r); text != "" {
		return say.Clean(r.Key().ID) + "  " + text
	}
	return was.label(r)
}

// altered tells what of a record was and what will be.
func altered(was, will album, c house.Change) string {
	k := c.After.Key()
	var parts []string
	for _, f := range fieldsOf(k.Kind) {
		before, after := shown(was, f, c.Before), shown(will, f, c.After)
		if before != after {
			parts = append(parts, f.name+": "+before+" -> "+after)
		}
	}
	text := strings.Join(parts, ", ")
	if name := will.name(k.Kind, k.ID); !strings.EqualFold(name, k.ID) {
		text = "(" + name + ")  " + text
	}
	text = say.Clean(k.ID) + "  " + text
	lost := ""
	switch after := c.After.(type) {
	case cardea.Agreement:
		if before, ok := c.Before.(cardea.Agreement); ok {
			lost = was.shuts(before, after, will)
		}
	case cardea.Assignment:
		before, ok := c.Before.(cardea.Assignment)
		if ok && (before.Resource != after.Resource || before.Agreement != after.Agreement) {
			lost = was.loses(before)
		}
	}
	if lost != "" {
		text += ": " + lost
	}
	return text
}

// shown is a field's value for people: ids with the names of what they name.
func shown(a album, f field, r cardea.Record) string {
	text := f.get(r)
	if text == "" {
		return "(none)"
	}
	if f.to == "" {
		return say.Clean(text)
	}
	var parts []string
	for _, id := range listed(text) {
		if name := a.name(f.to, id); name != say.Clean(id) {
			id += " (" + name + ")"
		}
		parts = append(parts, say.Clean(id))
	}
	return strings.Join(parts, ", ")
}

func ofKind(records []cardea.Record, kind cardea.Kind) []cardea.Record {
	var out []cardea.Record
	for _, r := range records {
		if r.Key().Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// plus tells counts: "3 added, 1 removed".
func plus(added, changed, removed int) string {
	var parts []string
	for _, one := range []struct {
		n    int
		what string
	}{{added, "added"}, {changed, "changed"}, {removed, "removed"}} {
		if one.n > 0 {
			parts = append(parts, say.N(one.n, one.what, one.what))
		}
	}
	return strings.Join(parts, ", ")
}
