package keep

import (
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
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
