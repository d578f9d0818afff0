package scim

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Habits keeps what was once seen of a server beyond the life of a process.
type Habits interface {
	Habit(ctx context.Context, connection, habit string) (bool, error)
	KeepHabit(ctx context.Context, connection, habit string, at cardea.Instant) error
}

// showing is the habit of a server that shows the members of a group. A server that leaves the attribute out where nobody is in a
// group says the same of an empty group as one that hides everybody: without it a new process that finds every group empty,
// because the last member was just taken out, could not tell, and would wait for somebody to be put in by hand.
func (s *System) showing() string { return "shows members at " + s.base.Host + s.base.Path }

// recall learns what an earlier process saw.
func (s *System) recall(ctx context.Context) (bool, error) {
	if s.habits == nil {
		return false, nil
	}
	is, err := s.habits.Habit(ctx, s.client.Name(), s.showing())
	if is {
		s.learn(func(k *learnt) { k.shows, k.kept = true, true })
	}
	return is, err //nolint:wrapcheck // the store says what could not be read
}

// remember keeps for later processes that members were seen.
func (s *System) remember(ctx context.Context) error {
	if s.habits == nil || s.knows().kept {
		return nil
	}
	if err := s.habits.KeepHabit(ctx, s.client.Name(), s.showing(), cardea.At(s.now())); err != nil {
		return err //nolint:wrapcheck // the store says what could not be kept
	}
	s.learn(func(k *learnt) { k.kept = true })
	return nil
}
