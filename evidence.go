package cardea

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Grade says how far a listing can be trusted to be whole.
type Grade string

// The grades. Only Complete is evidence of absence.
const (
	Complete   Grade = "complete"
	Weak       Grade = "weak" // whole as far as seen, but the vendor gives neither a count nor an end marker
	Incomplete Grade = "incomplete"
	Failed     Grade = "failed"
)

// Scope says what a connector is to bring.
type Scope struct {
	// Kinds limits the read to these collections; empty is all. Door systems use DoorKinds.
	Kinds []Kind `json:"kinds,omitempty"`
	// Keys asks for single records by id, read whole. A record that answers "no such id" is reported by Pages.Missing.
	Keys []Key `json:"keys,omitempty"`
	// Near asks, beside the Keys, for what hangs on them and is announced by nobody: the assignments of an agreement, the
	// guests of a booking. Where the vendor cannot be asked for these alone they are left out.
	Near bool `json:"near,omitempty"`
	// People asks for everything about these people: themselves, their teams, and what those hold.
	People []Key `json:"people,omitempty"`
	// Groups and Accounts limit a door system's edges; both empty is every edge.
	Groups   []GroupID   `json:"groups,omitempty"`
	Accounts []AccountID `json:"accounts,omitempty"`
	// Span is the time for which bookings are wanted. Leaving it is never absence.
	Span Window `json:"span"`
}

// Full says whether the scope asks for whole collections, so that a complete answer is evidence of absence.
func (s Scope) Full() bool { return len(s.Keys) == 0 && len(s.People) == 0 && len(s.Accounts) == 0 }

// Wants says whether the scope includes the kind.
func (s Scope) Wants(k Kind) bool {
	return len(s.Kinds) == 0 || slices.Contains(s.Kinds, k)
}

// Mark is what one page said of the whole.
type Mark struct {
	// Total is the vendor's count of the whole listing when Counted.
	Total   int
	Counted bool
	// More says that the vendor announced another page; Ended that it announced the end.
	More  bool
	Ended bool
	// Short says that the page held fewer rows than it claimed to.
	Short bool
	// Ceiling says that the listing reached a limit beyond which the vendor shows nothing.
	Ceiling bool
}

// Intake collects what one read of one connection brings. It is the only maker of Evidence, and makes it from what it
// saw: a connector cannot claim that a listing is complete.
type Intake struct {
	scope       Scope
	collections []*Pages
	progress    func(kind Kind, records int)
}

// NewIntake makes an intake for a scope; progress, if any, is told the running count of each collection.
func NewIntake(scope Scope, progress func(kind Kind, records int)) *Intake {
	return &Intake{scope: scope, progress: progress}
}

// Open starts a collection. Opening a kind again within one intake continues it.
func (in *Intake) Open(kind Kind) *Pages {
	for _, p := range in.collections {
		if p.kind == kind {
			return p
		}
	}
	p := &Pages{kind: kind, in: in, state: unfinished}
	in.collections = append(in.collections, p)
	return p
}

// Scope returns what was asked for.
func (in *Intake) Scope() Scope { return in.scope }

// Collections returns what came, in the order in which it was opened. A collection that was never closed is failed.
func (in *Intake) Collections() []*Pages { return in.collections }

// Collection returns one kind's pages, or nil when it was never opened.
func (in *Intake) Collection(kind Kind) *Pages {
	for _, p := range in.collections {
		if p.kind == kind {
			return p
		}
	}
	return nil
}

// Refused returns the first refusal of the credentials when every collection was refused so: then nothing could be read at
// all. It is nil when one came, or failed otherwise, or none was asked for.
func (in *Intake) Refused() error {
	var first error
	for _, p := range in.collections {
		if ClassOf(p.err) != Auth {
			return nil
		}
		if first == nil {
			first = p.err
		}
	}
	return first
}

type pagesState int

const (
	unfinished pagesState = iota
	finished
	broken
)

// Pages is one collection as it arrives. It is used by one goroutine.
type Pages struct {
	kind    Kind
	in      *Intake
	records []Record
	bad     []Bad
	missing []Key
	// withheld are the groups whose entries the vendor does not show, and why.
	withheld map[GroupID]string
	last     Mark
	parts    int
	total    int
	counted  bool
	short    bool
	ceiling  bool
	unnamed  bool
	ended    bool
	state    pagesState
	err      error
}

// Bad is a record that could not be read. Who are the records it would have changed; they become unsure, not gone.
type Bad struct {
	Who []Key  `json:"who,omitempty"`
	Why string `json:"why"`
	Raw string `json:"raw,omitempty"` // at most 500 bytes, redacted by the connector
}

// Add takes one page.
func (p *Pages) Add(records []Record, m Mark) {
	p.records = append(p.records, records...)
	p.last = m
	p.parts++
	if m.Counted {
		p.total, p.counted = m.Total, true
	}
	p.short = p.short || m.Short
	p.ceiling = p.ceiling || m.Ceiling
	p.ended = m.Ended
	if p.in.progress != nil {
		p.in.progress(p.kind, len(p.records))
	}
}

