package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/wire"
)

// consent is how one connection is consented to.
type consent struct {
	grant    *wire.CodeGrant
	endpoint string
}

// Address implements desk.Consent.
func (c consent) Address(state string) string { return c.grant.Address(c.endpoint, state) }

// Exchange implements desk.Consent.
func (c consent) Exchange(ctx context.Context, code string) error { return c.grant.Exchange(ctx, code) }

type connectCmd struct {
	Config     string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON       bool   `name:"json" help:"Print JSON."`
	Verbose    bool   `short:"v" help:"Log what is going on to standard error."`
	Connection string `arg:"" help:"Connection, by its name in the configuration."`
	Code       string `help:"Code that the vendor gave, or the whole address to which it sent you." placeholder:"CODE"`
}

// Help says how it goes.
func (*connectCmd) Help() string {
	return `Some vendors give tokens only after somebody has consented on their pages. It prints the address for that. Afterwards the vendor
sends the browser to the redirect address of the application. When that is /oauth/CONNECTION of a running server, all is done there;
otherwise copy the address to which you were sent, or the code in it, and give it here. Codes live for minutes.

  cardea connect brivo
  cardea connect brivo --code 'https://cardea.example.com/oauth/brivo?code=...&state=...'`
}

// Run begins a consent, or finishes it.
func (o *connectCmd) Run(ctx context.Context, c *terminal) error { return o.do(ctx, c, settings{}) }

func (o *connectCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.log = c.err
	a, err := (&common{Config: o.Config, Verbose: o.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	if o.Code == "" {
		address, err := a.desk.BeginConsent(ctx, o.Connection, who(c))
		if err != nil {
			return err
		}
		if o.JSON {
			return printJSON(c.out, map[string]string{"connection": o.Connection, "address": address})
		}
		fmt.Fprintf(c.out, "Open this address, log in as the administrator that Cardea is to be, and consent:\n\n  %s\n\n", address)
		if c.in == nil {
			_, err = fmt.Fprintf(c.out, "Then: cardea connect %s --code CODE\n", o.Connection)
			return err
		}
		fmt.Fprint(c.out, "Then paste the address to which you were sent, or its code (nothing, if the page said that it is done): ")
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if o.Code = strings.TrimSpace(line); o.Code == "" {
			return err
		}
	}
	if err := a.desk.FinishConsent(ctx, o.Connection, o.Code, who(c)); err != nil {
		return err
	}
	if o.JSON {
		return printJSON(c.out, map[string]any{"connection": o.Connection, "connected": true})
	}
	_, err = fmt.Fprintf(c.out, "%s is connected. See whose it is with: cardea doctor\n", o.Connection)
	return err
}

// consents is where vendors send a browser after somebody consented: by GET, as everybody does it, or by POST with a query, as
// Brivo's reference has it. Only what was begun here is finished, once.
func (a *app) consents(c *terminal, s *serveCmd) http.Handler {
	log := s.logger(c.err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("Cache-Control", "no-store")
		header.Set("Referrer-Policy", "no-referrer")
		if r.Method != http.MethodGet && r.Method != http.MethodPost {
			http.Error(w, "GET or POST", http.StatusMethodNotAllowed)
			return
		}
		name, q := r.PathValue("connection"), r.URL.Query()
		err := error(cardea.Errorf(cardea.Auth, "the vendor says that nobody consented"))
		if q.Get("error") == "" {
			err = a.desk.ReturnConsent(r.Context(), name, q.Get("code"), q.Get("state"), "consent at the vendor")
		}
		if err != nil {
			log.Warn("a consent came to nothing", "connection", name, "error", err)
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintln(w, "This came to nothing. Begin again with: cardea connect")
			return
		}
		fmt.Fprintln(w, "Connected. You can close this page.")
	})
}

var _ desk.Consent = consent{}
