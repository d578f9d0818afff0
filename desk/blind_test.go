package desk

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// TestWhatWasNotReadIsSaidOnceForAllGroups has two groups rest on different lists that failed for one reason, and one for another.
func TestWhatWasNotReadIsSaidOnceForAllGroups(t *testing.T) {
	t.Parallel()
	got := blind(keep.Plan{
		State: store.DoorState{Groups: []cardea.Group{{ID: "11", Name: "Night"}, {ID: "12", Name: "Building"}}},
		Blind: map[cardea.GroupID]string{
			"11": "the agreement, pass and person records of rnd: the last reading failed: 401",
			"12": "the agreement and floor records of rnd: the last reading failed: 401; the person records of rnd: the last reading failed: 401",
			"13": "the booking records of rnd: never read",
		},
	})
	want := "not everything that may give Building and Night was read: rnd: the last reading failed: 401|" +
		"not everything that may give group 13 was read: rnd: never read"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}
