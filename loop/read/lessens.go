package read

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// Lessens says whether the new row of a record would move or take access away (RULES.md 4: moved, left), so that the
// record itself has to be read by id before that counts. A list row may be short of what the record holds. A record
// whose old body is not known lessens.
func Lessens(old, now cardea.Record) bool {
	if old == nil {
		return true
	}
	switch n := now.(type) {
	case cardea.Agreement:
		o, same := old.(cardea.Agreement)
		return !same || o.Plan != n.Plan || o.Person != n.Person || o.Team != n.Team ||
			(o.Approved && !n.Approved) || earlier(o.End, n.End) || later(o.Start, n.Start)
	case cardea.Assignment:
		o, same := old.(cardea.Assignment)
		return !same || o.Resource != n.Resource || o.Agreement != n.Agreement || earlier(o.End, n.End) || later(o.Start, n.Start)
	case cardea.Person:
		o, same := old.(cardea.Person)
		return !same || o.Team != n.Team || lacks(o.Teams, n.Teams) || (o.Status != cardea.Left && n.Status == cardea.Left)
	case cardea.Booking:
		o, same := old.(cardea.Booking)
		return !same || o.Person != n.Person || o.Team != n.Team || o.Resource != n.Resource ||
			lacks(o.Members, n.Members) || lacks(o.Visitors, n.Visitors)
	case cardea.Pass:
		o, same := old.(cardea.Pass)
		return !same || o.Person != n.Person || o.Team != n.Team || o.Type != n.Type
	}
	return false
}

// useKept is for how long a use of a pass that was seen stays seen: longer than the day of its use has hours left anywhere.
const useKept = 48 * time.Hour

// Remembered is a record that came, with what it cannot have lost. The uses of passes are listed apart and are no
// collection of their own, so that nothing tells a list of uses that came short: one that was seen stays, unless the pass
// itself counts fewer uses than before.
func Remembered(old, now cardea.Record, at cardea.Instant) cardea.Record {
	n, isPass := now.(cardea.Pass)
	o, wasPass := old.(cardea.Pass)
	if !isPass || !wasPass || n.HalfUsed < o.HalfUsed || o.UsedOn <= n.UsedOn || o.UsedOn < at.Add(-useKept) {
		return now
	}
	n.UsedOn = o.UsedOn
	return n
}

// earlier says whether an end was brought forward; no end is later than any.
func earlier(old, now cardea.Day) bool {
	return now.Set && (!old.Set || now.At < old.At)
}

// later says whether a start was put off.
func later(old, now cardea.Day) bool {
	return now.Set && (!old.Set || now.At > old.At)
}

// lacks says whether somebody of the old list is not in the new one.
func lacks(old, now []string) bool {
	return slices.ContainsFunc(old, func(s string) bool { return !slices.Contains(now, s) })
}

// Within says whether a record belongs to a span of time: a booking when any part of it lies there, everything else
// always. A series whose last occurrence is not known has no end.
func Within(r cardea.Record, span cardea.Window) bool {
	b, ok := r.(cardea.Booking)
	if !ok {
		return true
	}
	until := max(b.End, b.Last)
	if b.RRule != "" && b.Last == 0 {
		until = cardea.Never
	}
	return b.Start < span.Until && span.From < until
}
