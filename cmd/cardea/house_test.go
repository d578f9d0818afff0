package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
)

// furnished is an office with the workbook of the import tests in its database.
func furnished(t *testing.T, db database) *office {
	t.Helper()
	o := atHome(t, db)
	o.wants(exitInStep, "import", o.book("units.xlsx", homeUnits, homeCustomers, homeRentals))
	return o
}

func TestHouseRecordsAreListedAndShown(t *testing.T) {
	t.Parallel()
	o := furnished(t, onSQLite)
	o.wants(exitInStep, "house", "list", "person")
	o.says(&o.out, "id ", "name ", "email", "C-1", "Ana Lopez", "ana@x.test", "C-2", "2 people")
	if strings.Contains(o.out.String(), "phone") {
		t.Errorf("a column that says nothing is shown: %s", o.out.String())
	}
	o.wants(exitInStep, "house", "list", "units", "--json")
	var units []cardea.Resource
	if err := json.Unmarshal(o.out.Bytes(), &units); err != nil || len(units) != 2 || units[0].ID != "london/a-1" || !units[0].Unit {
		t.Errorf("%v: %s", err, o.out.String())
	}
	o.wants(exitInStep, "house", "list", "booking")
	o.says(&o.out, "no bookings")
	o.wants(exitInStep, "house", "list", "booking", "--json")
	if got := strings.TrimSpace(o.out.String()); got != "[]" {
		t.Errorf("no bookings are %s", got)
	}
	o.wants(exitInStep, "house", "show", "agreement:R-1")
	o.says(&o.out, "person", "C-1 (Ana Lopez)", "location", "london", "start", "2026-04-03", "guests", "C-2 (Jo Ray)",
		"named by", "assignment:R-1")
	o.wants(exitInStep, "house", "show", "person:C-2", "--json")
	o.says(&o.out, `"id": "C-2"`, `"named_by"`, "agreement:R-1", "agreement:R-2")
	for _, c := range [][2]string{
		{"persn:C-1", `"person"`}, {"person:C-11", `"C-1"`}, {"C-1", "kind:id"}, {"agreement:", "kind:id"},
	} {
		o.wants(exitUsage, "house", "show", c[0])
		o.says(&o.err, c[1])
	}
	o.wants(exitUsage, "house", "list", "persons-of-interest")
	o.says(&o.err, "there are no records of kind")
	_, audit := o.kept()
	if audit != 1 {
		t.Errorf("looking left %d audit lines", audit)
	}
}

func TestHouseSetChangesOneRecord(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := furnished(t, db)
		o.wants(exitInStep, "house", "set", "agreement:R-1", "locked=yes", "guests=")
		o.says(&o.out, "guests: C-2 (Jo Ray) -> (none)", "locked: no -> yes", "Jo Ray loses London/A-1; Ana Lopez is shut out of London/A-1")
		o.wants(exitInStep, "house", "set", "agreement:R-1", "locked=yes")
		o.says(&o.out, "nothing differs")
		o.wantKept(2, homeKeys...)

		// The assignment that ran as long as the agreement goes on doing so.
		o.wants(exitInStep, "house", "set", "agreement:R-2", "end=2027-12-31")
		o.says(&o.out, "memberships: 1 changed", "end: 2027-04-30 -> 2027-12-31", "assignments: 1 changed", "end: 2027-04-30 -> 2027-12-31")

		o.wants(exitInStep, "house", "set", "person:C-9", "first=Kim", "last=Ray", "email=kim@x.test", "--new")
		o.says(&o.out, "+ C-9  Kim Ray <kim@x.test>")
		o.wants(exitInStep, "house", "set", "agreement:R-2", "guests=C-9, C-1", "--json")
		o.says(&o.out, `"changed"`, `"agreement": 1`, `"saved": true`)
		o.wants(exitInStep, "house", "show", "agreement:R-2")
		o.says(&o.out, "2027-12-31", "C-9 (Kim Ray), C-1 (Ana Lopez)")
		o.wants(exitInStep, "house", "set", "visitor:v-1", "name=Vera", "host=C-1", "--new")
		o.wants(exitInStep, "house", "set", "resource:room", "name=Elephant", "bookable=yes", "location=london", "--new")
		o.wants(exitInStep, "house", "show", "resource:room", "--json")
		if strings.Contains(o.out.String(), "assignable") {
			t.Errorf("a bookable room is assigned to nobody: %s", o.out.String())
		}
		o.wantKept(7, append(slices.Clone(homeKeys), "person:C-9", "visitor:v-1", "resource:room")...)
	})
}

