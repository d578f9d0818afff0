package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Late is a revocation that was due and was not seen to be done.
type Late struct {
	Group   cardea.GroupID
	Account cardea.AccountID
	Person  cardea.PersonID
	Since   cardea.Instant // when it was due, or known
}

// Late returns the revocations of a door connection that were due and were not seen to be done, the longest due first.
func (w *Workspace) Late(ctx context.Context, door string) ([]Late, error) {
	rows, err := w.s.queries().LateOf(ctx, gen.LateOfParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, classed("reading which revocations are late at "+door, err)
	}
	out := make([]Late, len(rows))
	for i, r := range rows {
		out[i] = Late{
			Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), Person: cardea.PersonID(r.Person),
			Since: cardea.Instant(r.Since),
		}
	}
	slices.SortFunc(out, func(a, b Late) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	return out, nil
}

// SaveLate adds revocations that are late, of one that is known already the earlier instant counting, and takes away those
// that are late no more.
func (w *Workspace) SaveLate(ctx context.Context, door string, late, over []Late) error {
	if len(late)+len(over) == 0 {
		return nil
	}
	type row struct {
		Group   string `json:"g"`
		Account string `json:"a"`
		Person  string `json:"p"`
		Since   int64  `json:"s,string"`
	}
	rows := make([]row, len(late))
	for i, l := range late {
		rows[i] = row{clean(string(l.Group)), clean(string(l.Account)), clean(string(l.Person)), int64(l.Since)}
	}
	chunks, err := bulk(rows, func(r row) [2]string { return [2]string{r.Group, r.Account} })
	if err != nil {
		return err
	}
	door = clean(door)
	return w.write(ctx, "keeping which revocations are late at "+door, nil, func(q *gen.Queries) error {
		for _, l := range over {
			if err := q.DropLate(ctx, gen.DropLateParams{
				WorkspaceID: w.id, Door: door, GroupID: clean(string(l.Group)), Account: clean(string(l.Account)),
			}); err != nil {
				return err
			}
		}
		return each(chunks, nil, func(b string) error {
			return q.PutLate(ctx, gen.PutLateParams{WorkspaceID: w.id, Door: door, Bulk: b})
		})
	})
}

// Measure is how long a change took.
type Measure struct {
	Revoke    bool
	Fact      cardea.Instant // when it became due and known
	Confirmed cardea.Instant
}

// Seconds is how long it took; what was there before it was owed took no time.
func (m Measure) Seconds() float64 { return max(float64(m.Confirmed-m.Fact)/float64(cardea.Second), 0) }

// Measured says whether a verb gives or takes access, and which of the two.
func Measured(v cardea.Verb) (revoke, is bool) {
	switch v { //nolint:exhaustive // the others change nobody's access, or only its hours
	case cardea.VerbAdd, cardea.VerbUnlock:
		return false, true
	case cardea.VerbRemove, cardea.VerbLock:
		return true, true
	}
	return false, false
}

func measures(o cardea.Operation) string {
	switch revoke, is := Measured(o.Verb); {
	case !is:
		return ""
	case revoke:
		return "revoke"
	}
	return "grant"
}

// Measures returns how long the changes took that were confirmed at a door connection after one instant and until another,
// in the order in which they were.
func (w *Workspace) Measures(ctx context.Context, door string, after, until cardea.Instant) ([]Measure, error) {
	rows, err := w.s.queries().Measures(ctx, gen.MeasuresParams{
		WorkspaceID: w.id, Door: clean(door), After: int64(after), Until: int64(until),
	})
	if err != nil {
		return nil, classed("reading how long changes took at "+door, err)
	}
	var out []Measure
	for _, r := range rows {
		if r.FactAt > 0 {
			out = append(out, Measure{r.Measure == "revoke", cardea.Instant(r.FactAt), cardea.Instant(r.ConfirmedAt)})
		}
	}
	return out, nil
}

// NotShown is the error of operations that a door system answered well and did not show when it had to.
const NotShown = "the door system said yes and does not show it"

// Unfinished is an operation that an earlier run planned and did not bring to its end.
type Unfinished struct {
	Op   cardea.Operation
	Fact cardea.Instant // from when on it is owed
	// Shown is false when the door system answered it well and did not show it.
	Shown bool
}

// Unfinished returns what runs of a door connection that began, or settled it, at since or later did not bring to its end.
// What a guard held is not among it.
func (w *Workspace) Unfinished(ctx context.Context, door string, since cardea.Instant) ([]Unfinished, error) {
	rows, err := w.s.queries().UnfinishedOf(ctx, gen.UnfinishedOfParams{
		WorkspaceID: w.id, Door: clean(door), Early: max(int64(since.Add(-lookBehind)), 0), Since: int64(since),
	})
	if err != nil {
		return nil, classed("reading what was left undone at "+door, err)
	}
	out := make([]Unfinished, len(rows))
	for i, r := range rows {
		out[i].Fact, out[i].Shown = cardea.Instant(r.FactAt), !strings.HasSuffix(r.Error, NotShown)
		if out[i].Op, err = operation(r.Body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lookBehind is how old a run may be whose operation a later one settled.
const lookBehind = 2 * time.Hour
