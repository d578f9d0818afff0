package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-access/cardea/hooks"
)

func hookCounter() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "cardea_hooks_total",
		Help: "Hooks that came in, by connection and what became of them: taken, nothing, again, refused, failed, busy.",
	}, []string{"connection", "outcome"})
}

// hooks is the way in for what vendors announce.
func (a *app) hooks(c *terminal, s *serveCmd) http.Handler {
	return hooks.New(hooks.Config{
		Desk: a.desk, Pushes: a.desk, Now: c.now, Log: s.logger(c.err),
		Count: func(connection, outcome string) { a.taken.WithLabelValues(connection, outcome).Inc() },
	})
}

// listen serves the console, and where listen_hooks says so hooks at an address of their own, which may be public: nothing else is
// served there. It ends when the context does and what is under way has been answered.
func (a *app) listen(ctx context.Context, console net.Listener, c *terminal, s *serveCmd, address string) error {
	if a.file.ListenHooks == "" || a.file.ListenHooks == address {
		return serveHTTP(ctx, console, a.routes(c, s, address))
	}
	public, err := c.network.listen(ctx, a.file.ListenHooks)
	if err != nil {
		return errors.Join(fmt.Errorf("listen_hooks %s: %w", a.file.ListenHooks, err), console.Close())
	}
	fmt.Fprintf(c.out, "Hooks are taken at http://%s/hooks/\n", public.Addr())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		defer cancel() // one without the other is of no use
		ended <- serveHooks(ctx, public, a.hooks(c, s))
	}()
	err = serveHTTP(ctx, console, a.routes(c, s, address))
	cancel()
	return errors.Join(err, <-ended)
}

// serveHooks serves hooks and whether this process lives. Its waits are short: whoever sends has everything at hand.
func serveHooks(ctx context.Context, l net.Listener, h http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("/hooks/", h)
	mux.Handle("/acs/", h)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return serveOn(ctx, l, &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}, 20*time.Second)
}
