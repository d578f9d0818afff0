package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// TestACommandThatIsStoppedSaysSo: Ctrl-C is answered in words, not with what a program calls it.
func TestACommandThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	config, out := t.TempDir()+"/cardea.yaml", bytes.Buffer{}
	if err := os.WriteFile(config, []byte(quickConfig(t, "http://127.0.0.1:9", t.TempDir()+"/c.db")), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &terminal{out: &out, err: &out, now: time.Now, getenv: func(string) string { return "" }}
	for _, command := range []string{"sync", "preview", "doctor"} {
		out.Reset()
		if code := run(ctx, []string{command, "--config", config}, c); code != exitIncomplete {
			t.Errorf("%s ends with %d", command, code)
		}
		if got := out.String(); !strings.Contains(got, "cardea: stopped before it was done.") || strings.Contains(got, "context canceled") {
			t.Errorf("%s says %q", command, got)
		}
	}
}
