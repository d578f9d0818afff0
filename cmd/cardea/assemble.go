package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// common are the flags of every command that works on a configuration.
type common struct {
	Config    string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	World     string `type:"existingfile" help:"Rehearse offline: play all vendors from this world file, on a database that goes."`
	JSON      bool   `name:"json" help:"Print JSON."`
	DebugHTTP string `name:"debug-http" help:"Write every exchange with a vendor to this file, without secrets."`
	Verbose   bool   `short:"v" help:"Log what is going on to standard error."`
}

// app is a configured desk and what has to be closed after it.
type app struct {
	file  *config.File
	desk  *desk.Desk
	store *store.Store
	close []func() error
	taken *prometheus.CounterVec // hooks, by connection and what became of them

	node   *node
	spaces map[string]desk.Space
}

// settings say how an app is to be built, where the flags do not.
type settings struct {
	readOnly  bool
	registers bool // webhooks may be registered at the vendors
	transport http.RoundTripper
	webhooks  http.RoundTripper // to whom webhooks are sent that go out
	file      *config.File      // already loaded
	schema    string            // PostgreSQL's, for tests
	progress  func(desk.Progress)
	stepped   func(desk.DoorRun) // told of every run of a door
	log       io.Writer
	timed     bool          // the clock is the machine's
	life      time.Duration // of leases, 0 = as usual
	parallel  int           // units at once, 0 = as usual
	poll      time.Duration // how long what another process asks for may go unseen, 0 = as usual
}

// assemble reads the configuration, opens the store and builds every connection. Nothing is sent yet.
func (f *common) assemble(ctx context.Context, c *terminal, s settings) (_ *app, err error) {
	a := &app{file: s.file, taken: hookCounter()}
	if s.transport == nil {
		s.transport = c.network.transport
	}
	defer func() {
		if err != nil {
			a.shut()
		}
	}()
	if a.file == nil {
		if a.file, err = config.Load(f.Config, c.getenv); err != nil {
			return nil, err
		}
	}
	if f.World != "" {
		if err = atSandbox(a.file); err != nil {
			return nil, err
		}
		if s.transport, err = rehearsal(f.World, c); err != nil {
			return nil, err
		}
		a.file.Database, a.file.Webhooks = "sqlite::memory:", nil // nobody is told of what did not happen
	}
	key, err := masterKey(a.file)
	if err != nil {
		return nil, err
	}
	if a.store, err = store.Open(ctx, a.file.Database, store.Options{Key: key, Schema: s.schema, Now: c.now}); err != nil {
		return nil, err
	}
	a.close = append(a.close, a.store.Close)
	a.node = &node{store: a.store, now: c.now, timed: s.timed}
	kept := a.store.In("default")
	w := wiring{now: c.now, transport: s.transport, slots: kept, readOnly: s.readOnly, records: kept}
	w.registers, w.habits = s.registers, kept
	w.waits = func(text string) { fmt.Fprintln(c.err, "cardea:", text) }
	if key != nil {
		w.tokens, w.memory, w.hooks = kept, kept, kept
		w.passes = kept
	}
	if f.DebugHTTP != "" {
		out, err := os.OpenFile(f.DebugHTTP, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "--debug-http: %w", err)
		}
		a.close = append(a.close, out.Close)
		w.recorder = wire.NewRecorder(out)
	}
	var wanted []desk.Integration
	w.shut = func(ctx context.Context, door string) error { return desk.Shut(ctx, kept, wanted, door) }
	spaces, doors, err := connect(a.file, w)
	if err != nil {
		return nil, err
	}
	if wanted, err = integrations(a.file); err != nil {
		return nil, err
	}
	told, courier, err := webhooks(a.file, c, s)
	if err != nil {
		return nil, err
	}
	a.desk = desk.New(desk.Config{
		Webhooks: told, Courier: courier,
		Store: a.store, Spaces: spaces, Doors: doors, Integrations: wanted, Managed: "file", Now: c.now,
		Log: f.journal(s), Node: uuid.NewString(), Progress: s.progress, Stepped: s.stepped,
		Life: s.life, Parallel: s.parallel, Poll: s.poll, Fit: a.node.fit,
		History: a.file.Retain.History.Duration, Records: a.file.Retain.Records.Duration,
	})
	return a, nil
}

func (f *common) logger(to io.Writer) *slog.Logger {
	if to == nil {
		return slog.New(slog.DiscardHandler)
	}
	level := slog.LevelWarn
	if f.Verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

// shut closes what was opened, the last first.
func (a *app) shut() {
	for _, v := range slices.Backward(a.close) {
		if err := v(); err != nil {
			fmt.Fprintln(os.Stderr, "cardea: closing:", err)
		}
	}
}

// rehearsal plays the vendors of a world file in process.
func rehearsal(path string, c *terminal) (http.RoundTripper, error) {
	world, err := sandbox.Load(path)
	if err != nil {
		return nil, err
	}
	server, err := sandbox.New(world, sandbox.Options{Now: c.now, Shift: true})
	if err != nil {
		return nil, err
	}
	return server.Transport(), nil
}

// atSandbox refuses to rehearse with a connection that would look for its vendor elsewhere: the sandbox is at no vendor's address.
func atSandbox(f *config.File) error {
	for _, name := range slices.Sorted(maps.Keys(f.Connections)) {
		if c := f.Connections[name]; c.BaseURL == "" && c.System != "house" {
			return cardea.Errorf(cardea.Rejected, "with --world, connection %s needs a base_url at the sandbox, such as "+
				"http://127.0.0.1:9090/%s, and the world's credentials: testdata/worlds/tiny.cardea.yaml has both", name, c.System)
		}
	}
	return nil
}

func masterKey(f *config.File) ([]byte, error) {
	if f.Key == "" {
		return nil, nil
	}
	key, err := hex.DecodeString(f.Key)
	if err != nil || len(key) != 32 {
		return nil, cardea.Errorf(cardea.Rejected, "CARDEA_KEY must be 64 hex digits; make one with: openssl rand -hex 32")
	}
	return key, nil
}
