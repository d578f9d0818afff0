package brivo_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestOwnTimesNameTheDoorsThatDoNotOpenAroundTheClock(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(1, "Always")
	f.group(2, "Office hours")
	f.doors[1] = []row{{"accessPoint": row{"id": 5, "name": "Lobby"}, "schedule": row{"id": 1, "name": "Always Access"}}}
	f.doors[2] = []row{
		{"accessPoint": row{"id": 5, "name": "Lobby"}, "schedule": row{"id": 2, "name": "Mon-Fri"}},
		{"accessPoint": row{"id": 6, "name": "Yard"}, "schedule": row{"id": 1, "name": "24x7"}},
	}
	s := f.system()
	for group, saying := range map[cardea.GroupID]string{"1": "", "2": `"Lobby" only by "Mon-Fri"`} {
		text, err := s.OwnTimes(t.Context(), group)
		if err != nil || (saying == "") != (text == "") || !strings.Contains(text, saying) || strings.Contains(text, "Yard") {
			t.Errorf("%s: %q, %v", group, text, err)
		}
	}
	if _, err := s.OwnTimes(t.Context(), "../users"); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("of what is no group: %v", err)
	}
}
