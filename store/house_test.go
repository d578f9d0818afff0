package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestHouseHoldsWhatWasPut(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveHouse(ctx, space, house(), nil, "ana@x.test", "import"))
		same(t, "people", ok(w.HouseRecords(ctx, space, cardea.KindPerson)), []cardea.Record{person("ana"), person2("zoe")})
		same(t, "counts", counts(t, w, space), map[cardea.Kind]int{
			"person": 2, "visitor": 1, "team": 2, "location": 2, "floor": 1, "resource": 4, "plan": 2, "agreement": 3,
			"assignment": 2, "booking": 2, "pass": 1,
		})
		same(t, "nobody else's", counts(t, w, doors), map[cardea.Kind]int{})
		// Put, replaced and dropped in one go; equal ids of two kinds are two records.
		ana := person("ana")
		ana.Phone = "7"
		ana2 := ana
		ana2.Phone = "8"
		must(t, w.SaveHouse(ctx, space, []cardea.Record{ana, cardea.Team{ID: "ana", Name: "Ana & Co"}, ana2}, []cardea.Key{
			{Kind: cardea.KindPerson, ID: "zoe"}, {Kind: cardea.KindPerson, ID: "nobody"}, ana.Key(),
		}, "bob", "edit"))
		same(t, "people", ok(w.HouseRecords(ctx, space, cardea.KindPerson)), []cardea.Record{ana2})
		r, found, err := w.HouseRecord(ctx, space, cardea.Key{Kind: cardea.KindTeam, ID: "ana"})
		if err != nil || !found {
			t.Fatal(found, err)
		}
		same(t, "the team", r, cardea.Record(cardea.Team{ID: "ana", Name: "Ana & Co"}))
		r, found, err = w.HouseRecord(ctx, space, cardea.Key{Kind: cardea.KindPerson, ID: "zoe"})
		if r != nil || found || err != nil {
			t.Errorf("Zoe is still there: %v, %v, %v", r, found, err)
		}
		if d := ok(w.Directory(ctx, space)); len(d.People) != 0 {
			t.Errorf("our records became facts without a read: %v", d.People)
		}
		lines := ok(w.Audit(ctx, 9))
		if len(lines) != 2 || lines[0].Who != "bob" || lines[0].What != "edit" || lines[0].At != cardea.At(storetest.Now) {
			t.Fatalf("audit: %+v", lines)
		}
		if d := string(lines[0].Detail); !strings.Contains(d, `"person:zoe"`) || strings.Contains(d, "@x.test") {
			t.Errorf("the audit log says %s", d)
		}
		if d := string(lines[1].Detail); strings.Contains(d, "person:ana") || !strings.Contains(d, `"agreement":3`) {
			t.Errorf("the audit log says of an import %s", d)
		}
		must(t, w.VerifyAudit(ctx))
	})
}

func TestRecordsPutAsTheyWereKeepTheirTime(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveHouse(ctx, space, []cardea.Record{person("ana"), person("bob")}, nil, "x", "import"))
		must(t, s.Tamper(ctx, `UPDATE house SET changed_at = 7`))
		bob := person("bob")
		bob.Name = "Robert"
		must(t, w.SaveHouse(ctx, space, []cardea.Record{person("ana"), bob}, nil, "x", "import"))
		const at = `SELECT CAST(changed_at AS TEXT) FROM house WHERE id = $1`
		a, b := ok(s.Look(ctx, at, "ana")), ok(s.Look(ctx, at, "bob"))
		if a != "7" || b != fmt.Sprint(int64(cardea.At(storetest.Now))) {
			t.Errorf("Ana changed at %s, Bob at %s", a, b)
		}
	})
}

func TestHouseIsWrittenWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveHouse(ctx, space, []cardea.Record{person("ana")}, nil, "x", "import"))
		drop := []cardea.Key{person("ana").Key()}
		for _, bad := range []cardea.Record{cardea.Team{Name: "no id"}, cardea.Group{ID: "g1"}} {
			wantClass(t, w.SaveHouse(ctx, space, []cardea.Record{person("bob"), bad}, drop, "x", "import"), cardea.Rejected)
		}
		wantClass(t, w.SaveHouse(ctx, "nobody", []cardea.Record{person("bob")}, drop, "x", "import"), cardea.NotFound)
		same(t, "people", ok(w.HouseRecords(ctx, space, cardea.KindPerson)), []cardea.Record{person("ana")})
		if lines := ok(w.Audit(ctx, 9)); len(lines) != 1 {
			t.Errorf("audit: %+v", lines)
		}
		_, err := w.HouseRecords(ctx, space, cardea.KindEdge)
		must(t, err) // no rows, no record to refuse
	})
}

func TestWritesThatStampNeedAClock(t *testing.T) {
	t.Parallel()
	s := ok(store.Open(t.Context(), "sqlite::memory:", store.Options{}))
	t.Cleanup(func() { must(t, s.Close()) })
	w := s.In("default")
	furnish(t, w)
	wantClass(t, w.SaveHouse(t.Context(), space, nil, nil, "x", "import"), cardea.Rejected)
	wantClass(t, w.Remember(t.Context(), doors, "visitor", cardea.Kept{ID: "1"}), cardea.Rejected)
}

func TestBigImportsTravelInChunks(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		var put []cardea.Record
		var drop []cardea.Key
		for i := range 10_001 {
			r := cardea.Resource{ID: fmt.Sprintf("u%05d", i), Name: fmt.Sprint(i), Unit: true, Permissions: []string{fmt.Sprint(i)}}
			put = append(put, r)
			if i%2 == 0 {
				drop = append(drop, r.Key())
			}
		}
		must(t, w.SaveHouse(ctx, space, put, nil, "x", "import"))
		same(t, "counts", counts(t, w, space), map[cardea.Kind]int{cardea.KindResource: 10_001})
		must(t, w.SaveHouse(ctx, space, []cardea.Record{person("ana")}, drop, "x", "import"))
		same(t, "counts", counts(t, w, space), map[cardea.Kind]int{cardea.KindResource: 5_000, cardea.KindPerson: 1})
		rs := ok(w.HouseRecords(ctx, space, cardea.KindResource))
		if !slices.IsSortedFunc(rs, func(a, b cardea.Record) int { return strings.Compare(a.Key().ID, b.Key().ID) }) {
			t.Error("the records are not sorted by id")
		}
		same(t, "the first", rs[0], put[1])
	})
}

// text is what both engines and JSON keep as it is.
// A generator is made anew by each that draws from it: rapid's are not safe for tests that run side by side.
func text() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune(`aZ9 "'\{}%_`+"\n\t\u00e9\u4e16\U0001f511")), 0, 12, -1)
}

func someID() *rapid.Generator[string] { return rapid.StringMatching(`[a-zA-Z0-9:/ é-]{1,8}`) }

func instant() *rapid.Generator[cardea.Instant] {
	return rapid.Custom(func(t *rapid.T) cardea.Instant {
		return cardea.Instant(rapid.Int64Range(1, 4_000_000_000_000_000).Draw(t, "at"))
	})
}

func someDay() *rapid.Generator[cardea.Day] {
	return rapid.Custom(func(t *rapid.T) cardea.Day {
		if rapid.Bool().Draw(t, "set") {
			return cardea.Day{At: instant().Draw(t, "day"), Set: true}
		}
		return cardea.Day{}
	})
}

// several is nil where there is none: that is how records are read.
func several[T any](t *rapid.T, one *rapid.Generator[T], what string) []T {
	if out := rapid.SliceOfN(one, 0, 3).Draw(t, what); len(out) > 0 {
		return out
	}
	return nil
}

