package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// How a situation ended.
const (
	endedReverted = "reverted" // Cardea set it right
	endedOver     = "over"     // it ended without Cardea
)

// StandingRow is a situation that stands.
type StandingRow struct {
	cardea.Standing

	Times int // how often it stood by now, this time with it
}

// Found is what one look found of situations.
type Found struct {
	Door string
	At   cardea.Instant
	Run  string
	// Now is what stands when the look is over, Passed what it came by and what was over again then.
	Now, Passed []cardea.Standing
	// Reverted says of one that stands no more whether Cardea set it right.
	Reverted func(cardea.Standing) bool
	// Within says whether the look can tell that one is over; nil = it looked at everything.
	Within func(cardea.Standing) bool
	// Mapped are the groups that a mapping names. Their names, and those of linked accounts, are remembered as they are when
	// they are first told.
	Mapped []cardea.GroupID
}

// standingKey names a situation: one of a key is open at most. An account that is to be made goes by its person, an account by itself
// has no group, and a group by itself no account.
type standingKey struct {
	group, subject string
	code           cardea.Situation
}

func keyOf(s cardea.Standing) standingKey {
	return standingKey{clean(string(s.Group)), clean(cmp.Or(string(s.Account), string(s.Person))), s.Situation}
}

// situationRow is a situation as a statement takes it.
type situationRow struct {
	Group   string `json:"g"`
	Subject string `json:"s"`
	Code    string `json:"c"`
	Account string `json:"a"`
	Person  string `json:"p"`
	Detail  string `json:"d"`
	Does    string `json:"o"`
	Held    string `json:"h"`
	Ended   int64  `json:"e"`
	How     string `json:"w"`
}

func rowOf(s cardea.Standing, ended cardea.Instant, how string) situationRow {
	k := keyOf(s)
	return situationRow{
		k.group, k.subject, string(k.code), clean(string(s.Account)), clean(string(s.Person)), clean(s.Detail), string(s.Does),
		string(s.Held), int64(ended), how,
	}
}

// situationChange is how what is kept differs from what was found.
type situationChange struct {
	begin, end, tell []situationRow
	begun            []cardea.Standing
}

// SaveStandings keeps what a look found: what began, what is over, and what is told otherwise than before. What stands as it
// stood costs no write. What somebody's hand began is noted in the audit log, once, in one line for all of a look.
func (w *Workspace) SaveStandings(ctx context.Context, f Found, lease *Lease) error {
	mapped, err := set(f.Mapped)
	if err != nil {
		return err
	}
	return w.write(ctx, "keeping what is not in step of "+f.Door, lease, func(q *gen.Queries) error {
		open, err := w.openStandings(ctx, q, f.Door)
		if err != nil {
			return err
		}
		c := f.against(open)
		if err := w.saveSituations(ctx, q, f, c); err != nil {
			return err
		}
		if f.Within == nil {
			if err := q.KnowAccounts(ctx, gen.KnowAccountsParams{WorkspaceID: w.id, Door: clean(f.Door)}); err != nil {
				return err
			}
			if err := each(mapped, nil, func(b string) error {
				return q.KnowGroups(ctx, gen.KnowGroupsParams{WorkspaceID: w.id, Door: clean(f.Door), Bulk: b})
			}); err != nil {
				return err
			}
		}
		if len(c.begun) == 0 {
			return nil
		}
		return w.note(ctx, q, f.At, "keep "+f.Door, "drift", driftDetail(f, c.begun))
	})
}

func (w *Workspace) saveSituations(ctx context.Context, q *gen.Queries, f Found, c situationChange) error {
	number := func(rows []situationRow) ([]string, error) {
		return objects(len(rows), func(i int) (string, any) { return strconv.Itoa(i), rows[i] })
	}
	chunks, err := number(c.end)
	if err := each(chunks, err, func(b string) error {
		return q.EndSituations(ctx, gen.EndSituationsParams{WorkspaceID: w.id, Door: clean(f.Door), EndedAt: int64(f.At), Bulk: b})
	}); err != nil {
		return err
	}
	chunks, err = number(c.tell)
	if err := each(chunks, err, func(b string) error {
		return q.TellSituations(ctx, gen.TellSituationsParams{WorkspaceID: w.id, Door: clean(f.Door), Bulk: b})
	}); err != nil {
		return err
	}
	chunks, err = number(c.begin)
	return each(chunks, err, func(b string) error {
		return q.PutSituations(ctx, gen.PutSituationsParams{WorkspaceID: w.id, Door: clean(f.Door), Since: int64(f.At), Bulk: b})
	})
}

