package doortest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// sizes are the lengths of a listing at which paging goes wrong.
func (c *course) sizes(k cardea.Kind) []int {
	p := c.rig.Page[k]
	all := []int{0, 1, 2, 7}
	if p > 0 {
		all = []int{0, 1, p - 1, p, p + 1, 2 * p, 2*p + 1}
	}
	floor := c.rig.Floor[k]
	var out []int
	for _, n := range slices.Compact(slices.Sorted(slices.Values(all))) {
		if n < floor {
			c.note("a listing of %d %ss: %d are always there", n, k, floor)
			n = floor
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// long is a length of three pages, so that there is a first, a middle and a last one; 0 = the listing has no pages.
func (c *course) long(k cardea.Kind) int {
	if p := c.rig.Page[k]; p > 0 {
		return 2*p + 1
	}
	c.note("trouble between pages: the listing of %ss has none", k)
	return 0
}

// paging: at every boundary all rows come, each once, with the evidence that the rig says.
func paging(c *course, k cardea.Kind) error {
	var out []error
	for _, n := range c.sizes(k) {
		b, _ := c.open(Options{Kind: k, Rows: n})
		p, err := c.collection(b, cardea.Scope{Kinds: []cardea.Kind{k}})
		if err == nil {
			err = errors.Join(c.whole(p, n), c.truthful(b, k, p))
		}
		if err != nil {
			out = append(out, fmt.Errorf("of %d rows: %w", n, err))
		}
	}
	return errors.Join(out...)
}

// whole: so many records of the collection's kind, each once, nothing refused or missed, and the right grade.
func (c *course) whole(p *cardea.Pages, n int) error {
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

// truthful: plain edges that came are those that the vendor holds, no more and no fewer.
func (c *course) truthful(b *Bench, k cardea.Kind, p *cardea.Pages) error {
	if k != cardea.KindEdge {
		return nil
	}
	return same("the reading", plain(p), keysOf(b.Truth()))
}

// plain lists the keys of the plain edges that came, sorted.
func plain(p *cardea.Pages) []string {
	var es []cardea.Edge
	for _, r := range p.Records() {
		if e, ok := r.(cardea.Edge); ok && e.Foreign == "" {
			es = append(es, e)
		}
	}
	return keysOf(es)
}

// keysOf names edges by group and account, sorted.
func keysOf(es []cardea.Edge) []string {
	out := make([]string, 0, len(es))
	for _, e := range es {
		out = append(out, e.Key().ID)
	}
	slices.Sort(out)
	return out
}

// same compares two sorted lists and names the first difference.
func same(what string, got, want []string) error {
	for _, g := range got {
		if !slices.Contains(want, g) {
			return fmt.Errorf("%s holds edge %s, the vendor does not", what, g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			return fmt.Errorf("%s lacks edge %s, which the vendor holds", what, w)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%s holds %d edges, the vendor %d", what, len(got), len(want))
	}
	return nil
}

// scopes: single groups, accounts and records are read alone, and ids that the vendor does not know are missing.
func scopes(c *course) error {
	b, _ := c.small()
	truth := b.Truth()
	if len(truth) < 2 || truth[0].Account == truth[1].Account {
		return errors.New("the rig's small world has no plain edges of two accounts")
	}
	one := truth[0]
	of := func(keep func(cardea.Edge) bool) []string {
		var out []cardea.Edge
		for _, e := range truth {
			if keep(e) {
				out = append(out, e)
			}
		}
		return keysOf(out)
	}
	edges := []cardea.Kind{cardea.KindEdge}
	var out []error
	for name, s := range map[string]struct {
		scope cardea.Scope
		want  []string
	}{
		"a group": {
			cardea.Scope{Kinds: edges, Groups: []cardea.GroupID{one.Group}},
			of(func(e cardea.Edge) bool { return e.Group == one.Group }),
		},
		"every group": {
			cardea.Scope{Kinds: edges, Groups: b.Groups},
			of(func(e cardea.Edge) bool { return slices.Contains(b.Groups, e.Group) }),
		},
		"an account": {
			cardea.Scope{Kinds: edges, Accounts: []cardea.AccountID{one.Account}},
			of(func(e cardea.Edge) bool { return e.Account == one.Account }),
		},
	} {
		p, err := c.collection(b, s.scope)
		if err == nil {
			err = same("the reading of "+name, plain(p), s.want)
		}
		if err == nil && p.Err() != nil {
			err = fmt.Errorf("the reading of %s: %w", name, p.Err())
		}
		out = append(out, err)
	}
	return errors.Join(append(out, c.single(b, one))...)
}

// single reads records by their keys: those that are there as they are listed, the others as missing.
func (c *course) single(b *Bench, one cardea.Edge) error {
	keys := []cardea.Key{
		cardea.Group{ID: one.Group}.Key(), cardea.Account{ID: one.Account}.Key(), one.Key(),
	}
	all, err := c.read(b, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read: %w", err)
	}
	in, err := c.read(b, cardea.Scope{Keys: keys})
	if err != nil {
		return fmt.Errorf("Read of %v: %w", keys, err)
	}
	var out []error
	for _, k := range keys {
		listed, alone := recordOf(all, k), recordOf(in, k)
		if alone == nil || fmt.Sprintf("%+v", listed) != fmt.Sprintf("%+v", alone) {
			out = append(out, fmt.Errorf("%s is listed as %+v and read by its key as %+v", k, listed, alone))
		}
		if in.Collection(k.Kind) != nil && slices.Contains(in.Collection(k.Kind).MissingOnes(), k) {
			out = append(out, fmt.Errorf("%s is there and was said to be missing", k))
		}
	}
	if len(b.Nobody) == 0 {
		c.note("ids that are not there: the rig has no Nobody")
		return errors.Join(out...)
	}
	for kind, id := range b.Nobody {
		k := cardea.Key{Kind: kind, ID: id}
		in, err := c.read(b, cardea.Scope{Keys: []cardea.Key{k}})
		if err != nil {
			out = append(out, fmt.Errorf("Read of %s, which is not there: %w", k, err))
			continue
		}
		if p := in.Collection(kind); p == nil || !slices.Contains(p.MissingOnes(), k) || len(p.Records()) > 0 {
			out = append(out, fmt.Errorf("%s is not there and was not said to be missing", k))
		}
	}
	return errors.Join(out...)
}

func recordOf(in *cardea.Intake, k cardea.Key) cardea.Record {
	if p := in.Collection(k.Kind); p != nil {
		for _, r := range p.Records() {
			if r.Key() == k {
				return r
			}
		}
	}
	return nil
}
