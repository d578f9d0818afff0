package change

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// margin is how long before its deadline what is not confirmed counts as at risk (RULES.md 3 START).
const margin = 5 * cardea.Minute

// DueInput is what telling what is due rests on: a plan, and what it was made from.
type DueInput struct {
	Now     cardea.Instant
	Within  time.Duration // how far ahead is looked
	Horizon time.Duration
	Limits  cardea.Limits
	Pace    time.Duration // between two calls at the door system; 0 = there is no limit
	Wanted  []cardea.Grant
	Links   []cardea.Link // one of each person counts, the first
	Edges   []cardea.Edge
	Ops     []cardea.Operation // of the plan, held ones too
	// Unread are the operations that were answered well and not read back yet.
	Unread []cardea.Operation
	// Skip are the groups in which nothing is done, because they are only looked at.
	Skip map[cardea.GroupID]bool
}

// Dues lists what must be true within a while, the earliest first: who is to pass from when on, and who no more. What is not
// there is put into a queue as runs would have it - ends first, then what begins by deadline, each call taking its pace -
// and what that queue does not reach in time is at risk, long before it happens. So is what is not confirmed five minutes
// before it must be true, and what waits for a person.
func Dues(in DueInput) []cardea.Due {
	d := newDues(in)
	soon := d.soon()
	d.stand(soon)
	for _, s := range soon {
		d.begins(s.grant, s.window)
		d.ends(s.grant, s.window)
	}
	d.others()
	d.queue()
	slices.SortFunc(d.list, func(a, b cardea.Due) int {
		ends := func(d cardea.Due) int {
			if d.Ends {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(ends(a), ends(b)), cmp.Compare(a.Group, b.Group),
			cmp.Compare(a.Person, b.Person), cmp.Compare(a.Account, b.Account))
	})
	return d.list
}

// makingCalls is how many calls it takes to let somebody in who is new at the door system: they are looked for, and made.
const makingCalls = 3

type whoAt struct {
	group  cardea.GroupID
	person cardea.PersonID
}

// dues is one Dues at work.
type dues struct {
	DueInput

	until   cardea.Instant
	account map[cardea.PersonID]cardea.AccountID
	edges   map[entry]*cardea.Edge
	unread  map[entry]bool
	held    map[whoAt]*cardea.Hold
	fresh   map[cardea.PersonID]bool // whose account is still to be made: that takes calls too
	queued  map[whoAt]bool           // whose beginning is in the queue
	list    []cardea.Due
	jobs    []job
}

func newDues(in DueInput) *dues {
	d := &dues{
		DueInput: in, until: in.Now.Add(in.Within), account: map[cardea.PersonID]cardea.AccountID{},
		edges: map[entry]*cardea.Edge{}, unread: map[entry]bool{}, held: map[whoAt]*cardea.Hold{}, fresh: map[cardea.PersonID]bool{},
		queued: map[whoAt]bool{},
	}
	for i := range in.Ops {
		if o := &in.Ops[i]; o.Held != nil && (o.Verb == cardea.VerbAdd || o.Verb == cardea.VerbRetime) {
			d.held[whoAt{o.Group, o.Person}] = o.Held
		}
	}
	return d
}

// stretch is a window of a grant.
type stretch struct {
	grant  *cardea.Grant
	window cardea.Window
}

// soon are the windows that begin or end within the while, or began not long ago: nearly all windows are none of them, and
// cost one look.
func (d *dues) soon() []stretch {
	var out []stretch
	for i := range d.Wanted {
		g := &d.Wanted[i]
		for _, w := range g.Windows {
			begins := w.From.Bounded() && w.From <= d.until && w.From >= d.Now-25*cardea.Hour
			if w.Until > d.Now && (begins || w.Until <= d.until) && !d.Skip[g.Group] {
				out = append(out, stretch{g, w})
			}
		}
	}
	return out
}

// stand looks up what is there of what is due soon.
func (d *dues) stand(soon []stretch) {
	if len(soon) == 0 {
		return
	}
	groups := map[cardea.GroupID]bool{}
	for _, s := range soon {
		d.account[s.grant.Person], groups[s.grant.Group] = "", true
	}
	mine := map[cardea.AccountID]bool{}
	for _, l := range d.Links {
		if was, asked := d.account[l.Person]; asked && was == "" {
			d.account[l.Person], mine[l.Account] = l.Account, true
		}
	}
	for i := range d.Edges {
		if e := &d.Edges[i]; groups[e.Group] && mine[e.Account] {
			at := entry{e.Group, e.Account}
			d.edges[at] = better(d.edges[at], e)
		}
	}
	for _, o := range d.Unread {
		d.unread[entry{o.Group, cmp.Or(o.Account, d.account[o.Person])}] = true
	}
}

// begins notes that a grant's window opens soon, or has opened and is not there.
func (d *dues) begins(g *cardea.Grant, w cardea.Window) {
	p := planner{horn: horn{now: d.Now, next: cardea.Never}}
	at := p.startBy(g.Reasons, w)
	account := d.account[g.Person]
	place := entry{g.Group, account}
	e := d.edges[place]
	there := e != nil && account != "" && !e.Shut && (d.Limits.Timed && covers(e.Window, w, d.Now) || !d.Limits.Timed && w.From <= d.Now)
	switch {
	case w.Empty() || !w.From.Bounded() || at > d.until:
		return
	case at <= d.Now && there && !d.unread[place], at < d.Now-cardea.Hour:
		return // it is as it should be, or `cardea drift` tells of it
	}
	due := cardea.Due{
		Person: g.Person, Account: account, Group: g.Group, From: w.From, At: at, State: cardea.DuePending,
	}
	if d.Limits.Timed && (account != "" || !d.Limits.InvitesOnCreate) {
		due.From = w.From.Add(-d.Horizon)
	}
	switch hold := d.held[whoAt{g.Group, g.Person}]; {
	case there && !d.unread[place]:
		due.State = cardea.DueConfirmed
	case there:
		d.watch(&due, "it was written, and the door system does not show it yet")
	case hold != nil:
		due.State, due.Why = cardea.DueAtRisk, "it waits for a person: "+hold.Why
	default:
		calls := 1
		if account == "" && !d.fresh[g.Person] {
			d.fresh[g.Person] = true
			calls = makingCalls
		}
		d.queued[whoAt{g.Group, g.Person}] = true
		d.jobs = append(d.jobs, job{due: len(d.list), calls: calls, level: 1, from: max(due.From, d.Now), by: at})
	}
	d.list = append(d.list, due)
}

// ends notes that a grant's window closes soon, or has closed and is still there.
func (d *dues) ends(g *cardea.Grant, w cardea.Window) {
	if w.Empty() || !w.Until.Bounded() || w.Until > d.until || w.Until <= d.Now {
		return // what is over is among the operations
	}
	account := d.account[g.Person]
	place := entry{g.Group, account}
	due := cardea.Due{
		Person: g.Person, Account: account, Group: g.Group, Ends: true, From: w.Until, At: w.Until, State: cardea.DuePending,
	}
	e := d.edges[place]
	if d.Limits.Timed {
		if e == nil || whole(e.Window).Until > whole(w).Until {
			return // what begins tells of it, or the operation that shortens it
		}
		due.State = cardea.DueConfirmed
	} else {
		d.jobs = append(d.jobs, job{due: len(d.list), calls: 1, level: 0, from: w.Until, by: w.Until.Add(endGrace)})
	}
	d.list = append(d.list, due)
}

// others puts what else the plan writes into the queue, and lists what of it is due: ends, and windows that are too long or too
// short. What should have begun long ago is not listed any more, but it is written before what begins soon.
func (d *dues) others() {
	for i := range d.Ops {
		o := &d.Ops[i]
		if o.Verb == cardea.VerbRetime && o.Was != nil {
			d.bent(o)
			continue
		}
		if o.Held != nil || !o.Verb.Writes() || o.Verb == cardea.VerbCreate {
			continue
		}
		j := job{due: -1, calls: 1, level: 2, from: max(o.Due, d.Now), by: o.Deadline}
		switch o.Verb { //nolint:exhaustive // nothing else begins or ends
		case cardea.VerbAdd:
			if d.queued[whoAt{o.Group, o.Person}] {
				continue
			}
			j.level, j.from = 1, d.Now
			if o.Account == "" && !d.fresh[o.Person] {
				d.fresh[o.Person] = true
				j.calls = makingCalls
			}
		case cardea.VerbRemove, cardea.VerbLock:
			j.level, j.due = 0, len(d.list)
			d.list = append(d.list, cardea.Due{
				Person: o.Person, Account: o.Account, Group: o.Group, Ends: true, From: o.Due, At: o.Due, State: cardea.DuePending,
			})
		}
		d.jobs = append(d.jobs, j)
	}
}

// bent queues the change of a window, and lists it when the window as it stands would let somebody in for too long, or would
// shut somebody out, within the while.
func (d *dues) bent(o *cardea.Operation) {
	if d.queued[whoAt{o.Group, o.Person}] { // what begins tells of it
		return
	}
	was := whole(o.Was.Window)
	running := was.From <= d.Now && d.Now < was.Until
	due := cardea.Due{
		Person: o.Person, Account: o.Account, Group: o.Group, From: o.Due, At: cardea.Never, State: cardea.DuePending,
	}
	j := job{due: -1, calls: 1, level: 1, from: max(o.Due, d.Now), by: o.Deadline}
	switch {
	case running && o.Window.From > d.Now: // what runs now goes
		due.Ends, due.At = true, o.Due
	case o.Window.Until < was.Until:
		due.Ends, due.At = true, o.Window.Until
	case running:
		due.At = was.Until
	}
	if due.Ends {
		j.level, j.by = 0, due.At.Add(endGrace)
	}
	if due.At <= d.until {
		j.due = len(d.list)
		if o.Held != nil {
			due.State, due.Why = cardea.DueAtRisk, "it waits for a person: "+o.Held.Why
		}
		d.list = append(d.list, due)
	}
	if o.Held == nil {
		d.jobs = append(d.jobs, j)
	}
}

// watch says that what is not confirmed shortly before its time is at risk.
func (d *dues) watch(due *cardea.Due, why string) {
	if !due.Ends && d.Now >= max(due.At-margin, due.From.Add(startGrace)) {
		due.State, due.Why = cardea.DueAtRisk, why
	}
	if due.Ends && d.Now >= due.At.Add(endGrace) {
		due.State, due.Why = cardea.DueAtRisk, "it should be gone, and the door system still shows it"
	}
}

// queue says of all that is to be written when its turn will be.
func (d *dues) queue() {
	slices.SortFunc(d.jobs, func(a, b job) int { return cmp.Compare(a.from, b.from) })
	each := d.Pace / time.Duration(max(d.Limits.Batch, 1))
	var waiting jobs
	now := d.Now
	for next := 0; next < len(d.jobs) || len(waiting) > 0; {
		if len(waiting) == 0 {
			now = max(now, d.jobs[next].from)
		}
		for next < len(d.jobs) && d.jobs[next].from <= now {
			heap.Push(&waiting, d.jobs[next])
			next++
		}
		j, ok := heap.Pop(&waiting).(job)
		if !ok {
			return
		}
		now = now.Add(each * time.Duration(j.calls))
		if j.due < 0 {
			continue
		}
		due := &d.list[j.due]
		due.Written = now
		latest := j.by
		if !due.Ends { // an opening that is its own deadline has a minute
			latest = max(j.by.Add(-d.Limits.Propagation), j.from.Add(startGrace))
		}
		switch {
		case now > latest:
			due.State, due.Why = cardea.DueAtRisk, fmt.Sprintf("there is more to write before it than fits: its turn comes at %s", now)
		default:
			d.watch(due, "it is not there yet")
		}
	}
}

// covers says whether what an edge holds opens all of a window that is left.
func covers(e, w cardea.Window, now cardea.Instant) bool {
	e, w = whole(e), whole(w)
	return e.Until >= w.Until && (e.From <= w.From || e.From <= now)
}

// job is something that is to be written: due is its place in the list, -1 when it has none there.
type job struct {
	due, calls, level int
	from, by          cardea.Instant
}

// jobs is a heap of what can be written, the most urgent first.
type jobs []job //nolint:recvcheck // a heap grows by pointer and compares by value

// Len implements heap.Interface.
func (j jobs) Len() int { return len(j) }

// Less implements heap.Interface.
func (j jobs) Less(a, b int) bool {
	return cmp.Or(cmp.Compare(j[a].level, j[b].level), cmp.Compare(j[a].by, j[b].by), cmp.Compare(j[a].due, j[b].due)) < 0
}

// Swap implements heap.Interface.
func (j jobs) Swap(a, b int) { j[a], j[b] = j[b], j[a] }

// Push implements heap.Interface.
func (j *jobs) Push(x any) {
	if v, ok := x.(job); ok {
		*j = append(*j, v)
	}
}

// Pop implements heap.Interface.
func (j *jobs) Pop() any {
	old := *j
	last := old[len(old)-1]
	*j = old[:len(old)-1]
	return last
}
