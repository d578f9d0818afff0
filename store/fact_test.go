package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func person(id string) cardea.Person {
	return cardea.Person{ID: id, Name: "Name " + id, Email: id + "@x.test", Team: "acme", Status: cardea.Present}
}

// house is one record of every kind, tied together around Ana of Acme, and somebody else's things beside it.
func house() []cardea.Record {
	day := cardea.Day{At: noon, Set: true}
	return []cardea.Record{
		person("ana"), cardea.Person{ID: "vic", Visitor: true, Name: "Vic", Host: "ana", Status: cardea.Present},
		cardea.Team{ID: "acme", Name: "Acme", Location: "london", Status: cardea.Present, Raw: "active"},
		cardea.Location{ID: "london", Name: "London", Zone: "Europe/London"}, cardea.Location{ID: "paris", Name: "Paris"},
		cardea.Floor{ID: "f1", Name: "First", Location: "london"},
		cardea.Resource{ID: "office", Name: "Office", Location: "london", Floor: "f1", Assignable: true},
		cardea.Resource{ID: "desk", Name: "Desk", Parents: []string{"office"}, Assignable: true},
		cardea.Resource{ID: "room", Name: "Elephant", Floor: "f1", Bookable: true},
		cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Plan{ID: "cold", Name: "Cold desk"},
		cardea.Agreement{ID: "m1", Person: "ana", Team: "acme", Plan: "hot", Approved: true, Start: day},
		cardea.Agreement{ID: "m2", Team: "acme", Location: "london", Approved: true, Start: day, End: day},
		cardea.Agreement{ID: "m9", Team: "other", Plan: "cold", Location: "paris"},
		cardea.Assignment{ID: "s1", Agreement: "m2", Resource: "desk", Start: day},
		cardea.Assignment{ID: "s9", Agreement: "m9", Resource: "attic"},
		cardea.Booking{ID: "b1", Resource: "room", Members: []string{"ana"}, Visitors: []string{"vic"}, Start: noon, End: noon + 1},
		cardea.Booking{ID: "b9", Resource: "room", Person: "zoe", Start: noon, End: noon + 1, Except: []cardea.Instant{noon}},
		cardea.Pass{ID: "p1", Team: "acme", HalfCount: 20, HalfUsed: 1, From: day, UsedOn: noon},
		cardea.Resource{ID: "attic", Name: "Attic", Location: "paris"}, person2("zoe"),
		cardea.Team{ID: "other", Name: "Other", Status: cardea.Left},
	}
}

func person2(id string) cardea.Person {
	p := person(id)
	p.Team = "other"
	return p
}

// wantDirectory is what the store must answer, made without it.
func wantDirectory(records []cardea.Record) cardea.Directory {
	d := cardea.Directory{Connection: space}
	slices.SortFunc(records, func(a, b cardea.Record) int {
		return slices.Compare([]string{a.Key().ID, string(a.Key().Kind)}, []string{b.Key().ID, string(b.Key().Kind)})
	})
	for _, r := range records {
		switch v := r.(type) {
		case cardea.Person:
			d.People = append(d.People, v)
		case cardea.Team:
			d.Teams = append(d.Teams, v)
		case cardea.Location:
			d.Locations = append(d.Locations, v)
		case cardea.Floor:
			d.Floors = append(d.Floors, v)
		case cardea.Resource:
			d.Resources = append(d.Resources, v)
		case cardea.Plan:
			d.Plans = append(d.Plans, v)
		case cardea.Agreement:
			d.Agreements = append(d.Agreements, v)
		case cardea.Assignment:
			d.Assignments = append(d.Assignments, v)
		case cardea.Booking:
			d.Bookings = append(d.Bookings, v)
		case cardea.Pass:
			d.Passes = append(d.Passes, v)
		}
	}
	return d
}

func TestDirectoryIsWhatWasRead(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		read(t, w, space, house()...)
		same(t, "directory", ok(w.Directory(t.Context(), space)), wantDirectory(house()))
		same(t, "another connection's directory", ok(w.Directory(t.Context(), doors)), cardea.Directory{Connection: doors})
	})
}

