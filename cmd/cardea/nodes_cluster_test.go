package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// cluster is a database and the processes that share it.
type cluster struct {
	t      *testing.T
	ws     *store.Workspace
	raw    *sql.DB
	lease  time.Duration
	config string
	dir    string
	nodes  [3]*exec.Cmd
	logs   [3]*os.File
	began  [3]int64 // how long the log was
}

func startCluster(t *testing.T, town *tenants, k killing) *cluster {
	t.Helper()
	ctx := context.Background()
	schema, dsn := storetest.Schema(t), storetest.DSN(t)
	s, err := store.Open(ctx, dsn, store.Options{Schema: schema, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	dsn += "&search_path=" + schema
	raw, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, ws: s.In("default"), raw: raw, lease: k.lease, dir: quickDisk(t)}
	t.Cleanup(func() {
		for n := range c.nodes {
			c.kill(n)
		}
		if err := raw.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c.config = filepath.Join(c.dir, "cardea.yaml")
	if err := os.WriteFile(c.config, []byte(town.config(dsn)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, one := range town.all {
		if err := c.ws.SaveConnection(ctx, store.Connection{
			Name: "home-" + one.name, Side: store.SideSpace, System: "house", Managed: "file",
		}); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			one.save(t, c.ws, i, false)
			one.people, one.in[mailOf(i)] = i+1, true
		}
	}
	for n := range c.nodes {
		if c.logs[n], err = os.Create(filepath.Join(c.dir, fmt.Sprintf("node%d.log", n))); err != nil {
			t.Fatal(err)
		}
		c.start(n)
	}
	return c
}

func (c *cluster) start(n int) {
	c.t.Helper()
	cmd := exec.Command("cardea", "serve", "--config", c.config, "--lease", c.lease.String())
	cmd.Stdout, cmd.Stderr = c.logs[n], c.logs[n]
	log, err := c.logs[n].Stat()
	if err != nil {
		c.t.Fatal(err)
	}
	c.began[n] = log.Size()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.nodes[n] = cmd
}

// kill ends a node as a power cut would.
func (c *cluster) kill(n int) {
	c.t.Helper()
	if c.nodes[n] == nil {
		return
	}
	if err := c.nodes[n].Process.Kill(); err != nil {
		c.t.Error(err)
	}
	if err := c.nodes[n].Wait(); err == nil {
		c.t.Error("a node that was killed ended well")
	}
	c.nodes[n] = nil
}

// stop tells a node to stop, and wants it to end well.
func (c *cluster) stop(n int) {
	c.t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) { // before it has begun, the signal would just kill it
		if log, err := c.logs[n].Stat(); err != nil || log.Size() > c.began[n] || time.Since(began) > time.Minute {
			break
		}
	}
	if err := c.nodes[n].Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.nodes[n].Wait(); err != nil {
		c.t.Errorf("node %d: %v\n%s", n, err, c.said())
	}
	c.nodes[n] = nil
}

func (c *cluster) count(query string) int {
	c.t.Helper()
	var n int
	if err := c.raw.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// settled waits until nothing is due and nothing is open: what is in step is also known to be.
func (c *cluster) settled(patience time.Duration) {
	c.t.Helper()
	began := time.Now()
	open := "SELECT count(*) FROM operation WHERE state IN ('waiting', 'sending', 'sent')"
	due := fmt.Sprintf("SELECT count(*) FROM wake WHERE next_wake_at <= %d", cardea.At(began))
	for c.count(open)+c.count(due) > 0 {
		if time.Since(began) > patience {
			var what string
			if err := c.raw.QueryRowContext(context.Background(), "SELECT string_agg(o.door || ' ' || o.state || ' ' || o.body || "+
				"' next ' || w.next_wake_at, '; ') FROM operation o JOIN wake w ON w.unit = o.door WHERE o.state IN ('waiting', 'sending', 'sent')").
				Scan(&what); err != nil {
				c.t.Error(err)
			}
			c.t.Fatalf("at %d %d operations are open and %d units due: %s\n%s", cardea.At(time.Now()), c.count(open), c.count(due), what, c.said())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// clean wants no lease, no marked person and no wrong account of what is at the doors left behind.
func (c *cluster) clean() {
	c.t.Helper()
	for what, query := range map[string]string{
		"leases after everybody left in peace": "SELECT count(*) FROM wake WHERE owner <> '' OR lease_until <> 0",
		"people marked and not looked at":      "SELECT count(*) FROM dirty",
	} {
		if n := c.count(query); n != 0 {
			c.t.Errorf("%d %s\n%s", n, what, c.said())
		}
	}
	// A run that failed was made again: that is no fault, but worth a look.
	c.t.Logf("%d runs, %d of them failed", c.count("SELECT count(*) FROM run"), c.count("SELECT count(*) FROM run WHERE outcome = 'failed'"))
	if n := c.count("SELECT count(*) FROM ledger WHERE ended_at = 0"); n == 0 {
		c.t.Error("the ledger is empty")
	}
}

// told lists what was sent more than once, as the database has it.
func (c *cluster) told() {
	c.t.Helper()
	rows, err := c.raw.QueryContext(context.Background(), "SELECT o.door || ' ' || o.sending_at || ' ' || o.answered_at || ' ' || o.attempts || "+
		"' ' || o.state || ' ' || o.error || ' ' || o.body || ' run ' || r.started || ' ' || r.ended || ' ' || r.outcome || ' ' || r.detail "+
		"FROM operation o LEFT JOIN run r ON r.workspace_id = o.workspace_id AND r.id = o.run WHERE o.sending_at > 0 ORDER BY o.door, o.sending_at")
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line sql.NullString
		if err := rows.Scan(&line); err != nil {
			c.t.Error(err)
		}
		c.t.Log(line.String)
	}
	if err := rows.Err(); err != nil {
		c.t.Error(err)
	}
}

// said is the end of what each node logged.
func (c *cluster) said() string {
	var b strings.Builder
	for n := range c.logs {
		text, err := os.ReadFile(filepath.Join(c.dir, fmt.Sprintf("node%d.log", n)))
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "node %d: ...%s\n", n, text[max(0, len(text)-1500):])
	}
	return b.String()
}
