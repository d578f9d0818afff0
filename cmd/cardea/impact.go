package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// printImpact prints an edit of mappings as a diff, and what it would do by person.
func (c *terminal) printImpact(i desk.Impact, clock say.Clock, flags string) {
	if len(i.Rows) == 0 {
		fmt.Fprintln(c.out, "That is what is mapped already: nothing would change.")
		return
	}
	if i.Moved {
		fmt.Fprintln(c.out, c.paint(yellow, "It is not what you were shown: something moved meanwhile. Nothing was "+
			"saved; this is how it is now."))
	}
	fmt.Fprintf(c.out, "%s\n", c.paint(bold, "mappings of "+say.Clean(i.Integration)))
	for _, r := range i.Rows {
		item := strings.TrimSpace(r.Kind + " " + say.Clean(r.Item))
		switch {
		case r.Before == "":
			fmt.Fprintf(c.out, "  %s %s: %s\n", c.paint(green, "+"), item, say.Clean(r.After))
		case r.After == "":
			fmt.Fprintf(c.out, "  %s %s: %s\n", c.paint(red, "-"), item, say.Clean(r.Before))
		default:
			fmt.Fprintf(c.out, "  %s %s: %s -> %s\n", c.paint(yellow, "~"), item, say.Clean(r.Before), say.Clean(r.After))
		}
	}
	c.printAffected(i.People, clock)
	if len(i.Dropped) > 0 {
		fmt.Fprintf(c.out, "\n  %s\n", c.paint(bold, fmt.Sprintf("Not to be done any more (%d)", len(i.Dropped))))
		for _, o := range i.Dropped[:min(len(i.Dropped), most)] {
			fmt.Fprintf(c.out, "    %s  %s  %s\n", say.Verb(o.Verb).Text, person(o), say.Clean(o.GroupName))
		}
	}
	for _, why := range i.Incomplete {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), say.Clean(why))
	}
	c.printNotes(i.Issues, clock)
	switch {
	case i.Saved:
		fmt.Fprintln(c.out, "\n  Saved: the next run uses it; a server that runs has been told.")
	case i.Managed == "file":
		fmt.Fprintf(c.out, "\n  %s\n  It is managed by the configuration file: edit it there, at %s\n", c.paint(faint, "edit "+i.Hash), i.Where)
	default:
		fmt.Fprintf(c.out, "\n  Save exactly this with: cardea mappings set %s %s --apply %s\n", i.Integration, flags, i.Hash)
	}
}

// printAffected prints what changes for whom: what each gains, loses, or has at other times, and what waits and why.
func (c *terminal) printAffected(people []desk.Affected, clock say.Clock) {
	if len(people) == 0 {
		fmt.Fprintln(c.out, "\n  Nobody's access would change by what is known now.")
		return
	}
	gain, lose, change, wide := 0, 0, 0, 0
	for _, p := range people {
		gain, lose, change = gain+min(len(p.Gains), 1), lose+min(len(p.Loses), 1), change+min(len(p.Changes), 1)
		wide = max(wide, utf8.RuneCountInString(whom(p)))
	}
	fmt.Fprintf(c.out, "\n  %s\n", c.paint(bold, fmt.Sprintf("%s concerned: %d would gain, %d would lose, %d at other times",
		say.N(len(people), "person", "people"), gain, lose, change)))
	waits := map[string]int{}
	var order []string
	for i, p := range people {
		for _, part := range []struct {
			verb cardea.Verb
			list []desk.Access
		}{{cardea.VerbAdd, p.Gains}, {cardea.VerbRetime, p.Changes}, {cardea.VerbRemove, p.Loses}} {
			for _, a := range part.list {
				held := ""
				if a.Held != nil {
					held = "  " + c.paint(yellow, "waits: "+say.Hold(a.Held.Code).Short)
					if waits[a.Held.Why]++; waits[a.Held.Why] == 1 {
						order = append(order, a.Held.Why)
					}
				}
				if i < most {
					fmt.Fprintf(c.out, "    %s %s  %s  %s%s\n", c.paint(signs[part.verb][1], signs[part.verb][0]), pad(whom(p), wide),
						say.Clean(a.Name), c.paint(faint, spell(part.verb, a, clock)), held)
				}
			}
		}
	}
	if len(people) > most {
		fmt.Fprintf(c.out, "    %s\n", c.paint(faint, fmt.Sprintf("and %d more people (--json prints all)", len(people)-most)))
	}
	for _, why := range order {
		fmt.Fprintf(c.out, "  %s %s would wait: %s\n", c.paint(yellow, "!"), say.N(waits[why], "change", "changes"), say.Clean(why))
	}
}

func whom(p desk.Affected) string {
	if p.Email == "" {
		return say.Clean(p.Name)
	}
	return say.Clean(p.Name) + " <" + say.Clean(p.Email) + ">"
}

// spell tells from when until when.
func spell(v cardea.Verb, a desk.Access, clock say.Clock) string {
	switch {
	case v == cardea.VerbRemove:
		return "from now on: " + say.Cause(a.Cause).Text
	case a.Was != nil:
		return clock.Window(*a.Was) + " -> " + clock.Window(a.Window)
	}
	text := clock.Window(a.Window)
	if n := len(a.Later); n > 0 {
		text += fmt.Sprintf(", and %s later", say.N(n, "time", "times"))
	}
	return text
}
