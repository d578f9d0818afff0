package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// house is a server with two members in a, one in b and nobody in c.
func house(t *testing.T, h habits) *fake {
	t.Helper()
	f := newFake(t, h)
	for _, u := range []string{"u1", "u2", "u3"} {
		f.user(u, u+"@x.test")
	}
	f.group("a", "u1", "u2")
	f.group("b", "u3")
	f.group("c")
	for i := range 3 {
		f.group(fmt.Sprintf("z%d", i))
	}
	return f
}

// TestMembersOfEveryHabit reads the same memberships from servers that show them in their own ways.
func TestMembersOfEveryHabit(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]habits{
		"everywhere":                     {},
		"empty lists said":               {sayEmpty: true},
		"not in lists":                   {listHides: true},
		"only when asked":                {members: "asked"},
		"only when nothing is asked for": {members: "plain", listHides: true},
		"at the users only":              {members: "never", userGroups: true},
		"empty lists, and at the users":  {members: "empty", userGroups: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := house(t, h)
			for scope, want := range map[string]string{
				"a b c": "a/u1 a/u2 b/u3", "c": "", "a c": "a/u1 a/u2", "a b c z0 z1 z2": "a/u1 a/u2 b/u3", "": "a/u1 a/u2 b/u3",
			} {
				var groups []cardea.GroupID
				for _, g := range strings.Fields(scope) {
					groups = append(groups, cardea.GroupID(g))
				}
				in := read(t, f.system(), edgesOf(groups...))
				grade(t, in, cardea.KindEdge, cardea.Complete, len(strings.Fields(want)))
				if got := edges(in); got != want {
					t.Errorf("groups %q: %s, want %s", scope, got, want)
				}
			}
			in := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"u2", "u3"}})
			if got := edges(in); got != "a/u2 b/u3" {
				t.Errorf("by account: %s", got)
			}
			grade(t, in, cardea.KindEdge, cardea.Complete, 2)
		})
	}
}

func TestAMemberListThatIsNeverShownIsNotEmpty(t *testing.T) {
	t.Parallel()
	f := house(t, habits{members: "never"})
	in := read(t, f.system(), edgesOf("a", "c"))
	grade(t, in, cardea.KindEdge, cardea.Failed, 0)
	if err := in.Collection(cardea.KindEdge).Err(); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "members") {
		t.Errorf("got %v", err)
	}
}

func TestAnAbsentListIsEmptyOnceTheServerShowedAnother(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.group("a")
	grade(t, read(t, f.system(), edgesOf("a")), cardea.KindEdge, cardea.Failed, 0)
	f.group("elsewhere", "me")
	grade(t, read(t, f.system(), edgesOf("a")), cardea.KindEdge, cardea.Complete, 0)
}

func TestAnEmptyListThatIsSaidIsEmpty(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{sayEmpty: true})
	f.group("a")
	grade(t, read(t, f.system(), edgesOf("a")), cardea.KindEdge, cardea.Complete, 0)
}

func TestMembersThatAreNoUsersAreForeign(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user("u1", "u1@x.test")
	f.group("kids")
	f.group("a")
	f.members["a"] = []row{
		{"value": "u1", "type": "User"}, {"value": "u1"}, // twice
		{"value": "kids", "type": "Group"}, {"value": "t", "$ref": "../Groups/t"}, {"value": "dev", "type": "Device"},
		{"value": "far", "type": "User", "$ref": "https://other.test/scim/v2/Users/far"}, {"$ref": "/scim/v2/Users/u2"},
	}
	in := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup, cardea.KindEdge}, Groups: []cardea.GroupID{"a"}})
	if got := edges(in); got != "a/Group:kids! a/Group:t! a/Member:dev! a/Member:far! a/u1 a/u2" {
		t.Errorf("got %s", got)
	}
	f.members["a"] = []row{{"value": "kids"}} // without a type: the listing of groups tells
	s := f.system()
	if got := edges(read(t, s, edgesOf("a"))); got != "a/kids" {
		t.Errorf("got %s", got)
	}
	read(t, s, kinds(cardea.KindGroup))
	if got := edges(read(t, s, edgesOf("a"))); got != "a/Group:kids!" {
		t.Errorf("got %s", got)
	}
	for i, err := range s.Revoke(t.Context(), []cardea.Edge{{Group: "a", Account: "Group:kids", Foreign: "a nested group"}}) {
		if cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestAMemberThatCannotBeReadIsNoAbsence(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.group("a", "me")
	f.members["a"] = append(f.members["a"], row{"display": "somebody"})
	grade(t, read(t, f.system(), edgesOf("a")), cardea.KindEdge, cardea.Incomplete, 1)
}

func TestAGroupThatIsGoneIsMissing(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	in := read(t, f.system(), edgesOf("a", "gone"))
	grade(t, in, cardea.KindEdge, cardea.Complete, 2)
	if m := in.Collection(cardea.KindEdge).MissingOnes(); len(m) != 1 || m[0] != (cardea.Key{Kind: cardea.KindGroup, ID: "gone"}) {
		t.Errorf("missing %v", m)
	}
}

func TestOneGroupThatFailsHindersNoOther(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/Groups/a") {
			return said(500, row{"detail": "oops"})
		}
		return nil
	}
	in := read(t, f.system(), edgesOf("a", "b"))
	grade(t, in, cardea.KindEdge, cardea.Incomplete, 1)
	if edges(in) != "b/u3" {
		t.Errorf("got %s", edges(in))
	}
}

func TestExamineNamesWhatIsLacking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		habits habits
		want   string
	}{
		{habits{etag: true}, "account-without-email"},
		{habits{noConfig: true}, "no-provider-config no-filter no-etag account-without-email"},
		{habits{noPatch: true, noFilter: true}, "no-patch no-filter no-etag account-without-email"},
		{habits{noPatch: true, etag: true}, "no-patch account-without-email"},
		{
			habits{etag: true, members: "never"},
			"members-not-shown members-not-shown members-not-shown members-not-shown members-not-shown members-not-shown account-without-email",
		},
	} {
		f := house(t, c.habits)
		f.users = append(f.users, row{"id": "x", "userName": "x"})
		issues, err := f.system().Examine(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range issues {
			got = append(got, i.Code)
			if i.Text == "" {
				t.Errorf("%s says nothing", i.Code)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.habits, got, c.want)
		}
	}
	if len(newFake(t, habits{}).system().Assumed()) == 0 {
		t.Error("nothing is assumed")
	}
}
