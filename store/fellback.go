package store

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// slotsAhead is how far ahead the slots of a budget may be handed out: each waits for its own before the next is taken.
const slotsAhead = 5 * time.Minute

// LookAgain makes every unit of these kinds due, of all workspaces: a clock that was ahead wrote when they are to be woken, and
// until when they are leased. Whoever works on a unit goes on with it.
func (s *Store) LookAgain(ctx context.Context, kinds []string, now cardea.Instant, life time.Duration) error {
	chunks, err := set(kinds)
	if err := each(chunks, err, func(b string) error {
		return gen.New(s.writer).LookAgain(ctx, gen.LookAgainParams{Kinds: b, Now: int64(now), Latest: int64(now.Add(life))})
	}); err != nil {
		return classed("making every unit due", err)
	}
	return classed("pulling the budgets back", gen.New(s.writer).PullBudgets(ctx, gen.PullBudgetsParams{
		Now: int64(now), Latest: int64(now.Add(slotsAhead)),
	}))
}

// longestLives is how many lives of a lease a lease may reach ahead, by the clock of another node too.
const longestLives = 3

// FellBack makes every unit of these kinds due when the clock was ahead before and is not any more, which no process may have seen
// happen: what was leased and handed out then would be nobody's until that time has come. It says whether it was so.
func (s *Store) FellBack(ctx context.Context, kinds []string, now cardea.Instant, life time.Duration) (bool, error) {
	ahead, err := s.queries().WrittenAhead(ctx, gen.WrittenAheadParams{
		Leased: int64(now.Add(longestLives * life)), Slots: int64(now.Add(slotsAhead)),
	})
	if err != nil || ahead == 0 {
		return false, classed("looking for what a clock that was ahead wrote", err)
	}
	return true, s.LookAgain(ctx, kinds, now, life)
}
