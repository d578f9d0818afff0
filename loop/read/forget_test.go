package read_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestForgetsBookingsThatAreOverButNotWhatAnEntryRestsOn lets sixty days pass over bookings of every kind.
func TestForgetsBookingsThatAreOverButNotWhatAnEntryRestsOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		at := func(days int) cardea.Instant { return now.Add(time.Duration(days) * 24 * time.Hour) }
		booking := func(id string, day int) cardea.Booking {
			return cardea.Booking{ID: id, Resource: "r", Person: "p", Start: at(day), End: at(day).Add(time.Hour)}
		}
		series, endless := booking("series", 0), booking("endless", 0)
		series.RRule, series.Last = "FREQ=WEEKLY;COUNT=7", at(42)
		endless.RRule = "FREQ=WEEKLY"
		b := newBench(t, s, looptest.NewSpace(
			cardea.Person{ID: "p", Name: "P"}, cardea.Resource{ID: "r", Name: "Room", Bookable: true},
			booking("over", 0), booking("entry", 0), booking("lately", 0), series, endless))
		b.full()
		lately := booking("lately", 40)
		if err := b.ws.SaveRead(ctx, b.at, "test", []store.ReadChange{{Connection: "rnd", Upsert: []cardea.Record{lately}}}, nil, nil); err != nil {
			t.Fatal(err)
		}
		op := cardea.Operation{
			Key: "k", Verb: cardea.VerbAdd, Group: "g", Account: "a", Person: "rnd/person:p", Cause: cardea.CauseGranted, Window: cardea.Forever,
		}
		if err := b.ws.Answered(ctx, "kisi", "run", store.Outcome{Op: op, At: b.at, Ledger: &cardea.LedgerRow{
			Group: "g", Account: "a", Person: "rnd/person:p", Window: cardea.Forever, PutAt: b.at,
			Reasons: []cardea.Reason{{Record: cardea.Key{Kind: cardea.KindBooking, ID: "entry"}}},
		}}, nil); err != nil {
			t.Fatal(err)
		}
		left := func() []string {
			var out []string
			for _, k := range b.directory().Bookings {
				out = append(out, k.ID)
			}
			return out
		}
		b.at = at(60)
		for _, step := range []struct {
			before cardea.Instant
			want   []string
		}{
			{at(30), []string{"endless", "entry", "lately", "series"}},
			{at(41), []string{"endless", "entry", "series"}},
			{at(43), []string{"endless", "entry"}},
			{at(90), []string{"endless", "entry"}},
		} {
			if _, err := b.r.Forget(ctx, b.ws, step.before); err != nil {
				t.Fatal(err)
			}
			if got := left(); !slices.Equal(got, step.want) {
				t.Errorf("before day %v: left are %v, want %v", step.before, got, step.want)
			}
		}
	})
}
