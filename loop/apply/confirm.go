package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// seen is what the vendor shows of some edges.
type seen struct {
	edges    map[place]cardea.Edge
	accounts map[cardea.AccountID]cardea.Account
	whole    bool // an edge that is not among them is not there
	// withheld are groups of which that is not so.
	withheld map[cardea.GroupID]string
	change   store.DoorChange
}

// readEdges reads edges from the vendor. An error means that nothing was seen.
func (r *run) readEdges(ctx context.Context, scope cardea.Scope) (seen, error) {
	s := seen{edges: map[place]cardea.Edge{}, accounts: map[cardea.AccountID]cardea.Account{}}
	in := cardea.NewIntake(scope, nil)
	if err := r.System.Read(ctx, scope, in); err != nil {
		return s, fmt.Errorf("could not read back: %w", err)
	}
	s.change = store.DoorChange{Door: r.Door, At: r.now()}
	if p := in.Collection(cardea.KindEdge); p != nil {
		s.withheld = p.Withheld()
		s.whole = (p.Evidence().Grade() == cardea.Complete || len(s.withheld) > 0) && len(p.BadOnes()) == 0 // what cannot be read is not gone
		for _, rec := range p.Records() {
			if e, ok := rec.(cardea.Edge); ok {
				s.edges[place{e.Group, e.Account}] = e
				s.change.Edges = append(s.change.Edges, e)
			}
		}
		if p.Evidence().Grade() == cardea.Failed {
			return s, fmt.Errorf("could not read back: %w", p.Err())
		}
	}
	if p := in.Collection(cardea.KindAccount); p != nil {
		for _, rec := range p.Records() {
			if a, ok := rec.(cardea.Account); ok {
				s.accounts[a.ID] = a
			}
		}
	}
	if s.whole {
		s.change.EdgesOf, s.change.AccountsOf = slices.DeleteFunc(slices.Clone(scope.Groups), s.hidden), scope.Accounts
	}
	return s, nil
}

// hidden says whether the vendor does not show who is in a group.
func (s *seen) hidden(g cardea.GroupID) bool { return s.withheld[g] != "" }

// wholeOf says whether an edge of the group that is not among them is not there.
func (s *seen) wholeOf(g cardea.GroupID) bool { return s.whole && !s.hidden(g) }

// uncertain returns the writes to entries that did not go well: what the vendor shows of them is read as well.
func (r *run) uncertain() []cardea.Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []cardea.Operation
	for _, res := range r.rep.Results {
		if (res.State == store.OpFailed || res.State == store.OpSending) && res.Op.Group != "" && res.Op.Account != "" {
			out = append(out, res.Op)
		}
	}
	return out
}

// pageSize is the guess of how many entries of a group come in one answer, for choosing the cheaper way to read back.
const pageSize = 100

// touched says where to read back: whole groups or single accounts, whichever takes fewer calls.
func (r *run) touched(ops []cardea.Operation) cardea.Scope {
	groups, accounts := map[cardea.GroupID]bool{}, map[cardea.AccountID]bool{}
	for _, op := range ops {
		if op.Verb.OfUnit() || op.Verb == cardea.VerbUpdate {
			continue // no entry of anybody
		}
		if op.Group != "" {
			groups[op.Group] = true
		}
		if op.Account != "" {
			accounts[op.Account] = true
		}
	}
	calls := 0
	for g := range groups {
		calls += 1 + r.book.size(g)/pageSize
	}
	s := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}}
	if len(groups) > 0 && (calls <= len(accounts) || r.System.Limits().ByGroup) {
		s.Groups = slices.Sorted(maps.Keys(groups))
	} else {
		s.Accounts = slices.Sorted(maps.Keys(accounts))
	}
	return s
}

// confirm reads back what was sent. What the vendor need not show yet stays sent (settle.go). What it should show and does
// not is sent once more when again is set; what it does not show then is failed, and planned anew by the next run, which
// sends it without mails. What could not be read stays open.
func (r *run) confirm(ctx context.Context, ops []cardea.Operation, again bool) error {
	scope := r.touched(append(slices.Clone(ops), r.uncertain()...))
	if len(ops) == 0 && (!again || len(scope.Groups)+len(scope.Accounts) == 0) {
		return nil
	}
	var s seen
	var err error
	if len(scope.Groups)+len(scope.Accounts) > 0 { // neither would mean all there is
		s, err = r.readEdges(ctx, scope)
	}
	if err != nil {
		r.unread(ops, err)
		return nil
	}
	units, err := r.showsUnits(ctx, ops)
	if err != nil {
		return err
	}
	if s.change.Door != "" {
		if err := r.Store.SaveDoorRead(ctx, s.change, r.Lease); err != nil {
			return fmt.Errorf("could not keep what was read back: %w", err)
		}
	}
	var keys []cardea.OpKey
	var wrong, last, open []cardea.Operation
	for _, op := range ops {
		shows := units.shows
		if op.Verb == cardea.VerbUpdate {
			says, err := r.showsUpdate(ctx, op)
			if err != nil {
				return err
			}
			shows = func(cardea.Operation) string { return says }
		} else if !op.Verb.OfUnit() {
			shows = func(op cardea.Operation) string { return r.shows(ctx, s, op) }
		}
		switch shows(op) {
		case store.OpConfirmed:
			keys = append(keys, op.Key)
			r.result(op, store.OpConfirmed, "")
		case store.OpFailed:
			switch {
			case r.settling(op):
				r.later(op)
			case again && !op.Resent:
				wrong = append(wrong, op)
			default:
				last = append(last, op)
			}
		default:
			if op.Verb == cardea.VerbCreate && r.settling(op) {
				r.later(op)
				continue
			}
			open = append(open, op)
		}
	}
	if len(open) > 0 {
		r.unread(open, cardea.Errorf(cardea.Retry, "the listing that was to confirm it is not whole"))
	}
	if len(keys) > 0 {
		if err := r.Store.Confirmed(ctx, r.Door, keys, r.now(), r.Lease); err != nil {
			return fmt.Errorf("could not keep what was confirmed: %w", err)
		}
	}
	if err := r.contradicted(ctx, s, last, false); err != nil {
		return err
	}
	if err := r.contradicted(ctx, s, wrong, true); err != nil || len(wrong) == 0 {
		return err
	}
	for _, op := range wrong {
		if err := r.do(ctx, []cardea.Operation{resent(op)}); err != nil {
			return err
		}
	}
	var twice []cardea.Operation
	for _, op := range r.sent() {
		if slices.ContainsFunc(wrong, func(w cardea.Operation) bool { return w.Key == op.Key }) {
			twice = append(twice, op)
		}
	}
	return r.confirm(ctx, twice, false)
}

