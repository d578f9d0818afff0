package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	locks "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// keypad is a door system with codes.
type keypad struct {
	*looptest.Door

	mu     locks.Mutex
	codes  []door.Code
	digits map[door.Code]string // by a code without its time
	whose  string               // organisation, once it is another one
	show   func()               // while a code is being shown
	renew  error
}

var _ door.Coded = (*keypad)(nil)

func (k *keypad) issue(a cardea.AccountID, g cardea.GroupID, digits string) {
	c := door.Code{Account: a, Group: g}
	k.codes, k.digits[c] = append(k.codes, c), digits
}

func (k *keypad) Describe(ctx context.Context) (cardea.Organisation, error) {
	if k.whose != "" {
		return cardea.Organisation{ID: k.whose, Name: k.whose}, nil
	}
	return k.Door.Describe(ctx)
}

func (k *keypad) Codes(context.Context) ([]door.Code, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.codes), nil
}

func (k *keypad) Show(_ context.Context, a cardea.AccountID, g cardea.GroupID) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.show != nil {
		k.show()
	}
	for i, c := range k.codes {
		if c.Account == a && c.Group == g && c.ShownAt == 0 {
			k.codes[i].ShownAt = start
			return k.digits[c], nil
		}
	}
	return "", cardea.Errorf(cardea.Conflict, "shown before")
}

func (k *keypad) Renew(_ context.Context, a cardea.AccountID, g cardea.GroupID) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, c := range k.codes {
		if c.Account == a && c.Group == g && k.renew == nil {
			k.codes[i].ShownAt = 0
			k.digits[k.codes[i]] += "0"
		}
	}
	return k.renew
}

// coded is a desk whose members have a code for General at each of two doors; a third has no codes.
type coded struct {
	*desk.Desk

	store       *store.Store
	ws          *store.Workspace
	north, west *keypad
}

