package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/sandbox/worlds"
)

type demoCmd struct {
	Listen  string `default:"127.0.0.1:8080" help:"Address of the console."`
	Sandbox string `default:"127.0.0.1:9090" help:"Address of the faked vendors; loopback only."`
	Verbose bool   `help:"Log what is going on to standard error."                              short:"v"`
}

// Run starts sandbox and server on a database that is thrown away.
func (d *demoCmd) Run(ctx context.Context, c *terminal) error {
	dir, err := os.MkdirTemp("", "cardea-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)

	text, err := worlds.London(1)
	if err != nil {
		return err
	}
	world, err := sandbox.Parse("london", text)
	if err != nil {
		return err
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: c.now, Shift: true})
	if err != nil {
		return err
	}
	listener, err := listenLoopback(ctx, c, d.Sandbox)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- serveHTTP(ctx, listener, vendors) }()

	base := "http://" + listener.Addr().String()
	file, err := config.Parse(filepath.Join(dir, "demo.yaml"),
		worlds.LondonConfig(base, "sqlite:"+filepath.Join(dir, "demo.db")), func(string) string { return "" })
	if err != nil {
		return err
	}
	for _, in := range file.Integrations {
		in.Interval.Duration = time.Minute // so that changes made by hand show soon
	}
	fmt.Fprintf(c.out, `The demo keeps a faked Kisi in step with a faked OfficeRnD: three sites, 900 people, a week of bookings.
The faked vendors are at %s. Change something there and watch:

  curl %s/_sandbox/kisi/groups
  curl -X PATCH %s/_sandbox/world --data-binary 'officernd: {members: [{_id: %s, status: former}]}'

`, base, base, base, "ana-esteves")
	serve := &serveCmd{Listen: d.Listen}
	serve.Verbose = d.Verbose
	p := newProgress(c)
	err = serve.serve(ctx, c, settings{file: file, log: c.err, progress: p.tell, stepped: d.stepped(c, p)})
	if err != nil {
		return err
	}
	return <-served
}

// stepped tells what each run of the demo did.
func (d *demoCmd) stepped(c *terminal, p *progress) func(desk.DoorRun) {
	began := c.now()
	first := true
	return func(r desk.DoorRun) {
		p.done()
		what := "in step, nothing to change"
		if len(r.Operations) > 0 {
			what = summary(r.Operations)
		}
		if r.Error != "" {
			what = say.Clean(r.Error)
		}
		fmt.Fprintf(c.out, "%s  %s: %s\n", c.now().Format(time.TimeOnly), r.Door, what)
		if first && r.Error == "" {
			first = false
			fmt.Fprintf(c.out, "%s  the doors are in step, %s after the start; they are kept so until you press Ctrl-C\n",
				c.now().Format(time.TimeOnly), c.now().Sub(began).Round(100*time.Millisecond))
		}
	}
}
