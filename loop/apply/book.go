package apply

import (
	"fmt"
	"sync"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// place is where an edge stands: one account in one group.
type place struct {
	group   cardea.GroupID
	account cardea.AccountID
}

// book is what the store holds of the door side, kept up as operations are answered.
type book struct {
	mu       sync.Mutex
	edges    map[place]cardea.Edge
	members  map[cardea.GroupID]int
	units    map[cardea.GroupID]bool // groups that are rentable units
	accounts map[cardea.AccountID]cardea.Account
	links    map[cardea.PersonID]cardea.AccountID
	ledger   map[place]cardea.LedgerRow
}

func newBook(s store.DoorState) *book {
	b := &book{
		edges:    make(map[place]cardea.Edge, len(s.Edges)),
		members:  map[cardea.GroupID]int{},
		units:    map[cardea.GroupID]bool{},
		accounts: make(map[cardea.AccountID]cardea.Account, len(s.Accounts)),
		links:    make(map[cardea.PersonID]cardea.AccountID, len(s.Links)),
		ledger:   make(map[place]cardea.LedgerRow, len(s.Ledger)),
	}
	for _, e := range s.Edges {
		b.edges[place{e.Group, e.Account}] = e
		b.members[e.Group]++
	}
	for _, g := range s.Groups {
		if g.Unit != "" {
			b.units[g.ID] = true
		}
	}
	for _, a := range s.Accounts {
		b.accounts[a.ID] = a
	}
	for _, l := range s.Pairs() {
		if _, there := b.accounts[l.Account]; !there {
			continue // somebody deleted it: the person has none, or another
		}
		if _, linked := b.links[l.Person]; !linked {
			b.links[l.Person] = l.Account
		}
	}
	for _, l := range s.Ledger {
		b.ledger[place{l.Group, l.Account}] = l
	}
	return b
}

func (b *book) accountOf(p cardea.PersonID) cardea.AccountID {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.links[p]
}

// check compares an operation with what it starts from. It fills in the account that was made meanwhile, and says why
// the operation is not to be done when its starting point moved since it was planned.
func (b *book) check(op cardea.Operation, now cardea.Instant, timed bool) (cardea.Operation, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if op.Account == "" && op.Verb != cardea.VerbCreate {
		op.Account = b.links[op.Person]
		if op.Account == "" && op.Link != nil {
			op.Account = op.Link.Account
		}
	}
	edge, there := b.edges[place{op.Group, op.Account}]
	switch op.Verb { //nolint:exhaustive // units have no entry to compare with
	case cardea.VerbCreate:
		if a, linked := b.links[op.Person]; linked {
			return op, fmt.Sprintf("the person has account %s already", a)
		}
		if op.New == nil {
			return op, "nothing says what the account is to hold"
		}
	case cardea.VerbUpdate:
		if _, known := b.accounts[op.Account]; !known {
			return op, "the account is gone"
		}
	case cardea.VerbLink:
		if op.Link == nil {
			return op, "nothing says which account the person has"
		}
	case cardea.VerbAdd:
		switch {
		case op.Account == "":
			return op, "the person has no account yet"
		case there && same(edge.Window, op.Window, timed):
			return op, "the entry is there already"
		case there:
			return op, "an entry with other times is there now"
		}
	case cardea.VerbRetime, cardea.VerbRemove, cardea.VerbClean, cardea.VerbAdopt, cardea.VerbLock, cardea.VerbUnlock,
		cardea.VerbReprofile:
		if why := moved(op, edge, there, timed); why != "" {
			return op, why
		}
		if op.Verb == cardea.VerbClean && edge.Window.Until > now {
			return op, "its time is not over any more"
		}
	case cardea.VerbForget:
		if _, open := b.ledger[place{op.Group, op.Account}]; !open {
			return op, "it is forgotten already"
		}
		if there {
			return op, "the entry is there again"
		}
	}
	return op, ""
}

// moved says how an edge differs from the one that was planned with.
func moved(op cardea.Operation, edge cardea.Edge, there, timed bool) string {
	switch {
	case !there && op.Was == nil && op.Verb == cardea.VerbRemove:
		return "" // nobody saw it when this was planned either: taking away what is not there is a success
	case !there:
		return "the entry is gone already"
	case edge.Foreign != "":
		return "the entry is not ours to change: " + edge.Foreign
	case op.Was == nil:
		return ""
	case op.Was.Ref != "" && op.Was.Ref != edge.Ref, !same(op.Was.Window, edge.Window, timed):
		return "the entry changed since this was planned"
	}
	return ""
}

// same compares windows as door systems hold them: to the second, and not at all where they hold none.
func same(a, b cardea.Window, timed bool) bool {
	return !timed || (second(a.From) == second(b.From) && second(a.Until) == second(b.Until))
}

func second(i cardea.Instant) cardea.Instant {
	if !i.Bounded() {
		return i
	}
	return i - i%cardea.Second
}

// open returns the ledger row of a place, and whether there is one.
func (b *book) open(p place) (cardea.LedgerRow, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.ledger[p]
	return l, ok
}

// put, drop and link keep the book up.
func (b *book) put(e cardea.Edge, l *cardea.LedgerRow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := place{e.Group, e.Account}
	if _, there := b.edges[p]; !there {
		b.members[e.Group]++
	}
	b.edges[p] = e
	if l != nil {
		b.ledger[p] = *l
	}
}

func (b *book) drop(p place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, there := b.edges[p]; there {
		b.members[p.group]--
	}
	delete(b.edges, p)
	delete(b.ledger, p)
}

func (b *book) link(l cardea.Link, a *cardea.Account) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.links[l.Person] = l.Account
	if a != nil {
		b.accounts[a.ID] = *a
	}
}

// size is how many edges a group had when last seen.
func (b *book) size(g cardea.GroupID) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.members[g]
}
