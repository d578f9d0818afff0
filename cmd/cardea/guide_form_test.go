package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const smallGuide = "Text.\n\n```yaml cardea.yaml\na: 1\n```\n\n```console\n$ cardea sync\nold one\nold two\n$ curl -d 'a\nb' X\n{\n```\n```\n$ not typed\n```\n"

// TestAGuideIsReadAndRewritten reads the form of a page and puts in what was printed.
func TestAGuideIsReadAndRewritten(t *testing.T) {
	t.Parallel()
	lines := strings.Split(smallGuide, "\n")
	all, err := steps(lines)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d steps, %v", len(all), err)
	}
	if all[0].file != "cardea.yaml" || all[0].body != "a: 1\n" || all[1].command != "cardea sync" || all[2].command != "curl -d 'a\nb' X" {
		t.Errorf("read %+v", all)
	}
	args, _ := words(all[2].command)
	if diff := cmp.Diff([]string{"curl", "-d", "a\nb", "X"}, args); diff != "" {
		t.Error(diff)
	}
	hash := strings.Repeat("0a", 32)
	got := strings.Join(rewritten(lines, all, [][]string{nil, {"new " + hash}, nil}), "\n")
	if want := strings.Replace(smallGuide, "old one\nold two", "new ...", 1); got != want {
		t.Error(cmp.Diff(want, got))
	}
	for name, text := range map[string]string{
		"no end": "```console\n$ cardea sync", "no command": "```console\nhello\n```", "open quote": "```console\n$ curl 'a\n```",
	} {
		if _, err := steps(strings.Split(text, "\n")); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestWhatAGuideLeavesOpen says what three dots stand for, and that nothing else does.
func TestWhatAGuideLeavesOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, got string
		fits      bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"a", "a|b", false},
		{"a|b", "a", false},
		{"read ... in ... s", "read 30 records in 0.1 s", true},
		{"read ... in ... s", "read 30 records in 0.1 s: not complete", false},
		{"a|...|c", "a|b|b|c", true},
		{"a|...|c", "a|c", true},
		{"a|...|c", "a|b", false},
		{"...", "a|b", true},
		{"(a)", "a", false},
	} {
		if got := alike(strings.Split(c.want, "|"), strings.Split(c.got, "|")); got != c.fits {
			t.Errorf("%q of %q: %v", c.want, c.got, got)
		}
	}
	if alike(nil, []string{"a"}) || alike([]string{"a"}, nil) || !alike(nil, nil) {
		t.Error("nothing is not something")
	}
}
