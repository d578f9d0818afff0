package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print it, once."`
	List   tokenListCmd   `cmd:"" default:"withargs" help:"List tokens: what each may ask, until when, when it was used last."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token: the next question asked with it is refused."`
}

// Help says what the scopes are.
func (*tokenCmd) Help() string {
	return `A token lets a program ask the API of cardea serve what its scopes say, and nothing else. Give each program its own.

read         how integrations stand, and who may pass and why
passes:read  who has a mobile pass, never a code
passes:code  the code of an invitation to one; who saw whose is in the audit log

  cardea token create member-app --scope passes:read --scope passes:code --expires 90d
  cardea token
  cardea token revoke member-app`
}

// onTokens are the flags of every command that works on tokens.
type onTokens struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`
}

type tokenCreateCmd struct {
	onTokens

	Name    string   `arg:"" help:"What the token is called, in lists and in the audit log."`
	Scope   []string `help:"What it may ask: read, passes:read, passes:code. May stand several times." required:""`
	Expires string   `help:"How long it is good, as 90d or 12h; for ever when left out."`
}

type tokenListCmd struct{ onTokens }

type tokenRevokeCmd struct {
	onTokens

	Name string `arg:"" help:"Name of the token."`
}

func (f *onTokens) open(ctx context.Context, c *terminal, with settings) (*app, error) {
	with.log, with.readOnly = c.err, true
	return (&common{Config: f.Config, Verbose: f.Verbose}).assemble(ctx, c, with)
}

// Run makes a token.
func (t *tokenCreateCmd) Run(ctx context.Context, c *terminal) error { return t.do(ctx, c, settings{}) }

func (t *tokenCreateCmd) do(ctx context.Context, c *terminal, with settings) error {
	life, err := lifetime(t.Expires)
	if err != nil {
		return err
	}
	var scopes []desk.Scope
	for _, s := range t.Scope {
		scopes = append(scopes, desk.Scope(s))
	}
	a, err := t.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	made, text, err := a.desk.CreateToken(ctx, t.Name, scopes, life, who(c))
	if err != nil {
		return err
	}
	if t.JSON {
		return printJSON(c.out, struct {
			desk.Token

			Text string `json:"token"`
		}{made, text})
	}
	if _, err := fmt.Fprintln(c.out, text); err != nil {
		return err
	}
	until := ", and does not expire"
	if made.Expires.Bounded() {
		until = " until " + orderClock(ctx, a, c).Moment(made.Expires)
	}
	_, err = fmt.Fprintf(c.err, "Token %s is good for %s%s. It cannot be shown again. To end it: cardea token revoke %s\n",
		made.Name, scopesText(made), until, made.Name)
	return err
}

// Run lists tokens.
func (l *tokenListCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *tokenListCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	tokens, err := a.desk.Tokens(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, tokens)
	}
	if len(tokens) == 0 {
		_, err := fmt.Fprintln(c.out, "There is no token: nobody can ask the API. Make one with cardea token create.")
		return err
	}
	clock := orderClock(ctx, a, c)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "token\tmay ask\tmade\tby\tlast used\tgood")
	for _, t := range tokens {
		used, good := "never", "for ever"
		if t.LastUsed != 0 {
			used = clock.Moment(t.LastUsed)
		}
		switch {
		case t.Revoked != 0:
			good = "revoked " + clock.Moment(t.Revoked)
		case t.Expires <= clock.Now:
			good = "expired " + clock.Moment(t.Expires)
		case t.Expires.Bounded():
			good = "until " + clock.Moment(t.Expires)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", say.Clean(t.Name), scopesText(t), clock.Moment(t.Made), say.Clean(t.By), used, good)
	}
	return w.Flush()
}

// Run ends a token.
func (r *tokenRevokeCmd) Run(ctx context.Context, c *terminal) error { return r.do(ctx, c, settings{}) }

func (r *tokenRevokeCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := r.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	if err := a.desk.RevokeToken(ctx, r.Name, who(c)); err != nil {
		return err
	}
	if r.JSON {
		return printJSON(c.out, map[string]string{"revoked": r.Name})
	}
	_, err = fmt.Fprintf(c.out, "Token %s is revoked: whatever is asked with it from now on is refused.\n", say.Clean(r.Name))
	return err
}

// lifetime reads 90d, or what Go takes for a time; 0 = for ever.
func lifetime(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	life, err := time.ParseDuration(text)
	if days, is := strings.CutSuffix(text, "d"); is {
		var n int
		n, err = strconv.Atoi(days)
		life = time.Duration(min(n, maxDays+1)) * 24 * time.Hour
	}
	if err != nil || life <= 0 || life > maxDays*24*time.Hour {
		return 0, cardea.Errorf(cardea.Rejected, "--expires %s: want a time such as 90d or 12h, ten years at most", text)
	}
	return life, nil
}

// maxDays is as long as a token may be told to be good.
const maxDays = 3660

func scopesText(t desk.Token) string {
	out := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		out[i] = string(s)
	}
	return say.And(out)
}