func newCoded(tb testing.TB, s *store.Store, now func() time.Time, names ...string) coded {
	tb.Helper()
	records := []cardea.Record{
		cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"}, cardea.Plan{ID: "hot", Name: "Hot desk"},
	}
	for _, n := range names {
		records = append(records, member(n, "hot")...)
	}
	c := coded{
		store: s, ws: s.In("default"),
		north: &keypad{Door: looptest.NewDoor("General", "Floor"), digits: map[door.Code]string{}},
		west:  &keypad{Door: looptest.NewDoor("General"), digits: map[door.Code]string{}, whose: "western"},
	}
	one, two := integration("one", "Hot desk", "General"), integration("two", "Hot desk", "General")
	one.Door, two.Door = "north", "west"
	c.Desk = desk.New(desk.Config{
		Store: s, Node: "test", Now: now,
		Spaces: map[string]desk.Space{"rnd": {System: "fake", Space: looptest.NewSpace(records...)}},
		Doors: map[string]desk.Door{
			"north": {System: "pads", Door: c.north, CallsPerHour: 1000}, "west": {System: "pads", Door: c.west, CallsPerHour: 1000},
			"plain": {System: "plain", Door: looptest.NewDoor()},
		},
		Integrations: []desk.Integration{one, two},
	})
	if _, err := c.Sync(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	for i, k := range []*keypad{c.north, c.west} {
		for _, n := range names {
			e, ok := k.Edge("General", n+"@x.test")
			if !ok {
				tb.Fatalf("%s is not in General", n)
			}
			k.issue(e.Account, e.Group, n+"-"+[]string{"north", "west"}[i])
		}
	}
	return c
}

func atStart() time.Time { return start.Time() }

func (c coded) audit(t *testing.T) []string {
	t.Helper()
	lines, err := c.ws.Audit(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range slices.Backward(lines) {
		if strings.HasPrefix(l.What, "code") {
			out = append(out, l.Who+": "+l.What+" "+string(l.Detail))
		}
	}
	return out
}

func wantRefusal(t *testing.T, err error, class cardea.Class, says string) {
	t.Helper()
	if err == nil || cardea.ClassOf(err) != class || !strings.Contains(err.Error(), says) {
		t.Errorf("got %s %v, want %s: %s", cardea.ClassOf(err), err, class, says)
	}
}

func TestCodesAreListedWithNamesByDoor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCoded(t, s, atStart, "ana", "bea")
		c.north.issue("id-of-nobody", "left-over", "x")
		all, err := c.Codes(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range all {
			text := one.Door + " " + one.GroupName
			for _, p := range one.People {
				text += " " + p.Name + " " + p.Email + " " + string(p.ID)
			}
			got = append(got, text)
		}
		want := []string{
			"north General ana Doe ana@x.test rnd/person:ana", "north General bea Doe bea@x.test rnd/person:bea", "north left-over",
			"west General ana Doe ana@x.test rnd/person:ana", "west General bea Doe bea@x.test rnd/person:bea",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
		if west, err := c.Codes(t.Context(), "west"); err != nil || len(west) != 2 {
			t.Errorf("%v, %v", west, err)
		}
		_, err = c.Codes(t.Context(), "plain")
		wantRefusal(t, err, cardea.Rejected,
			"plain is a connection to plain, which has no access codes that Cardea issues: those that have are north and west")
		_, err = c.Codes(t.Context(), "nort")
		wantRefusal(t, err, cardea.NotFound, `did you mean "north"?`)
		plain := map[string]desk.Door{"plain": {System: "plain", Door: looptest.NewDoor()}}
		without := desk.New(desk.Config{Store: s, Now: atStart, Doors: plain})
		_, err = without.Codes(t.Context(), "")
		wantRefusal(t, err, cardea.Rejected, "no door connection has access codes")
	})
}

func TestACodeAtSeveralDoorsWantsTheDoor(t *testing.T) {
	t.Parallel()
	c := newCoded(t, storetest.SQLite(t), atStart, "ana")
	q := desk.CodeQuestion{Person: " ANA@x.test", Unit: "general"}
	_, digits, err := c.ShowCode(t.Context(), q, "olga")
	wantRefusal(t, err, cardea.Rejected, "ana Doe has codes at north and west: name the door connection with --door")
	if q.Door = "west"; digits != "" {
		t.Errorf("%q was shown", digits)
	}
	code, digits, err := c.ShowCode(t.Context(), q, "olga")
	if err != nil || digits != "ana-west" || code.Door != "west" || code.ShownAt != start {
		t.Errorf("%+v %q %v", code, digits, err)
	}
	if got := c.audit(t); len(got) != 1 || !strings.HasPrefix(got[0], "olga: code shown") || !strings.Contains(got[0], `"west"`) ||
		!strings.Contains(got[0], "rnd/person:ana") || strings.Contains(got[0], digits) {
		t.Errorf("the audit log says %q", got)
	}
	_, _, err = c.ShowCode(t.Context(), q, "olga")
	wantRefusal(t, err, cardea.Conflict, "was shown on Sun 22 Nov ")
	if got := c.audit(t); len(got) != 1 {
		t.Errorf("the audit log says %q", got)
	}
}

func TestPartOfANameShowsNothing(t *testing.T) {
	t.Parallel()
	c := newCoded(t, storetest.SQLite(t), atStart, "ana", "anabel")
	for _, name := range []string{"ana", "anab", "Doe", "x.test", ""} {
		_, digits, err := c.ShowCode(t.Context(), desk.CodeQuestion{Person: name, Door: "north"}, "olga")
		if err == nil || digits != "" {
			t.Errorf("%q: %q, %v", name, digits, err)
		}
	}
	_, digits, err := c.ShowCode(t.Context(), desk.CodeQuestion{Person: "Ana doe", Door: "north"}, "olga")
	if err != nil || digits != "ana-north" {
		t.Errorf("%q, %v", digits, err)
	}
}

func TestASharedAccountsCodeIsEverybodys(t *testing.T) {
	t.Parallel()
	c := newCoded(t, storetest.SQLite(t), atStart, "ana", "bea")
	e, _ := c.north.Edge("General", "ana@x.test")
	link := cardea.Link{Person: "rnd/person:bea", Account: e.Account, How: "decided"}
	if err := c.ws.Answered(t.Context(), "north", "run", store.Outcome{
		Op: cardea.Operation{Key: "k", Verb: cardea.VerbLink, Person: link.Person, Account: link.Account}, Link: &link, At: start,
	}, nil); err != nil {
		t.Fatal(err)
	}
	all, err := c.Codes(t.Context(), "north")
	if err != nil || len(all) != 2 || len(all[0].People)+len(all[1].People) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	shared := all[slices.IndexFunc(all, func(one desk.AccessCode) bool { return len(one.People) == 2 })]
	if names := []string{shared.People[0].Name, shared.People[1].Name}; !slices.Equal(names, []string{"ana Doe", "bea Doe"}) {
		t.Errorf("whom it was issued for is not first: %q", names)
	}
	_, _, err = c.ShowCode(t.Context(), desk.CodeQuestion{Person: "bea@x.test", Door: "north"}, "olga")
	wantRefusal(t, err, cardea.Rejected, "bea Doe has codes on")
}

func TestNoCodeIsShownWithoutAnAuditLine(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t)
	c := newCoded(t, s, atStart, "ana")
	c.north.show = func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	_, digits, err := c.ShowCode(t.Context(), desk.CodeQuestion{Person: "ana@x.test", Door: "north"}, "olga")
	if err == nil || digits != "" || !strings.Contains(err.Error(), "audit log could not be written") {
		t.Errorf("%q, %v", digits, err)
	}
}