// anything is a record of one kind with every field filled or not.
func anything(t *rapid.T, kind cardea.Kind) cardea.Record {
	id := someID().Draw(t, "id")
	s, yes := func() string { return text().Draw(t, "text") }, func() bool { return rapid.Bool().Draw(t, "flag") }
	day := func() cardea.Day { return someDay().Draw(t, "day") }
	at := func() cardea.Instant { return instant().Draw(t, "instant") }
	switch kind {
	case cardea.KindPerson, cardea.KindVisitor:
		return cardea.Person{
			ID: id, Visitor: kind == cardea.KindVisitor, Name: s(), First: s(), Last: s(), Email: s(), Phone: s(), Team: s(),
			Location: s(), Host: s(), Status: cardea.Left, Raw: s(),
		}
	case cardea.KindTeam:
		return cardea.Team{ID: id, Name: s(), Location: s(), Status: cardea.Present, Raw: s()}
	case cardea.KindLocation:
		return cardea.Location{ID: id, Name: s(), Zone: s()}
	case cardea.KindFloor:
		return cardea.Floor{ID: id, Name: s(), Location: s()}
	case cardea.KindResource:
		return cardea.Resource{
			ID: id, Name: s(), Location: s(), Floor: s(), Parents: several(t, text(), "parents"), Type: s(), Assignable: yes(),
			Bookable: yes(), ByDate: yes(), Unit: yes(), Permissions: several(t, text(), "permissions"),
			Attributes: cardea.Attributes{Profile: s(), TimeGroup: s()},
		}
	case cardea.KindPlan:
		return cardea.Plan{ID: id, Name: s()}
	case cardea.KindAgreement:
		return cardea.Agreement{
			ID: id, Name: s(), Person: s(), Team: s(), Plan: s(), Location: s(), Approved: yes(), Start: day(), End: day(),
			Computed: s(), Guests: several(t, text(), "guests"), Locked: yes(),
		}
	case cardea.KindAssignment:
		return cardea.Assignment{ID: id, Agreement: s(), Resource: s(), Start: day(), End: day()}
	case cardea.KindBooking:
		return cardea.Booking{
			ID: id, Title: s(), Resource: s(), Location: s(), Person: s(), Team: s(), Members: several(t, text(), "members"),
			Visitors: several(t, text(), "visitors"), Start: at(), End: at(), Zone: s(), RRule: s(),
			Except: several(t, instant(), "except"), Last: at(), Cancelled: yes(), Tentative: yes(), Made: at(),
		}
	}
	return cardea.Pass{
		ID: id, Name: s(), Person: s(), Team: s(), Personal: yes(), Type: s(), Location: s(), Agreement: s(),
		HalfCount: rapid.Int64().Draw(t, "count"), HalfUsed: rapid.Int64().Draw(t, "used"), From: day(), Until: day(),
		UsedOn: at(), Raw: s(),
	}
}

func TestEveryKindOfRecordReadsAsItWasPut(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		rapid.Check(t, func(rt *rapid.T) {
			kind := rapid.SampledFrom(cardea.Kinds).Draw(rt, "kind")
			r := anything(rt, kind)
			if r.Key().Kind != kind {
				rt.Fatalf("%v is no %s", r, kind)
			}
			must(t, w.SaveHouse(t.Context(), space, []cardea.Record{r}, nil, "x", "put"))
			back, found, err := w.HouseRecord(t.Context(), space, r.Key())
			if err != nil || !found {
				rt.Fatal(found, err)
			}
			if d := cmp.Diff(r, back); d != "" {
				rt.Fatalf("(-put +read):\n%s", d)
			}
			read(t, w, space, r)
			facts := ok(w.Facts(t.Context(), space, []cardea.Key{r.Key()}))
			if d := cmp.Diff([]cardea.Record{r}, facts); d != "" {
				rt.Fatalf("as a fact (-put +read):\n%s", d)
			}
		})
	})
}

// counts are how many records of each kind a house connection holds.
func counts(t *testing.T, w *store.Workspace, connection string) map[cardea.Kind]int {
	t.Helper()
	out := map[cardea.Kind]int{}
	for _, k := range cardea.Kinds {
		if n := len(ok(w.HouseRecords(t.Context(), connection, k))); n > 0 {
			out[k] = n
		}
	}
	return out
}
