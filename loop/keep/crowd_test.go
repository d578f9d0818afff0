package keep_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// counting is a door system that counts groups which nobody lists. It notes of whom it is asked.
type counting struct {
	*looptest.Door

	b     *site
	told  map[cardea.AccountID]cardea.Instant
	asked int
	down  bool
}

func (c *counting) Counted(a cardea.AccountID) time.Time {
	at, has := c.told[a]
	if !has {
		return time.Time{}
	}
	return at.Time()
}

func (c *counting) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	for _, a := range want.Accounts {
		c.asked++
		if c.down {
			into.Open(cardea.KindEdge).End(cardea.Errorf(cardea.Retry, "not now"))
			return nil
		}
		c.told[a] = c.b.at
	}
	return c.Door.Read(ctx, want, into)
}

// TestWhatAnAccountIsInIsAskedOnlyWhereItMatters: Ana has General, and gets Elephant by a booking; Other is not mapped.
func TestWhatAnAccountIsInIsAskedOnlyWhereItMatters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		most  int
		told  time.Duration // ago, 0 = never
		other bool          // she is in Other
		down  bool
		asked int
		held  bool
	}{
		{"no limit", 0, 0, true, false, 0, false},
		{"all groups together fit", 3, 0, true, false, 0, false},
		{"one that is not listed could be too many, and is not", 2, 0, false, false, 1, false},
		{"one that is not listed is too many", 2, 0, true, false, 1, true},
		{"asked an hour ago", 2, time.Hour, false, false, 0, false},
		{"asked the day before yesterday", 2, 48 * time.Hour, true, false, 1, true},
		{"no answer: the door system refuses by itself", 2, 0, true, true, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				b := newSite(t, s, members("ana")...)
				b.policies()
				limits := b.door.Limits()
				limits.GroupsPerPerson = c.most
				b.door.Limit(limits)
				b.sync()
				system := &counting{Door: b.door, b: b, told: map[cardea.AccountID]cardea.Instant{}, down: c.down}
				b.keeper.System = system
				b.at = b.at.Add(interval)
				if c.other {
					b.door.Put("ana@x.test", cardea.Forever, "Other")
				}
				if c.told > 0 {
					e, _ := b.door.Edge("General", "ana@x.test")
					system.told[e.Account] = b.at.Add(-c.told)
				}
				b.space.Put(cardea.Booking{ID: "b", Resource: "elephant", Location: "l", Person: "ana", Start: b.at, End: b.at + cardea.Hour})
				b.read()
				writes := b.door.Writes()
				r := b.run(keep.Options{Sweep: true})
				held := false
				for _, o := range r.Plan.Changeset.Operations {
					held = held || o.Group == "Elephant" && o.Held != nil && o.Held.Code == cardea.HeldCrowded
				}
				if system.asked != c.asked || held != c.held || held && b.door.Writes() != writes {
					t.Errorf("asked %d times, held %v, %d writes: %s", system.asked, held, b.door.Writes()-writes, said(r.Plan.Changeset.Operations))
				}
			})
		})
	}
}
