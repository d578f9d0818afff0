// Command server shows the console over a made-up workspace, for the browser test. It prints its address and ends when
// its standard input does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea/console"
)

func main() {
	empty := flag.Bool("empty", false, "a workspace in which nothing is set up")
	broken := flag.Bool("broken", false, "a workspace whose every answer is an error")
	full := flag.Bool("crowd", false, "a workspace with more of everything, under longer names, than a page is drawn for")
	flag.Parse()
	if err := run(*empty, *broken, *full); err != nil {
		slog.Error("server", "error", err)
		os.Exit(1)
	}
}

func run(empty, broken, full bool) error {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return fmt.Errorf("load the zone: %w", err)
	}
	d := newDesk()
	d.empty, d.broken = empty, broken
	var shown console.Desk = d
	if full {
		shown = crowd{d}
	}
	server := &http.Server{
		Handler:           console.New(console.Config{Desk: shown, Version: "0.1.0", Zone: zone, Now: func() time.Time { return d.now }}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	go func() {
		if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
			slog.Error("server", "stdin", err)
		}
		if err := server.Close(); err != nil {
			slog.Error("server", "close", err)
		}
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
