package nexudus

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

const wholePush = `{"time":"2026-11-23T08:00:00Z","business":{"id":1,"name":"London","uniqueId":"b"},
"coworker":{"id":1414000007,"email":"ana@x.test","uniqueId":"c","accessPincode":"0012"},
"groups":["kisi/2","kisi/1"],"schedule":[{"group":"kisi/1","expires_on":"2026-11-23T10:15:00Z"},{"group":"kisi/2","expires_on":null}]}`

func instant(t *testing.T, s string) cardea.Instant {
	t.Helper()
	var i cardea.Instant
	if err := i.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAPushIsReadWhole(t *testing.T) {
	t.Parallel()
	got, err := ParsePush([]byte(wholePush))
	if err != nil {
		t.Fatal(err)
	}
	want := []cardea.Pushed{{Group: "kisi/1", Until: instant(t, "2026-11-23T10:15:00Z")}, {Group: "kisi/2", Until: cardea.Never}}
	if got.Person != "1414000007" || got.Location != "1" || got.At != instant(t, "2026-11-23T08:00:00Z") || !slices.Equal(got.Groups, want) {
		t.Errorf("%+v", got)
	}
	open, err := ParsePush([]byte(strings.Replace(wholePush, `,{"group":"kisi/2","expires_on":null}`, "", 1)))
	if err != nil || !slices.Equal(open.Groups, want) {
		t.Errorf("a group that the schedule leaves out has no end: %+v, %v", open, err)
	}
	none, err := ParsePush([]byte(`{"time":"2026-11-23T08:00:00.25","business":{"id":1},"coworker":{"id":7},"groups":[],"schedule":[]}`))
	if err != nil || len(none.Groups) != 0 || none.At != instant(t, "2026-11-23T08:00:00.25Z") {
		t.Errorf("somebody without groups has none: %+v, %v", none, err)
	}
}

// What was cut short, or is not of the form that is known, must not be taken for somebody who has nothing.
func TestAPushThatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	for i := range wholePush {
		if _, err := ParsePush([]byte(wholePush[:i])); err == nil {
			t.Errorf("cut after %d bytes it is taken", i)
		}
	}
	change := func(was, is string) string {
		if !strings.Contains(wholePush, was) {
			t.Fatalf("%q is not in it", was)
		}
		return strings.Replace(wholePush, was, is, 1)
	}
	for name, body := range map[string]string{
		"no list of groups":       change(`"groups":["kisi/2","kisi/1"],`, ""),
		"groups are null":         change(`["kisi/2","kisi/1"]`, "null"),
		"a group without id":      change(`"kisi/2"`, `" "`),
		"another group lapses":    change(`["kisi/2","kisi/1"]`, `["kisi/2"]`),
		"a lapse that is none":    change("2026-11-23T10:15:00Z", "soon"),
		"no time":                 change(`"time":"2026-11-23T08:00:00Z",`, ""),
		"a coworker of a word":    change("1414000007", `"ana"`),
		"a coworker of zero":      change("1414000007", "0"),
		"a coworker in fractions": change("1414000007", "7.5"),
		"two":                     wholePush + wholePush,
		"a list":                  "[" + wholePush + "]",
		"schedule without group":  change(`{"group":"kisi/1","expires_on"`, `{"expires_on"`),
	} {
		if p, err := ParsePush([]byte(body)); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%s: %+v, %v; want it refused", name, p, err)
		}
	}
}

func TestAPushNeedsTheBearerAndAClockLikeOurs(t *testing.T) {
	t.Parallel()
	if _, err := NewPusher(nil, "short"); err == nil {
		t.Error("a short token is taken")
	}
	s := newVendor(t).system()
	s.now = func() time.Time { return instant(t, "2026-11-23T08:00:05Z").Time() }
	p, err := NewPusher(s, "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	send := func(body string, bearer ...string) (cardea.Push, error) {
		r := httptest.NewRequest(http.MethodPost, "/acs/nx/push", strings.NewReader(body))
		for _, b := range bearer {
			r.Header.Add("Authorization", b)
		}
		return p.Accept(r)
	}
	for name, bearer := range map[string][]string{
		"none": {}, "wrong": {"Bearer 0123456789abcdeX"}, "prefix": {"Bearer 0123456789abcde"}, "empty": {"Bearer "},
		"basic": {"Basic 0123456789abcdef"}, "two": {"Bearer 0123456789abcdef", "Bearer 0123456789abcdef"},
	} {
		if _, err := send(wholePush, bearer...); cardea.ClassOf(err) != cardea.Auth {
			t.Errorf("%s: %v, want it not believed", name, err)
		}
	}
	got, err := send(wholePush, "Bearer 0123456789abcdef")
	if err != nil || got.Came != instant(t, "2026-11-23T08:00:05Z") {
		t.Errorf("%+v, %v", got, err)
	}
	late := strings.Replace(wholePush, "2026-11-23T08:00:00Z", "2026-11-23T08:15:06Z", 1)
	if _, err := send(late, "Bearer 0123456789abcdef"); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("from ahead of our clock: %v", err)
	}
}

func FuzzPush(f *testing.F) {
	f.Add([]byte(wholePush))
	f.Add([]byte(`{"time":"2026-11-23T08:00:00","business":{"id":"1"},"coworker":{"id":7},"groups":[]}`))
	f.Add([]byte(wholePush[:200]))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParsePush(body)
		if err != nil {
			if cardea.ClassOf(err) != cardea.Rejected || len(p.Groups) > 0 || p.Person != "" {
				t.Errorf("refused as %v with %+v", err, p)
			}
			return
		}
		if p.Person == "" || p.Location == "" || !p.At.Bounded() {
			t.Errorf("taken without whose or when: %+v", p)
		}
		for i, g := range p.Groups {
			if g.Group == "" || g.Until == cardea.Always || i > 0 && p.Groups[i-1].Group >= g.Group {
				t.Errorf("groups are not sorted, named and once: %+v", p.Groups)
			}
		}
	})
}
