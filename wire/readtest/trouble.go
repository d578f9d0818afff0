package readtest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea"
)

// breaksOff: a listing that stops after its first page is incomplete, whether the vendor refuses the second or breaks off
// in it. What came is kept, and nothing is said to be missing.
func breaksOff(c *Course, k cardea.Kind) error {
	n := c.long(k)
	if n == 0 {
		return nil
	}
	var out []error
	for name, f := range map[string]Trouble{
		"refused":       {Effect: Refuse, Status: http.StatusServiceUnavailable},
		"cut in middle": {Effect: Truncate},
	} {
		b, _ := c.Open(Options{Kind: k, Rows: n})
		f.Skip = 1
		b.Strike(k, f)
		p, err := c.list(b, k)
		if err != nil {
			out = append(out, fmt.Errorf("%s: one collection's trouble ended the Read: %w", name, err))
			continue
		}
		if err := unfinished(p, n, cardea.Incomplete); err != nil {
			out = append(out, fmt.Errorf("second page %s: %w", name, err))
		}
	}
	return errors.Join(out...)
}

// unfinished: the grade, fewer records than there are, and nothing missing.
func unfinished(p *cardea.Pages, n int, grades ...cardea.Grade) error {
	e := p.Evidence()
	switch {
	case !slices.Contains(grades, e.Grade()):
		return fmt.Errorf("graded %s with %d of %d records, want %v", e.Grade(), e.Records(), n, grades)
	case e.Records() >= n:
		return fmt.Errorf("%d of %d records came through the trouble", e.Records(), n)
	case len(p.MissingOnes()) > 0:
		return fmt.Errorf("silence was taken for absence: missing %v", p.MissingOnes())
	}
	return nil
}

// shortPage: a page that lost a row is never part of a complete listing.
func shortPage(c *Course, k cardea.Kind) error {
	n, page := c.long(k), c.rig.Page[k]
	if n == 0 {
		n = max(3, c.rig.Floor[k])
		page = n
	}
	b, _ := c.Open(Options{Kind: k, Rows: n})
	rows := page - 1
	b.Strike(k, Trouble{Effect: Truncate, Rows: &rows, Times: 1})
	p, err := c.list(b, k)
	if err != nil {
		return err
	}
	e := p.Evidence()
	if e.Grade() == cardea.Complete && e.Records() != n {
		return fmt.Errorf("a page of %d rows held %d, and the listing is complete with %d of %d", page, rows, e.Records(), n)
	}
	return struck(k, p, n)
}

// struck: trouble that leaves no trace was none.
func struck(k cardea.Kind, p *cardea.Pages, n int) error {
	if p.Evidence().Records() == n {
		return fmt.Errorf("all %d %ss came: does the rig's Fault strike that listing?", n, k)
	}
	return nil
}

// emptyPage: a page without rows in the middle, answered with 200, ends no listing.
func emptyPage(c *Course, k cardea.Kind) error {
	n := c.long(k)
	if n == 0 {
		return nil
	}
	b, _ := c.Open(Options{Kind: k, Rows: n})
	b.Strike(k, Trouble{Effect: Empty, Skip: 1, Times: 1})
	p, err := c.list(b, k)
	if err != nil {
		return err
	}
	if e := p.Evidence(); e.Grade() == cardea.Complete && e.Records() != n {
		return fmt.Errorf("the second page came empty, and the listing is complete with %d of %d", e.Records(), n)
	}
	return struck(k, p, n)
}

// emptyList: an empty list with 200 where there are rows. The connector cannot know; it must bring what makes the reading
// suspect when it is compared with the last one: no records, no word that anything is missing, evidence about the whole.
func emptyList(c *Course, k cardea.Kind) error {
	n := max(7, c.rig.Floor[k])
	b, _ := c.Open(Options{Kind: k, Rows: n})
	before, err := c.list(b, k)
	if err != nil {
		return err
	}
	if got := before.Evidence().Records(); got != n {
		return fmt.Errorf("%d of %d came before there was any trouble", got, n)
	}
	b.Strike(k, Trouble{Effect: Empty})
	p, err := c.list(b, k)
	if err != nil {
		return err
	}
	e := p.Evidence()
	switch {
	case len(p.MissingOnes()) > 0:
		return fmt.Errorf("silence was taken for absence: missing %v", p.MissingOnes())
	case e.Records() != len(p.Records()) || e.Records() > 0:
		return fmt.Errorf("an empty list brought %d records", e.Records())
	case e.Grade() == cardea.Complete && !e.Whole():
		return errors.New("the evidence is not about the whole, so that nothing is compared")
	}
	return nil
}

// refused: a listing that is refused at once is failed; the others, but for those that rest on it, are as ever.
func refused(c *Course, k cardea.Kind) error {
	b, _ := c.Open(Options{})
	b.Strike(k, Trouble{Effect: Refuse, Status: http.StatusServiceUnavailable})
	in, err := c.Read(b.System, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("one collection's trouble ended the Read: %w", err)
	}
	var out []error
	for _, other := range c.rig.Kinds {
		p := in.Collection(other)
		switch {
		case p == nil:
			out = append(out, fmt.Errorf("the listing of %ss was not opened", other))
		case other == k:
			if e := p.Evidence(); e.Grade() != cardea.Failed || e.Records() > 0 || len(p.MissingOnes()) > 0 {
				out = append(out, fmt.Errorf("the refused listing is %s with %d records", e.Grade(), e.Records()))
			}
		case slices.Contains(c.rig.RestsOn[other], k):
		default:
			if g := p.Evidence().Grade(); g != cardea.Complete && g != c.rig.Grade[other] {
				out = append(out, fmt.Errorf("the listing of %ss is %s because that of %ss was refused", other, g, k))
			}
		}
	}
	return errors.Join(out...)
}
