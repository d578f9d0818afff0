package worlds_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox/worlds"
)

var update = flag.Bool("update", false, "write testdata/worlds anew")

const dir = "../../testdata/worlds/"

func TestLondonFilesAreWhatTheCodeMakes(t *testing.T) {
	t.Parallel()
	world, err := worlds.London(1)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{
		"london.yaml":        world,
		"london.cardea.yaml": worlds.LondonConfig("http://127.0.0.1:9090", "sqlite:london.db"),
	} {
		if *update {
			if err := os.WriteFile(dir+name, want, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what the code makes: go test ./sandbox/worlds -update", name)
		}
	}
}

func TestLondonHasItsSize(t *testing.T) {
	t.Parallel()
	world, err := worlds.London(1)
	if err != nil {
		t.Fatal(err)
	}
	counts, section := map[string]int{}, ""
	for line := range strings.Lines(string(world)) {
		if strings.HasPrefix(line, "  ") && strings.HasSuffix(line, ":\n") {
			section = strings.TrimSpace(line)
		}
		if strings.HasPrefix(line, "    - {") {
			counts[section]++
		}
	}
	for section, want := range map[string]int{"locations:": 3, "floors:": 12, "companies:": 140, "members:": 900} {
		if counts[section] != want {
			t.Errorf("%s %d, want %d", section, counts[section], want)
		}
	}
	if rooms := strings.Count(string(world), `"meeting_room", location`); rooms != 60 {
		t.Errorf("%d rooms, want 60", rooms)
	}
	if n := counts["bookings:"]; n < 1000 {
		t.Errorf("only %d bookings in the week", n)
	}
}
