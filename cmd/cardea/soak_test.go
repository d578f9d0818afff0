//go:build soak

package main

import (
	"context"
	"slices"
	"testing"
	"time"
)

// TestSoakLondon serves london for a whole week of virtual time, as `cardea serve` does, and asks the naive oracle every
// twenty minutes who should be able to pass.
func TestSoakLondon(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, "2026-10-19T07:05:00Z", func(t *testing.T) {
			r := newRig(t, "london", db, nil)
			defer r.shut()
			if err := r.app.desk.Connect(context.Background()); err != nil {
				t.Fatal(err)
			}
			stop, err := r.app.desk.Start(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			began, asked, wrong := time.Now(), 0, 0
			time.Sleep(20 * time.Minute)
			for time.Since(began) < 7*24*time.Hour {
				want := oracle(t, time.Now())
				for g, members := range r.members() {
					slices.Sort(members)
					if asked++; g != "Cleaners" && !slices.Equal(members, want[g]) {
						wrong++
						t.Errorf("%s: %s: %s", time.Now().UTC().Format(time.RFC3339), g, difference(members, want[g]))
					}
				}
				time.Sleep(20 * time.Minute)
			}
			t.Logf("7 days, %d groups asked, %d wrong, %d writes", asked, wrong, r.writes())
		})
	})
}