func TestDirectoryOfIsTheClosureOfThesePeople(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		read(t, w, space, house()...)
		ana := []cardea.Key{{Kind: cardea.KindPerson, ID: "ana"}}
		mine := []string{
			"person:ana", "team:acme", "location:london", "floor:f1", "resource:office", "resource:desk", "resource:room",
			"plan:hot", "agreement:m1", "agreement:m2", "assignment:s1", "booking:b1", "pass:p1",
		}
		same(t, "Ana's", ok(w.DirectoryOf(t.Context(), space, ana)), wantDirectory(only(mine)))
		vic := []cardea.Key{{Kind: cardea.KindVisitor, ID: "vic"}}
		same(t, "Vic's", ok(w.DirectoryOf(t.Context(), space, vic)), wantDirectory(only([]string{
			// the host is named, without what she holds
			"visitor:vic", "person:ana", "booking:b1", "resource:room", "floor:f1", "location:london",
		})))
		same(t, "nobody's", ok(w.DirectoryOf(t.Context(), space, []cardea.Key{{Kind: cardea.KindPerson, ID: "?"}})),
			cardea.Directory{Connection: space})
		both := append(slices.Clone(ana), ana[0], vic[0])
		same(t, "both", ok(w.DirectoryOf(t.Context(), space, both)), wantDirectory(only(append(mine, "visitor:vic"))))
	})
}

func TestDirectoryOfAGuestHasTheRental(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		rental := cardea.Agreement{ID: "r1", Person: "ten", Guests: []string{"gus", "ida"}, Location: "yard", Approved: true}
		site := cardea.Location{ID: "yard", Name: "Yard"}
		unit := cardea.Resource{
			ID: "u101", Name: "101", Location: "yard", Unit: true, Permissions: []string{"Gate A"}, Assignable: true,
			Attributes: cardea.Attributes{Profile: "Gate A", TimeGroup: "Day"},
		}
		tie := cardea.Assignment{ID: "a1", Agreement: "r1", Resource: "u101"}
		gus := cardea.Person{ID: "gus", Name: "Gus", Status: cardea.Present}
		read(t, w, space, rental, site, unit, tie, gus, cardea.Person{ID: "ten"},
			cardea.Agreement{ID: "r2", Person: "ten", Guests: []string{"ida"}})
		same(t, "the guest's", ok(w.DirectoryOf(t.Context(), space, []cardea.Key{gus.Key()})),
			wantDirectory([]cardea.Record{rental, site, unit, tie, gus}))
		// A guest who is taken off the rental has nothing of it any more.
		rental.Guests = []string{"ida"}
		read(t, w, space, rental)
		same(t, "what is left", ok(w.DirectoryOf(t.Context(), space, []cardea.Key{gus.Key()})), wantDirectory([]cardea.Record{gus}))
	})
}

func only(keys []string) []cardea.Record {
	return slices.DeleteFunc(house(), func(r cardea.Record) bool { return !slices.Contains(keys, r.Key().String()) })
}

func TestDirectoryOfManyPeopleHoldsEachRecordOnce(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		records := house()
		var keys []cardea.Key
		for i := range 1500 {
			p := person(fmt.Sprintf("p%04d", i))
			records, keys = append(records, p), append(keys, p.Key())
		}
		read(t, w, space, records...)
		d := ok(w.DirectoryOf(t.Context(), space, keys))
		if len(d.People) != 1500 || len(d.Teams) != 1 || len(d.Agreements) != 2 || len(d.Resources) != 2 {
			t.Errorf("%d people, %d teams, %d agreements, %d resources", len(d.People), len(d.Teams), len(d.Agreements), len(d.Resources))
		}
	})
}

func TestReferencesFollowTheRecord(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		read(t, w, space, house()...)
		moved := cardea.Agreement{ID: "m2", Team: "other", Location: "london", Approved: true}
		first := cardea.Agreement{ID: "m2", Team: "acme", Plan: "cold"} // came twice in one read: the last counts
		read(t, w, space, first, moved)
		d := ok(w.DirectoryOf(t.Context(), space, []cardea.Key{{Kind: cardea.KindPerson, ID: "ana"}}))
		if len(d.Agreements) != 1 || len(d.Assignments) != 0 {
			t.Errorf("Ana still has %v, %v", d.Agreements, d.Assignments)
		}
		d = ok(w.DirectoryOf(t.Context(), space, []cardea.Key{{Kind: cardea.KindPerson, ID: "zoe"}}))
		if len(d.Agreements) != 2 || len(d.Plans) != 1 || len(d.Assignments) != 2 {
			t.Errorf("Zoe has %v, %v, %v", d.Agreements, d.Plans, d.Assignments)
		}
	})
}

