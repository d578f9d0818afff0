package main

import (
	"testing"

	"github.com/cardea-access/cardea/store/storetest"
)

func TestRunsTheCommandBesideAClusterAndHandsOnItsCode(t *testing.T) {
	t.Setenv(storetest.Env, "")
	for script, want := range map[string]int{
		`exit 0`: 0, `exit 3`: 3, `case "$` + storetest.Env + `" in postgres://*) exit 7;; esac`: 7,
	} {
		if code, err := run([]string{"--", "sh", "-c", script}); code != want || err != nil {
			t.Errorf("%s: code %d, error %v, want %d", script, code, err, want)
		}
	}
	if code, err := run([]string{"no-such-command-anywhere"}); code != 1 || err == nil {
		t.Errorf("code %d, error %v", code, err)
	}
}

func TestUsesTheClusterThatIsThere(t *testing.T) {
	t.Setenv(storetest.Env, "postgres://there")
	if code, err := run([]string{"sh", "-c", `test "$` + storetest.Env + `" = postgres://there`}); code != 0 || err != nil {
		t.Errorf("code %d, error %v", code, err)
	}
}
