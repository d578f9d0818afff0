// Package looptest holds small, faithful fakes of a space system and a door system for the tests of the loops. They keep
// their records in memory, and do what a test asks of any call: refuse it, or let it take effect and lose the answer.
package looptest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// Call is one request that reached a fake.
type Call struct {
	N     int    // 1 is the first
	Name  string // describe, read, find, create, grant, revoke, retime-drop, retime-put
	Write bool
}

// Fault is what happens to a call. The zero Fault is nothing.
type Fault struct {
	Before error // the call has no effect and answers this
	After  error // the call takes effect and answers this
}

type spot struct {
	group   cardea.GroupID
	account cardea.AccountID
}

// Door is a door system with validity windows on its edges.
type Door struct {
	mu       sync.Mutex
	groups   []cardea.Group
	accounts []cardea.Account
	edges    map[spot]cardea.Edge
	next     int
	calls    []Call
	fault    func(Call) Fault
	limits   cardea.Limits
	trouble  map[cardea.Kind]error
	empty    map[cardea.Kind]bool
	liar     bool
	made     []cardea.NewAccount
	delay    time.Duration // until a change of an edge shows
	clock    func() time.Time
	late     []change
}

// change is one of an edge that need not show yet.
type change struct {
	at  time.Time
	was *cardea.Edge // nil = it was not there
	now spot
}

// NewDoor makes a door system with the named groups, their ids being their names.
func NewDoor(groups ...string) *Door {
	d := &Door{
		edges: map[spot]cardea.Edge{}, trouble: map[cardea.Kind]error{}, empty: map[cardea.Kind]bool{},
		limits: cardea.Limits{Batch: 1, Timed: true, WindowsPerEdge: 1, NeedsEmail: true, SendsMail: true},
	}
	for _, g := range groups {
		d.groups = append(d.groups, cardea.Group{ID: cardea.GroupID(g), Name: g})
	}
	return d
}

// Set changes the fake under its lock.
func (d *Door) Set(f func(*Door)) *Door {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
	return d
}

// Fault makes f decide the fate of every call; nil = all go well.
func (d *Door) Fault(f func(Call) Fault) { d.Set(func(d *Door) { d.fault = f }) }

// Limit sets what the system can do.
func (d *Door) Limit(l cardea.Limits) { d.Set(func(d *Door) { d.limits = l }) }

// Trouble makes listings of a kind fail after their first record; nil ends it.
func (d *Door) Trouble(kind cardea.Kind, err error) { d.Set(func(d *Door) { d.trouble[kind] = err }) }

// Empty makes listings of a kind empty, with every sign of being complete. Accounts are not found one by one either.
func (d *Door) Empty(kind cardea.Kind, yes bool) { d.Set(func(d *Door) { d.empty[kind] = yes }) }

// Lie makes the system answer yes to writes of edges and do nothing.
func (d *Door) Lie(yes bool) { d.Set(func(d *Door) { d.liar = yes }) }

// Put places an account with an edge by hand, as an operator would, and returns the account.
func (d *Door) Put(email string, w cardea.Window, groups ...string) cardea.AccountID {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.account(email, "")
	for _, g := range groups {
		d.next++
		d.edges[spot{cardea.GroupID(g), id}] = cardea.Edge{
			Group: cardea.GroupID(g), Account: id, Ref: fmt.Sprintf("ref%d", d.next), Window: w,
		}
	}
	return id
}

// Take removes an edge by hand.
func (d *Door) Take(group string, a cardea.AccountID) {
	d.Set(func(d *Door) { delete(d.edges, spot{cardea.GroupID(group), a}) })
}

// Delay lets changes of edges show only so long after they were made.
func (d *Door) Delay(by time.Duration, clock func() time.Time) {
	d.Set(func(d *Door) { d.delay, d.clock = by, clock })
}

// changing notes how an edge was before it changes.
func (d *Door) changing(s spot) {
	if d.delay == 0 {
		return
	}
	c := change{at: d.clock(), now: s}
	if e, there := d.edges[s]; there {
		c.was = &e
	}
	d.late = append(d.late, c)
}

