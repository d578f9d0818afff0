//go:build soak

package main

import "testing"

// TestSoakContract is TestSafetyContract with long sequences and many of them: about 15,000 steps, more with -rapid.checks.
func TestSoakContract(t *testing.T) {
	t.Parallel()
	for engine, share := range map[string]int{"postgres": 50, "sqlite": 100} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			contract(t, engine, checks(t)*share/100, 100)
		})
	}
}
