package apply

import (
	"context"
	"sync"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// queue hands out operations in their order, never two of one account at once.
type queue struct {
	mu    sync.Mutex
	free  *sync.Cond
	ops   []cardea.Operation
	who   []string
	taken []bool
	head  int // all before it are taken
	busy  map[string]bool
	batch int
	ended bool
}

func newQueue(ops []cardea.Operation, batch int, b *book) *queue {
	q := &queue{ops: ops, taken: make([]bool, len(ops)), busy: map[string]bool{}, batch: batch}
	q.free = sync.NewCond(&q.mu)
	for _, o := range ops {
		account := o.Account
		if account == "" {
			account = b.accountOf(o.Person)
		}
		who := "account " + string(account)
		if account == "" {
			who = "person " + string(o.Person)
		}
		q.who = append(q.who, who)
	}
	return q
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
		q.free.Wait()
	}
}

// next takes the first free operation and those right behind it that fit into the same request.
func (q *queue) next() batch {
	var out batch
	mine := map[string]bool{}
	for i := q.head; i < len(q.ops) && len(out.ops) < q.batch; i++ {
		if q.taken[i] {
			continue
		}
		if q.busy[q.who[i]] && !mine[q.who[i]] {
			if len(out.ops) > 0 {
				break
			}
			continue
		}
		if len(out.ops) > 0 && !together(out.ops[0], q.ops[i]) {
			break
		}
		out.ops, out.at = append(out.ops, q.ops[i]), append(out.at, i)
		q.taken[i] = true
		q.busy[q.who[i]], mine[q.who[i]] = true, true
		if !batched(q.ops[i].Verb) {
			break
		}
	}
	return out
}

// done frees the accounts of a batch.
func (q *queue) done(b batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, i := range b.at {
		delete(q.busy, q.who[i])
	}
	q.free.Broadcast()
}

// stop hands out nothing more.
func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.free.Broadcast()
}

func batched(v cardea.Verb) bool {
	return v == cardea.VerbAdd || v == cardea.VerbRemove || v == cardea.VerbClean
}

// together says whether two operations are one kind of request.
func together(a, b cardea.Operation) bool {
	return batched(a.Verb) && batched(b.Verb) && (a.Verb == cardea.VerbAdd) == (b.Verb == cardea.VerbAdd)
}

// urgent puts the operation's urgency into the context (RULES.md 6, order): revocations overtake starts, starts the rest.
func urgent(ctx context.Context, op cardea.Operation) context.Context {
	u := wire.Urgency{Level: wire.Rest, Deadline: op.Deadline}
	switch {
	case op.Verb == cardea.VerbRemove && op.Cause == cardea.CauseBlocked:
		u.Level = wire.Now
	case op.Verb == cardea.VerbRemove, op.Verb == cardea.VerbRetime:
		u.Level = wire.Revoke // a retime may end access earlier, and is never left half done
	case op.Deadline.Bounded() && op.Deadline != 0:
		u.Level = wire.Start
	}
	return wire.WithUrgency(ctx, u)
}
