package sandbox_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// monday is the morning that tiny is written around.
func monday() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

func TestTinyIsAWorld(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load("../testdata/worlds/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.New(w, sandbox.Options{Now: monday})
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]int{}
	for _, g := range s.Groups("kisi") {
		members[g.Name] = len(g.Members)
	}
	for name, want := range map[string]int{"General access": 1, "Building": 1, "Cleaners": 1, "Night": 0, "Elephant room": 0} {
		if got, there := members[name]; !there || got != want {
			t.Errorf("%s holds %d (there: %v), want %d", name, got, there, want)
		}
	}
}
