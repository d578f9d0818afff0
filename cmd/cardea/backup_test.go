package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestABackupIsACommand: the copy takes the database's place, and everything is there.
func TestABackupIsACommand(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		s := newShell(t, nil, map[string]string{"CARDEA_KEY": matrixKey})
		if code, out, said := s.run("sync"); code != 0 {
			t.Fatalf("ended with %d: %s%s", code, out, said)
		}
		to := filepath.Join(t.TempDir(), "copy.db")
		if code, out, said := s.run("backup", to); code != 0 || !strings.Contains(out, to) {
			t.Fatalf("ended with %d: %s%s", code, out, said)
		}
		if code, _, said := s.run("backup", to); code != exitUsage || !strings.Contains(said, "not there yet") {
			t.Errorf("over another file it ended with %d: %s", code, said)
		}
		text := string(read(t, s.config))
		at := strings.Index(text, "database: ")
		line, _, _ := strings.Cut(text[at:], "\n")
		if err := os.WriteFile(s.config, []byte(strings.Replace(text, line, "database: sqlite:"+to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, said := s.run("sync"); code != 0 || !strings.Contains(out, "in step: nothing to change") {
			t.Errorf("with the copy it ended with %d: %s%s", code, out, said)
		}
	})
}
