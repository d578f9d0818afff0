package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/space/house"
)

// onHouse are the flags of every command that works on the records of a house connection.
type onHouse struct {
	Config     string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	Connection string `help:"House connection; needed where the configuration has several."`
	JSON       bool   `name:"json" help:"Print JSON."`
	Verbose    bool   `short:"v" help:"Log what is going on to standard error."`
}

// open assembles a desk and says which connection is meant. No vendor is asked anything.
func (f *onHouse) open(ctx context.Context, c *terminal, with settings) (*app, string, error) {
	with.log = c.err
	a, err := (&common{Config: f.Config, Verbose: f.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return nil, "", err
	}
	ours := a.desk.Houses()
	switch {
	case f.Connection != "":
		return a, f.Connection, nil
	case len(ours) == 1:
		return a, ours[0], nil
	case len(ours) == 0:
		a.shut()
		return nil, "", cardea.Errorf(cardea.Rejected, "%s has no house connection: add one, as in "+
			"connections: {site: {system: house}}", f.Config)
	}
	a.shut()
	return nil, "", cardea.Errorf(cardea.Rejected, "there are several house connections: name one with --connection: %s",
		strings.Join(ours, ", "))
}

// problem is one thing because of which nothing was changed.
type problem struct {
	Where string `json:"where"` // a cell, else a record
	What  string `json:"what"`  // what is the matter and what to do
}

// edited is what --json prints.
type edited struct {
	Connection string              `json:"connection"`
	Added      map[cardea.Kind]int `json:"added"`
	Changed    map[cardea.Kind]int `json:"changed"`
	Removed    map[cardea.Kind]int `json:"removed"`
	Saved      bool                `json:"saved"`
	Notes      []string            `json:"notes,omitempty"`
	Problems   []problem           `json:"problems,omitempty"`
	More       int                 `json:"more_problems,omitempty"` // beyond those that are listed
	Difference *house.Difference   `json:"difference,omitempty"`
}

// edit is a change to the records of a house connection on its way into the database.
type edit struct {
	onHouse

	c          *terminal
	desk       *desk.Desk
	connection string
	before     []cardea.Record // all that the connection has
	diff       house.Difference
	title      string // what is being done: the file, the record
	what       string // for the audit log
	notes      []string
	first      bool // nothing was there: counts are enough, and nobody needs to be asked
	sure       bool // nobody needs to be asked
	dry        bool // nothing may be written
}

// refuse says because of what nothing is changed.
func (e *edit) refuse(problems []problem, more int) error {
	if e.JSON {
		r := e.report(false)
		r.Problems, r.More = problems, more
		if err := printJSON(e.c.out, r); err != nil {
			return err
		}
		return codeError(exitUsage)
	}
	for _, p := range problems {
		fmt.Fprintf(e.c.err, "%s: %s\n", say.Clean(p.Where), say.Clean(p.What))
	}
	if more > 0 {
		fmt.Fprintf(e.c.err, "and %d more\n", more)
	}
	fmt.Fprintf(e.c.err, "cardea: %s: nothing was changed, because of %s\n", e.title,
		say.N(len(problems)+more, "problem", "problems"))
	return codeError(exitUsage)
}

// found turns what house.Check says into what is printed.
func found(problems []house.Problem) []problem {
	var out []problem
	for _, p := range problems {
		out = append(out, problem{p.Record.String(), p.What + ": " + p.Mend})
	}
	return out
}

// do shows the change, asks where that is needed, and makes it.
func (e *edit) do(ctx context.Context) error {
	saved, err := e.settle(ctx)
	var code codeError
	if err != nil && !errors.As(err, &code) || !e.JSON {
		return err
	}
	return errors.Join(err, printJSON(e.c.out, e.report(saved)))
}

// settle is do without its JSON.
func (e *edit) settle(ctx context.Context) (saved bool, err error) {
	e.show()
	switch {
	case e.diff.Empty():
		return false, nil
	case e.dry:
		e.say("Nothing was changed: this was a rehearsal.\n")
		return false, codeError(exitPending)
	case !e.sure && !e.first:
		if err := e.ask(ctx); err != nil {
			return false, err
		}
	}
	p := newProgress(e.c)
	n := len(e.diff.Added) + len(e.diff.Changed) + len(e.diff.Removed)
	p.tell(desk.Progress{Connection: e.connection, What: "records saved", Total: n})
	err = e.desk.SaveHouse(ctx, e.connection, e.diff.Put(), e.diff.Drop(), e.what)
	p.done()
	if err != nil {
		return false, err
	}
	e.say("Saved. A running `cardea serve` reads it at once; without one, run `cardea sync`.\n")
	return true, nil
}

// ask wants a person's word for what was shown. What was shown is what is made: records that changed meanwhile are an error.
func (e *edit) ask(ctx context.Context) error {
	const howOn = "Nothing was changed yet. Run it again with --yes to make these changes.\n"
	if e.JSON || e.c.in == nil {
		fmt.Fprint(e.c.err, howOn)
		return codeError(exitPending)
	}
	yes, answered, err := e.c.ask(ctx, "Make these changes? [y/N] ")
	switch {
	case err != nil:
		return err
	case !answered:
		fmt.Fprint(e.c.err, "\n"+howOn)
		return codeError(exitPending)
	case !yes:
		e.say("Nothing was changed.\n")
		return codeError(exitPending)
	}
	now, err := e.desk.House(ctx, e.connection)
	if err == nil && !house.Diff(e.before, now).Empty() {
		err = cardea.Errorf(cardea.Conflict, "somebody else changed the records of %s meanwhile: look again", e.connection)
	}
	return err
}

// ask puts a question to the person at the terminal. An ended input is no answer.
func (c *terminal) ask(ctx context.Context, question string) (yes, answered bool, err error) {
	fmt.Fprint(c.err, question)
	type reply struct {
		line string
		err  error
	}
	came := make(chan reply, 1)
	in := bufio.NewReader(c.in)
	go func() { // a read of the terminal cannot be called off; the command ends without it
		line, err := in.ReadString('\n')
		came <- reply{line, err}
	}()
	select {
	case <-ctx.Done():
		return false, false, cardea.Errorf(cardea.Rejected, "stopped: nothing was changed")
	case r := <-came:
		if r.err != nil && !errors.Is(r.err, io.EOF) {
			return false, false, fmt.Errorf("the answer could not be read: %w", r.err)
		}
		line := strings.ToLower(strings.TrimSpace(r.line))
		return line == "y" || line == "yes", line != "" || r.err == nil, nil
	}
}

// say prints to people, and nothing where JSON is wanted.
func (e *edit) say(format string, args ...any) {
	if !e.JSON {
		fmt.Fprintf(e.c.out, format, args...)
	}
}

// report is the change as JSON has it.
func (e *edit) report(saved bool) edited {
	r := edited{
		Connection: e.connection, Added: map[cardea.Kind]int{}, Changed: map[cardea.Kind]int{}, Removed: map[cardea.Kind]int{},
		Saved: saved, Notes: e.notes,
	}
	for _, v := range e.diff.Added {
		r.Added[v.Key().Kind]++
	}
	for _, v := range e.diff.Changed {
		r.Changed[v.After.Key().Kind]++
	}
	for _, v := range e.diff.Removed {
		r.Removed[v.Key().Kind]++
	}
	if !e.diff.Empty() {
		r.Difference = &e.diff
	}
	return r
}
