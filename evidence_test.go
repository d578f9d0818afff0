package cardea_test

import (
	"errors"
	"testing"

	"github.com/cardea-access/cardea"
)

func some(n int) []cardea.Record {
	rs := make([]cardea.Record, n)
	for i := range rs {
		rs[i] = cardea.Plan{ID: string(rune('a' + i))}
	}
	return rs
}

func TestOnlyAnAnnouncedAndReachedEndIsComplete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(*cardea.Pages)
		want cardea.Grade
	}{
		{"never closed", func(*cardea.Pages) {}, cardea.Failed},
		{"end marker", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{Ended: true}); p.Close() }, cardea.Complete},
		{"count reached", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{Total: 2, Counted: true}); p.Close() }, cardea.Complete},
		{"count not reached", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{Total: 3, Counted: true, Ended: true}); p.Close() }, cardea.Incomplete},
		{"neither count nor end", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{}); p.Close() }, cardea.Weak},
		{"empty without a word", func(p *cardea.Pages) { p.Close() }, cardea.Weak},
		{"more announced", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{More: true}); p.Close() }, cardea.Incomplete},
		{"short page", func(p *cardea.Pages) {
			p.Add(some(1), cardea.Mark{More: true, Short: true})
			p.Add(some(1), cardea.Mark{Ended: true})
			p.Close()
		}, cardea.Incomplete},
		{"ceiling", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{Ceiling: true, Ended: true}); p.Close() }, cardea.Incomplete},
		{"broken at once", func(p *cardea.Pages) { p.Fail(errors.New("503")) }, cardea.Failed},
		{"broken later", func(p *cardea.Pages) { p.Add(some(2), cardea.Mark{More: true}); p.Fail(errors.New("503")) }, cardea.Incomplete},
		{"bad but named", func(p *cardea.Pages) {
			p.Bad([]byte("{}"), []cardea.Key{{Kind: cardea.KindPlan, ID: "z"}}, "no name")
			p.Add(some(1), cardea.Mark{Total: 2, Counted: true})
			p.Close()
		}, cardea.Complete},
		{"bad and nameless", func(p *cardea.Pages) {
			p.Bad([]byte("{}"), nil, "no id")
			p.Add(some(1), cardea.Mark{Ended: true})
			p.Close()
		}, cardea.Incomplete},
		{"fail after close", func(p *cardea.Pages) { p.Add(some(1), cardea.Mark{Ended: true}); p.Close(); p.Fail(errors.New("late")) }, cardea.Incomplete},
	} {
		in := cardea.NewIntake(cardea.Scope{}, nil)
		p := in.Open(cardea.KindPlan)
		c.do(p)
		if got := p.Evidence().Grade(); got != c.want {
			t.Errorf("%s: got %s (%s), want %s", c.name, got, p.Evidence().Why(), c.want)
		}
	}
	if got := (cardea.Evidence{}).Grade(); got != cardea.Failed {
		t.Errorf("evidence that nobody made is %s, want failed", got)
	}
}

func TestErrorsKeepTheirClass(t *testing.T) {
	t.Parallel()
	inner := cardea.Errorf(cardea.Throttled, "slow down")
	outer := cardea.Errorf(cardea.Retry, "page 3: %w", inner)
	if got := cardea.ClassOf(outer); got != cardea.Retry {
		t.Errorf("the outermost class counts, got %s", got)
	}
	if !errors.Is(outer, inner) {
		t.Error("the cause is lost")
	}
	if got := cardea.ClassOf(errors.New("x")); got != cardea.Unknown {
		t.Errorf("an error without a class is unknown, got %s", got)
	}
	if got := outer.Error(); got != "page 3: slow down" {
		t.Errorf("got %q", got)
	}
}
