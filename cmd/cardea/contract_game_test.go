package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// place is an edge as the vendor shows it.
type place struct {
	id, group, account, email string
	from, until               time.Time // zero = none
}

func (p place) runs(now time.Time) bool {
	return (p.from.IsZero() || !now.Before(p.from)) && (p.until.IsZero() || now.Before(p.until))
}

// turn is an edge that came or went at the vendor while Cardea was at work.
type turn struct {
	at   time.Time
	edge place
	came bool
}

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

	// Of the present step:
	began   time.Time
	turns   []turn
	ops     []store.OpRow
	kind    string
	byWord  bool // a person asked for exactly this: undo
	crashed bool
	frozeAt bool // frozen when the step began
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
	// whose is what accounts found for this step.
	whose func() (map[string][]string, map[string]string, map[string]bool)
	wrong []string
	only  string // the one oracle that is asked, empty = all
	// pinned keeps places as they are: a planted bug shows what the sandbox would refuse.
	pinned bool
	trail  []string
}

type standingOf struct {
	at    time.Time
	group string
	n     int
}

// plot is what one sequence is made of.
type plot struct {
	Approve string
	Steps   []move
}

type move struct {
	Do      string
	A, B, C int
}

func (p plot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "approve %s:", p.Approve)
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "\n{%q, %d, %d, %d},", s.Do, s.A, s.B, s.C)
	}
	return b.String()
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

// witness looks at the door system after each write, and keeps what the vendors give out as secrets.
func (g *game) witness(inner http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		write := strings.HasPrefix(req.URL.Path, "/kisi/") && req.Method != http.MethodGet
		if g.rogue != nil {
			g.rogue(g, true, req)
		}
		if write && g.deaf.Load() && req.Method == http.MethodDelete {
			return &http.Response{
				StatusCode: http.StatusNoContent, Status: "204 No Content",
				Header: http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}},
				Body:   http.NoBody, Request: req, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			}, nil
		}
		res, err := inner.RoundTrip(req)
		if write {
			g.observe(false)
		}
		if g.rogue != nil {
			g.rogue(g, false, req)
		}
		if err == nil && strings.HasSuffix(req.URL.Path, "/token") {
			g.overhear(res)
		}
		if err == nil && g.broken != "" && req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/members") {
			g.garble(res)
		}
		return res, err
	})
}

func (g *game) overhear(res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	var said struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(body, &said) == nil && said.Token != "" {
		g.mu.Lock()
		g.tokens = append(g.tokens, said.Token)
		g.mu.Unlock()
	}
}

// garble makes one person's record a thing that does not fit.
func (g *game) garble(res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return
	}
	mail := `"` + g.w.people[g.broken].email + `"`
	text := strings.ReplaceAll(string(body), mail, "["+mail+"]")
	res.Body, res.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	res.Header.Set("Content-Length", fmt.Sprint(len(text)))
}

// look returns the door system's edges.
func (g *game) look() map[string]place {
	out := map[string]place{}
	when := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			g.r.t.Error(err)
		}
		return at
	}
	for _, v := range g.r.vendors.Groups("kisi") {
		for _, e := range v.All {
			out[e.ID] = place{e.ID, v.ID, e.Account, strings.ToLower(e.Email), when(e.From), when(e.Until)}
		}
	}
	return out
}

// observe notes what came and went at the door system since it was last looked at.
func (g *game) observe(byHand bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pinned {
		return
	}
	now := g.look()
	for id, e := range now {
		if _, there := g.places[id]; there {
			continue
		}
		g.ever[id] = e
		if byHand {
			g.hand[id] = true
		} else {
			g.turns = append(g.turns, turn{time.Now(), e, true})
		}
	}
	for id, e := range g.places {
		if _, there := now[id]; !there && !byHand {
			g.turns = append(g.turns, turn{time.Now(), e, false})
		}
	}
	g.places = now
}

