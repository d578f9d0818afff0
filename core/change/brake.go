package change

import (
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// brake holds slices of a changeset that are unusually large (RULES.md 5.4): the removals for absence of a group, of a place
// and of an integration, and the additions after a mapping or scope changed, of each of the three (slice.go). Removals that
// were applied in the last 24 h count with those asked for now, so that no stream of small changesets gets past. Positive
// removals are never held and never counted; nor is what another guard holds already. A released operation goes, and counts.
func brake(cs cardea.Changeset, in *Input) cardea.Changeset {
	b := weigh(cs, in)
	for _, g := range b.names() {
		s := b.groups[g]
		if why := s.tooMany(in.Brake.Add, "people"); why != "" {
			s.addHeld = why + " would come to " + in.name(g) + " because its mapping or scope changed. Release them if that is meant"
			s.stay = in.seen.inStep[g]
		}
		if why := s.over(in.Brake.Group); why != "" {
			s.held = s.text("lose "+in.name(g), in) + why
		}
	}
	wider := b.slices(in)
	b.report(in, wider)
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		why := ""
		switch s := b.groups[o.Group]; {
		case in.Released[o.Key] || s == nil:
		case o.MassAdd && o.Verb == cardea.VerbAdd:
			if why = s.addHeld; why == "" {
				why = wider.of(o.Group, func(l *load) string { return l.addHeld })
			}
		case absent(o, in) && s.held != "":
			why = s.held
		case absent(o, in):
			why = wider.of(o.Group, func(l *load) string { return l.held })
		}
		if why == "" {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldBrake, Why: why}
	})
}

// load is what weighs on one group, or on several.
type load struct {
	went  int // removals for absence in the brake's window
	asked int // asked for now
	base  int // most edges in step in the window
	stay  int // edges that stay or come
	come  int // additions because a mapping or scope changed
	held  string
	// addHeld says why additions are held.
	addHeld string
}

// over says which limit the removals exceed, or "".
func (l *load) over(lim cardea.BrakeLimit) string {
	n := l.went + l.asked
	switch {
	case l.asked == 0:
		return ""
	case lim.Count > 0 && n > lim.Count:
		return fmt.Sprintf("more than %d wait for a person", lim.Count)
	case lim.Min > 0 && n >= lim.Min && n*100 > lim.Percent*l.base:
		return fmt.Sprintf("%d or more that are over %d %% wait for a person", lim.Min, lim.Percent)
	case n >= 2 && n >= l.base && l.stay == 0:
		return "that is everybody, and waits for a person"
	}
	return ""
}

// tooMany says how many additions are too many, or "".
func (l *load) tooMany(lim cardea.BrakeLimit, what string) string {
	if l.come == 0 || !(lim.Count > 0 && l.come > lim.Count || lim.Min > 0 && l.come >= lim.Min && l.come*100 > lim.Percent*l.base) {
		return ""
	}
	return fmt.Sprintf("%d %s, beside %d,", l.come, what, l.base)
}

// text says how many would go.
func (l *load) text(what string, in *Input) string {
	return fmt.Sprintf("%d of %d people would %s within %v because something is no longer there (%d already did, %d now). "+
		"Mend the source, or release them if it is meant: ", l.went+l.asked, max(l.base, l.went+l.asked), what, in.Brake.Window,
		l.went, l.asked)
}

type scale struct{ groups map[cardea.GroupID]*load }

func (b *scale) of(g cardea.GroupID) *load {
	l := b.groups[g]
	if l == nil {
		l = &load{}
		b.groups[g] = l
	}
	return l
}

func (b *scale) names() []cardea.GroupID {
	out := make([]cardea.GroupID, 0, len(b.groups))
	for g := range b.groups {
		out = append(out, g)
	}
	slices.Sort(out)
	return out
}

// weigh counts. The base of a group that history does not speak of is what is in step now and what was ours until now.
func weigh(cs cardea.Changeset, in *Input) *scale {
	b := &scale{groups: map[cardea.GroupID]*load{}}
	for g, n := range in.seen.inStep {
		l := b.of(g)
		l.base, l.stay = n, n+in.seen.coming[g]
	}
	for i := range cs.Operations {
		o := &cs.Operations[i]
		if o.Held != nil || o.Group == "" {
			continue
		}
		l := b.of(o.Group)
		switch {
		case absent(o, in):
			l.asked++
			if o.Cause != cardea.CauseStray {
				l.base++
			}
		case o.Verb == cardea.VerbAdd && o.MassAdd && !in.Released[o.Key]:
			l.come++
		}
	}
	for g, n := range in.Past.Base {
		b.of(g).base = n
	}
	for _, r := range in.Past.Removals {
		if r.At > in.Now.Add(-in.Brake.Window) {
			b.of(r.Group).went++
		}
	}
	return b
}

// report makes one issue of each hold, and notes when a hold may look different: the window lets go of a
// removal, or an edge begins to count.
func (b *scale) report(in *Input, w wider) {
	held := false
	for _, g := range b.names() {
		l := b.groups[g]
		for _, why := range []string{l.held, l.addHeld} {
			if why != "" {
				in.seen.brakes = append(in.seen.brakes, cardea.Issue{Code: "brake", Group: g, Text: why})
				held = true
			}
		}
	}
	for _, s := range w.all {
		for _, why := range []string{s.load.held, s.load.addHeld} {
			if why != "" {
				in.seen.brakes = append(in.seen.brakes, cardea.Issue{Code: "brake", Record: s.record(), Text: why})
				held = true
			}
		}
	}
	if !held {
		return
	}
	in.seen.slides = min(in.seen.slides, in.seen.grows)
	for _, r := range in.Past.Removals {
		if at := r.At.Add(in.Brake.Window); at > in.Now {
			in.seen.slides = min(in.seen.slides, at)
		}
	}
}
