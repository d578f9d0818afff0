package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type codesCmd struct {
	List  codesListCmd  `cmd:"" default:"withargs" help:"List who has a code where, and when it was shown; never the code."`
	Show  codesShowCmd  `cmd:"" help:"Print a code, once."`
	Renew codesRenewCmd `cmd:"" help:"Make a new code in the place of one, which stops working."`
}

// Help says who may see codes, and how often.
func (*codesCmd) Help() string {
	return `Cardea draws the codes with which people pass at doors that ask for one (opentech), and keeps them encrypted. Each can be
shown once; after that it is renewed. Who saw whose code is noted in the audit log. Whoever has the configuration and the key in
CARDEA_KEY may see every code: give them to nobody else.

  cardea codes
  cardea codes show ana@x.test 101
  cardea codes renew "Ana Li" 101`
}

// onCodes are the flags of every command that works on codes.
type onCodes struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	Door    string `help:"Door connection; all when none is named."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`
}

// oneCode are the arguments that name a code.
type oneCode struct {
	onCodes

	Person string `arg:"" help:"E-mail, name or id of the person."`
	Unit   string `arg:"" help:"Number of the unit, or name of another group; needed by who has several codes." optional:""`
}

type codesListCmd struct{ onCodes }

type codesShowCmd struct{ oneCode }

type codesRenewCmd struct{ oneCode }

func (f *onCodes) open(ctx context.Context, c *terminal, with settings) (*app, error) {
	with.log = c.err
	return (&common{Config: f.Config, Verbose: f.Verbose}).assemble(ctx, c, with)
}

func (o *oneCode) question() desk.CodeQuestion {
	return desk.CodeQuestion{Door: o.Door, Person: o.Person, Unit: o.Unit}
}

// Run lists codes.
func (l *codesListCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *codesListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	codes, err := a.desk.Codes(ctx, l.Door)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, codes)
	}
	clock := orderClock(ctx, a, c)
	return c.printCodes(codes, clock)
}

func (c *terminal) printCodes(codes []desk.AccessCode, clock say.Clock) error {
	if len(codes) == 0 {
		fmt.Fprintln(c.out, "Cardea has issued no code that is in use.")
		return nil
	}
	several := codes[0].Door != codes[len(codes)-1].Door
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	line := func(door string, cells ...string) {
		if several {
			cells = append([]string{door}, cells...)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	line("door", "opens", "person", "shown")
	fresh := 0
	for _, code := range codes {
		shown := "not yet"
		if code.ShownAt == 0 {
			fresh++
		} else {
			shown = clock.Moment(code.ShownAt)
		}
		line(code.Door, say.Clean(code.GroupName), holder(code), shown)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text := say.N(len(codes), "code", "codes") + ", " + say.N(fresh, "of them", "of them") + " not shown yet"
	if fresh < len(codes) {
		text += "; " + clock.Times()
	}
	_, err := fmt.Fprintln(c.out, c.paint(faint, text))
	return err
}

// holder names the people of a code with their addresses, else its account.
func holder(code desk.AccessCode) string {
	var names []string
	for _, p := range code.People {
		switch name, mail := say.Clean(p.Name), say.Clean(p.Email); {
		case name == "" && mail == "":
			names = append(names, say.Clean(string(p.ID)))
		case name == "" || mail == "":
			names = append(names, name+mail)
		default:
			names = append(names, name+" <"+mail+">")
		}
	}
	if len(names) == 0 {
		return "account " + say.Clean(string(code.Account))
	}
	return say.And(names)
}

// Run prints a code.
func (s *codesShowCmd) Run(ctx context.Context, c *terminal) error { return s.do(ctx, c, settings{}) }

func (s *codesShowCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := s.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	code, digits, err := a.desk.ShowCode(ctx, s.question(), who(c))
	if err != nil {
		return err
	}
	fmt.Fprintf(c.err, "The code of %s on %s. It will not be shown again; for a new one: %s\n",
		holder(code), say.Clean(code.GroupName), s.command("renew"))
	if s.JSON {
		err = printJSON(c.out, struct {
			desk.AccessCode

			Code string `json:"code"`
		}{code, digits})
	} else {
		_, err = fmt.Fprintln(c.out, digits)
	}
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the code could not be printed, and is not shown again: %w", err)
	}
	return nil
}

// Run makes a new code.
func (r *codesRenewCmd) Run(ctx context.Context, c *terminal) error { return r.do(ctx, c, settings{}) }

func (r *codesRenewCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := r.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	code, err := a.desk.RenewCode(ctx, r.question(), who(c))
	if err != nil {
		return err
	}
	if r.JSON {
		return printJSON(c.out, code)
	}
	_, err = fmt.Fprintf(c.out, "%s has a new code on %s; the old one opens nothing any more. See it, once, with: %s\n",
		holder(code), say.Clean(code.GroupName), r.command("show"))
	return err
}

// unquoted are letters that a shell takes as they are.
const unquoted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_:/+"

// command is another command about the same code, to be typed.
func (o *oneCode) command(name string) string {
	words := []string{"cardea", "codes", name}
	if o.Door != "" {
		words = append(words, "--door", o.Door)
	}
	words = append(words, o.Person)
	if o.Unit != "" {
		words = append(words, o.Unit)
	}
	for i, word := range words {
		if words[i] = say.Clean(word); strings.Trim(words[i], unquoted) != "" {
			words[i] = "'" + strings.ReplaceAll(words[i], "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