// shows says what the reading says of an operation: confirmed, failed, or still sent when it does not tell.
func (r *run) shows(ctx context.Context, s seen, op cardea.Operation) string {
	e, there := s.edges[place{op.Group, op.Account}]
	switch op.Verb {
	case cardea.VerbCreate:
		return r.showsAccount(ctx, s, op)
	case cardea.VerbLink, cardea.VerbAdopt, cardea.VerbForget:
		return store.OpConfirmed
	default:
		switch {
		case there && r.stands(op, &e), !there && s.wholeOf(op.Group) && r.stands(op, nil):
			return store.OpConfirmed
		case there || s.wholeOf(op.Group):
			return store.OpFailed
		}
	}
	return store.OpSent
}

// showsAccount says whether a new account is there: any entry of it proves that; else it is asked for.
func (r *run) showsAccount(ctx context.Context, s seen, op cardea.Operation) string {
	if _, ok := s.accounts[op.Account]; ok {
		return store.OpConfirmed
	}
	for p := range s.edges {
		if p.account == op.Account {
			return store.OpConfirmed
		}
	}
	_, a, err := r.lookUp(ctx, op)
	switch {
	case err != nil:
		return store.OpSent
	case a != nil && a.ID == op.Account:
		return store.OpConfirmed
	}
	return store.OpSent // some vendors take a while to show a new account
}

// contradicted settles operations that the vendor answered well and does not show.
func (r *run) contradicted(ctx context.Context, s seen, ops []cardea.Operation, again bool) error {
	for _, op := range ops {
		err := cardea.Errorf(cardea.Retry, store.NotShown)
		r.result(op, store.OpFailed, err.Error())
		if e := r.answered(ctx, store.Outcome{Op: op, Err: err}); e != nil {
			return e
		}
		if !again && (op.Resent || r.System.Limits().Settle == 0) {
			i := failure(op, err)
			i.Code = "unconfirmed"
			r.issue(i)
		}
		p := place{op.Group, op.Account}
		e, there := s.edges[p]
		switch {
		case !there:
			r.book.drop(p)
		case op.Verb == cardea.VerbRemove || op.Verb == cardea.VerbClean:
			// What was ours is ours until it is gone: without its ledger row a shared group would keep it for ever.
			if e := r.reopen(ctx, op, e); e != nil {
				return e
			}
		default:
			r.book.put(e, nil)
		}
	}
	return nil
}

// reopen takes an edge back into the ledger that a removal had closed too early.
func (r *run) reopen(ctx context.Context, op cardea.Operation, e cardea.Edge) error {
	if op.Cause == cardea.CauseStray {
		r.book.put(e, nil)
		return nil // it was never ours
	}
	row := cardea.LedgerRow{
		Group: op.Group, Account: op.Account, Person: op.Person, Window: e.Window, Reasons: op.Reasons, PutAt: r.now(), Op: op.Key,
	}
	back := cardea.Operation{
		Verb: cardea.VerbAdopt, Group: op.Group, Account: op.Account, Person: op.Person, Window: e.Window, Was: &e,
		Cause: cardea.CauseAdopted, Reasons: op.Reasons,
	}
	back.Key = cardea.KeyOf(r.Door, back)
	r.book.put(e, &row)
	return r.answered(ctx, store.Outcome{Op: back, Ledger: &row})
}

// unread leaves operations open because the read-back did not tell.
func (r *run) unread(ops []cardea.Operation, err error) {
	for _, op := range ops {
		r.result(op, store.OpSent, err.Error())
		i := cardea.Issue{Code: "unconfirmed", Person: op.Person, Account: op.Account, Group: op.Group}
		i.Text = fmt.Sprintf("%q was sent and not read back yet; the next run begins with it: %v", op.Verb, err)
		r.issue(i)
	}
}
