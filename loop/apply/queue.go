package apply

import (
	"context"
	"sync"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// queue hands out operations in their order, never two of one account at once, and in rentable units never two of one
// unit: who moves out has left before anybody moves in.
type queue struct {
	mu    sync.Mutex
	freed *sync.Cond
	ops   []cardea.Operation
	who   [][]string // what each of them needs for itself
	taken []bool
	head  int // all before it are taken
	busy  map[string]bool
	batch int
	ended bool
}

func newQueue(ops []cardea.Operation, batch int, b *book) *queue {
	q := &queue{ops: ops, taken: make([]bool, len(ops)), busy: map[string]bool{}, batch: batch}
	q.freed = sync.NewCond(&q.mu)
	for _, o := range ops { // a unit that is still to be made is one too
		if o.Verb.OfUnit() && o.Unit != nil {
			b.units[o.Unit.Group] = true
		}
	}
	for _, o := range ops {
		account := o.Account
		if account == "" {
			account = b.accountOf(o.Person)
		}
		var who []string
		switch {
		case account != "":
			who = append(who, "account "+string(account))
		case o.Person != "":
			who = append(who, "person "+string(o.Person))
		}
		if b.units[o.Group] || o.Verb.OfUnit() {
			who = append(who, "unit "+string(o.Group))
		}
		q.who = append(q.who, who)
	}
	return q
}

// free says whether nothing that an operation needs is among these.
func (q *queue) free(i int, among map[string]bool) bool {
	for _, w := range q.who[i] {
		if among[w] {
			return false
		}
	}
	return true
}

// batch is what goes in one request.
type batch struct {
	ops []cardea.Operation
	at  []int // where they stand in the queue
}

// take returns the next operations that can go together, none when there are none left. It waits while all that are left
// belong to accounts under way.
func (q *queue) take() batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for q.head < len(q.ops) && q.taken[q.head] {
			q.head++
		}
		if q.ended || q.head == len(q.ops) {
			return batch{}
		}
		if b := q.next(); len(b.ops) > 0 {
			return b
		}
		q.freed.Wait()
	}
}

// next takes the first free operation and those right behind it that fit into the same request. What has to wait holds
// back what comes after it and needs the same.
func (q *queue) next() batch {
	var out batch
	mine, waiting := map[string]bool{}, map[string]bool{}
	for i := q.head; i < len(q.ops) && len(out.ops) < q.batch; i++ {
		if q.taken[i] {
			continue
		}
		if !q.open(i, mine) || !q.free(i, waiting) {
			if len(out.ops) > 0 {
				break
			}
			for _, w := range q.who[i] {
				waiting[w] = true
			}
			continue
		}
		if len(out.ops) > 0 && !together(out.ops[0], q.ops[i]) {
			break
		}
		out.ops, out.at = append(out.ops, q.ops[i]), append(out.at, i)
		q.taken[i] = true
		for _, w := range q.who[i] {
			q.busy[w], mine[w] = true, true
		}
		if !batched(q.ops[i].Verb) {
			break
		}
	}
	return out
}

// open says whether nobody else is at what an operation needs.
func (q *queue) open(i int, mine map[string]bool) bool {
	for _, w := range q.who[i] {
		if q.busy[w] && !mine[w] {
			return false
		}
	}
	return true
}

// done frees the accounts of a batch.
func (q *queue) done(b batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, i := range b.at {
		for _, w := range q.who[i] {
			delete(q.busy, w)
		}
	}
	q.freed.Broadcast()
}

// stop hands out nothing more.
func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.freed.Broadcast()
}

func batched(v cardea.Verb) bool {
	return v == cardea.VerbAdd || v == cardea.VerbRemove || v == cardea.VerbClean || v == cardea.VerbLock || v == cardea.VerbUnlock
}

// together says whether two operations are one kind of request.
func together(a, b cardea.Operation) bool {
	kind := func(v cardea.Verb) cardea.Verb {
		if v == cardea.VerbClean {
			return cardea.VerbRemove
		}
		return v
	}
	return batched(a.Verb) && kind(a.Verb) == kind(b.Verb)
}

// urgent puts the operation's urgency into the context (RULES.md 6, order): revocations overtake starts, starts the rest.
func urgent(ctx context.Context, op cardea.Operation) context.Context {
	u := wire.Urgency{Level: wire.Rest, Deadline: op.Deadline}
	switch {
	case op.Verb == cardea.VerbRemove && op.Cause == cardea.CauseBlocked:
		u.Level = wire.Now
	case op.Verb == cardea.VerbRemove, op.Verb == cardea.VerbRetime, op.Verb == cardea.VerbLock:
		u.Level = wire.Revoke // a retime may end access earlier, and is never left half done
	case op.Deadline.Bounded() && op.Deadline != 0:
		u.Level = wire.Start
	}
	return wire.WithUrgency(ctx, u)
}
