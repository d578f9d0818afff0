package keep

import (
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// barred is who is blocked by an operator at one instant. A block is of a person, and so of every account of theirs, of
// whoever shares one, and of whoever bears the same address: a second record of somebody is no way round it.
type barred struct {
	people map[cardea.PersonID]cardea.Block
	emails map[string]cardea.Block // folded
	ends   cardea.Instant          // of the block that ends first
}

// blocked loads who is blocked at an instant. The address that counts is the one that the records show now; where the person
// is in none any more, the one that was noted with the block.
func (k *Keeper) blocked(ctx context.Context, at cardea.Instant) (barred, error) {
	b := barred{people: map[cardea.PersonID]cardea.Block{}, emails: map[string]cardea.Block{}, ends: cardea.Never}
	all, err := k.Store.Blocks(ctx)
	if err != nil {
		return b, failed("see who is blocked", err)
	}
	keys := map[string][]cardea.Key{}
	for _, one := range all {
		if !one.Holds(at) {
			continue
		}
		b.people[one.Person] = one
		b.ends = min(b.ends, one.Until)
		if connection, key, ok := one.Person.Split(); ok {
			keys[connection] = append(keys[connection], key)
		}
	}
	now := map[cardea.PersonID]string{}
	for connection, of := range keys {
		records, err := k.Store.Facts(ctx, connection, of)
		if err != nil {
			return b, failed("see who the blocked people are", err)
		}
		for _, r := range records {
			if p, ok := r.(cardea.Person); ok {
				now[cardea.PersonOf(connection, p.Key())] = p.Email
			}
		}
	}
	for id, one := range b.people {
		email, known := now[id]
		if !known {
			email = one.Email
		}
		if folded, ok := match.Fold(email); ok {
			b.emails[folded] = one
		}
	}
	return b, nil
}

// reach is everybody of these whom a block concerns.
func (b barred) reach(people map[cardea.PersonID]cardea.Person, links []cardea.Link) map[cardea.PersonID]cardea.Block {
	if len(b.people) == 0 {
		return nil
	}
	out := maps.Clone(b.people)
	for id, p := range people {
		if folded, ok := match.Fold(p.Email); ok {
			if one, is := b.emails[folded]; is {
				out[id] = one
			}
		}
	}
	shared := map[cardea.AccountID]cardea.Block{}
	for _, l := range links {
		if one, is := out[l.Person]; is {
			shared[l.Account] = one
		}
	}
	for _, l := range links {
		if one, is := shared[l.Account]; is {
			out[l.Person] = one
		}
	}
	return out
}

// accountsOf are the accounts of blocked people: those that are linked to them, and those that were given to them and that
// nobody is linked to any more.
func accountsOf(
	reach map[cardea.PersonID]cardea.Block, links []cardea.Link, ledger []cardea.LedgerRow,
) map[cardea.AccountID]cardea.PersonID {
	if len(reach) == 0 {
		return nil
	}
	out, linked := map[cardea.AccountID]cardea.PersonID{}, map[cardea.AccountID]bool{}
	for _, l := range links {
		linked[l.Account] = true
		if one, is := reach[l.Person]; is {
			out[l.Account] = one.Person
		}
	}
	for _, row := range ledger {
		if one, is := reach[row.Person]; is && !linked[row.Account] {
			out[row.Account] = one.Person
		}
	}
	return out
}

// bar takes away what is granted for blocked people, and says so to whoever asks why.
func (f *facts) bar(b barred, people map[cardea.PersonID]cardea.Person, links []cardea.Link) {
	f.blocked = b.reach(people, links)
	if len(f.blocked) == 0 {
		return
	}
	f.wanted = slices.DeleteFunc(f.wanted, func(g cardea.Grant) bool {
		_, is := f.blocked[g.Person]
		return is
	})
}

// told keeps the issues of what operators said: who is blocked and yet in, what is frozen. It looks at what the door system
// was seen to show, whatever became of the run. Where nothing was ever blocked or frozen, it does nothing.
func (k *Keeper) told(ctx context.Context) error {
	at := k.now()
	blocks, err := k.Store.Blocks(ctx)
	if err != nil {
		return failed("see who is blocked", err)
	}
	freezes, err := k.Store.Freezes(ctx)
	if err != nil {
		return failed("see what is frozen", err)
	}
	if len(blocks)+len(freezes) == 0 {
		return nil
	}
	is, err := k.stillIn(ctx, at)
	if err != nil {
		return err
	}
	is = append(is, k.frozenIssues(freezes, at)...)
	if err := k.Store.SaveIssues(ctx, "operator:"+k.Door, is, at); err != nil {
		return failed("keep what operators said", err)
	}
	return nil
}

// soon is how long a block may take until it is an incident (RULES.md 6).
const soon = cardea.Minute

// stillIn are the incidents: entries of blocked people that the door system shows although the time for that is over.
func (k *Keeper) stillIn(ctx context.Context, at cardea.Instant) ([]cardea.Issue, error) {
	b, err := k.blocked(ctx, at)
	if err != nil || len(b.people) == 0 {
		return nil, err
	}
	people := slices.Sorted(maps.Keys(b.people))
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return nil, failed("see what blocked people hold", err)
	}
	policies, err := k.policies(ctx)
	if err != nil {
		return nil, err
	}
	links := state.Pairs()
	mine := accountsOf(b.reach(nil, links), links, state.Ledger)
	emails := map[cardea.AccountID]cardea.Block{}
	for _, a := range state.Accounts {
		if folded, ok := match.Fold(a.Email); ok {
			if one, is := b.emails[folded]; is {
				emails[a.ID] = one
			}
		}
	}
	linked := map[cardea.AccountID]bool{}
	for _, l := range links {
		linked[l.Account] = true
	}
	mapped := k.mapped()
	var out []cardea.Issue
	for _, e := range state.Edges {
		if !mapped[e.Group] || k.limits().Timed && e.Window.Until <= at {
			continue
		}
		person, is := mine[e.Account]
		one := b.people[person]
		other, bears := emails[e.Account]
		if !is && bears {
			is, person, one = linked[e.Account], other.Person, other
		}
		var text string
		switch {
		case !is && bears:
			text = "an account that bears a blocked person's address is in the group, and nobody said whose it " +
				"is; it stays. Link it to the person, or remove it by hand"
		case !is:
			continue
		case e.Foreign != "":
			text = "a blocked person is in the group as a member that Cardea does not manage (" + e.Foreign + "); remove it by hand"
		case policies[e.Group].Mode == cardea.Watch:
			text = "a blocked person is in a group that is only watched; remove them by hand, or set its mode to exclusive or shared"
		case at >= one.Since+soon:
			text = "INCIDENT: a blocked person is still in the group, over a minute after the block. It is tried again and again, " +
				"before anything else; remove them by hand if that is quicker"
		default:
			continue
		}
		out = append(out, cardea.Issue{Code: "blocked-but-in", Person: person, Account: e.Account, Group: e.Group, Text: text})
	}
	return out, nil
}

