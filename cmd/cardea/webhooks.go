package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/outbox"
	"github.com/cardea-access/cardea/notify"
)

type webhooksCmd struct {
	List webhooksListCmd `cmd:"" default:"withargs" help:"List who is told of events, and how that stands."`
	Test webhooksTestCmd `cmd:"" help:"Send webhook.test to one now; one that takes it is on again."`
}

// Help says what webhooks that go out are for.
func (*webhooksCmd) Help() string {
	return `An app of your own is told when a mobile pass is issued, cancelled or removed: webhooks in the configuration names
it. A server sends what waits until it is taken, for three days. Hooks that come in are another thing: cardea hooks.
Exit codes: 0 everything is taken, 2 something is failing or off, 4 a test was not answered.

  cardea webhooks
  cardea webhooks test app`
}

type onWebhooks struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`
}

type webhooksListCmd struct{ onWebhooks }

type webhooksTestCmd struct {
	onWebhooks

	Name string `arg:"" help:"Webhook, by its name in the configuration."`
}

func (o *onWebhooks) open(ctx context.Context, c *terminal, with settings) (*app, error) {
	with.log = c.err
	return (&common{Config: o.Config, Verbose: o.Verbose}).assemble(ctx, c, with)
}

// Run lists webhooks.
func (l *webhooksListCmd) Run(ctx context.Context, c *terminal) error {
	return l.do(ctx, c, settings{})
}

func (l *webhooksListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	all, err := a.desk.Webhooks(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		err = printJSON(c.out, all)
	} else {
		err = c.printWebhooks(all, orderClock(ctx, a, c))
	}
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.State != desk.WebhookOn {
			return codeError(exitPending)
		}
	}
	return nil
}

func (c *terminal) printWebhooks(all []desk.WebhookStanding, clock say.Clock) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(c.out, "Nobody is told of events: webhooks in the configuration would name who is.")
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "webhook\tis told of\tstate\tlast delivery\twaiting")
	for _, one := range all {
		var events []string
		for _, e := range one.Events {
			events = append(events, string(e))
		}
		state, last, waiting := one.State, "none yet", fmt.Sprint(one.Waiting)
		switch {
		case one.Off != 0:
			state += " since " + clock.Moment(one.Off)
		case one.Failing != 0:
			state += " since " + clock.Moment(one.Failing)
		}
		if one.Last != 0 {
			last = clock.Moment(one.Last)
		}
		if one.Retry != 0 {
			waiting += ", next try " + clock.Moment(one.Retry)
		}
		if one.Lost > 0 {
			waiting += fmt.Sprintf("; %d given up", one.Lost)
		}
		fmt.Fprintf(w, "%s at %s\t%s\t%s\t%s\t%s\n", say.Clean(one.Name), say.Clean(one.Host), strings.Join(events, ", "),
			state, last, waiting)
	}
	return w.Flush()
}

// Run sends a test.
func (t *webhooksTestCmd) Run(ctx context.Context, c *terminal) error {
	return t.do(ctx, c, settings{})
}

func (t *webhooksTestCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := t.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	tried, err := a.desk.TestWebhook(ctx, t.Name, who(c))
	if err != nil {
		return err
	}
	if t.JSON {
		err = printJSON(c.out, tried)
	} else {
		_, err = fmt.Fprintln(c.out, webhookText(tried))
	}
	switch {
	case err != nil:
		return err
	case tried.Taken:
		return nil
	case tried.Status == 0:
		return codeError(exitIncomplete)
	}
	return codeError(exitPending)
}

func webhookText(t desk.WebhookTried) string {
	name, status := say.Clean(t.Name), strings.TrimSpace(fmt.Sprintf("%d %s", t.Status, http.StatusText(t.Status)))
	switch {
	case t.Taken && t.On:
		return fmt.Sprintf("%s answered %s: it is on again, and what waits is sent", name, status)
	case t.Taken:
		return fmt.Sprintf("%s answered %s: it takes what it is told", name, status)
	case t.Status == 0:
		return fmt.Sprintf("%s did not answer: %s", name, say.Clean(t.Error))
	case t.Status >= 300 && t.Status < 400:
		return fmt.Sprintf("%s answered %s: redirects are not followed; write where it leads to into the configuration", name, status)
	}
	return fmt.Sprintf("%s answered %s: it takes nothing but with a status from 200 to 299", name, status)
}

// webhooks are who is told of events, and what tells them.
func webhooks(f *config.File, c *terminal, s settings) (map[string]desk.Webhook, outbox.Sender, error) {
	told, endpoints := map[string]desk.Webhook{}, map[string]notify.Endpoint{}
	for name, w := range f.Webhooks {
		u, err := notify.Address(w.URL.Text)
		if err != nil {
			return nil, nil, err
		}
		key, err := notify.Key(w.Secret.Value())
		if err != nil {
			return nil, nil, err
		}
		endpoints[name] = notify.Endpoint{URL: u, Key: key}
		told[name] = desk.Webhook{Host: u.Host, Address: notify.Digest(u), Events: w.EventTypes()}
	}
	transport := s.webhooks
	if transport == nil {
		transport = c.network.webhooks
	}
	return told, notify.New(endpoints, c.now, transport), nil
}
