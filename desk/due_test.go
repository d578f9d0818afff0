package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// from is a member whose agreement begins later.
func from(id, plan string, begins cardea.Instant) []cardea.Record {
	recs := member(id, plan)
	a, is := recs[1].(cardea.Agreement)
	if !is {
		panic("a member's second record is the agreement")
	}
	a.Start = cardea.Day{At: begins, Set: true}
	recs[1] = a
	return recs
}

// midnight is the end of the day on which these tests begin.
const midnight = start + (86_400-1_795_340_000%86_400)*cardea.Second

// due asks one door for what must be true in the next hours.
func due(t *testing.T, h house, integration string) desk.Dues {
	t.Helper()
	all, err := h.Due(context.Background(), integration, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].Door != "kisi" || all[0].Now != *h.at {
		t.Fatalf("asked of one door at %v: %+v", *h.at, all)
	}
	return all[0]
}

// groups are those of what is due of a person, in the order of the list.
func groups(d desk.Dues, email string) []string {
	var out []string
	for _, one := range d.Due {
		if one.Email == email {
			out = append(out, one.GroupName)
		}
	}
	return out
}

func TestDueNamesWhoComesSoonAndHowItStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := newHouse(t, s, slices.Concat(member("ann", "hot"), from("bob", "hot", midnight), from("eve", "office", midnight))...)
		if _, err := h.Sync(ctx, nil); err != nil {
			t.Fatal(err)
		}
		all := due(t, h, "")
		if got := groups(all, "bob@x.test"); !slices.Equal(got, []string{"Floor", "General"}) {
			t.Errorf("Bob begins at midnight: %v in %+v", got, all.Due)
		}
		if got := groups(all, "eve@x.test"); !slices.Equal(got, []string{"Floor"}) {
			t.Errorf("Eve begins at midnight: %v in %+v", got, all.Due)
		}
		if got := groups(all, "ann@x.test"); len(got) != 0 {
			t.Errorf("Ann is in for long: %v", got)
		}
		if all.Counts[cardea.DueConfirmed] != 3 || len(all.Due) != 3 {
			t.Errorf("all is staged and read back: %v of %d", all.Counts, len(all.Due))
		}
		for _, one := range all.Due {
			if one.At != midnight+cardea.Minute || one.Ends || one.Who == "" {
				t.Errorf("due is %+v", one)
			}
		}

		// Of one integration, only its groups: Floor is of both.
		if got := groups(due(t, h, "two"), "bob@x.test"); !slices.Equal(got, []string{"Floor"}) {
			t.Errorf("two has Floor alone: %v", got)
		}
		if got := due(t, h, "two"); got.Counts[cardea.DueConfirmed] != 2 {
			t.Errorf("counts are of what is listed: %v", got.Counts)
		}
		if _, err := h.Due(ctx, "three", time.Hour); cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("an integration that is not there: %v", err)
		}
	})
}

// What the pace of the door system does not allow in time is at risk before it happens, and the run of everyone counts it.
func TestDueTellsWhatThePaceDoesNotAllow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := newHouse(t, s, slices.Concat(member("ann", "hot"), from("bob", "hot", midnight), from("eve", "hot", midnight))...)
		paced := func(perHour int) {
			h.Desk = desk.New(desk.Config{
				Store: s, Node: "test", Now: func() time.Time { return h.at.Time() },
				Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: h.space}},
				Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: h.door, CallsPerHour: perHour}},
				Integrations: []desk.Integration{integration("one", "Hot desk", "General", "Floor"), integration("two", "Office", "Floor")},
			})
		}
		*h.at = midnight - 30*cardea.Minute
		h.door.Limit(cardea.Limits{}) // nothing is staged
		for _, is := range []struct{ perHour, atRisk int }{{100_000, 0}, {1, 4}, {100_000, 0}} {
			paced(is.perHour)
			if _, err := h.Sync(ctx, nil); err != nil {
				t.Fatal(err)
			}
			if got := due(t, h, ""); got.Counts[cardea.DueAtRisk] != is.atRisk || len(got.Due) != 4 {
				t.Errorf("at %d calls an hour: %v of %+v", is.perHour, got.Counts, got.Due)
			}
			if n, err := h.AtRisk(ctx); err != nil || len(n) != 1 || n["kisi"] != is.atRisk {
				t.Errorf("at %d calls an hour the run counted %v, %v", is.perHour, n, err)
			}
		}
	})
}
