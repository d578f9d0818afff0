package main

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/cardea-access/cardea/desk/say"
)

// plain keeps whatever vendors and people write into names and messages from steering a terminal: it lets through text, line ends,
// tabs and the marks that this program makes itself. Names are cleaned where they are put into sentences; this is for the one that was
// not.
type plain struct {
	w       io.Writer
	marks   [][]byte
	pending []byte // the beginning of a character
}

// plainly makes the writer of a terminal's stream, as coloured and as overwritten as the terminal takes.
func (c *terminal) plainly(w io.Writer) io.Writer {
	p := &plain{w: w}
	if c.color {
		for _, code := range []string{"0", bold, faint, red, green, yellow} {
			p.marks = append(p.marks, []byte("\x1b["+code+"m"))
		}
	}
	if c.tty {
		p.marks = append(p.marks, []byte(eraseLine))
	}
	return p
}

// unfiltered is the stream itself, for what is not for people: JSON, which escapes such characters or means them, and files.
func unfiltered(w io.Writer) io.Writer {
	if p, is := w.(*plain); is {
		return p.w
	}
	return w
}

// Write implements io.Writer.
func (p *plain) Write(b []byte) (int, error) {
	in := b
	if len(p.pending) > 0 {
		in, p.pending = slices.Concat(p.pending, b), nil
	}
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		if in[0] >= ' ' && in[0] < 0x7f || in[0] == '\n' || in[0] == '\t' {
			out, in = append(out, in[0]), in[1:]
			continue
		}
		if mark := p.mark(in); mark > 0 {
			out, in = append(out, in[:mark]...), in[mark:]
			continue
		}
		if !utf8.FullRune(in) {
			p.pending = bytes.Clone(in)
			break
		}
		r, n := utf8.DecodeRune(in)
		if say.Clean("."+string(r)+".") == "."+string(r)+"." {
			out = append(out, in[:n]...)
		} else {
			out = append(out, ' ')
		}
		in = in[n:]
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err //nolint:wrapcheck // it is the stream's
	}
	return len(b), nil
}

// mark is how long a mark of our own is that a text begins with, 0 = it does not.
func (p *plain) mark(in []byte) int {
	for _, m := range p.marks {
		if bytes.HasPrefix(in, m) {
			return len(m)
		}
	}
	return 0
}
