package readtest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// sizes are the lengths of a listing at which paging goes wrong.
func (c *Course) sizes(k cardea.Kind) []int {
	p := c.rig.Page[k]
	all := []int{0, 1, 2, 7}
	if p > 0 {
		all = []int{0, 1, p - 1, p, p + 1, 2 * p, 2*p + 1}
	}
	floor := c.rig.Floor[k]
	var out []int
	for _, n := range slices.Compact(slices.Sorted(slices.Values(all))) {
		if n < floor {
			c.Note("a listing of %d %ss: %d are always there", n, k, floor)
			n = floor
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// long is a length of three pages, so that there is a first, a middle and a last one; 0 = the listing has no pages.
func (c *Course) long(k cardea.Kind) int {
	if p := c.rig.Page[k]; p > 0 {
		return 2*p + 1
	}
	c.Note("trouble between pages: the listing of %ss has none", k)
	return 0
}

// paging: at every boundary all rows come, each once, with the evidence that the rig says.
func paging(c *Course, k cardea.Kind) error {
	var out []error
	for _, n := range c.sizes(k) {
		b, _ := c.Open(Options{Kind: k, Rows: n})
		p, err := c.list(b, k)
		if err == nil {
			err = errors.Join(c.whole(p, n), b.Truthful(p))
		}
		if err != nil {
			out = append(out, fmt.Errorf("of %d rows: %w", n, err))
		}
	}
	return errors.Join(out...)
}

// whole: so many records of the collection's kind, each once, nothing refused or missed, and the right grade.
func (c *Course) whole(p *cardea.Pages, n int) error {
	var out []error
	seen := map[cardea.Key]bool{}
	for _, r := range p.Records() {
		key := r.Key()
		if key.Kind != p.Kind() {
			out = append(out, fmt.Errorf("%s came among the %ss", key, p.Kind()))
		}
		if seen[key] {
			out = append(out, fmt.Errorf("%s came twice", key))
		}
		seen[key] = true
	}
	if len(seen) != n {
		out = append(out, fmt.Errorf("%d came", len(seen)))
	}
	if len(p.BadOnes()) > 0 || len(p.MissingOnes()) > 0 {
		out = append(out, fmt.Errorf("refused %+v, missing %v", p.BadOnes(), p.MissingOnes()))
	}
	want := c.rig.Grade[p.Kind()]
	if want == "" {
		want = cardea.Complete
	}
	if e := p.Evidence(); e.Grade() != want || !e.Whole() {
		out = append(out, fmt.Errorf("graded %s (%s), want %s", e.Grade(), e.Why(), want))
	}
	return errors.Join(out...)
}

// RecordOf is a record among what was read, or nil.
func RecordOf(in *cardea.Intake, k cardea.Key) cardea.Record {
	if p := in.Collection(k.Kind); p != nil {
		for _, r := range p.Records() {
			if r.Key() == k {
				return r
			}
		}
	}
	return nil
}
