package saltoks_test

import (
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// happened is an entry of the door log, minutes after the clock.
func happened(minutes, person int, category, detail string) row {
	e := row{"id": id('e', minutes), "utc_date_time": clock.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339), "event_category": category}
	e["event_detail"], e["user_id"] = nil, nil
	if detail != "" {
		e["event_detail"] = detail
	}
	if person > 0 {
		e["user_id"] = id('u', person)
	}
	return e
}

func TestPolledEntriesNameWhoWasTurnedAway(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	f.entries = [][]row{{happened(0, 2, "lock_rejected", "no_access")}}
	hint, at, err := s.Poll(t.Context(), 0)
	if err != nil || len(hint.Keys) != 0 || at != cardea.At(clock) {
		t.Fatalf("the first time: %+v, %s, %v", hint, at, err)
	}
	f.entries = [][]row{
		{
			happened(9, 3, "lock_opened", ""), happened(8, 4, "lock_rejected", "suspended"), happened(7, 0, "lock_rejected", "no_access"),
			{"utc_date_time": "soon"}, happened(6, 5, "lock_rejected", "offline"),
		},
		{}, // a page without anything on it is not the end
		{happened(5, 6, "lock_rejected", "no_access"), happened(4, 4, "lock_rejected", "suspended")},
		{happened(-9, 9, "lock_rejected", "no_access"), happened(-10, 7, "lock_rejected", "no_access")}, // one that came late
		{happened(-11, 8, "lock_rejected", "no_access")},
	}
	f.tokens = nil
	f.later(9 * time.Minute)
	hint, at, err = s.Poll(t.Context(), at)
	if err != nil || at != cardea.At(clock.Add(9*time.Minute)) {
		t.Fatalf("%s, %v", at, err)
	}
	want := []cardea.Key{cardea.Account{ID: account(4)}.Key(), cardea.Account{ID: account(6)}.Key(), cardea.Account{ID: account(9)}.Key()}
	if !slices.Equal(hint.Keys, want) {
		t.Errorf("%v, want %v", hint.Keys, want)
	}
	if want := []string{"", `{"page":1}`, `{"page":2}`, `{"page":3}`}; !slices.Equal(f.tokens, want) {
		t.Errorf("asked with %q, want %q: no page after the first that is known", f.tokens, want)
	}
	f.entries = [][]row{{happened(5000, 2, "lock_opened", "")}}
	if _, ahead, err := s.Poll(t.Context(), at); err != nil || ahead != at {
		t.Errorf("an entry of days ahead: %s, %v, want %s", ahead, err, at)
	}
	for _, c := range f.calls {
		if c != "GET /v1.1/sites/"+site+"/entries" {
			t.Errorf("called %s", c)
		}
	}
}
