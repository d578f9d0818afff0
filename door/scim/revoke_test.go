package scim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestRemovalsOfEveryHabit takes members out of servers that want it in their own ways, or do more than was asked.
func TestRemovalsOfEveryHabit(t *testing.T) {
	t.Parallel()
	const filtered, valued, whole = `members[value eq \"u5\"]`, `"path":"members","value":[{"value":"u5"}]`, `"displayName":"G a"`
	for name, c := range map[string]struct {
		habits habits
		form   string
	}{
		"the filter form":                     {habits{}, filtered},
		"the value form only":                 {habits{remove: "value"}, valued},
		"the filter form answered, not done":  {habits{remove: "deaf"}, valued},
		"the value form takes everybody":      {habits{remove: "wipe"}, ""},
		"several at once take the wrong ones": {habits{remove: "shift"}, filtered},
		"capitalised operations":              {habits{capital: true}, filtered},
		"plain JSON":                          {habits{plainType: true}, filtered},
		"with versions":                       {habits{etag: true}, filtered},
		"no PATCH but versions":               {habits{noPatch: true, etag: true}, whole},
		"no configuration":                    {habits{noConfig: true}, filtered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, c.habits)
			for _, u := range strings.Fields("u1 u2 u3 u4 u5 u6") {
				f.user(u, u+"@x.test")
			}
			f.group("a", "u1", "u2", "u3", "u4", "u5", "u6")
			f.group("kids")
			f.members["a"] = append(f.members["a"], row{"value": "kids", "type": "Group"})
			s := f.system()
			got := take(t, s, edge("a", "u2"), edge("a", "u3"), edge("a", "u4"))
			if c.habits.remove == "wipe" { // one went and the others were put back; then there is no way left
				if got != "ok rejected rejected" || f.in("a") != "kids u1 u3 u4 u5 u6" {
					t.Errorf("%s, left %s", got, f.in("a"))
				}
				return
			}
			if got != "ok ok ok" || f.in("a") != "kids u1 u5 u6" {
				t.Errorf("%s, left %s\n%s", got, f.in("a"), strings.Join(f.bodies, "\n"))
			}
			if got := take(t, s, edge("a", "u5")); got != "ok" || f.in("a") != "kids u1 u6" {
				t.Errorf("%s, left %s", got, f.in("a"))
			}
			if last := f.bodies[len(f.bodies)-1]; !strings.Contains(last, c.form) {
				t.Errorf("the last removal was %s", last)
			}
			if got := put(t, s, edge("a", "u3")); got != "ok" || f.in("a") != "kids u1 u3 u6" {
				t.Errorf("put back: %s, left %s", got, f.in("a"))
			}
		})
	}
}

func TestAServerThatTakesTheWrongOnesIsAskedOneByOne(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{remove: "shift"})
	for _, u := range strings.Fields("u1 u2 u3 u4 u5 u6") {
		f.user(u, u+"@x.test")
	}
	f.group("a", "u1", "u2", "u3", "u4", "u5", "u6")
	s := f.system()
	if got := take(t, s, edge("a", "u1"), edge("a", "u2"), edge("a", "u3")); got != "ok ok ok" || f.in("a") != "u4 u5 u6" {
		t.Fatalf("%s, left %s", got, f.in("a"))
	}
	n := len(f.bodies)
	if got := take(t, s, edge("a", "u4"), edge("a", "u5")); got != "ok ok" || f.in("a") != "u6" {
		t.Errorf("%s, left %s", got, f.in("a"))
	}
	for _, b := range f.bodies[n:] {
		if strings.Count(b, "members[") != 1 {
			t.Errorf("sent %s", b)
		}
	}
}

func TestTheWayOfRemovingIsLearntOnce(t *testing.T) {
	t.Parallel()
	f := house(t, habits{remove: "value"})
	f.members["b"] = slices.Clone(f.members["a"])
	s := f.system()
	if take(t, s, edge("a", "u1")) != "ok" {
		t.Fatal(f.bodies)
	}
	n := len(f.bodies)
	if take(t, s, edge("b", "u1")) != "ok" || len(f.bodies) != n+1 {
		t.Errorf("the second removal took %d requests", len(f.bodies)-n)
	}
}

func TestTheValueFormIsNotTriedWhereNobodyCouldBePutBack(t *testing.T) {
	t.Parallel()
	f := house(t, habits{members: "never", remove: "wipe"})
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPatch && strings.Contains(f.bodies[len(f.bodies)-1], "members[") {
			return said(400, row{"scimType": "invalidPath"})
		}
		return nil
	}
	if got := take(t, f.system(), edge("a", "u1")); got != "rejected" || f.in("a") != "u1 u2" {
		t.Errorf("%s, left %s", got, f.in("a"))
	}
}

func TestQuotesInAnIdStayInTheFilter(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user(`x" or value pr`, "x@x.test")
	f.group("a", "me", `x" or value pr`)
	if got := take(t, f.system(), edge("a", `x" or value pr`)); got != "ok" || f.in("a") != "me" {
		t.Errorf("%s, left %s", got, f.in("a"))
	}
}

func TestARemovalThatIsNotFoundIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	for times, want := range map[int]string{1: "ok", 2: "ok", 9: "conflict"} {
		f := house(t, habits{})
		left := times
		f.before = func(r *http.Request) *http.Response {
			if r.Method != http.MethodPatch || left == 0 {
				return nil
			}
			left--
			return said(404, row{"detail": "no such thing"})
		}
		if got := take(t, f.system(), edge("a", "u1")); got != want || (f.in("a") == "u2") != (want == "ok") {
			t.Errorf("%d times: %s, left %s", times, got, f.in("a"))
		}
	}
}
