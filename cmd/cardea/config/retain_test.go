package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
)

// TestAMemoryThatIsTooShortIsRefused says why, of each of the two.
func TestAMemoryThatIsTooShortIsRefused(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	for text, want := range map[string]string{
		"retain: {history: 24h}": "undo", "retain: {records: 100h, history: 2160h}": "taken back",
	} {
		if _, err := config.Parse("c.yaml", []byte(text), none); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	f, err := config.Parse("c.yaml", []byte("retain: {records: 168h, history: 2160h}"), none)
	if err != nil || f.Retain.Records.Duration != 7*24*time.Hour || f.Retain.History.Duration != 90*24*time.Hour {
		t.Errorf("%v %v", f.Retain, err)
	}
}
