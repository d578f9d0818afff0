// Command pgcluster runs a command beside a throw-away PostgreSQL cluster, whose data source name the command finds in
// CARDEA_TEST_POSTGRES, and ends with the command's exit code. Without a command it prints the name and waits to be
// interrupted.
//
//	go run ./store/storetest/pgcluster -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/cardea-access/cardea/store/storetest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgcluster:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dsn := os.Getenv(storetest.Env)
	if dsn == "" {
		c, err := storetest.Start(ctx)
		if err != nil {
			return 1, err
		}
		defer func() {
			if e := c.Stop(); e != nil {
				code, err = max(code, 1), errors.Join(err, e)
			}
		}()
		dsn = c.DSN()
	}
	if len(args) == 0 {
		fmt.Println(storetest.Env + "=" + dsn)
		<-ctx.Done()
		return 0, nil
	}
	return command(ctx, args, dsn)
}

// command runs until it ends; an interrupt is handed on, so that it can end in its own way.
func command(ctx context.Context, args []string, dsn string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // running what it is told to is what it is for
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), storetest.Env+"="+dsn)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, fmt.Errorf("running %s: %w", args[0], err)
	}
	return 0, nil
}
