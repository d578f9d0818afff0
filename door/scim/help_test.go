package scim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/wire"
)

var clock = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const base = "https://id.x.test/scim/v2"

func (f *fake) with(auth wire.Authorizer, readOnly bool) *scim.System {
	f.t.Helper()
	client, err := wire.New(wire.Config{
		Name: "door", Base: base, Transport: f, Now: func() time.Time { return clock }, Auth: auth, ReadOnly: readOnly,
		Classify: scim.Classify, Rand: func() float64 { return 0 }, Retries: 1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := scim.New(scim.Config{Client: client, Base: base, Now: func() time.Time { return clock }})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *fake) system() *scim.System { return f.with(scim.Authorize("t0ken-value"), false) }

func read(t *testing.T, s *scim.System, scope cardea.Scope) *cardea.Intake {
	t.Helper()
	in := cardea.NewIntake(scope, nil)
	if err := s.Read(t.Context(), scope, in); err != nil {
		t.Fatal(err)
	}
	return in
}

func kinds(ks ...cardea.Kind) cardea.Scope { return cardea.Scope{Kinds: ks} }

func edgesOf(groups ...cardea.GroupID) cardea.Scope {
	return cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: groups}
}

// edges names the edges that came, sorted; foreign ones have a mark.
func edges(in *cardea.Intake) string {
	var out []string
	for _, r := range in.Collection(cardea.KindEdge).Records() {
		e := r.(cardea.Edge)
		s := e.Key().ID
		if e.Foreign != "" {
			s += "!"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func grade(t *testing.T, in *cardea.Intake, k cardea.Kind, want cardea.Grade, records int) {
	t.Helper()
	e := in.Collection(k).Evidence()
	if e.Grade() != want || e.Records() != records {
		t.Errorf("%s: %d records, %s (%s); want %d, %s", k, e.Records(), e.Grade(), e.Why(), records, want)
	}
}

func edge(group cardea.GroupID, account cardea.AccountID) cardea.Edge {
	return cardea.Edge{Group: group, Account: account, Window: cardea.Forever}
}

// class is the class of each error.
func class(errs []error) string {
	var out []string
	for _, err := range errs {
		c := string(cardea.ClassOf(err))
		if c == "" {
			c = "ok"
		}
		out = append(out, c)
	}
	return strings.Join(out, " ")
}

func now() time.Time { return clock }

// count is how many calls began so.
func (f *fake) count(prefix string) int {
	n := 0
	for _, c := range f.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}
