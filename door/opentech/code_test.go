package opentech

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
)

func TestTrivialCodesAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []string{
		"1111", "77777777", "1234", "12345678", "4321", "98765432", "7890", "8901", "2109", "34567", "71234905", "59999031",
		"1212", "47474747", "474747474", "123123", "1122", "448800", "12341234", "1984", "2026", "19840611", "06112004", "31122026",
	} {
		if !trivial(c) {
			t.Errorf("%s passes", c)
		}
	}
	for _, c := range []string{"4071", "83015", "570384", "52908163", "1029384756", "3518"} {
		if trivial(c) {
			t.Errorf("%s does not pass", c)
		}
	}
}

func TestCodesAreFreeDigitsAndNotTrivial(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		n := rapid.IntRange(minCode, maxCode).Draw(t, "length")
		random := rand.NewChaCha8([32]byte(seed))
		taken := map[string]bool{}
		for range 50 {
			c, err := drawCode(random, n, func(c string) bool { return !taken[c] })
			switch {
			case err != nil:
				t.Fatal(err)
			case len(c) != n, strings.Trim(c, "0123456789") != "", c[0] == '0':
				t.Fatalf("%q is no code of %d digits that a number would keep", c, n)
			case taken[c]:
				t.Fatalf("%q is somebody's", c)
			case plainlyTrivial(c):
				t.Fatalf("%q is trivial", c)
			}
			taken[c] = true
		}
	})
}

// plainlyTrivial judges by other means than trivial does.
func plainlyTrivial(c string) bool {
	const up, down = "01234567890123", "32109876543210"
	for i := 0; i+4 <= len(c); i++ {
		w := c[i : i+4]
		if strings.Contains(up, w) || strings.Contains(down, w) || strings.Count(w, w[:1]) == 4 {
			return true
		}
	}
	for n := 1; n <= len(c)/2; n++ {
		if strings.HasPrefix(strings.Repeat(c[:n], len(c)), c) {
			return true
		}
	}
	return strings.HasPrefix(c, "19") && len(c) == 4 || strings.HasPrefix(c, "20") && len(c) == 4
}

func TestCodesAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{1})
	var seen [10]int
	const n = 4000
	for range n {
		c, err := digitsFrom(random, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range c[1:] {
			seen[d-'0']++
		}
	}
	for d, k := range seen {
		if want := n * 4 / 10; k < want*9/10 || k > want*11/10 {
			t.Errorf("digit %d came %d times of about %d", d, k, want)
		}
	}
}

func TestNoCodeWithoutRandomnessOrRoom(t *testing.T) {
	t.Parallel()
	_, err := drawCode(bytes.NewReader([]byte{1, 2}), 8, func(string) bool { return true })
	if cardea.ClassOf(err) != cardea.Retry || !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	_, err = drawCode(rand.NewChaCha8([32]byte{}), 4, func(string) bool { return false })
	if cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("%v", err)
	}
}
