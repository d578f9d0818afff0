package kisi_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestOwnTimesAreAGroupsTimeRestriction(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(5, "Nights")["time_restriction_enabled"] = true
	f.group(6, "Days")["time_restriction_enabled"] = false
	s := f.system()
	for group, saying := range map[cardea.GroupID]string{"5": "only within a time restriction of its own", "6": ""} {
		text, err := s.OwnTimes(t.Context(), group)
		if err != nil || (saying == "") != (text == "") || !strings.Contains(text, saying) {
			t.Errorf("%s: %q, %v", group, text, err)
		}
	}
	if _, err := s.OwnTimes(t.Context(), "77"); cardea.ClassOf(err) != cardea.NotFound {
		t.Errorf("of a group that is gone: %v", err)
	}
}
