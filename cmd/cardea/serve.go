package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/console"
)

type serveCmd struct {
	common

	Listen string   `help:"Address of the console; the configuration's listen when left out."`
	Host   []string `env:"CARDEA_HOSTS" help:"A further name under which the console is opened, as behind a proxy."`
	Open   bool     `env:"CARDEA_OPEN" help:"Listen where other machines can reach the console: put a proxy with a sign-in before it."`
}

// Run keeps everything in step until it is stopped.
func (s *serveCmd) Run(ctx context.Context, c *terminal) error {
	return s.serve(ctx, c, settings{log: c.err})
}

func (s *serveCmd) serve(ctx context.Context, c *terminal, with settings) error {
	a, err := s.assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	address := a.file.Listen
	if s.Listen != "" {
		address = s.Listen
	}
	if !s.Open && !loopbackOnly(address) {
		return cardea.Errorf(cardea.Rejected, "listen %s: other machines could reach the console there, and it shows people's names "+
			"without a sign-in. Listen on 127.0.0.1, or put a proxy with a sign-in before it and say --open", address)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	fmt.Fprintf(c.out, "The console is at http://%s\n", listener.Addr())
	if err := a.desk.Connect(ctx); err != nil {
		return err
	}
	stop, err := a.desk.Start(ctx)
	if err != nil {
		return err
	}
	err = serveHTTP(ctx, listener, a.routes(c, s, address))
	stop()
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
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if _, err := a.desk.Overview(ctx); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics(a.desk), promhttp.HandlerOpts{}))
	mux.Handle("/", console.New(console.Config{
		Desk: a.desk, Version: currentVersion(), Now: c.now, Zone: a.desk.Zone(), Log: s.logger(c.err), Hosts: hosts,
	}))
	return mux
}
