package apply_test

import (
	"context"
	"sync"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

var _ apply.Store = (*memory)(nil)

// memory is a store for tests in which time passes: a database has no place in a synctest bubble.
type memory struct {
	mu    sync.Mutex
	rows  map[cardea.OpKey]*store.OpRow
	order []cardea.OpKey
	links []cardea.Link
	reads []store.DoorChange
	log   []string // "sending KEY", "answered KEY STATE"
	moved [][2]cardea.GroupID
}

func newMemory() *memory { return &memory{rows: map[cardea.OpKey]*store.OpRow{}} }

func (m *memory) Sending(_ context.Context, op cardea.Operation, _, run string, at cardea.Instant, _ *store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rows[op.Key]; r != nil && (r.State == store.OpSending || r.State == store.OpSent) {
		return cardea.Errorf(cardea.Conflict, "it is in state %s", r.State)
	}
	m.rows[op.Key] = &store.OpRow{Op: op, Run: run, State: store.OpSending, SendingAt: at}
	m.order = append(m.order, op.Key)
	m.log = append(m.log, "sending "+string(op.Key))
	return nil
}

func (m *memory) Answered(_ context.Context, _, _ string, o store.Outcome, _ *store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	state := store.OpSent
	switch {
	case o.Err != nil && cardea.ClassOf(o.Err) == cardea.Unknown:
		state = store.OpSending
	case o.Err != nil:
		state = store.OpFailed
	case o.Skipped != "":
		state = store.OpSkipped
	case !o.Op.Verb.Writes():
		state = store.OpConfirmed
	}
	if m.rows[o.Op.Key] == nil {
		m.rows[o.Op.Key] = &store.OpRow{Op: o.Op}
		m.order = append(m.order, o.Op.Key)
	}
	m.rows[o.Op.Key].State = state
	if o.Err == nil && o.Link != nil {
		m.links = append(m.links, *o.Link)
	}
	m.log = append(m.log, "answered "+string(o.Op.Key)+" "+state)
	return nil
}

func (m *memory) Confirmed(_ context.Context, _ string, keys []cardea.OpKey, _ cardea.Instant, _ *store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range keys {
		m.rows[k].State = store.OpConfirmed
	}
	return nil
}

func (m *memory) in(state string) []store.OpRow {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []store.OpRow
	seen := map[cardea.OpKey]bool{}
	for _, k := range m.order {
		if !seen[k] && m.rows[k].State == state {
			seen[k] = true
			out = append(out, *m.rows[k])
		}
	}
	return out
}

func (m *memory) InFlight(context.Context, string) ([]store.OpRow, error) {
	return m.in(store.OpSending), nil
}
func (m *memory) Unconfirmed(context.Context, string) ([]store.OpRow, error) {
	return m.in(store.OpSent), nil
}

func (m *memory) DoorStateOf(context.Context, string, []cardea.PersonID) (store.DoorState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.DoorState{Links: m.links}, nil
}

func (m *memory) SaveDoorRead(_ context.Context, c store.DoorChange, _ *store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads = append(m.reads, c)
	return nil
}

func (m *memory) states() map[cardea.OpKey]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[cardea.OpKey]string{}
	for k, r := range m.rows {
		out[k] = r.State
	}
	return out
}

// Operations, keyed by what they do.

func add(group string, a cardea.AccountID, w cardea.Window) cardea.Operation {
	return cardea.Operation{
		Key: cardea.OpKey("add " + group + " " + string(a)), Verb: cardea.VerbAdd, Group: cardea.GroupID(group), Account: a,
		Window: w, Cause: cardea.CauseGranted, Deadline: cardea.Never,
	}
}

func remove(group string, a cardea.AccountID, c cardea.Cause) cardea.Operation {
	return cardea.Operation{
		Key: cardea.OpKey("remove " + group + " " + string(a)), Verb: cardea.VerbRemove, Group: cardea.GroupID(group),
		Account: a, Window: cardea.Forever, Cause: c, Deadline: cardea.Never,
	}
}

func create(person string) []cardea.Operation {
	p := cardea.PersonID("rnd/person:" + person)
	return []cardea.Operation{
		{
			Key: cardea.OpKey("create " + person), Verb: cardea.VerbCreate, Person: p, Cause: cardea.CauseGranted,
			New: &cardea.NewAccount{Person: p, Name: person, Email: person + "@x.test"}, Deadline: cardea.Never,
		},
		{
			Key: cardea.OpKey("add G " + person), Verb: cardea.VerbAdd, Group: "G", Person: p, Window: cardea.Forever,
			Cause: cardea.CauseGranted, Deadline: cardea.Never,
		},
	}
}

func changeset(ops ...cardea.Operation) cardea.Changeset {
	return cardea.Changeset{Door: "kisi", Operations: ops}
}

// stateOf is what a store would know of the door.
func stateOf(d *looptest.Door) store.DoorState {
	in := cardea.NewIntake(cardea.Scope{}, nil)
	scope := cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount, cardea.KindEdge, cardea.KindGroup}}
	if err := d.Read(context.Background(), scope, in); err != nil {
		panic(err)
	}
	var s store.DoorState
	for _, p := range in.Collections() {
		for _, r := range p.Records() {
			switch v := r.(type) {
			case cardea.Account:
				s.Accounts = append(s.Accounts, v)
			case cardea.Edge:
				s.Edges = append(s.Edges, v)
			case cardea.Group:
				s.Groups = append(s.Groups, v)
			}
		}
	}
	return s
}

// MoveGroup implements apply.Store.
func (m *memory) MoveGroup(_ context.Context, _ string, was, now cardea.GroupID, _ *store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved = append(m.moved, [2]cardea.GroupID{was, now})
	return nil
}