// begin opens a step in which Cardea may work.
func (g *game) begin(kind string) {
	g.began, g.turns, g.ops, g.kind, g.result, g.shown = time.Now().Truncate(time.Microsecond), nil, nil, kind, desk.Result{}, nil
	g.before = maps.Clone(g.open)
	g.byWord, g.crashed, g.ranOK, g.frozeAt = false, false, false, g.frozen
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

// gather reads the operations of the runs of this step, and of those that a crash cut off.
func (g *game) gather() error {
	runs, err := g.ws().Runs(context.Background(), 16)
	if err != nil {
		return err
	}
	for _, run := range runs {
		fresh := run.Kind == store.WakeKeep && !run.Started.Time().Before(g.began)
		if !fresh && !g.open[run.ID] {
			continue
		}
		ops, err := g.ws().RunOperations(context.Background(), run.ID)
		if err != nil {
			return err
		}
		g.ops = append(g.ops, ops...)
		if run.Ended == 0 {
			g.open[run.ID] = true
		} else if slices.ContainsFunc(ops, func(o store.OpRow) bool { return o.State == store.OpSending || o.State == store.OpSent }) {
			g.open[run.ID] = true
		} else {
			delete(g.open, run.ID)
		}
	}
	return nil
}

// accounts says by account whose it is, and by person of the town which account is theirs, by the pairs that Cardea keeps.
// Who has no pair yet is found by the e-mail.
func (g *game) accounts() (of map[string][]string, by map[string]string, odd map[string]bool, err error) {
	if g.whose == nil {
		if of, by, odd, err = g.pairs(); err != nil {
			return nil, nil, nil, err
		}
		g.whose = func() (map[string][]string, map[string]string, map[string]bool) { return of, by, odd }
	}
	of, by, odd = g.whose()
	return of, by, odd, nil
}

func (g *game) pairs() (of map[string][]string, by map[string]string, odd map[string]bool, err error) {
	st, err := g.ws().DoorState(context.Background(), "kisi")
	if err != nil {
		return nil, nil, nil, err
	}
	mails := g.users()
	of, by, odd = map[string][]string{}, map[string]string{}, map[string]bool{}
	named := map[cardea.PersonID]string{}
	for who := range g.everybody() {
		for _, visitor := range []bool{false, true} {
			named[g.w.personID(who, visitor)] = who
		}
	}
	for _, l := range st.Links {
		who := named[l.Person]
		if _, there := mails[string(l.Account)]; there && who != "" {
			of[string(l.Account)] = append(of[string(l.Account)], who)
			by[who] = string(l.Account)
		}
	}
	for who, p := range g.w.people {
		for account, mail := range mails {
			switch {
			case mail != p.email:
			case by[who] == "":
				if len(of[account]) > 0 {
					odd[who] = true
				}
				by[who] = account
			case by[who] != account: // a second account bears the address: nobody may say whose it is
				odd[who] = true
			}
		}
		for other, o := range g.w.people {
			if other != who && g.blocked[other] && (o.email == p.email || by[other] != "" && mails[by[other]] == p.email) {
				odd[who] = true
			}
		}
	}
	return of, by, odd, nil
}

// everybody is who was ever in the town.
func (g *game) everybody() map[string]bool {
	out := map[string]bool{}
	for i := 1; i <= 10; i++ {
		out[fmt.Sprint("p", i)] = true
	}
	for i := range g.made + 1 {
		out[fmt.Sprint("n", i)] = true
	}
	out["v1"], out["v2"] = true, true
	return out
}

// users are the door system's accounts: id -> e-mail.
func (g *game) users() map[string]string {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://sandbox/_sandbox/world", http.NoBody)
	if err != nil {
		g.r.t.Fatal(err)
	}
	res, err := g.r.vendors.Transport().RoundTrip(req)
	if err != nil {
		g.r.t.Fatal(err)
	}
	defer res.Body.Close()
	var world struct {
		Vendors struct {
			Kisi struct {
				Users []struct {
					ID    float64 `json:"id"`
					Email string  `json:"email"`
				} `json:"users"`
			} `json:"kisi"`
		} `json:"vendors"`
	}
	if err := json.NewDecoder(res.Body).Decode(&world); err != nil {
		g.r.t.Fatal(err)
	}
	out := map[string]string{}
	for _, u := range world.Vendors.Kisi.Users {
		out[fmt.Sprint(int64(u.ID))] = strings.ToLower(u.Email)
	}
	return out
}

// inside are the accounts that have an edge in a group now, by group; expired and staged edges are no access.
func (g *game) inside() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, e := range g.places {
		if e.runs(time.Now()) {
			if out[e.group] == nil {
				out[e.group] = map[string]bool{}
			}
			out[e.group][e.account] = true
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
