package doortest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// truthful: plain edges that came are those that the vendor holds, no more and no fewer.
func truthful(b *Bench, p *cardea.Pages) error {
	if p.Kind() != cardea.KindEdge {
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
	all, err := c.Read(b.System, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read: %w", err)
	}
	in, err := c.Read(b.System, cardea.Scope{Keys: keys})
	if err != nil {
		return fmt.Errorf("Read of %v: %w", keys, err)
	}
	var out []error
	for _, k := range keys {
		listed, alone := readtest.RecordOf(all, k), readtest.RecordOf(in, k)
		if alone == nil || fmt.Sprintf("%+v", listed) != fmt.Sprintf("%+v", alone) {
			out = append(out, fmt.Errorf("%s is listed as %+v and read by its key as %+v", k, listed, alone))
		}
		if in.Collection(k.Kind) != nil && slices.Contains(in.Collection(k.Kind).MissingOnes(), k) {
			out = append(out, fmt.Errorf("%s is there and was said to be missing", k))
		}
	}
	if len(b.Nobody) == 0 {
		c.Note("ids that are not there: the rig has no Nobody")
		return errors.Join(out...)
	}
	for kind, id := range b.Nobody {
		k := cardea.Key{Kind: kind, ID: id}
		in, err := c.Read(b.System, cardea.Scope{Keys: []cardea.Key{k}})
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
