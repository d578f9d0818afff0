package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// decides says whether a mapping gives anybody anything: where pushes decide no other one does (RULES.md PUSHED). The others are what
// people are compared by of whom no push told for a while.
func (x *Index) decides(m cardea.Mapping) bool { return x.s.Pushed == (m.Kind == cardea.ItemPushes) }

// internPushed makes one mapping for each group that a push may name: a push names groups, and not the item that they stand under.
func (x *Index) internPushed(kind int, m cardea.Mapping) {
	for _, g := range slices.Compact(slices.Sorted(slices.Values(m.Groups))) {
		one := mapping{Mapping: m, rule: rules[kind], groups: []int32{x.group(g)}}
		one.Item, one.Groups = string(g), []cardea.GroupID{g}
		if m.Hours != nil && !wholeWeek(m.Hours) {
			one.hours = m.Hours
		}
		x.items[kind][one.Item] = append(x.items[kind][one.Item], int32(len(x.mappings)))
		x.mappings = append(x.mappings, one)
	}
}

// push judges one push: each group that it names, until it lapses. When that began it does not say.
func (j *judge) push(i int32) {
	x, p, l := j.x, &j.x.d.Pushes[i], &j.look
	if !x.s.Pushed {
		return
	}
	*l = newLook(cardea.RulePushed, p.Key())
	j.holds(l, p.Person, "")
	if l.says != cardea.Yes && !j.all {
		return
	}
	l.place = x.place(p.Location)
	l.zone = x.zone(l.place)
	found := false
	for _, g := range p.Groups {
		l.base = cardea.Window{From: cardea.Always, Until: g.Until}
		found = j.tell(l, x.of(cardea.ItemPushes, g.Group)) || found
	}
	if !found {
		l.base = cardea.Forever
		j.tellNone(l, cardea.NotMapped, askMapping, l.record)
	}
}

// pushed says what became of a reason that a push gave: a newer one that does not name the group any more took it away, and that is
// as sure as the one that gave it. That a push is not there any more says nothing.
func (l *listener) pushed(j *judge) cardea.Cause {
	x := l.x
	for _, i := range x.backwards().pushes.of(j.person) {
		p := &x.d.Pushes[i]
		switch {
		case p.Key() != l.reason.Record:
		case !slices.ContainsFunc(p.Groups, func(g cardea.Pushed) bool { return g.Group == l.reason.Item }):
			return cardea.CauseEnded
		default:
			j.push(i)
			if !l.heard {
				return cardea.CauseUnmapped
			}
			return ""
		}
	}
	return cardea.CauseVanished
}

// pushLabel says who pushed and when it came.
func (x *Index) pushLabel(id string) string {
	for i := range x.d.Pushes {
		if p := &x.d.Pushes[i]; p.Key().ID == id {
			where := x.label(cardea.Key{Kind: cardea.KindLocation, ID: p.Location})
			return fmt.Sprintf("push of %s, came %s", first(where, x.d.Connection), p.Came)
		}
	}
	return ""
}

func (x *Index) complainPushes(c *complaints) {
	if !x.s.Pushed {
		return
	}
	for i := range x.d.Pushes {
		p := &x.d.Pushes[i]
		if at := x.place(p.Location); at >= 0 && x.places[at].out {
			continue
		}
		for _, g := range p.Groups {
			if len(x.of(cardea.ItemPushes, g.Group)) == 0 {
				c.add(IssuePushed, p.Key(), fmt.Sprintf("the push names the group %q, which is not among those that the mapping of pushes "+
					"names: it gives nothing. Add the group to the mapping, or map the item anew in Nexudus", g.Group))
			}
		}
	}
}

// Unheard is how long somebody may not be heard of before they are compared with the records.
const Unheard = 24 * time.Hour

// Unheard returns who is not heard of for a day and has other groups now than the mappings beside that of pushes would give by the
// records. What was pushed goes on deciding. Somebody of whom no push ever told counts once pushes come for a day.
func (x *Index) Unheard(now cardea.Instant) []cardea.Issue {
	s := x.s
	s.Pushed = false
	if !x.s.Pushed || !slices.ContainsFunc(s.Mappings, func(m cardea.Mapping) bool { return m.Kind != cardea.ItemPushes }) {
		return nil
	}
	heard, first := map[cardea.PersonID]cardea.Instant{}, now
	for i := range x.d.Pushes {
		p := &x.d.Pushes[i]
		id := cardea.PersonOf(x.d.Connection, cardea.Key{Kind: cardea.KindPerson, ID: p.Person})
		heard[id], first = max(heard[id], p.Came), min(first, p.Came)
	}
	before := now.Add(-Unheard)
	if first > before {
		return nil
	}
	d := x.d
	d.Pushes = nil
	records := New(d, s)
	has, would := x.open(now), records.open(now)
	var c complaints
	for _, id := range x.people.ids {
		_, key, _ := id.Split()
		if heard[id] > before || key.Kind != cardea.KindPerson {
			continue
		}
		// Of groups that the other mappings do not lead to the records say nothing.
		pushed := slices.DeleteFunc(has[id], func(g cardea.GroupID) bool { return records.group(g) < 0 })
		given := slices.DeleteFunc(would[id], func(g cardea.GroupID) bool { return x.group(g) < 0 })
		if slices.Equal(pushed, given) {
			continue
		}
		last := "no push ever told of them"
		if heard[id] > 0 {
			last = "the last push of them came at " + heard[id].String()
		}
		c.issues = append(c.issues, cardea.Issue{Code: IssueUnheard, Person: id, Record: &key, Text: fmt.Sprintf(
			"%s; it gives them %s, the records would give %s. What was pushed goes on deciding until it lapses: run Update access control "+
				"for them in Nexudus", last, listing(pushed), listing(given))})
	}
	return c.sorted()
}

// open returns the groups that everybody has at an instant, sorted.
func (x *Index) open(now cardea.Instant) map[cardea.PersonID][]cardea.GroupID {
	out := map[cardea.PersonID][]cardea.GroupID{}
	for _, g := range x.Grants(cardea.Window{From: now, Until: now}) {
		if _, is := g.At(now); is {
			out[g.Person] = append(out[g.Person], g.Group)
		}
	}
	for _, groups := range out {
		slices.Sort(groups)
	}
	return out
}

func listing(groups []cardea.GroupID) string {
	var names []string
	for _, g := range groups {
		names = append(names, string(g))
	}
	return cmp.Or(strings.Join(names, ", "), "nothing")
}
