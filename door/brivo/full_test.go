package brivo_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// full is user 7 in sixteen groups, of which so many are hidden from the administrator, and a seventeenth.
func full(t *testing.T, hidden int) *fake {
	t.Helper()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	for i := range 16 - hidden {
		f.group(1+i, fmt.Sprint("G", i), 7)
	}
	f.hidden[7] = hidden
	f.group(99, "One more")
	f.group(98, "Another")
	return f
}

func TestARefusedAdditionIsNotSentAgainWithinTheHour(t *testing.T) {
	t.Parallel()
	for _, hidden := range []int{0, 3, 16} {
		f := full(t, hidden)
		s := f.system()
		for range 10 {
			_, errs := s.Grant(t.Context(), []cardea.Edge{edge("99", "7"), edge("98", "7")})
			for _, err := range errs {
				if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "16") {
					t.Fatalf("%d hidden: %v", hidden, err)
				}
			}
			f.now = f.now.Add(5 * time.Minute)
		}
		want := []string{"POST /users/7/groups", "PUT /groups/99/users/7", "PUT /groups/98/users/7"}
		if got := f.writes(); !slices.Equal(got, want) {
			t.Errorf("%d hidden: sent %v within the hour", hidden, got)
		}
		f.now, f.hidden[7] = f.now.Add(15*time.Minute), 0
		f.members[1] = nil
		if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("99", "7")}); hidden > 0 && errs[0] != nil {
			t.Errorf("%d hidden: an hour later, and there is room: %v", hidden, errs[0])
		}
	}
}

func TestWhoWasTakenOutHasAPlaceAtOnce(t *testing.T) {
	t.Parallel()
	f := full(t, 3)
	s := f.system()
	if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("99", "7")}); errs[0] == nil {
		t.Fatal("the seventeenth was taken")
	}
	if errs := s.Revoke(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("99", "7")}); errs[0] != nil {
		t.Errorf("there is a place: %v", errs[0])
	}
}

// TestCountedIsWhenTheWholeAnswerCame: only a whole list of all the user's groups tells what he is in.
func TestCountedIsWhenTheWholeAnswerCame(t *testing.T) {
	t.Parallel()
	accounts := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"7"}}
	some := accounts
	some.Groups = []cardea.GroupID{"1"}
	for _, c := range []struct {
		name   string
		scope  cardea.Scope
		answer *http.Response
		want   bool
	}{
		{"whole", accounts, nil, true},
		{"of some groups", some, nil, false},
		{"less than its count", accounts, said(200, row{"data": []row{{"id": 1}}, "count": 2}), false},
		{"without a count", accounts, said(200, row{"data": []row{{"id": 1}}}), false},
		{"a row that cannot be read", accounts, said(200, row{"data": []row{{"id": "x"}}, "count": 1}), false},
		{"no answer", accounts, said(503, nil), false},
		{"no such user", accounts, said(404, notFound), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := full(t, 0)
			f.before = func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/whoami") {
					return nil, nil
				}
				return c.answer, nil
			}
			s := f.system()
			in := cardea.NewIntake(c.scope, nil)
			if err := s.Read(t.Context(), c.scope, in); err != nil {
				t.Fatal(err)
			}
			if got := s.Counted("7"); got.Equal(clock) != c.want || !c.want && !got.IsZero() {
				t.Errorf("counted at %v", got)
			}
		})
	}
}
