//go:build soak

package main

import (
	"testing"
	"time"
)

// TestSoakNodesKilled is TestNodesKilled with 2,000 integrations and a minute of kills.
func TestSoakNodesKilled(t *testing.T) {
	nodesKilled(t, killing{
		tenants: 2000, kills: 15, every: 4 * time.Second, changes: 120, lease: 10 * time.Second, patience: 20 * time.Minute,
	})
}