// shown are the edges as listings show them.
func (d *Door) shown() map[spot]cardea.Edge {
	if len(d.late) == 0 {
		return d.edges
	}
	now := d.clock()
	d.late = slices.DeleteFunc(d.late, func(c change) bool { return !now.Before(c.at.Add(d.delay)) })
	out := maps.Clone(d.edges)
	for _, c := range slices.Backward(d.late) {
		if c.was == nil {
			delete(out, c.now)
		} else {
			out[c.now] = *c.was
		}
	}
	return out
}

func (d *Door) account(email, external string) cardea.AccountID {
	for _, a := range d.accounts {
		if strings.EqualFold(a.Email, email) {
			return a.ID
		}
	}
	d.next++
	id := cardea.AccountID(fmt.Sprintf("acc%03d", d.next))
	d.accounts = append(d.accounts, cardea.Account{ID: id, Email: email, External: external})
	return id
}

// Members returns the e-mails of the group's edges, sorted.
func (d *Door) Members(group string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for s := range d.edges {
		if s.group != cardea.GroupID(group) {
			continue
		}
		for _, a := range d.accounts {
			if a.ID == s.account {
				out = append(out, a.Email)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Accounts returns how many there are.
func (d *Door) Accounts() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.accounts)
}

// Edge returns an edge of the account with the e-mail.
func (d *Door) Edge(group, email string) (cardea.Edge, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.accounts {
		if e, ok := d.edges[spot{cardea.GroupID(group), a.ID}]; ok && a.Email == email {
			return e, true
		}
	}
	return cardea.Edge{}, false
}

// Calls returns the log; Writes how many of them were writes.
func (d *Door) Calls() []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// Writes counts the writes in the log.
func (d *Door) Writes() int {
	n := 0
	for _, c := range d.Calls() {
		if c.Write {
			n++
		}
	}
	return n
}

// Made returns the accounts that were asked for.
func (d *Door) Made() []cardea.NewAccount {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.made)
}

// do logs a call and runs it under its fault. The caller holds the lock.
func (d *Door) do(ctx context.Context, name string, write bool, f func() error) error {
	c := Call{N: len(d.calls) + 1, Name: name, Write: write}
	d.calls = append(d.calls, c)
	var fault Fault
	if d.fault != nil {
		fault = d.fault(c)
	}
	if err := ctx.Err(); err != nil {
		return cardea.Errorf(cardea.Retry, "stopped: %w", err)
	}
	if fault.Before != nil {
		return fault.Before
	}
	err := f()
	if fault.After != nil {
		return fault.After
	}
	return err
}

// Describe implements door.System.
func (d *Door) Describe(ctx context.Context) (cardea.Organisation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return cardea.Organisation{ID: "org", Name: "Fake doors"}, d.do(ctx, "describe", false, func() error { return nil })
}

// Limits implements door.System.
func (d *Door) Limits() cardea.Limits {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.limits
}

// Read implements door.System.
func (d *Door) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.do(ctx, "read", false, func() error {
		if want.Wants(cardea.KindGroup) && len(want.Kinds) > 0 {
			d.list(into.Open(cardea.KindGroup), records(d.groups))
		}
		if want.Wants(cardea.KindAccount) && len(want.Kinds) > 0 {
			d.list(into.Open(cardea.KindAccount), records(d.accounts))
		}
		if want.Wants(cardea.KindEdge) {
			var es []cardea.Edge
			for s, e := range d.shown() {
				if (len(want.Groups) == 0 || slices.Contains(want.Groups, s.group)) &&
					(len(want.Accounts) == 0 || slices.Contains(want.Accounts, s.account)) {
					es = append(es, e)
				}
			}
			d.list(into.Open(cardea.KindEdge), records(es))
		}
		return nil
	})
}

