package cardea_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	trapTest = regexp.MustCompile("`([a-z0-9/]+)\\.(Test\\w+|Fuzz\\w+)(?:/([^`]+))?`")
	section  = regexp.MustCompile(`^\d+(\.\d+)*$`)
)

// TestEveryTrapHasItsTest: docs/connectors/traps holds a page for each vendor, and what a page says is tested is tested.
// A row is "| section | trap | what Cardea does | `folder.TestName` ... |".
func TestEveryTrapHasItsTest(t *testing.T) {
	t.Parallel()
	sources := map[string]string{} // folder -> its tests, one after another
	for _, vendor := range []string{"brivo", "kinnovis", "kisi", "nexudus", "officernd", "opentech", "saltoks"} {
		page := filepath.Join("docs", "connectors", "traps", vendor+".md")
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		rows := 0
		for line := range strings.Lines(string(text)) {
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if !strings.HasPrefix(line, "|") || !section.MatchString(cells[0]) {
				continue
			}
			rows++
			if len(cells) != 4 || slices.Contains(cells, "") {
				t.Errorf("%s: a row has four cells that say something: %s", page, line)
				continue
			}
			found := trapTest.FindAllStringSubmatch(cells[3], -1)
			if len(found) == 0 {
				t.Errorf("%s: no test is named: %s", page, line)
			}
			for _, f := range found {
				if why := missing(t, sources, f[1], f[2], f[3]); why != "" {
					t.Errorf("%s: %s: %s", page, f[0], why)
				}
			}
		}
		if rows == 0 {
			t.Errorf("%s has no rows", page)
		}
	}
}

// missing says what is not there of a test, or "". A case of a test is looked for by its name as it is written there.
func missing(t *testing.T, sources map[string]string, folder, test, name string) string {
	t.Helper()
	if _, read := sources[folder]; !read {
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		sources[folder] = all.String()
	}
	_, body, there := strings.Cut(sources[folder], "\nfunc "+test+"(")
	if !there {
		return "there is no such test"
	}
	if i := strings.Index(body, "\n}\n"); i >= 0 {
		body = body[:i]
	}
	if name != "" && !strings.Contains(body, `"`+name+`"`) {
		return "the test has no such case"
	}
	return ""
}
