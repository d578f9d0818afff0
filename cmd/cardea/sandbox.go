package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
)

type sandboxCmd struct {
	Listen string            `default:"127.0.0.1:9090" help:"Address to listen on; loopback only."`
	World  string            `required:""              help:"World file, such as testdata/worlds/tiny.yaml." type:"existingfile"`
	Switch map[string]string `help:"Answer of a vendor where its documents say two things, such as kisi.duplicate=422."`
	Keep   bool              `help:"Leave the world's dates where they are instead of moving its week to this one."`
}

// Run serves the sandbox until it is stopped.
func (s *sandboxCmd) Run(ctx context.Context, c *terminal) error {
	world, err := sandbox.Load(s.World)
	if err != nil {
		return err
	}
	server, err := sandbox.New(world, sandbox.Options{Now: c.now, Shift: !s.Keep, Switches: s.Switch, Hook: c.network.hook})
	if err != nil {
		return err
	}
	listener, err := listenLoopback(ctx, c, s.Listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The sandbox serves %s on http://%s\n  /%s   faked vendors\n"+
		"  /_sandbox/{vendor}/groups|log|faults, PATCH /_sandbox/world   control\n", s.World, listener.Addr(),
		strings.Join(world.Vendors(), "  /"))
	return serveHTTP(ctx, listener, server)
}

func listenLoopback(ctx context.Context, c *terminal, address string) (net.Listener, error) {
	if !loopbackOnly(address) {
		return nil, cardea.Errorf(cardea.Rejected,
			"listen %s: the sandbox keeps no secrets and listens on loopback only, such as 127.0.0.1:9090", address)
	}
	return c.network.listen(ctx, address)
}

// loopbackOnly says whether nobody but this machine can reach an address.
func loopbackOnly(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// serveHTTP serves until the context ends, then lets what is under way finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	return serveOn(ctx, l, server, 10*time.Second)
}

// serveOn serves until the context ends, then gives what is under way a while to finish.
func serveOn(ctx context.Context, l net.Listener, server *http.Server, grace time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