// mapped are the groups that a mapping names.
func (k *Keeper) mapped() map[cardea.GroupID]bool {
	out := map[cardea.GroupID]bool{}
	for _, i := range k.Integrations {
		for _, m := range i.Settings.Mappings {
			for _, g := range m.Groups {
				out[g] = true
			}
		}
	}
	return out
}

// glance reads what these people's accounts hold at the door system at this moment: what somebody put there since the last
// sweep is not known. What cannot be read stays as it was.
func (k *Keeper) glance(ctx context.Context, people []cardea.PersonID) error {
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return failed("see whose the accounts are", err)
	}
	scope := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}}
	for _, a := range state.Accounts {
		scope.Accounts = append(scope.Accounts, a.ID)
	}
	if len(scope.Accounts) == 0 {
		return nil
	}
	in, err := k.list(ctx, scope)
	if err != nil {
		return nil //nolint:nilerr // a block does not wait for a reading
	}
	return k.heldBy(ctx, in)
}

// heldBy keeps what was read of the accounts that were asked for.
func (k *Keeper) heldBy(ctx context.Context, in *cardea.Intake) error {
	p := in.Open(cardea.KindEdge)
	c := store.DoorChange{Door: k.Door, At: k.now()}
	for _, rec := range p.Records() {
		if e, ok := rec.(cardea.Edge); ok {
			c.Edges = append(c.Edges, e)
		}
	}
	if p.Evidence().Grade() == cardea.Complete && len(p.BadOnes()) == 0 {
		c.AccountsOf = in.Scope().Accounts
	}
	if err := k.Store.SaveDoorRead(ctx, c, k.Lease); err != nil {
		return failed("keep what the door system shows", err)
	}
	return nil
}

