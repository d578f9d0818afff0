package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestNodesKilled lets three real processes share one PostgreSQL database and kills one of them again and again, while records
// change at every tenant. Nothing may be lost, and nothing done twice at a vendor. The long form is made by `make soak`.
func TestNodesKilled(t *testing.T) {
	t.Parallel()
	nodesKilled(t, killing{tenants: 40, kills: 4, every: time.Second, changes: 30, lease: 3 * time.Second, patience: 5 * time.Minute})
}

// killing is how much is done to the nodes.
type killing struct {
	tenants  int
	kills    int
	every    time.Duration // between kills
	changes  int           // between two kills
	lease    time.Duration
	patience time.Duration
}

func nodesKilled(t *testing.T, k killing) {
	t.Helper()
	town := startTenants(t, k.tenants)
	c := startCluster(t, town, k)
	dice := rand.New(rand.NewPCG(3, 7))
	for range k.kills {
		for range k.changes {
			town.change(t, c.ws, dice)
			time.Sleep(k.every / time.Duration(k.changes))
		}
		n := dice.IntN(len(c.nodes))
		c.kill(n)
		c.start(n)
	}
	// A rolling restart: each node in turn is told to stop, and ends well.
	for n := range c.nodes {
		for range k.changes / 3 {
			town.change(t, c.ws, dice)
		}
		c.stop(n)
		c.start(n)
	}
	began := time.Now()
	for left := town.outOfStep(); len(left) > 0; left = town.outOfStep() {
		if time.Since(began) > k.patience {
			t.Fatalf("%d tenants are not in step after %s, such as %s\n%s", len(left), k.patience, left[0], c.said())
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("%d tenants, %d kills: in step %s after the last restart, %d writes at the vendors",
		k.tenants, k.kills, time.Since(began).Round(100*time.Millisecond), town.writes.Load())
	c.settled(k.patience)
	for n := range c.nodes {
		c.stop(n)
	}
	town.oneEach(t)
	if t.Failed() {
		c.told()
	}
	c.clean()
	if left := town.outOfStep(); len(left) > 0 {
		t.Errorf("stopping took %s out of step", left[0])
	}
}

// tenants are many organisations, each with a house of its own and a faked SCIM server, all on one port.
type tenants struct {
	base   string
	all    []*townTenant
	writes atomic.Int64
}

type townTenant struct {
	name    string
	vendors *sandbox.Server

	mu     sync.Mutex
	people int
	in     map[string]bool // e-mails that should be in the group
}

// membersOnly is what every tenant's door system has before Cardea comes.
const membersOnly = `
scim:
  name: Doors of %s
  tokens: [{secret: tenant-token, admin: true, user: owner@x.test}]
  users: [{id: 1, userName: owner@x.test, displayName: Olga Owner, name: {givenName: Olga, familyName: Owner}, emails: [owner@x.test], active: true}]
  groups: [{id: "11", displayName: Members}]
`

func startTenants(t *testing.T, n int) *tenants {
	t.Helper()
	town := &tenants{}
	for i := range n {
		name := fmt.Sprintf("t%04d", i)
		world, err := sandbox.Parse(name+".yaml", fmt.Appendf([]byte("speed: 1000\nanchor: 2026-11-23\n"), membersOnly, name))
		if err != nil {
			t.Fatal(err)
		}
		v, err := sandbox.New(world, sandbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		town.all = append(town.all, &townTenant{name: name, vendors: v, in: map[string]bool{}})
	}
	server := httptest.NewServer(http.HandlerFunc(town.serve))
	t.Cleanup(server.Close)
	town.base = server.URL
	return town
}

// serve plays /NAME/scim. Writes take their time before and after they take effect, so that processes die in between.
func (ts *tenants) serve(w http.ResponseWriter, r *http.Request) {
	name, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	i, err := strconv.Atoi(strings.TrimPrefix(name, "t"))
	if err != nil || i < 0 || i >= len(ts.all) {
		http.NotFound(w, r)
		return
	}
	// The whole request is here before it takes effect: a process that dies while it sends one has sent none.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	write := r.Method != http.MethodGet
	if write {
		ts.writes.Add(1)
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
	inner := r.Clone(context.WithoutCancel(r.Context()))
	inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	inner.URL.Path = "/" + path
	answer := httptest.NewRecorder()
	ts.all[i].vendors.ServeHTTP(answer, inner)
	if write {
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
	for key, v := range answer.Header() {
		w.Header()[key] = v
	}
	w.WriteHeader(answer.Code)
	if _, err := w.Write(answer.Body.Bytes()); err != nil {
		return // whoever asked is dead
	}
}

// config names every tenant.
func (ts *tenants) config(database string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "database: %q\nlisten: 127.0.0.1:0\nconnections:\n", database)
	for _, one := range ts.all {
		fmt.Fprintf(&b, "  home-%s: {system: house, name: %s}\n", one.name, one.name)
		fmt.Fprintf(&b, "  door-%s: {system: scim, base_url: %s/%s/scim/v2, token: tenant-token, budget: 1000/s}\n", one.name, ts.base, one.name)
	}
	b.WriteString("integrations:\n")
	for _, one := range ts.all {
		fmt.Fprintf(&b, "  %s: {enabled: true, space: home-%s, door: door-%s, zone: Europe/London, approve: auto, "+
			"mappings: {plans: {Desk: [Members]}}}\n", one.name, one.name, one.name)
	}
	return b.String()
}

// change lets somebody come to a tenant, or somebody who was there be locked out, and marks the tenant's house to be read.
func (ts *tenants) change(t *testing.T, ws *store.Workspace, dice *rand.Rand) {
	t.Helper()
	one := ts.all[dice.IntN(len(ts.all))]
	one.mu.Lock()
	defer one.mu.Unlock()
	inside := make([]int, 0, len(one.in))
	for i := range one.people {
		if one.in[mailOf(i)] {
			inside = append(inside, i)
		}
	}
	who := one.people
	if len(inside) > 1 && dice.IntN(2) == 0 {
		who = inside[dice.IntN(len(inside))]
	} else {
		one.people++
	}
	locked := one.in[mailOf(who)]
	one.save(t, ws, who, locked)
	one.in[mailOf(who)] = !locked
}

func mailOf(i int) string { return fmt.Sprintf("p%d@x.test", i) }

// save keeps a person with a membership and says that the house changed.
func (one *townTenant) save(t *testing.T, ws *store.Workspace, i int, locked bool) {
	t.Helper()
	ctx, home := context.Background(), "home-"+one.name
	records := []cardea.Record{
		cardea.Plan{ID: "desk", Name: "Desk"},
		cardea.Person{ID: fmt.Sprint(i), Name: fmt.Sprintf("Person %d", i), Email: mailOf(i), Status: cardea.Present},
		cardea.Agreement{ID: fmt.Sprint(i), Person: fmt.Sprint(i), Plan: "desk", Approved: true, Locked: locked,
			Start: cardea.DayAt(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))},
	}
	if err := ws.SaveHouse(ctx, home, records, nil, "test", "changed"); err != nil {
		t.Fatal(err)
	}
	if err := ws.MarkWake(ctx, store.Mark{Unit: home, Kind: store.WakeRead, At: cardea.At(time.Now())}); err != nil {
		t.Fatal(err)
	}
}

// outOfStep names the tenants whose group does not hold whom it should.
func (ts *tenants) outOfStep() []string {
	var out []string
	for _, one := range ts.all {
		one.mu.Lock()
		var want []string
		for mail, in := range one.in {
			if in {
				want = append(want, mail)
			}
		}
		one.mu.Unlock()
		slices.Sort(want)
		got := slices.Clone(one.vendors.Groups("scim")[0].Members)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			out = append(out, fmt.Sprintf("%s: %s", one.name, difference(got, want)))
		}
	}
	return out
}

// oneEach goes through what every vendor received: no account is made twice, nobody is put in who is in, nobody taken out who
// is out, and everything was answered well.
func (ts *tenants) oneEach(t *testing.T) {
	t.Helper()
	total := 0
	for _, one := range ts.all {
		made, in := map[string]bool{}, map[string]bool{}
		for _, w := range one.vendors.Writes("scim") {
			total++
			var body struct {
				UserName   string
				Operations []struct {
					Op    string
					Path  string
					Value json.RawMessage
				}
			}
			if err := json.Unmarshal(w.Body, &body); err != nil {
				t.Fatal(err)
			}
			if w.Status >= 300 {
				t.Errorf("%s: %s %s was refused: %d %s", one.name, w.Method, w.Path, w.Status, w.Body)
			}
			if w.Method == http.MethodPost {
				if made[body.UserName] {
					t.Errorf("%s: the account %s was made twice", one.name, body.UserName)
				}
				made[body.UserName] = true
			}
			for _, op := range body.Operations {
				adds := strings.EqualFold(op.Op, "add")
				for _, who := range concerned(t, op.Path, op.Value) {
					if in[who] == adds {
						t.Errorf("%s: %s %s was done twice, again at %s", one.name, op.Op, who, w.At)
					}
					in[who] = adds
				}
			}
		}
	}
	if total < len(ts.all) {
		t.Errorf("only %d writes reached the vendors", total)
	}
}

// concerned are the members that one step of a PATCH is about: those of its value, of which there may be many, or the one in its path.
func concerned(t *testing.T, path string, value json.RawMessage) []string {
	t.Helper()
	if len(value) == 0 {
		_, of, _ := strings.Cut(path, `"`)
		who, _, found := strings.Cut(of, `"`)
		if !found {
			t.Fatalf("nobody is named by %s", path)
		}
		return []string{who}
	}
	var list []struct{ Value string }
	if err := json.Unmarshal(value, &list); err != nil || len(list) == 0 {
		t.Fatalf("nobody is named by %s: %v", value, err)
	}
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = one.Value
	}
	return out
}

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