func TestFactStatesFollowMissingGoneUnsureAndReturn(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		save := func(at cardea.Instant, c store.ReadChange) {
			t.Helper()
			c.Connection, c.Kind = space, cardea.KindPerson
			must(t, w.SaveRead(ctx, at, "test", []store.ReadChange{c}, nil, nil))
		}
		hash := ok(store.FactHash(person("ana")))
		state := func(want store.FactState) {
			t.Helper()
			want.Hash = hash
			same(t, "state", ok(w.FactStates(ctx, space, cardea.KindPerson)), map[string]store.FactState{"ana": want})
		}
		ana := person("ana").Key()
		save(noon, store.ReadChange{Upsert: []cardea.Record{person("ana")}})
		state(store.FactState{})
		save(noon+1, store.ReadChange{Missing: []string{"ana", "nobody"}})
		save(noon+2, store.ReadChange{Missing: []string{"ana"}})
		state(store.FactState{MissingSince: noon + 1}) // since the first complete read without it
		gone := cardea.Gone{Key: ana, Cause: cardea.CauseVanished, Since: noon + 1}
		save(noon+2, store.ReadChange{Gone: []cardea.Gone{gone}})
		state(store.FactState{MissingSince: noon + 1, GoneAt: noon + 1, GoneCause: cardea.CauseVanished})
		d := ok(w.Directory(ctx, space))
		same(t, "gone", d.Gone, []cardea.Gone{gone})
		same(t, "what was known of it", d.People, []cardea.Person{person("ana")})
		save(noon+3, store.ReadChange{Seen: []string{"ana"}})
		state(store.FactState{})
		save(noon+4, store.ReadChange{Unsure: []cardea.Key{ana, {Kind: cardea.KindTeam, ID: "acme"}}})
		state(store.FactState{Unsure: true})
		same(t, "unsure", ok(w.Directory(ctx, space)).Unsure, []cardea.Key{ana})
		save(noon+5, store.ReadChange{Missing: []string{"ana"}})
		save(noon+6, store.ReadChange{Upsert: []cardea.Record{person("ana")}})
		state(store.FactState{})
		changed := person("ana")
		changed.Email = "ana@y.test"
		save(noon+7, store.ReadChange{Upsert: []cardea.Record{changed}})
		if h := ok(w.FactStates(ctx, space, cardea.KindPerson))["ana"].Hash; h == hash || h != ok(store.FactHash(changed)) {
			t.Errorf("the hash of the changed body is %s", h)
		}
	})
}

func TestFactsAreReadByKey(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		read(t, w, space, house()...)
		// Equal ids of two kinds are two records.
		read(t, w, space, cardea.Team{ID: "ana", Name: "Ana & Co"})
		rs := ok(w.Facts(t.Context(), space, []cardea.Key{
			{Kind: cardea.KindTeam, ID: "ana"}, {Kind: cardea.KindPlan, ID: "hot"}, {Kind: cardea.KindPlan, ID: "none"},
			{Kind: cardea.KindPerson, ID: "ana"}, {Kind: cardea.KindPerson, ID: "ana"},
		}))
		same(t, "facts", rs, []cardea.Record{
			person("ana"), cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Team{ID: "ana", Name: "Ana & Co"},
		})
	})
}

func TestCollectionsTellHowTheLastReadWent(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		c := store.Collection{
			Kind: cardea.KindTeam, Grade: cardea.Complete, At: noon, CompleteAt: noon, Records: 3,
		}
		weak := store.Collection{Kind: cardea.KindPerson, Grade: cardea.Weak, Why: "no count", At: noon, SuspectSince: noon}
		must(t, w.SaveRead(ctx, noon, "t", []store.ReadChange{
			{Connection: space, Kind: cardea.KindTeam, Collection: &c}, {Connection: space, Kind: cardea.KindPerson, Collection: &weak},
		}, nil, nil))
		c.Grade, c.Why, c.At = cardea.Incomplete, "stopped", noon+5
		must(t, w.SaveRead(ctx, noon, "t", []store.ReadChange{{Connection: space, Kind: cardea.KindTeam, Collection: &c}}, nil, nil))
		same(t, "collections", ok(w.Collections(ctx, space)), []store.Collection{weak, c})
	})
}

func TestReadIsWrittenWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		l := ok(w.ClaimOne(ctx, space, store.WakeRead, "a", noon, life))
		must(t, s.Release(ctx, l, noon))
		l2 := ok(w.ClaimOne(ctx, space, store.WakeRead, "b", noon, life))
		change := []store.ReadChange{{
			Connection: space, Kind: cardea.KindPerson, Upsert: []cardea.Record{person("ana")},
			Dirty: []cardea.PersonID{"rnd/person:ana"},
		}}
		marks := []store.Mark{{Unit: doors, Kind: store.WakeKeep, At: noon}}
		wantClass(t, w.SaveRead(ctx, noon, "a", change, marks, &l), cardea.Conflict)
		// A bad part spoils the good one before it.
		bad := append(slices.Clone(change), store.ReadChange{Connection: "nobody", Upsert: []cardea.Record{person("x")}})
		wantClass(t, w.SaveRead(ctx, noon, "b", bad, marks, &l2), cardea.NotFound)
		if d := ok(w.Directory(ctx, space)); len(d.People) != 0 {
			t.Errorf("people were written: %v", d.People)
		}
		if ls := ok(s.Claim(ctx, "c", []string{store.WakeKeep}, noon+1, life, 9)); len(ls) != 0 {
			t.Errorf("a wake row was marked: %v", ls)
		}
		if a := ok(w.Audit(ctx, 9)); len(a) != 0 {
			t.Errorf("the audit log says %v", a)
		}
		must(t, w.SaveRead(ctx, noon, "b", change, marks, &l2))
		if ls := ok(s.Claim(ctx, "c", []string{store.WakeKeep}, noon+1, life, 9)); len(ls) != 1 || ls[0].Unit != doors {
			t.Errorf("wake rows due: %v", ls)
		}
		same(t, "dirty", ok(w.Dirty(ctx, doors)), []cardea.PersonID{"rnd/person:ana"})
		if a := ok(w.Audit(ctx, 9)); len(a) != 1 || a[0].Who != "b" || a[0].What != "read" {
			t.Errorf("the audit log says %v", a)
		}
	})
}

func TestPeopleMarkedDuringTheRunStayDirty(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		mark := func(ps ...cardea.PersonID) {
			t.Helper()
			must(t, w.SaveRead(ctx, noon, "r", []store.ReadChange{{Connection: space, Dirty: ps}},
				[]store.Mark{{Unit: doors, Kind: store.WakeKeep, At: noon}, {Unit: space, Kind: store.WakeRead, At: noon}}, nil))
		}
		mark("b", "a", "b")
		l := ok(w.ClaimOne(ctx, doors, store.WakeKeep, "n", noon, life))
		same(t, "dirty", ok(w.Dirty(ctx, doors)), []cardea.PersonID{"a", "b"})
		mark("b", "c")
		must(t, w.ClearDirty(ctx, l))
		same(t, "dirty after the run", ok(w.Dirty(ctx, doors)), []cardea.PersonID{"b", "c"})
		same(t, "nobody is dirty for a space connection", ok(w.Dirty(ctx, space)), []cardea.PersonID{})
		must(t, s.Release(ctx, l, cardea.Never))
		if next := ok(s.NextWake(ctx, []string{store.WakeKeep})); next != noon {
			t.Errorf("the mark during the run is lost: next wake %v", next)
		}
		wantClass(t, w.ClearDirty(ctx, l), cardea.Conflict)
	})
}

func TestPeopleAreFoundByPartsOfNameAndEmail(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		ps := []cardea.Person{
			{ID: "1", Name: "Ana Ångström", Email: "ANA@x.test"}, {ID: "2", Name: "Joana", Email: "jo@x.test"},
			{ID: "3", Name: "Bob 100%", Email: "bob_a@x.test", Visitor: true}, {ID: "4", Name: "Ana", Email: "old@x.test"},
			{ID: "5", Name: "Anatol", Email: "tol@x.test"},
		}
		for _, p := range ps {
			read(t, w, space, p)
		}
		read(t, w, space, cardea.Team{ID: "ana", Name: "Ana"})
		must(t, w.SaveRead(ctx, noon, "t", []store.ReadChange{{
			Connection: space, Gone: []cardea.Gone{{Key: ps[3].Key(), Cause: cardea.CauseDeleted, Since: noon}},
		}}, nil, nil))
		for query, want := range map[string][]string{
			"ana": {"1", "5", "2", "4"}, " ANA@X.test ": {"1"}, "ångs": {"1"}, "%": {"3"}, "_": {"3"}, "nobody": {},
			"ana  å": {"1"}, "ana\nold": {},
			"'": {}, `\`: {},
		} {
			ids := []string{}
			for _, p := range ok(w.People(ctx, space, query, 0)) {
				ids = append(ids, p.ID)
			}
			same(t, fmt.Sprintf("%q finds", query), ids, want)
		}
		if found := ok(w.People(ctx, space, "", 2)); len(found) != 2 || found[0].ID != "1" || found[1].ID != "5" {
			t.Errorf("the first two are %v", found)
		}
	})
}