// evict goes on while blocked people turn out to be in a group more than once: a second entry shows when the first is gone.
func (k *Keeper) evict(ctx context.Context, a *apply.Applier, o Options, r *Report) error {
	tried := map[string]bool{}
	note := func(ops []cardea.Operation) (fresh []cardea.Operation) {
		for _, op := range ops {
			if op.Cause != cardea.CauseBlocked || op.Verb != cardea.VerbRemove || op.Was == nil {
				continue
			}
			if at := string(op.Group) + "/" + string(op.Account) + "/" + op.Was.Ref; !tried[at] {
				tried[at] = true
				fresh = append(fresh, op)
			}
		}
		return fresh
	}
	note(r.Plan.Changeset.Going())
	for {
		left := r.After.Changeset
		if left.Operations = note(left.Going()); len(left.Operations) == 0 {
			return nil
		}
		more, err := a.Apply(ctx, left, r.After.State)
		r.Applied.Results = append(r.Applied.Results, more.Results...)
		r.Applied.Issues = append(r.Applied.Issues, more.Issues...)
		r.Applied.Sent += more.Sent
		r.Applied.Confirmed += more.Confirmed
		r.Applied.Failed += more.Failed
		r.Applied.Open += more.Open
		if err != nil {
			return err
		}
		if r.After, err = k.planned(ctx, o); err != nil {
			return err
		}
	}
}

// explained answers for somebody whom an operator blocked.
func explained(e cardea.Explanation, b cardea.Block, at cardea.Instant, join func(cardea.Instant) cardea.Explanation) cardea.Explanation {
	span := cardea.Window{From: b.Since, Until: b.Until}
	if !b.Holds(at) {
		if e.Window != nil && e.Window.Overlaps(span) {
			w := *e.Window
			if at < b.Since {
				w.Until = b.Since
			} else {
				w.From = b.Until
			}
			e.Window = &w
		}
		return e
	}
	_, key, _ := b.Person.Split()
	said := cardea.Consideration{
		Rule: cardea.RuleBlock, Record: key, Label: b.Note, Verdict: cardea.IsBlocked, Windows: []cardea.Window{span},
		Steps: []cardea.Step{{Asks: cardea.AskBlock, Says: cardea.IsBlocked, Window: &span}},
	}
	if w := e.Window; w != nil && w.From < b.Since {
		e.Last = &cardea.Window{From: w.From, Until: b.Since}
	}
	e.Open, e.Window, e.Next, e.Change = false, nil, nil, &said
	e.Considered = append([]cardea.Consideration{said}, e.Considered...)
	if b.Until != cardea.Never {
		switch later := join(b.Until); {
		case later.Open && later.Window != nil:
			e.Next = &cardea.Window{From: b.Until, Until: later.Window.Until}
		default:
			e.Next = later.Next
		}
	}
	return e
}

// turned says whether somebody was blocked or let in again, or something frozen or thawed, since an instant.
func (k *Keeper) turned(ctx context.Context, since cardea.Instant) (bool, error) {
	now := k.now()
	within := func(i cardea.Instant) bool { return since <= i && i <= now }
	blocks, err := k.Store.Blocks(ctx)
	if err != nil {
		return false, failed("see who is blocked", err)
	}
	for _, b := range blocks {
		if within(b.Since) || within(b.Until) {
			return true, nil
		}
	}
	freezes, err := k.Store.Freezes(ctx)
	if err != nil {
		return false, failed("see what is frozen", err)
	}
	for _, f := range freezes {
		if within(f.Since) || within(f.Until) {
			return true, nil
		}
	}
	return false, nil
}

// until tells when something ends, for a sentence.
func until(i cardea.Instant) string {
	if i == cardea.Never {
		return "until somebody lifts it"
	}
	return "until " + i.String()
}
