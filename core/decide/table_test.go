package decide

import (
	"fmt"
	"testing"
)

func TestTableFindsEveryNameAndNoOther(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3, 4, 1000, 70_000} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("%024x", i*7)
		}
		found := newTable(names)
		for i, name := range names {
			if got := found.find(name); got != int32(i) {
				t.Fatalf("%d names: %s is at %d, want %d", n, name, got, i)
			}
			if got := found.find(name + "0"); got != none {
				t.Fatalf("%d names: %s is at %d and should not be there", n, name+"0", got)
			}
		}
	}
}

func TestTableKeepsTheFirstOfEqualNames(t *testing.T) {
	t.Parallel()
	found := newTable([]string{"a", "", "b", "a", "b"})
	if a, b, empty := found.find("a"), found.find("b"), found.find(""); a != 0 || b != 2 || empty != none {
		t.Errorf("a at %d, b at %d, the empty name at %d; want 0, 2, %d", a, b, empty, none)
	}
}

func TestLookingNextToTheLastNameFindsTheSame(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{nil, {"a"}, {"a", "b", "c", "d"}, {"a", "b", "a", "", "b", "c"}} {
		found := newTable(names)
		for _, name := range []string{"a", "b", "c", "d", "e", ""} {
			for last := none; int(last) <= len(names); last++ {
				if got, want := found.findAfter(last, name), found.find(name); got != want {
					t.Errorf("%q in %q after %d: %d, want %d", name, names, last, got, want)
				}
			}
		}
	}
}
