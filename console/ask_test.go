package console

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// answering is a desk that knows two people and one group, and says yes.
func answering() *fake {
	window := cardea.Window{From: cardea.At(now) - cardea.Hour, Until: cardea.At(now) + cardea.Hour}
	return &fake{
		people: []Person{{ID: "rnd/person:1", Name: "Ana Lopes"}, {ID: "rnd/person:2", Name: "Anabel Fonseca"}},
		groups: []Group{{Door: "kisi", ID: "a/7", Name: "First floor", Mapped: true}},
		explained: Explained{
			Explanation: cardea.Explanation{Open: true, Window: &window},
			Person:      Person{Name: "Ana Lopes"}, Group: Group{Door: "kisi", Name: "First floor"},
		},
	}
}

func TestAsksForPersonDoorGroupAndTime(t *testing.T) {
	t.Parallel()
	f := answering()
	w := get(t, handlerFor(t, f), "/explain?q=ana&person=rnd/person:2&group=kisi/a/7&at=2026-07-01T09:00", true)
	want := Question{Person: "rnd/person:2", Door: "kisi", Group: "a/7", At: cardea.At(time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC))}
	if len(f.asked) != 1 || f.asked[0] != want {
		t.Fatalf("asked %+v, want %+v", f.asked, want)
	}
	if !strings.Contains(w.Body.String(), "Ana Lopes could pass First floor on Wed 1 Jul 09:00") {
		t.Errorf("answer: %s", w.Body)
	}
	if got := w.Header().Get("HX-Replace-Url"); got != "/?at=2026-07-01T09%3A00&group=kisi%2Fa%2F7&person=rnd%2Fperson%3A2&q=ana" {
		t.Errorf("the address of the answer is %q", got)
	}
}

func TestTimesAreThoseOfThePersonsHome(t *testing.T) {
	t.Parallel()
	f := answering()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	f.zone = zone
	w := get(t, handlerFor(t, f), "/explain?person=rnd/person:2&group=kisi/a/7&at=2026-07-01T09:00", true)
	if want := cardea.At(time.Date(2026, 7, 1, 13, 0, 0, 0, time.UTC)); len(f.asked) != 1 || f.asked[0].At != want {
		t.Fatalf("asked %+v, want %v", f.asked, want)
	}
	if !strings.Contains(w.Body.String(), "on Wed 1 Jul 09:00") || !strings.Contains(w.Body.String(), "(New York)") {
		t.Errorf("answer: %s", w.Body)
	}
}

func TestWithoutATimeItIsNow(t *testing.T) {
	t.Parallel()
	f := answering()
	get(t, handlerFor(t, f), "/explain?person=rnd/person:2&group=kisi/a/7&at=", true)
	if len(f.asked) != 1 || f.asked[0].At != cardea.At(now) {
		t.Errorf("asked %+v", f.asked)
	}
}

func TestSaysWhatIsMissingInAQuestion(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"q=ana&group=kisi/a/7":                         "Several people fit. Choose one of them.",
		"group=kisi/a/7":                               "Type a name or e-mail, then choose the person.",
		"person=rnd/person:1&group=":                   "Choose an access group.",
		"person=rnd/person:1&group=kisi/a/7&at=monday": "is no date and time",
	} {
		f := answering()
		body := get(t, handlerFor(t, f), "/explain?"+query, true).Body.String()
		if !strings.Contains(body, want) || len(f.asked) > 0 {
			t.Errorf("%s: asked %v, told %s", query, f.asked, body)
		}
	}
}

func TestTheOnlyOneWhoFitsIsChosen(t *testing.T) {
	t.Parallel()
	f := answering()
	f.people = f.people[:1]
	body := get(t, handlerFor(t, f), "/?q=ana+lopes&group=kisi/a/7", false).Body.String()
	if len(f.asked) != 1 || f.asked[0].Person != "rnd/person:1" || !strings.Contains(body, "Ana Lopes may pass First floor now") {
		t.Errorf("asked %v", f.asked)
	}
}

func TestSearchesAreCutToALength(t *testing.T) {
	t.Parallel()
	f := answering()
	get(t, handlerFor(t, f), "/people?q=+"+strings.Repeat("%C3%BC", 5000), true)
	if len(f.found) != 1 || f.found[0] != strings.Repeat("ü", longest) {
		t.Errorf("searched for %d bytes", len(f.found[0]))
	}
	f.found = nil
	get(t, handlerFor(t, f), "/people?q=+", true)
	if len(f.found) != 0 {
		t.Errorf("nothing was typed, and searched for: %q", f.found)
	}
}

func TestTimesOfTheClockChange(t *testing.T) {
	t.Parallel()
	london := london(t)
	for field, want := range map[string]time.Time{
		"2026-03-29T00:59":    time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC),
		"2026-03-29T01:30":    time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), // skipped: the offset before
		"2026-03-29T02:00":    time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		"2026-10-25T00:59":    time.Date(2026, 10, 24, 23, 59, 0, 0, time.UTC),
		"2026-10-25T01:30":    time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), // twice: the first
		"2026-10-25T02:00":    time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC),
		"2026-11-24T09:45:30": time.Date(2026, 11, 24, 9, 45, 30, 0, time.UTC),
	} {
		got, err := parseLocal(field, london)
		if err != nil || got != cardea.At(want) {
			t.Errorf("%s is %v (%v), want %v", field, got, err, want)
		}
	}
}

func FuzzParseLocal(f *testing.F) {
	for _, s := range []string{"2026-11-24T09:45", "2026-11-24T09:45:30", "", "24.11.2026", "0000-01-01T00:00", "9999-12-31T23:59"} {
		f.Add(s)
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseLocal(s, zone)
		if err != nil {
			if cardea.ClassOf(err) != cardea.Rejected {
				t.Errorf("%q: class %s", s, cardea.ClassOf(err))
			}
			return
		}
		if d := got.Time().Sub(got.Time().Truncate(time.Second)); d != 0 {
			t.Errorf("%q has a fraction: %v", s, got)
		}
	})
}
