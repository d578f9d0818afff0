package decide_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// pushedWorld has Ana pushed until noon into g and for ever into h, by London; ben has a plan and no push.
func pushedWorld() (cardea.Directory, cardea.Settings) {
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot"), agreement("2", "ben", "", "hot")}
	d.Pushes = []cardea.Push{{Person: "ana", Location: "lon", At: at("2026-11-23T08:00:00Z"), Came: at("2026-11-23T08:00:02Z"),
		Groups: []cardea.Pushed{{Group: "g", Until: at("2026-11-23T12:00:00Z")}, {Group: "h", Until: cardea.Never}}}}
	s := settings(mapped(cardea.ItemPushes, cardea.Anything, "g", "h"), mapped(cardea.ItemPlans, "hot", "g"))
	s.Pushed = true
	return d, s
}

func groupsAt(x *decide.Index, who, instant string) []string {
	var out []string
	for _, g := range x.Grants(cardea.Window{From: at(instant), Until: at(instant)}) {
		if _, open := g.At(at(instant)); open && g.Person == person(who) {
			out = append(out, string(g.Group))
		}
	}
	return out
}

func TestAPushGivesItsGroupsUntilTheyLapseAndNothingElseDecides(t *testing.T) {
	t.Parallel()
	d, s := pushedWorld()
	x := decide.New(d, s)
	for when, want := range map[string][]string{
		"2026-11-23T11:59:59Z": {"g", "h"}, "2026-11-23T12:00:00Z": {"h"}, "2027-11-23T12:00:00Z": {"h"},
	} {
		if got := groupsAt(x, "ana", when); !slices.Equal(got, want) {
			t.Errorf("ana has %v at %s, want %v", got, when, want)
		}
	}
	if got := groupsAt(x, "ben", "2026-11-23T11:00:00Z"); got != nil {
		t.Errorf("ben has %v by a plan, though pushes decide", got)
	}
	if got := x.Feeds("g"); !slices.Equal(got, []cardea.Kind{cardea.KindPerson}) {
		t.Errorf("a push is its own evidence, and %v is asked for", got)
	}
	s.Pushed = false
	if got := groupsAt(decide.New(d, s), "ana", "2026-11-23T13:00:00Z"); !slices.Equal(got, []string{"g"}) {
		t.Errorf("where nothing is pushed rules decide: ana has %v, want g by her plan", got)
	}
}

func TestANewerPushTakesAwayWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	d, s := pushedWorld()
	now := at("2026-11-23T10:00:00Z")
	var was []cardea.Reason
	for _, g := range decide.New(d, s).Grants(cardea.Window{From: now, Until: now}) {
		if g.Person == person("ana") && g.Group == "h" {
			was = g.Reasons
		}
	}
	if len(was) != 1 || was[0].Rule != cardea.RulePushed || was[0].Item != "h" {
		t.Fatalf("the reason is %+v", was)
	}
	cause := func(p ...cardea.Push) cardea.Cause {
		d.Pushes = p
		return decide.New(d, s).Cause(person("ana"), "h", was, now)
	}
	one := d.Pushes[0]
	one.Groups = one.Groups[:1]
	elsewhere := d.Pushes[0]
	elsewhere.Location = "nyc"
	if got := cause(one); got != cardea.CauseEnded {
		t.Errorf("a newer push without it: %q, want ended", got)
	}
	if got := cause(elsewhere); got.Positive() {
		t.Errorf("a push that is not there any more says nothing, and not %q", got)
	}
	if got := cause(one, elsewhere); got != cardea.CauseEnded {
		t.Errorf("another location's push changes nothing: %q", got)
	}
}

func TestExplainNamesThePushAndWhenItCame(t *testing.T) {
	t.Parallel()
	d, s := pushedWorld()
	e := decide.New(d, s).Explain(person("ana"), "g", at("2026-11-23T13:00:00Z"))
	if e.Open || len(e.Considered) != 1 {
		t.Fatalf("%+v", e)
	}
	c := e.Considered[0]
	if c.Verdict != cardea.Ended || c.Record.Kind != cardea.KindPush || c.Label != "push of London, came 2026-11-23T08:00:02Z" {
		t.Errorf("%+v", c)
	}
	if e := decide.New(d, s).Explain(person("ana"), "h", at("2026-11-23T13:00:00Z")); !e.Open {
		t.Errorf("h lapses never: %+v", e)
	}
}

func TestAGroupThatIsNotKnownIsAnIssueAndGivesNothing(t *testing.T) {
	t.Parallel()
	d, s := pushedWorld()
	d.Pushes[0].Groups = append(d.Pushes[0].Groups, cardea.Pushed{Group: "old", Until: cardea.Never})
	issues := decide.New(d, s).Issues()
	if len(issues) != 1 || issues[0].Code != decide.IssuePushed || !strings.Contains(issues[0].Text, `"old"`) {
		t.Errorf("%+v", issues)
	}
	s.Locations = []string{"nyc"}
	x := decide.New(d, s)
	if issues := x.Issues(); len(issues) != 0 {
		t.Errorf("another location's push is no concern: %+v", issues)
	}
	if got := groupsAt(x, "ana", "2026-11-23T09:00:00Z"); got != nil {
		t.Errorf("a push of a location that is not in the integration gives %v", got)
	}
}

func TestWhoIsNotHeardOfForADayIsComparedWithTheRecords(t *testing.T) {
	t.Parallel()
	d, s := pushedWorld()
	said := func(when string) []cardea.PersonID {
		var out []cardea.PersonID
		for _, i := range decide.New(d, s).Unheard(at(when)) {
			out = append(out, i.Person)
		}
		return out
	}
	if got := said("2026-11-24T08:00:01Z"); got != nil {
		t.Errorf("nobody is compared before a day is over: %v", got)
	}
	// g lapsed for Ana and her plan gives it still; nothing told of Ben, whose plan gives it too.
	if got := said("2026-11-24T08:00:02Z"); !slices.Equal(got, []cardea.PersonID{person("ana"), person("ben")}) {
		t.Errorf("compared %v, want ana and ben", got)
	}
	d.Pushes[0].Groups[0].Until = cardea.Never
	if got := said("2026-11-24T08:00:02Z"); !slices.Equal(got, []cardea.PersonID{person("ben")}) {
		t.Errorf("compared %v: ana has what her plan gives", got)
	}
	d.Pushes = append(d.Pushes, cardea.Push{Person: "ben", Location: "lon", Came: at("2026-11-24T07:00:00Z")})
	if got := said("2026-11-24T08:00:02Z"); got != nil {
		t.Errorf("ben was heard of an hour ago: %v", got)
	}
	if got := groupsAt(decide.New(d, s), "ben", "2026-11-25T08:00:00Z"); got != nil {
		t.Errorf("what was pushed decides, and ben has %v", got)
	}
}
