package door_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// TestNothingFoundIsBelievedOnlyOfAnOrganisationThatIsSeen goes through what the probe can answer.
func TestNothingFoundIsBelievedOnlyOfAnOrganisationThatIsSeen(t *testing.T) {
	t.Parallel()
	missing := cardea.Errorf(cardea.NotFound, "no such group")
	refused := cardea.Errorf(cardea.Auth, "the login is refused")
	for name, c := range map[string]struct {
		err, probe error
		want       cardea.Class
		asked      bool
	}{
		"one thing is gone":       {missing, nil, cardea.NotFound, true},
		"nothing is there":        {missing, cardea.Errorf(cardea.NotFound, "no such page"), cardea.Retry, true},
		"the login is refused":    {missing, refused, cardea.Auth, true},
		"nobody can tell":         {missing, errors.New("odd"), cardea.Unknown, true},
		"it went well":            {nil, refused, "", false},
		"another error":           {cardea.Errorf(cardea.Conflict, "taken"), refused, cardea.Conflict, false},
		"no error that has class": {errors.New("odd"), refused, cardea.Unknown, false},
	} {
		asked := false
		got := door.Absent(t.Context(), "Kisi", c.err, func(context.Context) error {
			asked = true
			return c.probe
		})
		if cardea.ClassOf(got) != c.want || asked != c.asked {
			t.Errorf("%s: %v, the organisation was asked for: %v", name, got, asked)
		}
		if c.want == cardea.Retry && !errors.Is(got, missing) {
			t.Errorf("%s: what was asked for is not named: %v", name, got)
		}
	}
}
