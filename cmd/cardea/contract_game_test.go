package main

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// game is one sequence of the safety contract's test: the town, the vendors, a Cardea, and what its judge has seen so far.
type game struct {
	r    *rig
	file string // of the database, on SQLite
	w    *town
	// seen are the towns of the last complete read and of every run since then: what Cardea may know.
	seen []*town

	places  map[string]place // edges now, by id
	ever    map[string]place // edges that ever were
	hand    map[string]bool  // edges that somebody put by hand
	lost    []place          // taken away by hand, the newest last
	killed  map[string]int   // accounts deleted by hand, by e-mail
	shut    map[string]bool  // accounts disabled by hand
	judged  int              // writes of the vendor's log that were judged
	invited map[string]int   // accounts that were made, by e-mail
	most    []standingOf     // how many were in a group, lately
	absent  []turn           // removals for absence that nobody released
	tokens  []string         // what the vendor gave out as secrets

	blocked map[string]bool // by person of the town
	frozen  bool
	applied bool // somebody approved a changeset
	word    map[cardea.OpKey]bool
	spaceUp bool        // no fault was set at the space side since it was last calm
	doorUp  bool        // the same at the door side
	deaf    atomic.Bool // the door system says that it did, and does not
	broken  string      // the person whose record cannot be read
	lied    time.Time   // since when the space system has been saying that something is not there which is, zero = it is not

	// Of the present step:
	began   time.Time
	turns   []turn
	ops     []store.OpRow
	kind    string
	byWord  bool // a person asked for exactly this: undo
	crashed bool
	frozeAt bool            // frozen when the step began
	held    map[string]bool // what the ledger held when it began: group/account
	result  desk.Result
	ranOK   bool // a run ended without an error
	shown   map[cardea.OpKey]bool
	texts   []string // what was printed or returned

	open   map[string]bool            // runs whose operations may still change
	before map[string]bool            // those of them that began before this step
	late   map[cardea.OpKey]time.Time // removals that are not confirmed, and since when
	chain  []string                   // hashes of the audit log so far
	made   int                        // for ids
	calls  int
	mu     sync.Mutex // guards turns, places and what the witness notes
	rogue  func(g *game, before bool, req *http.Request)
	issues func() ([]store.IssueRow, error)
	// whose is what accounts found for this step, mails what users did.
	whose func() (map[string][]string, map[string]string, map[string]bool)
	mails map[string]string
	wrong []string
	only  string // the one oracle that is asked, empty = all
	// pinned keeps places as they are: a planted bug shows what the sandbox would refuse.
	pinned bool
	trail  []string
}

// newGame founds the town and starts Cardea beside it.
func newGame(t *testing.T, approve string, db database, file string, edit ...func(*config.File)) *game {
	t.Helper()
	g := &game{
		file: file, w: founded(), places: map[string]place{}, ever: map[string]place{}, hand: map[string]bool{},
		killed: map[string]int{}, shut: map[string]bool{}, invited: map[string]int{}, blocked: map[string]bool{},
		word: map[cardea.OpKey]bool{}, spaceUp: true, doorUp: true, open: map[string]bool{}, late: map[cardea.OpKey]time.Time{},
	}
	g.r = rigOf(t, "town", []byte(townVendors), townConfig, db, func(f *config.File) {
		set(t, "approve: "+approve)(f)
		for _, e := range edit {
			e(f)
		}
	})
	g.r.patch(patchOf(&town{}, g.w))
	g.seen = []*town{{}}
	g.issues = func() ([]store.IssueRow, error) { return g.ws().Issues(context.Background()) }
	g.observe(true)
	g.reopen(g.witness(g.r.vendors.Transport()))
	return g
}

func (g *game) ws() *store.Workspace { return g.r.app.store.In("default") }

// reopen ends Cardea and starts it again with what stands between it and the vendors.
func (g *game) reopen(transport http.RoundTripper) {
	g.r.shut()
	g.r.set.transport = transport
	g.r.open()
}

// begin opens a step in which Cardea may work.
func (g *game) begin(kind string) {
	g.began, g.turns, g.ops, g.kind, g.result, g.shown = time.Now().Truncate(time.Microsecond), nil, nil, kind, desk.Result{}, nil
	g.before = maps.Clone(g.open)
	g.byWord, g.crashed, g.ranOK, g.frozeAt = false, false, false, g.frozen
	g.held = map[string]bool{}
	st, err := g.ws().DoorState(context.Background(), "kisi")
	if err != nil {
		g.r.t.Error(err)
	}
	for _, row := range st.Ledger {
		g.held[string(row.Group)+"/"+string(row.Account)] = true
	}
}

// told notes what a run or an answer said.
func (g *game) told(result desk.Result, err error) {
	g.result, g.ranOK = result, err == nil
	text, bad := json.Marshal(result)
	if bad != nil {
		g.r.t.Error(bad)
	}
	g.texts = append(g.texts, string(text))
	if err != nil {
		g.texts = append(g.texts, err.Error())
		g.trail = append(g.trail, "  error: "+err.Error())
	}
}

// sync is one run, as the command does it.
func (g *game) sync(ctx context.Context) {
	g.seen = append(g.seen, g.w.clone())
	result, err := g.r.try(ctx)
	g.told(result, err)
	g.read()
}

// read forgets what was known before the last read, if that was complete.
func (g *game) read() {
	if g.ranOK && len(g.result.Reads) == 1 && g.result.Reads[0].Complete && g.result.Reads[0].Error == "" && g.broken == "" {
		g.seen = g.seen[len(g.seen)-1:]
	}
}

// gather reads the operations of the runs of this step, and of those before it that may still change, however long ago.
func (g *game) gather() error {
	runs, err := g.ws().Runs(context.Background(), 16)
	if err != nil {
		return err
	}
	ended := map[string]bool{}
	for id := range g.open {
		ended[id] = true
	}
	for _, run := range runs {
		if fresh := run.Kind == store.WakeKeep && !run.Started.Time().Before(g.began); fresh || g.open[run.ID] {
			ended[run.ID] = run.Ended != 0
		}
	}
	for _, id := range slices.Backward(sortedKeys(ended)) { // the newest first: ids grow with time
		ops, err := g.ws().RunOperations(context.Background(), id)
		if err != nil {
			return err
		}
		g.ops = append(g.ops, ops...)
		delete(g.open, id)
		unsettled := func(o store.OpRow) bool { return o.State == store.OpSending || o.State == store.OpSent }
		// Of a run that was killed nothing changes any more once all of it is settled: what failed of it is a later run's to do.
		if slices.ContainsFunc(ops, unsettled) || !ended[id] && len(ops) == 0 {
			g.open[id] = true
		}
	}
	return nil
}