// Whoever works on the door may be writing down the same entry: showing waits, and looks again after it.
func TestACodeWaitsForWhoWorksOnItsDoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		s, err := store.Open(ctx, "sqlite::memory:", store.Options{Key: storetest.Key, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		time.Sleep(time.Until(start.Time()))
		c := newCoded(t, s, time.Now, "ana")
		if _, err := c.ws.ClaimOne(ctx, "north", store.WakeKeep, "another", cardea.At(time.Now()), 30*time.Second); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*time.Second, func() {
			if _, err := c.north.Show(ctx, c.north.codes[0].Account, c.north.codes[0].Group); err != nil {
				t.Error(err)
			}
		})
		began := time.Now()
		_, digits, err := c.ShowCode(ctx, desk.CodeQuestion{Person: "ana@x.test", Door: "north"}, "olga")
		wantRefusal(t, err, cardea.Conflict, "was shown on")
		if waited := time.Since(began); digits != "" || waited < 29*time.Second {
			t.Errorf("%q after %s", digits, waited)
		}
	})
}

func TestARenewalSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCoded(t, s, atStart, "ana")
		q := desk.CodeQuestion{Person: "ana@x.test", Door: "north"}
		c.north.renew = cardea.Errorf(cardea.Rejected, "not even")
		_, err := c.RenewCode(t.Context(), q, "olga")
		wantRefusal(t, err, cardea.Rejected, "the code of ana Doe on General was not renewed: not even")
		if got := c.audit(t); len(got) != 0 {
			t.Errorf("the audit log says %q", got)
		}
		c.north.renew = cardea.Errorf(cardea.Unknown, "the line broke")
		_, err = c.RenewCode(t.Context(), q, "olga")
		wantRefusal(t, err, cardea.Unknown, "not certain")
		c.north.renew = nil
		code, err := c.RenewCode(t.Context(), q, "olga")
		if err != nil || code.ShownAt != 0 || code.People[0].Name != "ana Doe" {
			t.Errorf("%+v, %v", code, err)
		}
		_, digits, err := c.ShowCode(t.Context(), q, "pia")
		if err != nil || digits != "ana-north0" {
			t.Errorf("%q, %v", digits, err)
		}
		var told []string
		for _, line := range c.audit(t) {
			told = append(told, line[:strings.Index(line, " {")])
		}
		want := []string{"olga: code renewal of unknown outcome", "olga: code renewed", "pia: code shown"}
		if !slices.Equal(told, want) {
			t.Errorf("the audit log says %q", told)
		}
	})
}

func TestNoCodeIsRenewedAtAnotherOrganisation(t *testing.T) {
	t.Parallel()
	c := newCoded(t, storetest.SQLite(t), atStart, "ana")
	c.north.whose, c.north.renew = "somebody else", errors.New("it was renewed")
	_, err := c.RenewCode(t.Context(), desk.CodeQuestion{Person: "ana@x.test", Door: "north"}, "olga")
	wantRefusal(t, err, cardea.Conflict, "somebody else")
}
