package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Decisions returns everything that operators said of who is who at a door connection, also what was taken back: oldest
// first.
func (w *Workspace) Decisions(ctx context.Context, door string) ([]cardea.Decision, error) {
	out, err := w.decisions(ctx, w.s.queries(), door, false)
	if err != nil {
		return nil, classed("reading what was decided of who is who at "+door, err)
	}
	return out, nil
}

func (w *Workspace) decisions(ctx context.Context, q *gen.Queries, door string, standing bool) ([]cardea.Decision, error) {
	rows, err := q.Decisions(ctx, gen.DecisionsParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, err
	}
	var out []cardea.Decision
	for _, r := range rows {
		d := cardea.Decision{
			ID: r.ID, Conflict: r.Conflict, Door: r.Door, Together: r.Together, Person: cardea.PersonID(r.Person),
			Account: cardea.AccountID(r.Account), Other: cardea.PersonID(r.Other), Note: r.Note, By: r.ByWhom,
			At: cardea.Instant(r.At), UndoneAt: cardea.Instant(r.UndoneAt), UndoneBy: r.UndoneBy,
		}
		if !standing || d.Stands() {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Decision) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// decision is how an audit line tells what was decided.
type decision struct {
	Door     string           `json:"door"`
	Conflict string           `json:"conflict"`
	Together bool             `json:"together"`
	Person   cardea.PersonID  `json:"person"`
	Account  cardea.AccountID `json:"account,omitempty"`
	Other    cardea.PersonID  `json:"other,omitempty"`
	Note     string           `json:"note,omitempty"`
}

// SaveDecisions keeps what one conflict was settled by, in the place of what settled it before, marks the units with the
// people, and writes an audit line each, all in one transaction. The decisions are of one conflict of one door connection.
func (w *Workspace) SaveDecisions(ctx context.Context, ds []cardea.Decision, marks []Mark) error {
	if len(ds) == 0 {
		return cardea.Errorf(cardea.Rejected, "there is nothing to decide")
	}
	return w.write(ctx, "keeping who is who", nil, func(q *gen.Queries) error {
		first := ds[0]
		if _, err := q.UndoDecisions(ctx, gen.UndoDecisionsParams{
			WorkspaceID: w.id, Door: clean(first.Door), Conflict: clean(first.Conflict), At: int64(first.At), ByWhom: clean(first.By),
		}); err != nil {
			return err
		}
		for _, d := range ds {
			if err := q.PutDecision(ctx, gen.PutDecisionParams{
				WorkspaceID: w.id, Door: clean(d.Door), ID: clean(d.ID), Conflict: clean(d.Conflict), Together: d.Together,
				Person: clean(string(d.Person)), Account: clean(string(d.Account)), Other: clean(string(d.Other)), Note: clean(d.Note),
				ByWhom: clean(d.By), At: int64(d.At),
			}); err != nil {
				return err
			}
			if err := w.note(ctx, q, d.At, d.By, "identity", decision{
				d.Door, d.Conflict, d.Together, d.Person, d.Account, d.Other, d.Note,
			}); err != nil {
				return err
			}
		}
		return w.markFor(ctx, q, concerned(ds), marks)
	})
}

// UndoDecisions takes back what a conflict of a door connection was settled by, marks the units with the people, and writes
// an audit line, all in one transaction. It returns how many decisions that were.
func (w *Workspace) UndoDecisions(
	ctx context.Context, ds []cardea.Decision, who string, at cardea.Instant, marks []Mark,
) (int, error) {
	if len(ds) == 0 {
		return 0, nil
	}
	undone := 0
	err := w.write(ctx, "taking back who is who", nil, func(q *gen.Queries) error {
		n, err := q.UndoDecisions(ctx, gen.UndoDecisionsParams{
			WorkspaceID: w.id, Door: clean(ds[0].Door), Conflict: clean(ds[0].Conflict), At: int64(at), ByWhom: clean(who),
		})
		if undone = int(n); err != nil || n == 0 {
			return err
		}
		if err := w.markFor(ctx, q, concerned(ds), marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "identity-undone", struct {
			Door     string `json:"door"`
			Conflict string `json:"conflict"`
		}{ds[0].Door, ds[0].Conflict})
	})
	return undone, err
}

// concerned are the people of decisions.
func concerned(ds []cardea.Decision) []cardea.PersonID {
	var out []cardea.PersonID
	for _, d := range ds {
		out = append(out, d.Person)
		if d.Other != "" {
			out = append(out, d.Other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Pairs are the remembered links as decisions have them: whose an account is now, as far as that needs no look at addresses.
func (d *DoorState) Pairs() []cardea.Link {
	if len(d.Decisions) == 0 {
		return d.Links
	}
	type claim struct {
		person  cardea.PersonID
		account cardea.AccountID
	}
	not, theirs := map[claim]bool{}, map[cardea.PersonID]cardea.AccountID{}
	apart := map[[2]cardea.PersonID]bool{}
	for _, o := range d.Decisions { // oldest first
		switch at := (claim{o.Person, o.Account}); {
		case o.Account == "":
			apart[[2]cardea.PersonID{o.Person, o.Other}] = !o.Together
		case o.Together:
			delete(not, at)
			theirs[o.Person] = o.Account
		default:
			not[at] = true
			if theirs[o.Person] == o.Account {
				delete(theirs, o.Person)
			}
		}
	}
	var out []cardea.Link
	for _, l := range d.Links {
		if a, said := theirs[l.Person]; !not[claim{l.Person, l.Account}] && (!said || a == l.Account) {
			out = append(out, l)
		}
	}
	for p, a := range theirs {
		if !slices.ContainsFunc(out, func(l cardea.Link) bool { return l.Person == p }) {
			out = append(out, cardea.Link{Person: p, Account: a, How: "decided"})
		}
	}
	// Of two who are kept apart, the account is that one's of whom it was said.
	return slices.DeleteFunc(out, func(l cardea.Link) bool {
		for pair, are := range apart {
			other := pair[0]
			if other == l.Person {
				other = pair[1]
			}
			if are && slices.Contains(pair[:], l.Person) && theirs[other] == l.Account && theirs[l.Person] != l.Account {
				return true
			}
		}
		return false
	})
}
