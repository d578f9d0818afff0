package main

import (
	"path/filepath"
	"testing"
)

// TestWhatAKilledRunLeftIsNoComplaintOnceALaterRunDidIt has a removal under way when the process is killed, found not to have
// taken effect, and done by the run after it: nobody need be told, and the judge of the safety contract must not want it.
func TestWhatAKilledRunLeftIsNoComplaintOnceALaterRunDidIt(t *testing.T) {
	t.Parallel()
	g := play(t, "sqlite", filepath.Join(quickDisk(t), "killed.db"), plot{Approve: "auto", Steps: []move{
		{"use", 0, 21, 3}, {"agree", 17, 11, 3}, {"book", 0, 14, 3}, {"agree", 14, 23, 0}, {"agree", 9, 5, 6}, {"agree", 6, 3, 11},
		{"apply", 3, 23, 1}, {"crash", 11, 7, 2}, {"cancel", 6, 0, 9},
	}})
	if len(g.wrong) > 0 {
		t.Errorf("%v\n%v", g.wrong, g.trail)
	}
}
