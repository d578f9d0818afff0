package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestOnlyOurOwnMarksReachATerminal, whole or in pieces.
func TestOnlyOurOwnMarksReachATerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Zoë\tin step\n":                              "Zoë\tin step\n",
		"\x1b[31mred\x1b[0m":                          "\x1b[31mred\x1b[0m",
		"\x1b[8mhidden":                               " [8mhidden",
		"\r\x1b[Krnd: 5 of 9":                         "\r\x1b[Krnd: 5 of 9",
		"a\x1b]0;title\x07b\x1b[2J\u009b1mc\u202ed\r": "a ]0;title b [2J 1mc d ",
		"raw \x9b\xff":                                "raw   ",
	} {
		c := &terminal{color: true, tty: true}
		for _, step := range []int{1, 2, len(in)} {
			var out bytes.Buffer
			w := c.plainly(&out)
			for i := 0; i < len(in); i += step {
				if step < 3 && strings.ContainsRune(in, '\x1b') {
					break // our marks are written whole
				}
				if _, err := w.Write([]byte(in[i:min(i+step, len(in))])); err != nil {
					t.Fatal(err)
				}
			}
			if step == len(in) && out.String() != want {
				t.Errorf("%q became %q, want %q", in, out.String(), want)
			}
			if step < 3 && out.Len() > 0 && out.String() != want {
				t.Errorf("%q in pieces of %d became %q, want %q", in, step, out.String(), want)
			}
		}
		var out bytes.Buffer
		if _, err := (&terminal{}).plainly(&out).Write([]byte(in)); err != nil || bytes.ContainsRune(out.Bytes(), '\x1b') {
			t.Errorf("%q became %q where there is no terminal, %v", in, out.String(), err)
		}
	}
}