// Bad notes a record that could not be read. Without a Who of this kind nobody can tell which record it was, and the
// collection cannot be complete.
func (p *Pages) Bad(raw []byte, who []Key, why string) {
	if len(raw) > 500 {
		raw = raw[:500]
	}
	named := false
	for _, k := range who {
		named = named || k.Kind == p.kind
	}
	p.unnamed = p.unnamed || !named
	p.bad = append(p.bad, Bad{Who: who, Why: why, Raw: string(raw)})
}

// Missing notes that the vendor answered "no such id" for a record asked for by id: positive evidence that it is gone.
func (p *Pages) Missing(k Key) { p.missing = append(p.missing, k) }

// Withhold notes that the vendor does not show who is in a group, and why: of that group alone nothing is known, and the
// collection is not complete.
func (p *Pages) Withhold(g GroupID, why string) {
	if p.withheld == nil {
		p.withheld = map[GroupID]string{}
	}
	p.withheld[g] = why
}

// Count tells a count of the whole that came from elsewhere than a page.
func (p *Pages) Count(total int) { p.total, p.counted = total, true }

// Fail ends the collection with an error. What came before it is kept.
func (p *Pages) Fail(err error) Evidence {
	p.state, p.err = broken, err
	return p.Evidence()
}

// Close ends the collection and returns the evidence.
func (p *Pages) Close() Evidence {
	if p.state == unfinished {
		p.state = finished
	}
	return p.Evidence()
}

// End ends the collection with what reading it came to: closed, or failed.
func (p *Pages) End(err error) Evidence {
	if err != nil {
		return p.Fail(err)
	}
	return p.Close()
}

// Kind returns the collection's kind.
func (p *Pages) Kind() Kind { return p.kind }

// Records returns what came, in order of arrival.
func (p *Pages) Records() []Record { return p.records }

// BadOnes returns the records that could not be read.
func (p *Pages) BadOnes() []Bad { return p.bad }

// MissingOnes returns the ids that the vendor does not know.
func (p *Pages) MissingOnes() []Key { return p.missing }

// Withheld returns the groups of which nothing is known, and why; but only when all else came whole.
func (p *Pages) Withheld() map[GroupID]string {
	if grade, _ := p.grade(); grade != Complete {
		return nil
	}
	return p.withheld
}

// Err returns what ended the collection early, if anything did.
func (p *Pages) Err() error { return p.err }

// Evidence grades what came.
func (p *Pages) Evidence() Evidence {
	e := Evidence{kind: p.kind, records: len(p.records), full: p.in.scope.Full()}
	e.grade, e.why = p.grade()
	if n := len(p.withheld); n > 0 && (e.grade == Complete || e.grade == Weak) {
		first := slices.Min(slices.Collect(maps.Keys(p.withheld)))
		e.grade, e.why = Incomplete, fmt.Sprintf("%d groups are not shown, the first is %s: %s", n, first, p.withheld[first])
	}
	return e
}

// grade grades all that was not withheld.
func (p *Pages) grade() (Grade, string) {
	got := len(p.records) + len(p.bad)
	switch {
	case p.state == unfinished:
		return Failed, "the listing was never ended"
	case p.state == broken && len(p.records) == 0:
		return Failed, p.err.Error()
	case p.state == broken:
		return Incomplete, fmt.Sprintf("stopped after %d records: %v", len(p.records), p.err)
	case p.ceiling:
		return Incomplete, "the listing is at the vendor's ceiling"
	case p.short:
		return Incomplete, "a page held fewer rows than it said"
	case p.last.More:
		return Incomplete, "the vendor announced another page that did not come"
	case p.unnamed:
		return Incomplete, "a record could not be read and does not say which it is"
	case p.counted && got < p.total:
		return Incomplete, fmt.Sprintf("%d of %d records came", got, p.total)
	case !p.counted && !p.ended:
		return Weak, "the vendor gives neither a count nor an end"
	}
	return Complete, ""
}

// Evidence says how far a collection can be trusted. Only an Intake makes it.
type Evidence struct {
	kind    Kind
	grade   Grade
	records int
	why     string
	full    bool
}

// Kind returns the collection.
func (e Evidence) Kind() Kind { return e.kind }

// Grade returns the grade; the zero Evidence is Failed: nothing was seen.
func (e Evidence) Grade() Grade {
	if e.grade == "" {
		return Failed
	}
	return e.grade
}

// Records returns how many records came.
func (e Evidence) Records() int { return e.records }

// Why says in words what is missing; empty when complete.
func (e Evidence) Why() string { return e.why }

// Whole says whether the evidence is about a whole collection and not about single records.
func (e Evidence) Whole() bool { return e.full }

// MarshalJSON writes the evidence for logs and pages. There is no way back: evidence is made, not read.
func (e Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind    Kind   `json:"kind"`
		Grade   Grade  `json:"grade"`
		Records int    `json:"records"`
		Why     string `json:"why,omitempty"`
	}{e.kind, e.Grade(), e.records, e.why})
}