func TestHouseSetRefusesWhatWouldNotDo(t *testing.T) {
	t.Parallel()
	o := furnished(t, onSQLite)
	for _, c := range []struct{ args, want string }{
		{"agreement:R-1 loked=yes", `did you mean "locked"`},
		{"agreement:R-1 locked=maybe", "yes or no"},
		{"agreement:R-1 locked", "field=value"},
		{"agreement:R-1 locked=yes locked=no", "twice"},
		{"agreement:R-1 start=03/04/2026", "2026-04-03"},
		{"agreement:R-1 id=R-7", "--new"},
		{"agreement:R-1 person=C-77", "names person:C-77, which is not there"},
		{"agreement:R-1 end=2025-01-01", "ends before it starts"},
		{"agreement:R-7 locked=yes", "--new"},
		{"agreement:R-1 locked=yes --new", "is there already"},
		{"agreement:R-3 person=C-1 --new", "has no start"},
		{"person:C-1 status=away", `"away"`},
		{"resource:x name=A-1 unit=yes location=london --new", "has the number of"},
		{"booking:b resource=london/a-1 start=tomorrow --new", "2026-11-23T09:00:00Z"},
		{"pass:p person=C-1 half_count=many --new", "whole number"},
		{"unicorn:1 name=x", "unicorn"},
	} {
		o.wants(exitUsage, append([]string{"house", "set"}, strings.Fields(c.args)...)...)
		o.says(&o.err, c.want)
	}
	o.wants(exitUsage, "house", "set", "agreement:R-1", "person=C-77", "--json")
	o.says(&o.out, `"problems"`, "agreement:R-1")
	o.wantKept(1, homeKeys...)
}

func TestHouseRemoveAsksAndKeepsWhatIsNamed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		o := furnished(t, db)
		o.wants(exitUsage, "house", "remove", "person:C-1", "--yes")
		o.says(&o.err, "person:C-1 cannot be removed: named by agreement:R-1")
		o.wants(exitUsage, "house", "remove", "agreement:R-1", "agreement:R-22", "--yes")
		o.says(&o.err, `no membership "R-22"`, `"R-2"`)
		o.wants(exitPending, "house", "remove", "agreement:R-1", "assignment:R-1")
		o.says(&o.out, "- R-1  Ana Lopez and Jo Ray lose London/A-1")
		o.says(&o.err, "--yes")
		o.wantKept(1, homeKeys...)
		if code := o.types("yes\n", "house", "remove", "agreement:R-1", "assignment:R-1"); code != exitInStep {
			t.Fatalf("exit code %d: %s", code, o.err.String())
		}
		o.wants(exitInStep, "house", "remove", "person:C-1", "--yes")
		o.wantKept(3, slices.DeleteFunc(slices.Clone(homeKeys), func(k string) bool {
			return slices.Contains([]string{"agreement:R-1", "assignment:R-1", "person:C-1"}, k)
		})...)
	})
}

// TestASeriesThatMovesHasNoKnownEnd keeps a stale end from taking bookings out of what is read.
func TestASeriesThatMovesHasNoKnownEnd(t *testing.T) {
	t.Parallel()
	was := cardea.Booking{ID: "b", RRule: "FREQ=DAILY;COUNT=3", Last: 99}
	for text, want := range map[string]cardea.Instant{"title=x": 99, "rrule=FREQ=DAILY": 0} {
		values, err := assignments(cardea.KindBooking, []string{text})
		if err != nil {
			t.Fatal(err)
		}
		if got := filled(was, values, false).(cardea.Booking).Last; got != want {
			t.Errorf("%s: the series ends at %d, want %d", text, got, want)
		}
	}
}

// TestEveryFieldIsReadAsItIsPrinted sets each field of each kind from what another record prints for it.
func TestEveryFieldIsReadAsItIsPrinted(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-z]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(cardea.Kinds).Draw(t, "kind")
		from := reflect.New(reflect.TypeOf(blanks[kind])).Elem()
		for _, f := range fieldsOf(kind) {
			v := from.FieldByIndex(f.index)
			switch v.Interface().(type) {
			case bool:
				v.SetBool(rapid.Bool().Draw(t, f.name))
			case int64:
				v.SetInt(rapid.Int64().Draw(t, f.name))
			case []string:
				v.Set(reflect.ValueOf(listed(strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, f.name), ","))))
			case cardea.Instant:
				v.SetInt(rapid.Int64Range(0, 4e15).Draw(t, f.name))
			case []cardea.Instant:
				if n := rapid.Int64Range(0, 4e15).Draw(t, f.name); n > 0 {
					v.Set(reflect.ValueOf([]cardea.Instant{cardea.Instant(n)}))
				}
			case cardea.Day:
				if n := rapid.Int64Range(0, 60000).Draw(t, f.name); n > 0 {
					v.Set(reflect.ValueOf(cardea.Day{At: cardea.Instant(n) * 24 * cardea.Hour, Set: true}))
				}
			default:
				text := word.Draw(t, f.name)
				if f.name == "email" && text != "" {
					text += "@x.test"
				}
				v.SetString(text)
			}
		}
		want := from.Interface().(cardea.Record)
		got := fresh(cardea.Key{Kind: kind})
		if kind == cardea.KindVisitor {
			p := want.(cardea.Person)
			p.Visitor = true
			want = p
		}
		for _, f := range fieldsOf(kind) {
			var err error
			if got, err = f.set(got, f.get(want)); err != nil {
				t.Fatalf("%s=%s: %v", f.name, f.get(want), err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", kind, got, want)
		}
	})
}