func records[T cardea.Record](list []T) []cardea.Record {
	out := make([]cardea.Record, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

func (d *Door) list(p *cardea.Pages, recs []cardea.Record) {
	if err := d.trouble[p.Kind()]; err != nil {
		p.Add(recs[:min(1, len(recs))], cardea.Mark{More: true})
		p.Fail(err)
		return
	}
	if d.empty[p.Kind()] {
		recs = nil
	}
	p.Add(recs, cardea.Mark{Total: len(recs), Counted: true, Ended: true})
	p.Close()
}

// Find implements door.System.
func (d *Door) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []cardea.Account
	err := d.do(ctx, "find", false, func() error {
		for _, a := range d.accounts {
			if !d.empty[cardea.KindAccount] && (a.External == string(p.Person) || p.Email != "" && strings.EqualFold(a.Email, p.Email)) {
				out = append(out, a)
			}
		}
		return nil
	})
	return out, err
}

// Create implements door.System. It makes a second account with the same e-mail without complaint: looking first is the
// caller's duty.
func (d *Door) Create(ctx context.Context, n cardea.NewAccount) (cardea.Account, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var made cardea.Account
	err := d.do(ctx, "create", true, func() error {
		d.next++
		made = cardea.Account{
			ID: cardea.AccountID(fmt.Sprintf("acc%03d", d.next)), Name: n.Name, Email: n.Email, External: string(n.Person),
		}
		d.accounts = append(d.accounts, made)
		d.made = append(d.made, n)
		return nil
	})
	if err != nil {
		return cardea.Account{}, err
	}
	return made, nil
}

// Grant implements door.System.
func (d *Door) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	refs, errs := make([]string, len(es)), make([]error, len(es))
	err := d.do(ctx, "grant", true, func() error {
		for i, e := range es {
			refs[i], errs[i] = d.grant(e)
		}
		return nil
	})
	if err != nil {
		return make([]string, len(es)), slices.Repeat([]error{err}, len(es))
	}
	return refs, errs
}

func (d *Door) grant(e cardea.Edge) (string, error) {
	if !slices.ContainsFunc(d.groups, func(g cardea.Group) bool { return g.ID == e.Group }) {
		return "", cardea.Errorf(cardea.NotFound, "there is no group %s", e.Group)
	}
	if !slices.ContainsFunc(d.accounts, func(a cardea.Account) bool { return a.ID == e.Account }) {
		return "", cardea.Errorf(cardea.NotFound, "there is no account %s", e.Account)
	}
	if d.liar {
		return "lie", nil
	}
	s := spot{e.Group, e.Account}
	if there, ok := d.edges[s]; ok {
		if there.Window == e.Window {
			return there.Ref, nil
		}
		return "", cardea.Errorf(cardea.Conflict, "the entry is there with other times")
	}
	d.next++
	e.Ref, e.Mails = fmt.Sprintf("ref%d", d.next), ""
	d.changing(s)
	d.edges[s] = e
	return e.Ref, nil
}

// Revoke implements door.System.
func (d *Door) Revoke(ctx context.Context, es []cardea.Edge) []error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.do(ctx, "revoke", true, func() error {
		for _, e := range es {
			if !d.liar {
				d.changing(spot{e.Group, e.Account})
				delete(d.edges, spot{e.Group, e.Account})
			}
		}
		return nil
	})
	return slices.Repeat([]error{err}, len(es))
}

// Retime implements door.Timed in two requests, as systems without a change in place need it.
func (d *Door) Retime(ctx context.Context, was, now cardea.Edge) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := spot{now.Group, now.Account}
	if e, ok := d.edges[s]; ok && e.Window == now.Window {
		return e.Ref, nil
	}
	if err := d.do(ctx, "retime-drop", true, func() error {
		delete(d.edges, spot{was.Group, was.Account})
		return nil
	}); err != nil {
		return "", err
	}
	ref := ""
	err := d.do(ctx, "retime-put", true, func() error {
		var err error
		ref, err = d.grant(now)
		return err
	})
	if err != nil {
		return "", err
	}
	return ref, nil
}
