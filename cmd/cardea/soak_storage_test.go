//go:build soak

package main

import "testing"

// TestSoakStorageSite fills a gate of 5,000 units with 4,000 tenants.
func TestSoakStorageSite(t *testing.T) {
	t.Parallel()
	fillGate(t, 5000, 4000)
}
