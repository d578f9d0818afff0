package spacetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire/readtest"
)

// byKey: a record comes by its key as it is listed; an id that the vendor does not know is missing; one that is there never is.
func byKey(c *course, k cardea.Kind) error {
	b, _ := c.small()
	listed, err := c.list(b, k)
	if err != nil {
		return err
	}
	if len(listed.Records()) == 0 {
		return fmt.Errorf("the rig's small world has no %s", k)
	}
	want := listed.Records()[0]
	p, err := c.single(b, want.Key())
	if err != nil {
		return err
	}
	if len(p.MissingOnes()) > 0 {
		return fmt.Errorf("%s is there and was said to be missing", want.Key())
	}
	if len(p.Records()) != 1 || fmt.Sprintf("%+v", p.Records()[0]) != fmt.Sprintf("%+v", want) {
		return fmt.Errorf("%s is listed as %+v and read by its key as %+v (%s)", want.Key(), want, p.Records(), p.Evidence().Why())
	}
	if p.Evidence().Whole() {
		return fmt.Errorf("the evidence of %s alone is about the whole collection", want.Key())
	}
	id := b.Nobody[k]
	if id == "" {
		c.Note("a %s that is not there: the rig has no Nobody of that kind", k)
		return nil
	}
	lost := cardea.Key{Kind: k, ID: id}
	if p, err = c.single(b, lost); err != nil {
		return err
	}
	if len(p.Records()) > 0 || !slices.Equal(p.MissingOnes(), []cardea.Key{lost}) {
		return fmt.Errorf("%s is not there; records %+v, missing %v", lost, p.Records(), p.MissingOnes())
	}
	return nil
}

// single reads one record by its key.
func (c *course) single(b *Bench, k cardea.Key) (*cardea.Pages, error) {
	in, err := c.Read(b.System, cardea.Scope{Keys: []cardea.Key{k}})
	if err != nil {
		return nil, fmt.Errorf("Read of %s: %w", k, err)
	}
	p := in.Collection(k.Kind)
	if p == nil {
		return nil, fmt.Errorf("Read of %s opened no collection of its kind", k)
	}
	return p, nil
}

// troubleByKey: only "no such id" is absence. Any other trouble of a read by id leaves the record unknown.
func troubleByKey(c *course, k cardea.Kind) error {
	var out []error
	for _, f := range []Fault{
		{Effect: Refuse, Status: http.StatusServiceUnavailable}, {Effect: Refuse, Status: http.StatusInternalServerError},
		{Effect: Refuse, Status: http.StatusForbidden}, {Effect: Refuse, Status: http.StatusUnauthorized},
		{Effect: Refuse, Status: http.StatusTooManyRequests, RetryAfter: 600}, {Effect: Drop}, {Effect: Truncate},
	} {
		b, _ := c.small()
		ids := b.Truth(k)
		if len(ids) == 0 {
			return fmt.Errorf("the rig's small world has no %s", k)
		}
		f.Kind, f.Single = k, true
		b.Fault(f)
		key := cardea.Key{Kind: k, ID: ids[0]}
		in, err := c.Read(b.System, cardea.Scope{Keys: []cardea.Key{key}})
		p := in.Collection(k)
		switch {
		case p == nil && err == nil:
			out = append(out, fmt.Errorf("%s %d: neither a collection nor an error", f.Effect, f.Status))
		case p == nil:
		case len(p.MissingOnes()) > 0:
			out = append(out, fmt.Errorf("%s %d was taken for absence: missing %v", f.Effect, f.Status, p.MissingOnes()))
		case len(p.Records()) > 0:
			out = append(out, fmt.Errorf("%s %d: a record came all the same: does the rig's Fault strike reads by id?", f.Effect, f.Status))
		case err == nil && p.Err() == nil && len(p.BadOnes()) == 0:
			out = append(out, fmt.Errorf("%s %d: %s neither came nor is there a word why", f.Effect, f.Status, key))
		}
	}
	return errors.Join(out...)
}

// people: reading a person brings the person and what the rig says, and takes nothing for missing.
func people(c *course) error {
	b, _ := c.small()
	if b.Person.ID == "" || len(b.Holds) == 0 {
		return errors.New("the rig names no Person and what it Holds")
	}
	all, err := c.Read(b.System, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read: %w", err)
	}
	in, err := c.Read(b.System, cardea.Scope{People: []cardea.Key{b.Person}})
	if err != nil {
		return fmt.Errorf("Read of %s: %w", b.Person, err)
	}
	var out []error
	for _, k := range append([]cardea.Key{b.Person}, b.Holds...) {
		if want, got := readtest.RecordOf(all, k), readtest.RecordOf(in, k); got == nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			out = append(out, fmt.Errorf("%s came with %s as %+v, and is listed as %+v", k, b.Person, got, want))
		}
	}
	for _, p := range in.Collections() {
		if len(p.MissingOnes()) > 0 {
			out = append(out, fmt.Errorf("reading %s, %v was said to be missing", b.Person, p.MissingOnes()))
		}
		if p.Evidence().Whole() {
			out = append(out, fmt.Errorf("reading %s, the evidence of %ss is about the whole", b.Person, p.Kind()))
		}
	}
	return errors.Join(out...)
}

// hook: the vendor's own announcement names its records; changed in a single byte, or without its headers, it is refused.
func hook(c *course) error {
	b, _ := c.small()
	s, can := b.System.(space.Hooked)
	if !can {
		c.Note("the System announces nothing")
		return nil
	}
	if b.Hook == nil {
		return errors.New("the rig has no Hook")
	}
	h, body, want := b.Hook()
	if len(body) == 0 || len(want) == 0 {
		return errors.New("the rig's Hook is empty")
	}
	hint, err := s.Verify(context.Background(), h, body)
	got := hint.Keys
	if c.Saw(err) != nil || !slices.Equal(got, want) {
		return fmt.Errorf("the vendor's own announcement gave %v and: %w, want %v", got, readtest.Told(err), want)
	}
	for _, at := range []int{0, len(body) / 2, len(body) - 1} {
		odd := slices.Clone(body)
		odd[at] ^= 1
		if got, err := s.Verify(context.Background(), h, odd); c.Saw(err) == nil || len(got.Keys) > 0 {
			return fmt.Errorf("an announcement with another byte at %d was believed: %v", at, got)
		}
	}
	if got, err := s.Verify(context.Background(), http.Header{}, body); c.Saw(err) == nil || len(got.Keys) > 0 {
		return fmt.Errorf("an announcement without a signature was believed: %v", got)
	}
	return nil
}
