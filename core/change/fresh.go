package change

import (
	"time"

	"github.com/cardea-access/cardea"
)

const (
	// freshFor is how old the last sight of a record may be when its end is acted on (RULES.md 5.6).
	freshFor = 5 * time.Minute
	// trusted is how long after the last good reading the ends of agreements are still acted on (RULES.md 5.8).
	trusted = 6 * time.Hour
)

// Term is what is known of the end of an agreement.
type Term struct {
	Ends cardea.Instant // by its own dates and those of what it is assigned to; hours do not count. Never = it does not end
	Seen cardea.Instant // when it was last seen, in a list or by itself
	// Until is when its end is acted on although it was not seen again.
	Until cardea.Instant
}

// Fresh says whether the record was seen late enough to believe its end.
func (t Term) Fresh() bool { return t.Seen >= t.Ends.Add(-freshFor) }

// fresh holds what goes because an agreement ended until its record was read again: it may have been extended meanwhile.
// Without an answer it goes when the time for that is over (RULES.md 5.6). What hours cut is not asked for.
func fresh(cs cardea.Changeset, in *Input) cardea.Changeset {
	if in.Term == nil {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if o.Cause != cardea.CauseEnded || !takes(o, in) || in.Released[o.Key] {
			return nil
		}
		until := cardea.Always
		for i := range o.Reasons {
			switch t, is := in.Term(o.Reasons[i]); {
			case !is || t.Fresh():
			case t.Ends > in.Now: // something else ends it; once its own end is past as well, that is asked about
				in.seen.slides = min(in.seen.slides, t.Ends)
			default:
				until = max(until, t.Until)
			}
		}
		if until <= in.Now {
			return nil
		}
		in.seen.slides = min(in.seen.slides, until)
		return &cardea.Hold{Code: cardea.HeldFresh, Why: "what gave " + in.name(o.Group) +
			" is read once more, since it may have been extended; without an answer this goes at " + until.String()}
	})
}

// foretold says whether an end in a group that is not completely known was announced by agreements, and they were known well
// not too long ago. An end by hours is announced for ever.
func (in *Input) foretold(o *cardea.Operation) bool {
	if in.Term == nil {
		return false
	}
	late := false
	for i := range o.Reasons {
		r := &o.Reasons[i]
		n := len(r.Windows)
		if n == 0 {
			return false
		}
		if until := r.Windows[n-1].Until; until > in.Now {
			in.seen.slides = min(in.seen.slides, until)
			return false // it was to last longer: something else says so
		}
		if announced(o.Reasons[i : i+1]) {
			continue
		}
		t, is := in.Term(*r)
		late = late || !is || t.Ends <= in.Now
		if is && t.Ends > in.Now {
			in.seen.slides = min(in.seen.slides, t.Ends)
		}
	}
	if !late {
		return len(o.Reasons) > 0
	}
	good := in.Good[o.Group]
	if good == 0 || in.Now >= good.Add(trusted) {
		return false
	}
	in.seen.slides = min(in.seen.slides, good.Add(trusted))
	return true
}

// outlived says whether a group's entries are to go because nothing was heard of what gives them for too long.
func (in *Input) outlived(g cardea.GroupID) bool {
	good, after := in.Good[g], in.policy(g).Expire
	return after > 0 && good != 0 && in.Now >= good.Add(after)
}