// against compares what was found with what is open.
func (f *Found) against(open []cardea.Standing) situationChange {
	var c situationChange
	was := make(map[standingKey]cardea.Standing, len(open))
	for _, s := range open {
		was[keyOf(s)] = s
	}
	now, passed := make(map[standingKey]bool, len(f.Now)), map[standingKey]bool{}
	begin := func(s cardea.Standing, ended cardea.Instant, how string) {
		c.begin = append(c.begin, rowOf(s, ended, how))
		if s.Situation.Drift() {
			c.begun = append(c.begun, s)
		}
	}
	for _, s := range f.Now {
		k := keyOf(s)
		if now[k] {
			continue
		}
		now[k] = true
		before, stood := was[k]
		if !stood {
			begin(s, 0, "")
			continue
		}
		if before.Since = s.Since; rowOf(before, 0, "") != rowOf(s, 0, "") {
			c.tell = append(c.tell, rowOf(s, 0, ""))
		}
	}
	for _, s := range f.Passed {
		k := keyOf(s)
		if _, stood := was[k]; stood || now[k] || passed[k] {
			continue
		}
		passed[k] = true
		begin(s, f.At, f.how(s))
	}
	for _, s := range open {
		if !now[keyOf(s)] && (f.Within == nil || f.Within(s)) {
			c.end = append(c.end, rowOf(s, f.At, f.how(s)))
		}
	}
	return c
}

func (f *Found) how(s cardea.Standing) string {
	if f.Reverted != nil && f.Reverted(s) {
		return endedReverted
	}
	return endedOver
}

// driftDetail is what the audit log says of what began. Of very many it names the first.
func driftDetail(f Found, begun []cardea.Standing) any {
	const most = 100
	counts := map[cardea.Situation]int{}
	for _, s := range begun {
		counts[s.Situation]++
	}
	return struct {
		Door   string                   `json:"door"`
		Run    string                   `json:"run,omitempty"`
		Counts map[cardea.Situation]int `json:"counts"`
		Found  []cardea.Standing        `json:"found"`
	}{f.Door, f.Run, counts, begun[:min(len(begun), most)]}
}

func (w *Workspace) openStandings(ctx context.Context, q *gen.Queries, door string) ([]cardea.Standing, error) {
	rows, err := q.OpenSituations(ctx, gen.OpenSituationsParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, err
	}
	out := make([]cardea.Standing, len(rows))
	for i, r := range rows {
		out[i] = cardea.Standing{
			Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), Person: cardea.PersonID(r.Person),
			Situation: cardea.Situation(r.Code), Detail: r.Detail, Since: cardea.Instant(r.Since), Does: cardea.Doing(r.Does),
			Held: cardea.HoldCode(r.Held),
		}
	}
	slices.SortFunc(out, compareStandings)
	return out, nil
}

func compareStandings(a, b cardea.Standing) int {
	return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Person, b.Person),
		cmp.Compare(a.Situation, b.Situation))
}

// Standings returns what is not in step at a door connection, sorted by group, account and person, and how many entries each
// group has: those that no row speaks of are in step.
func (w *Workspace) Standings(ctx context.Context, door string) ([]StandingRow, map[cardea.GroupID]int, error) {
	var out []StandingRow
	edges := map[cardea.GroupID]int{}
	err := w.snapshot(ctx, "reading what is not in step of "+door, func(q *gen.Queries) error {
		open, err := w.openStandings(ctx, q, door)
		if err != nil {
			return err
		}
		times, err := q.SituationTimes(ctx, gen.SituationTimesParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		often := make(map[standingKey]int, len(times))
		for _, t := range times {
			often[standingKey{t.GroupID, t.Subject, cardea.Situation(t.Code)}] = int(t.Times)
		}
		out = make([]StandingRow, len(open))
		for i, s := range open {
			out[i] = StandingRow{Standing: s, Times: often[keyOf(s)]}
		}
		counts, err := q.EdgeCounts(ctx, gen.EdgeCountsParams{WorkspaceID: w.id, Door: clean(door)})
		for _, c := range counts {
			edges[cardea.GroupID(c.GroupID)] = int(c.Edges)
		}
		return err
	})
	return out, edges, err
}
