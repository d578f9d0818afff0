package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type syncCmd struct {
	common

	Integrations []string `arg:"" help:"Integrations; all when none is named." optional:""`
}

type previewCmd struct {
	common

	Integrations []string `arg:"" help:"Integrations; all when none is named." optional:""`
}

type applyCmd struct {
	common

	Hash         string   `arg:"" help:"Hash of the changeset, as preview prints it."`
	Integrations []string `arg:"" help:"Integrations; all when none is named." optional:""`
}

// Run does one full run.
func (s *syncCmd) Run(ctx context.Context, c *terminal) error {
	return s.do(ctx, c, false, func(ctx context.Context, d *desk.Desk) (desk.Result, error) { return d.Sync(ctx, s.Integrations) })
}

// Run shows a changeset; the connections are built so that they cannot write.
func (p *previewCmd) Run(ctx context.Context, c *terminal) error {
	return p.do(ctx, c, true, func(ctx context.Context, d *desk.Desk) (desk.Result, error) { return d.Preview(ctx, p.Integrations) })
}

// Run approves and applies.
func (a *applyCmd) Run(ctx context.Context, c *terminal) error {
	return a.do(ctx, c, false, func(ctx context.Context, d *desk.Desk) (desk.Result, error) {
		return d.Apply(ctx, a.Hash, a.Integrations, who(c))
	})
}

// who names the person at the command line for the audit log.
func who(c *terminal) string {
	if u := c.getenv("USER"); u != "" {
		return "command line, " + u
	}
	return "command line"
}

func (f *common) do(ctx context.Context, c *terminal, readOnly bool, work func(context.Context, *desk.Desk) (desk.Result, error)) error {
	p := newProgress(c)
	a, err := f.assemble(ctx, c, settings{readOnly: readOnly, progress: p.tell, log: c.err})
	if err != nil {
		return err
	}
	defer a.shut()
	result, err := work(ctx, a.desk)
	p.done()
	if err != nil {
		return err
	}
	if f.JSON {
		if err := printJSON(c.out, result); err != nil {
			return err
		}
	} else {
		c.printResult(result, clockOf(a, c), readOnly)
	}
	if code := result.Standing(); code != desk.InStep {
		return codeError(code)
	}
	return nil
}

// clockOf tells instants in the zone of the house, as the desk knows it, else in UTC.
func clockOf(a *app, c *terminal) say.Clock {
	clock := say.Clock{Zone: time.UTC, Now: cardea.At(c.now())}
	if zone := a.desk.ZoneOf(context.Background(), ""); zone != nil {
		clock.Zone = zone
	}
	return clock
}

type explainCmd struct {
	common

	Person string `help:"E-mail, name or id of the person; e-mail or id:N of an account that belongs to nobody." required:""`
	Group  string `help:"Name of the access group, or id:N."  required:""`
	At     string `help:"Instant, RFC 3339; now when left out."`
}

// Run answers whether a person may pass.
func (e *explainCmd) Run(ctx context.Context, c *terminal) error {
	at := cardea.At(c.now())
	if e.At != "" {
		if err := at.UnmarshalText([]byte(e.At)); err != nil || !at.Bounded() {
			return cardea.Errorf(cardea.Rejected, "--at %s: want an instant such as 2026-11-23T09:00:00Z", e.At)
		}
	}
	p := newProgress(c)
	a, err := e.assemble(ctx, c, settings{readOnly: true, progress: p.tell, log: c.err})
	if err != nil {
		return err
	}
	defer a.shut()
	answer, err := a.desk.Ask(ctx, e.Person, e.Group, at)
	p.done()
	if err != nil {
		return err
	}
	if e.JSON {
		return printJSON(c.out, answer)
	}
	clock := clockOf(a, c)
	if zone := a.desk.ZoneOf(ctx, answer.Person.ID); zone != nil {
		clock.Zone = zone
	}
	return say.Write(c.out, say.Explanation(answer, clock))
}

// eraseLine begins a line of a terminal anew.
const eraseLine = "\r\x1b[K"

// progress prints how far a long work came: on a terminal one line that is overwritten, elsewhere a line now and then.
type progress struct {
	mu      sync.Mutex
	c       *terminal
	began   map[string]time.Time
	last    time.Time
	written bool
}

func newProgress(c *terminal) *progress { return &progress{c: c, began: map[string]time.Time{}} }

func (p *progress) tell(d desk.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.c.now()
	key := d.Connection + "\x00" + d.What
	if _, ok := p.began[key]; !ok {
		p.began[key] = now
	}
	if p.last.IsZero() {
		p.last = now
	}
	every := 100 * time.Millisecond
	if !p.c.tty {
		every = 10 * time.Second
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	line := fmt.Sprintf("%s: %d", d.Connection, d.Done)
	spent := now.Sub(p.began[key])
	if d.Total > 0 {
		line = fmt.Sprintf("%s: %d of %d", d.Connection, d.Done, d.Total)
	}
	line += " " + d.What
	if spent > time.Second && d.Done > 0 {
		if rate := float64(d.Done) / spent.Seconds(); rate >= 1 {
			line += fmt.Sprintf(", %.0f a second", rate)
		}
		if d.Total > d.Done {
			line += ", " + say.Took(spent*time.Duration(d.Total-d.Done)/time.Duration(d.Done)) + " left"
		}
	}
	if p.c.tty {
		fmt.Fprint(p.c.err, eraseLine+say.Clean(line))
		p.written = true
		return
	}
	fmt.Fprintln(p.c.err, line)
}

func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.written {
		fmt.Fprint(p.c.err, eraseLine)
	}
	p.began, p.last, p.written = map[string]time.Time{}, time.Time{}, false // what comes next is new work
}
