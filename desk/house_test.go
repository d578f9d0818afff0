package desk_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/loop/looptest"
	own "github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// site is a desk with two house connections, of which "site" feeds a door, beside a space system of somebody else's.
func site(t *testing.T, s *store.Store, now func() time.Time) (*desk.Desk, *looptest.Door) {
	t.Helper()
	spaces := map[string]desk.Space{"rnd": {System: "fake", Space: looptest.NewSpace()}}
	for _, name := range []string{"annex", "site"} {
		system, err := own.New(own.Config{Connection: name, Records: s.In("default"), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		spaces[name] = desk.Space{System: "house", Space: system}
	}
	door := looptest.NewDoor("General", "Floor")
	in := integration("storage", "Small", "General")
	in.Space = "site"
	return desk.New(desk.Config{
		Store: s, Node: "test", Now: now, Spaces: spaces, Integrations: []desk.Integration{in},
		Doors: map[string]desk.Door{"kisi": {System: "fake", Door: door, CallsPerHour: 1000}},
	}), door
}

func stopped() time.Time { return start.Time() }

func ids(records []cardea.Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.Key().String())
	}
	return out
}

var two = []cardea.Record{
	cardea.Person{ID: "zoe", Name: "Zoe", Email: "zoe@x.test", Status: cardea.Present},
	cardea.Person{ID: "ana", Name: "Ana", Email: "ana@x.test", Status: cardea.Present},
	cardea.Plan{ID: "small", Name: "Small"},
}

func TestHouseRecordsAreSavedWithoutAskingAnybodyElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		d, door := site(t, s, stopped)
		if got := d.Houses(); !slices.Equal(got, []string{"annex", "site"}) {
			t.Errorf("the houses are %v", got)
		}
		if err := d.SaveHouse(ctx, "site", two, nil, "import units.xlsx"); err != nil {
			t.Fatal(err)
		}
		got, err := d.House(ctx, "site")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"plan:small", "person:ana", "person:zoe"}; !slices.Equal(ids(got), want) {
			t.Errorf("%v, want %v", ids(got), want)
		}
		people, err := d.House(ctx, "site", cardea.KindPerson)
		if want := []string{"person:ana", "person:zoe"}; err != nil || !slices.Equal(ids(people), want) {
			t.Errorf("%v, %v, want %v", ids(people), err, want)
		}
		if n := len(door.Calls()); n != 0 {
			t.Errorf("the door system was asked %d times", n)
		}
		connections, err := s.In("default").Connections(ctx)
		if err != nil || len(connections) != 1 || connections[0].Name != "site" || connections[0].Organisation != "house:site" {
			t.Errorf("connections %+v, %v", connections, err)
		}
		lines, err := s.In("default").Audit(ctx, 9)
		if err != nil || len(lines) != 1 || lines[0].Who != "command line" || lines[0].What != "import units.xlsx" {
			t.Errorf("audit %+v, %v", lines, err)
		}
		if next, err := s.NextWake(ctx, []string{store.WakeRead}); err != nil || next != start {
			t.Errorf("the connection is read at %s (%v), want at once", next, err)
		}
		if err := d.SaveHouse(ctx, "site", nil, []cardea.Key{{Kind: cardea.KindPerson, ID: "zoe"}}, "house remove person:zoe"); err != nil {
			t.Fatal(err)
		}
		if people, err = d.House(ctx, "site", cardea.KindPerson); err != nil || !slices.Equal(ids(people), []string{"person:ana"}) {
			t.Errorf("%v, %v are left", ids(people), err)
		}
		if others, err := d.House(ctx, "annex"); err != nil || len(others) != 0 {
			t.Errorf("the other house has %v, %v", ids(others), err)
		}
	})
}

func TestNothingToSaveLeavesNoTrace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d, _ := site(t, s, stopped)
		if err := d.SaveHouse(t.Context(), "site", nil, nil, "import units.xlsx"); err != nil {
			t.Fatal(err)
		}
		lines, err := s.In("default").Audit(t.Context(), 9)
		next, errWake := s.NextWake(t.Context(), []string{store.WakeRead})
		if err != nil || errWake != nil || len(lines) != 0 || next != cardea.Never {
			t.Errorf("%d audit lines, read at %s: %v, %v", len(lines), next, err, errWake)
		}
	})
}

func TestAHouseThatFeedsNoDoorIsNotWoken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d, _ := site(t, s, stopped)
		if err := d.SaveHouse(t.Context(), "annex", two, nil, "import"); err != nil {
			t.Fatal(err)
		}
		if next, err := s.NextWake(t.Context(), []string{store.WakeRead}); err != nil || next != cardea.Never {
			t.Errorf("read at %s (%v), want never", next, err)
		}
	})
}

func TestOnlyRecordsOfOurOwnAreEdited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d, _ := site(t, s, stopped)
		for connection, want := range map[string]string{
			"rnd":   "rnd is a connection to fake, whose records cannot be changed here: those that can be are annex, site",
			"kisi":  "kisi is a door connection (fake), whose records cannot be changed here: those that can be are annex, site",
			"sites": `there is no connection "sites": did you mean "site"?`,
		} {
			err := d.SaveHouse(t.Context(), connection, two, nil, "import")
			if _, reading := d.House(t.Context(), connection); err == nil || reading == nil || err.Error() != want || reading.Error() != want {
				t.Errorf("%s: %v and %v, want %s", connection, err, reading, want)
			}
		}
		if connections, err := s.In("default").Connections(t.Context()); err != nil || len(connections) != 0 {
			t.Errorf("a refusal left %+v, %v", connections, err)
		}
		if _, err := d.House(t.Context(), "site", cardea.KindGroup); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("groups are no records of a house: %v", err)
		}
	})
	bare := desk.New(desk.Config{Store: storetest.SQLite(t), Now: stopped})
	if _, err := bare.House(t.Context(), "site"); err == nil || !strings.Contains(err.Error(), "{system: house}") {
		t.Errorf("without any house: %v", err)
	}
}

// TestAServerTakesUpWhatAnotherProcessSaved has one desk serve and another one, on the same database, save.
func TestAServerTakesUpWhatAnotherProcessSaved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := storetest.SQLite(t)
		server, _ := site(t, s, time.Now)
		if err := server.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop, err := server.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		time.Sleep(time.Minute) // the first read is over, the next one is 14 minutes away
		command, _ := site(t, s, time.Now)
		if err := command.SaveHouse(t.Context(), "site", two, nil, "import"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		dir, err := s.In("default").Directory(t.Context(), "site")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range dir.People {
			names = append(names, p.Name)
		}
		if diff := cmp.Diff([]string{"Ana", "Zoe"}, names); diff != "" {
			t.Errorf("three seconds after the import the server knows (-want +got)\n%s", diff)
		}
	})
}
