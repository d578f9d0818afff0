package read

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Known is what is remembered of one record between two reads.
type Known struct {
	// Hash of the body last stored; a record that hashes the same has not changed.
	Hash string
	// MissingSince is the first complete reading without the record, 0 = it was there in the last one.
	MissingSince cardea.Instant
	// GoneAt is when it was found to be gone, 0 = it is not.
	GoneAt cardea.Instant
	// Unsure says that its last answer could not be read.
	Unsure bool
	// Body is what was stored. It is needed only of records that changed or did not come: of the others it may be nil.
	Body cardea.Record
}

// Standing is how a collection stood after the last read.
type Standing struct {
	Grade        cardea.Grade
	Why          string
	At           cardea.Instant // the last read, 0 = never
	CompleteAt   cardea.Instant // the last complete reading that was not suspect, 0 = never
	SuspectSince cardea.Instant // the first of the suspect readings that wait for one that agrees, 0 = none
	Records      int            // records of the last good reading
}

// Blind says why absence in the collection proves nothing now; empty = it can be relied on.
func (s Standing) Blind() string {
	switch {
	case s.At == 0:
		return "never read"
	case s.SuspectSince != 0:
		return "the last reading is suspect: " + s.Why
	case s.Grade == cardea.Failed:
		return "the last reading failed: " + s.Why
	case s.Grade == cardea.Incomplete:
		return "the last reading is incomplete: " + s.Why
	case s.CompleteAt == 0:
		return "never read completely"
	}
	return ""
}

// Reading is one listing of one collection, and what it is compared with.
type Reading struct {
	Known    map[string]Known // by id
	Standing Standing
	Pages    *cardea.Pages
	Now      cardea.Instant
	Interval time.Duration // how long a suspect reading waits for a second one
	// Span is the time for which bookings were asked; a booking outside it is never absent.
	Span cardea.Window
	// Hash is the store's hash of a body.
	Hash func(cardea.Record) string
}

// Result is what a reading says. Lists are sorted by id, so that equal readings give equal results.
type Result struct {
	Upsert []cardea.Record // new, changed, or back again
	Seen   []string        // unchanged, but noted as missing or unsure until now
	Unsure []cardea.Key    // could not be read: what was known still holds; keys of other collections may be among them
	// Missing are ids that this complete reading lacks for the first time: they stay until a second one agrees.
	Missing []string
	Gone    []cardea.Gone
	// Standing is how the collection stands now.
	Standing Standing
	// Suspect says why the reading removes nothing although it came whole; empty = it is not suspect.
	Suspect string
	// Bad are the records that were refused.
	Bad []cardea.Bad
	// Ask are the records to read by id before the result is settled: those whose row would take access away, then
	// those that are not there any more.
	Ask []cardea.Key

	changing map[string]cardea.Record // by id: rows that would take access away, until the record itself says so
	absent   []string                 // not in a conclusive reading, nothing else known
	first    map[string]bool          // of absent: not noted as missing before
	lost     map[string]bool          // by id: the vendor answered "no such id" in this very reading
	old      map[string]Known
	now      cardea.Instant
}

// Merge compares a reading with what is known. It removes nothing by itself: what it finds absent or lessened is asked
// for by id (Result.Ask) and decided by Settle.
func Merge(r Reading) Result {
	res := Result{
		Standing: r.Standing, Bad: r.Pages.BadOnes(), old: r.Known, now: r.Now,
		changing: map[string]cardea.Record{}, first: map[string]bool{}, lost: map[string]bool{},
	}
	kind := r.Pages.Kind()
	now := r.listed()
	unsure := map[string]bool{}
	for _, b := range r.Pages.BadOnes() {
		for _, k := range b.Who {
			res.Unsure = append(res.Unsure, k)
			if k.Kind == kind {
				unsure[k.ID] = true
			}
		}
	}
	res.Unsure = sortedKeys(res.Unsure)
	for _, k := range r.Pages.MissingOnes() {
		res.lost[k.ID] = k.Kind == kind
	}

	for id, rec := range now {
		res.take(id, rec, r, unsure[id])
	}
	slices.SortFunc(res.Upsert, byID)
	slices.Sort(res.Seen)
	absent := r.absent(now, unsure)
	res.judge(r, now, unsure, absent)
	if res.conclusive() {
		res.absent = absent
		for _, id := range absent {
			res.first[id] = r.Known[id].MissingSince == 0
		}
	}
	res.Ask = res.questions(kind)
	return res
}

// listed returns the records that came, by id. The last one wins where an id came twice: pages move while they are read.
func (r Reading) listed() map[string]cardea.Record {
	kind := r.Pages.Kind()
	m := make(map[string]cardea.Record, len(r.Pages.Records()))
	for _, rec := range r.Pages.Records() {
		if k := rec.Key(); k.Kind == kind {
			m[k.ID] = rec
		}
	}
	return m
}

