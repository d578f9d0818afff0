package read

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
)

// Report is what a read found.
type Report struct {
	At          cardea.Instant
	Collections []Collection // sorted by kind
	Issues      []cardea.Issue
	// Complete says that every collection came whole and none is suspect.
	Complete bool
	// Answered are, of a targeted read, the records that the vendor showed or does not know, of those that were asked for.
	Answered []cardea.Key
}

// Collection is what a read found in one collection.
type Collection struct {
	Kind     cardea.Kind
	Grade    cardea.Grade
	Why      string // what is missing
	Suspect  string // why it removes nothing although it came whole
	Records  int    // that came
	Changed  int    // new, changed or back
	Asked    int    // by id, of this kind
	Missing  int    // absent for the first time
	Gone     int
	Unsure   int
	Standing Standing
}

// report sums up for people.
func (r *Reader) report(now cardea.Instant, in *cardea.Intake, results map[cardea.Kind]*Result) Report {
	rep := Report{At: now, Complete: true}
	for _, kind := range slices.Sorted(maps.Keys(results)) {
		res := results[kind]
		e := in.Open(kind).Evidence()
		c := Collection{
			Kind: kind, Grade: e.Grade(), Why: e.Why(), Suspect: res.Suspect, Records: e.Records(), Changed: len(res.Upsert),
			Asked: len(res.Ask), Missing: len(res.Missing), Gone: len(res.Gone), Unsure: len(res.Unsure), Standing: res.Standing,
		}
		rep.Collections = append(rep.Collections, c)
		if res.Standing.Blind() != "" || e.Grade() == cardea.Incomplete || e.Grade() == cardea.Failed {
			rep.Complete = false
		}
		rep.Issues = append(rep.Issues, issues(r.Connection, c, res.Bad)...)
	}
	return rep
}

// maxBad is how many refused records of a collection get an issue of their own.
const maxBad = 50

// issues says what is the matter with a collection.
func issues(connection string, c Collection, bad []cardea.Bad) []cardea.Issue {
	var out []cardea.Issue
	switch {
	case c.Grade == cardea.Incomplete || c.Grade == cardea.Failed:
		out = append(out, cardea.Issue{Code: "read-incomplete", Record: &cardea.Key{Kind: c.Kind}, Text: fmt.Sprintf(
			"the %s records of %s did not come whole, so nobody loses access because of them: %s", c.Kind, connection, c.Why)})
	case c.Suspect != "":
		out = append(out, cardea.Issue{Code: "read-suspect", Record: &cardea.Key{Kind: c.Kind}, Text: fmt.Sprintf(
			"the %s records of %s look wrong, so nobody loses access until a second read agrees: %s",
			c.Kind, connection, c.Suspect)})
	}
	for i, b := range bad {
		if i == maxBad {
			out = append(out, cardea.Issue{Code: "records-refused", Record: &cardea.Key{Kind: c.Kind}, Text: fmt.Sprintf(
				"%d more %s records of %s could not be read", len(bad)-maxBad, c.Kind, connection)})
			break
		}
		k := cardea.Key{Kind: c.Kind}
		if len(b.Who) > 0 {
			k = b.Who[0]
		}
		out = append(out, cardea.Issue{Code: "record-refused", Record: &k, Text: fmt.Sprintf(
			"%s of %s could not be read and stays as it was: %s", k, connection, b.Why)})
	}
	return out
}
