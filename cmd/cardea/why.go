package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/desk/say"
)

// madeFor begins why an account waits that is made for access that waits: the access says the rest.
const madeFor = "the account is made for access that waits: "

// whys tells reasons for waiting once: what is said of several groups in one line, and not again below it.
type whys struct {
	clock say.Clock
	order []string            // what is said, the group's name cut off where it begins with it
	of    map[string][]string // the groups of which it is said
	lots  map[string]int      // in how many lists of one cause it would stand
	above map[string]bool     // what is said above the lists
	told  map[string]bool     // the reasons, as operations have them, that are told
	rest  map[string]string   // of a reason, what is said
}

func newWhys(batches []say.Batch, clock say.Clock) *whys {
	w := &whys{
		clock: clock, of: map[string][]string{}, lots: map[string]int{}, above: map[string]bool{}, told: map[string]bool{},
		rest: map[string]string{},
	}
	for _, b := range batches {
		here := map[string]bool{}
		for _, o := range b.Operations {
			if o.Held == nil || strings.HasPrefix(o.Held.Why, madeFor) {
				continue
			}
			said, group := o.Held.Why, ""
			if after, ok := strings.CutPrefix(said, o.GroupName+" is "); ok && o.GroupName != "" {
				said, group = " is "+after, say.Clean(o.GroupName)
			}
			w.rest[o.Held.Why] = said
			if _, known := w.of[said]; !known {
				w.order, w.of[said] = append(w.order, said), nil
			}
			if group != "" && !slices.Contains(w.of[said], group) {
				w.of[said] = append(w.of[said], group)
			}
			if !here[said] {
				here[said] = true
				w.lots[said]++
			}
		}
	}
	return w
}

// shared are the lines that speak of several groups or lists, to stand above them all. Each is told once.
func (w *whys) shared() []string {
	var out []string
	for _, said := range w.order {
		groups := w.of[said]
		if len(groups) < 2 && w.lots[said] < 2 || w.above[said] {
			continue
		}
		w.above[said] = true
		for why, rest := range w.rest {
			if rest == said {
				w.told[why] = true
			}
		}
		out = append(out, whyLine(slices.Sorted(slices.Values(groups)), said))
	}
	return out
}

// fewGroups is how many groups a line names.
const fewGroups = 8

// whyLine says of some groups what is said of each.
func whyLine(groups []string, said string) string {
	switch n := len(groups); {
	case n == 0:
		return said
	case n == 1:
		return groups[0] + said
	case n > fewGroups:
		named := append(slices.Clone(groups[:fewGroups]), fmt.Sprintf("%d others", n-fewGroups))
		return "each of " + say.And(named) + said
	}
	return "each of " + say.And(groups) + said
}

// fresh says whether a reason is still to be told, and notes that it is.
func (w *whys) fresh(why string) bool {
	if strings.HasPrefix(why, madeFor) && len(w.rest) > 0 {
		return false // the access says why
	}
	if w.told[why] {
		return false
	}
	w.told[why] = true
	return true
}
