package doortest

import (
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// most is how many requests an operation may take.
const most = 30

// job is an operation that may be cut short.
type job struct {
	// do does it; called again it brings what was cut to its end.
	do func() error
	// ends says whether it came to its end.
	ends func() error
	// one says that it is a single write: what may have taken effect is Unknown, and is not sent again by itself.
	one bool
}

// cutEverywhere does an operation once for each request that it sends, with that request cut before the vendor has it, and
// once more with its answer lost. However it was cut, doing it again ends well.
func (c *course) cutEverywhere(prepare func(*Bench) (job, error)) error {
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			if n > most {
				return fmt.Errorf("more than %d requests", most)
			}
			cut, err := c.cutAt(n, after, prepare)
			if err != nil {
				return fmt.Errorf("request %d cut, after the vendor had it %t: %w", n, after, err)
			}
			if !cut {
				if n == 1 {
					c.Note("requests that are cut: none is sent")
				}
				break
			}
		}
	}
	return nil
}

// cutAt does it with one request cut; false when it sent fewer.
func (c *course) cutAt(n int, after bool, prepare func(*Bench) (job, error)) (bool, error) {
	b, line := c.small()
	j, err := prepare(b)
	if err != nil {
		return false, err
	}
	writes := b.Writes()
	line.Cut(n, after)
	err = c.Saw(j.do())
	cut := line.Mend()
	if !cut {
		if err != nil {
			return false, fmt.Errorf("nothing was cut, and yet: %w", err)
		}
		return false, j.ends()
	}
	sent := b.Writes() - writes
	got := cardea.ClassOf(err)
	switch {
	case got != "" && got != cardea.Retry && got != cardea.Unknown:
		return true, fmt.Errorf("trouble on the way is of class %q: %w", got, err)
	case j.one && sent == 0 && got == cardea.Unknown:
		return true, fmt.Errorf("nothing was sent, and yet it may have taken effect: %w", err)
	case j.one && sent > 0 && got == cardea.Retry:
		return true, fmt.Errorf("it was sent and may have taken effect, and yet: %w", err)
	case j.one && sent > 1:
		return true, fmt.Errorf("%d writes where one was cut", sent)
	}
	if err := c.Saw(j.do()); err != nil {
		return true, fmt.Errorf("done again: %w", err)
	}
	if err := j.ends(); err != nil {
		return true, fmt.Errorf("done again: %w", err)
	}
	return true, nil
}

func cutGrant(c *course) error {
	return c.cutEverywhere(func(b *Bench) (job, error) {
		e, err := c.spare(b, 0)
		return job{
			one: true,
			do: func() error {
				_, err := c.grant(b, e)
				return err
			},
			ends: func() error {
				_, err := c.there(b, e, "in the end")
				return err
			},
		}, err
	})
}

func cutRevoke(c *course) error {
	return c.cutEverywhere(func(b *Bench) (job, error) {
		e, err := c.spare(b, 0)
		if err == nil {
			e.Ref, err = c.grant(b, e)
		}
		return job{
			one:  true,
			do:   func() error { return c.revoke(b, e) },
			ends: func() error { return c.absent(b, e, "in the end") },
		}, err
	})
}

// cutCreate looks before it makes an account again, as everybody must.
func cutCreate(c *course) error {
	return c.cutEverywhere(func(b *Bench) (job, error) {
		p := c.person()
		began := false
		var id cardea.AccountID
		return job{
			one: true,
			do: func() error {
				if began {
					as, err := b.System.Find(c.Ctx, p)
					if err != nil {
						return fmt.Errorf("Find: %w", err)
					}
					if len(as) > 0 {
						id = as[0].ID
						return nil
					}
				}
				began = true
				a, err := b.System.Create(c.Ctx, p)
				id = a.ID
				return err
			},
			ends: func() error {
				if b.System.Limits().NamesEdges {
					return nil
				}
				return c.found(b, p, id)
			},
		}, nil
	})
}

// cutRetime cuts a change of times anywhere: in the end there is one edge with the new window.
func cutRetime(c *course) error {
	b, _ := c.small()
	if _, can := b.System.(door.Timed); !can {
		c.Note("the System is not Timed")
		return nil
	}
	return c.cutEverywhere(func(b *Bench) (job, error) {
		was, now, err := c.retimed(b)
		return job{
			do:   func() error { return c.retime(b, was, now) },
			ends: func() error { _, err := c.there(b, now, "in the end"); return err },
		}, err
	})
}

// cutRename cuts a renaming anywhere: in the end there is one unit, of the new number, with everybody on it.
func cutRename(c *course) error {
	b, _ := c.small()
	if _, can := b.System.(door.Units); !can {
		c.Note("the System has no Units")
		return nil
	}
	return c.cutEverywhere(func(b *Bench) (job, error) {
		was, e, err := c.rented(b)
		return job{
			do:   func() error { return c.rename(b, was) },
			ends: func() error { return c.renamed(b, was, e) },
		}, err
	})
}
