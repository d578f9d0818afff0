package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestACommandIsWarnedInWordsAndAServerInItsLog(t *testing.T) {
	t.Parallel()
	for what, one := range map[string]struct {
		f    common
		s    settings
		want string
	}{
		"a command":        {common{}, settings{}, "cardea: it waits (unit kisi): no\n"},
		"a server":         {common{}, settings{timed: true}, `level=WARN msg="it waits" unit=kisi error=no`},
		"a command, asked": {common{Verbose: true}, settings{}, `level=INFO msg=more`},
	} {
		var out bytes.Buffer
		one.s.log = &out
		log := one.f.journal(one.s)
		log.Info("more")
		log.With("unit", "kisi").WithGroup("g").Warn("it waits", "error", errors.New("no"))
		if got := out.String(); !strings.Contains(strings.ReplaceAll(got, "g.error", "error"), one.want) ||
			strings.Contains(got, "more") != one.f.Verbose {
			t.Errorf("%s is told %q", what, got)
		}
	}
}
