package main

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// plot is what one sequence is made of.
type plot struct {
	Approve string
	Steps   []move
}

type move struct {
	Do      string
	A, B, C int
}

func (p plot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "approve %s:", p.Approve)
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "\n{%q, %d, %d, %d},", s.Do, s.A, s.B, s.C)
	}
	return b.String()
}

// plotOf draws sequences. Every act is drawn as often as it says.
func plotOf(steps int) *rapid.Generator[plot] {
	var names []string
	all := acts()
	for _, name := range sortedKeys(all) {
		names = append(names, slices.Repeat([]string{name}, all[name].often)...)
	}
	number := rapid.IntRange(0, 23)
	one := rapid.Custom(func(t *rapid.T) move {
		return move{rapid.SampledFrom(names).Draw(t, "do"), number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")}
	})
	return rapid.Custom(func(t *rapid.T) plot {
		return plot{
			Approve: rapid.SampledFrom([]string{"auto", "auto", "first", "always"}).Draw(t, "approve"),
			Steps:   rapid.SliceOfN(one, steps/2, steps*3/2).Draw(t, "steps"),
		}
	})
}

// shortest takes steps out of a sequence as long as the same goes wrong.
func shortest(p plot, g *game, try func(plot) *game) (*game, plot) {
	line, _, _ := strings.Cut(g.wrong[0], ":")
	for n := len(p.Steps) / 2; n > 0; n /= 2 {
		for i := 0; i+n <= len(p.Steps); {
			less := plot{p.Approve, slices.Concat(p.Steps[:i], p.Steps[i+n:])}
			if other := try(less); len(other.wrong) > 0 && strings.HasPrefix(other.wrong[0], line) {
				p, g = less, other
			} else {
				i += n
			}
		}
	}
	return g, p
}