// take files one record that came.
func (res *Result) take(id string, rec cardea.Record, r Reading, unsure bool) {
	old, known := r.Known[id]
	if known && old.GoneAt == 0 {
		rec = Remembered(old.Body, rec, r.Now)
	}
	switch {
	case !known || old.GoneAt != 0:
		res.Upsert = append(res.Upsert, rec)
	case old.Hash == r.Hash(rec):
		if (old.MissingSince != 0 || old.Unsure) && !unsure {
			res.Seen = append(res.Seen, id)
		}
	case Lessens(old.Body, rec):
		res.changing[id] = rec
	default:
		res.Upsert = append(res.Upsert, rec)
	}
}

// absent lists the known records that did not come though they should have: not those that are gone already, that could
// not be read, or whose time is not in the span.
func (r Reading) absent(now map[string]cardea.Record, unsure map[string]bool) []string {
	var out []string
	for id, k := range r.Known {
		if _, came := now[id]; came || k.GoneAt != 0 || unsure[id] || !Within(k.Body, r.Span) {
			continue
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// judge sets the standing: whether the reading is conclusive, suspect, or neither.
func (res *Result) judge(r Reading, now map[string]cardea.Record, unsure map[string]bool, absent []string) {
	e := r.Pages.Evidence()
	s := r.Standing
	s.Grade, s.Why, s.At = e.Grade(), e.Why(), r.Now
	if e.Grade() == cardea.Incomplete || e.Grade() == cardea.Failed || !e.Whole() {
		// A reading that did not come whole neither confirms nor clears a suspicion.
		if !e.Whole() {
			s = r.Standing
		}
		res.Standing = s
		return
	}
	why := r.suspicion(now, unsure, absent, e.Grade())
	switch {
	case why == "":
		s.SuspectSince = 0
	case s.SuspectSince == 0:
		s.SuspectSince = r.Now
	case r.Now >= s.SuspectSince.Add(r.Interval):
		why = "" // a second reading, a full interval later, agrees
		s.SuspectSince = 0
	}
	res.Suspect = why
	if why != "" {
		s.Why = why
	} else {
		s.CompleteAt, s.Records = r.Now, len(now)
	}
	res.Standing = s
}

// suspicion says what is odd about a reading that came whole (RULES.md 5.1), or nothing.
func (r Reading) suspicion(now map[string]cardea.Record, unsure map[string]bool, absent []string, grade cardea.Grade) string {
	missing := make(map[string]bool, len(absent))
	for _, id := range absent {
		missing[id] = true
	}
	base, fresh, gone := 0, 0, 0
	for id, k := range r.Known {
		// The last good reading is what is known, less what that reading lacked already.
		if _, came := now[id]; k.GoneAt != 0 || k.MissingSince != 0 || (!came && !unsure[id] && !missing[id]) {
			continue
		}
		base++
		if missing[id] {
			gone++
		}
	}
	for id := range now {
		if k, known := r.Known[id]; !known || k.GoneAt != 0 {
			fresh++
		}
	}
	came := len(now)
	switch {
	case came == 0 && gone > 0:
		return fmt.Sprintf("it holds nothing where the last one held %d", base)
	case gone >= 5 && 2*(base-gone) < base:
		return fmt.Sprintf("it holds %d of the %d that the last one held", base-gone, base)
	case gone > 0 && 2*fresh > came && 2*gone > base:
		return fmt.Sprintf("%d of %d are new and %d of %d are gone", fresh, came, gone, base)
	case gone > 0 && grade == cardea.Weak:
		return fmt.Sprintf("%d of %d are gone and the vendor does not say where the list ends", gone, base)
	}
	return ""
}

// conclusive says whether absence in this reading is evidence.
func (res *Result) conclusive() bool { return res.Standing.CompleteAt == res.now && res.Suspect == "" }

// questions lists what is to be read by id: rows that lessen access first, then what was missed before, then the rest.
func (res *Result) questions(kind cardea.Kind) []cardea.Key {
	var lessened, again, fresh []string
	for id := range res.changing {
		lessened = append(lessened, id)
	}
	for _, id := range res.absent {
		switch {
		case res.lost[id]:
		case res.first[id]:
			fresh = append(fresh, id)
		default:
			again = append(again, id)
		}
	}
	slices.Sort(lessened)
	out := make([]cardea.Key, 0, len(lessened)+len(again)+len(fresh))
	for _, ids := range [][]string{lessened, again, fresh} {
		for _, id := range ids {
			out = append(out, cardea.Key{Kind: kind, ID: id})
		}
	}
	return out
}

func byID(a, b cardea.Record) int { return strings.Compare(a.Key().ID, b.Key().ID) }

func byKey(a, b cardea.Key) int {
	if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func sortedKeys(ks []cardea.Key) []cardea.Key {
	slices.SortFunc(ks, byKey)
	return slices.Compact(ks)
}
