package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/api"
	"github.com/cardea-access/cardea/console"
)

type serveCmd struct {
	common

	Listen string   `help:"Address of the console; the configuration's listen when left out."`
	Host   []string `env:"CARDEA_HOSTS" help:"A further name under which the console is opened, as behind a proxy."`
	Open   bool     `env:"CARDEA_OPEN" help:"Listen where other machines can reach the console: put a proxy with a sign-in before it."`

	Parallel int           `env:"CARDEA_PARALLEL" default:"16" help:"How many units of a kind this node works on at once."`
	Drain    time.Duration `env:"CARDEA_DRAIN" default:"0s" help:"How long to go on after being told to stop, /readyz saying no."`
	Lease    time.Duration `default:"1m" hidden:"" help:"How long the units of a node that died wait for another."`
}

// Run keeps everything in step until it is stopped.
func (s *serveCmd) Run(ctx context.Context, c *terminal) error {
	return s.serve(ctx, c, settings{log: c.err, timed: true})
}

func (s *serveCmd) serve(ctx context.Context, c *terminal, with settings) error {
	with.life, with.parallel = s.Lease, s.Parallel
	a, err := s.assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	address := a.file.Listen
	if s.Listen != "" {
		address = s.Listen
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return cardea.Errorf(cardea.Rejected, "listen %s: that is no address: write one such as 127.0.0.1:8080", address)
	}
	if !s.Open && !loopbackOnly(address) {
		return cardea.Errorf(cardea.Rejected, "listen %s: other machines could reach the console there, and it shows people's names "+
			"without a sign-in. Listen on 127.0.0.1, or put a proxy with a sign-in before it and say --open", address)
	}
	listener, err := c.network.listen(ctx, address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; stop what listens there, or name another address with --listen", address, err)
	}
	fmt.Fprintf(c.out, "The console is at http://%s\n", listener.Addr())
	if err := a.connected(ctx, s.logger(c.err)); err != nil {
		if ctx.Err() != nil { // told to stop before it had begun
			return listener.Close()
		}
		return err
	}
	if err := a.node.fit(ctx); err != nil {
		if ctx.Err() != nil {
			return listener.Close()
		}
		return err
	}
	ctx, left := a.node.drained(ctx, s.Drain)
	defer left()
	stop, err := a.desk.Start(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return listener.Close()
		}
		return err
	}
	err = a.listen(ctx, listener, c, s, address)
	stop()
	return err
}

// connected asks every connection whose it is. Those that do not answer are asked again while everything else runs; only when every
// one of them is refused, nothing can be done before a person mends it.
func (a *app) connected(ctx context.Context, log *slog.Logger) error {
	err := a.desk.Join(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	switch cardea.ClassOf(err) {
	case cardea.Retry, cardea.Throttled, cardea.Auth:
		log.Warn("no connection answers yet; they are asked again", "error", err)
		return nil
	case cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown:
	}
	return err
}

// routes are the ways in over HTTP.
func (a *app) routes(c *terminal, s *serveCmd, address string) http.Handler {
	hosts := s.Host
	if name, _, err := net.SplitHostPort(address); err == nil && name != "" {
		hosts = append(hosts, name)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.node.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics(a.desk, a.taken), promhttp.HandlerOpts{}))
	in := a.hooks(c, s)
	mux.Handle("/hooks/", in)
	mux.Handle("/acs/", in)
	mux.Handle("/oauth/{connection}", a.consents(c, s))
	mux.Handle("/api/", api.New(api.Config{Desk: a.desk, Now: c.now, Log: s.logger(c.err)}))
	mux.Handle("/", console.New(console.Config{
		Desk: a.desk, Version: currentVersion(), Now: c.now, Zone: a.desk.Zone(), Log: s.logger(c.err), Hosts: hosts,
	}))
	return mux
}
