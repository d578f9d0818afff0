package store_test

import (
	"fmt"
	"strings"
	"testing"
)

// The protocol of claims and leases as a machine small enough to be looked at whole: every order in which nodes can mark,
// claim, renew, release, die and come late is tried, breadth first, and what must always hold is asked of every state
// (docs/decisions/0010-claims-and-leases.md).
//
// A claim is two steps, as it is on PostgreSQL: the sub-select sees the rows at one instant, and the update gets each row's lock
// later. A pause of any length, of a whole node or of one of its goroutines, is nothing but the others acting meanwhile.

const (
	never    = 100 // beyond every instant of the machine
	lifeTime = 2   // of a lease, in ticks
	maxNodes = 3
	maxUnits = 2
	maxFence = 3
)

// wakeRow is one wake row, with what is owed to those who marked it: the ghost that the row is judged by.
type wakeRow struct {
	next, marked, until uint8
	owner               uint8 // node+1, 0 = nobody
	fence               uint8
	owed                uint8 // the earliest instant at which somebody was promised that the unit is looked at
	since               uint8 // the same, of marks since the last claim
}

// machineNode is what a process knows. It may hold an old lease and a new one of the same unit: its old work goes on until it
// learns that it lost it.
type machineNode struct {
	picked [maxUnits]bool // seen by the sub-select, to be updated
	at     uint8          // its now when it asked
	busy   bool
	held   [maxUnits][maxFence + 1]uint8 // how many works
}

type machineState struct {
	now   uint8
	rows  [maxUnits]wakeRow
	nodes [maxNodes]machineNode
}

// machine is the size of what is looked at, and the bugs that are planted.
type machine struct {
	nodes, units int
	horizon      uint8 // instants
	fences       uint8 // claims of one unit
	ahead        [maxNodes]uint8

	noRepeat     bool // the claim does not repeat its predicate outside the sub-select
	noFence      bool // who may write, renew and release is judged by the owner alone
	noOwner      bool // ... by the fence alone
	sameFence    bool // a claim does not raise the fence
	forgetful    bool // a release does not look at marks that came meanwhile
	marksNext    bool // a mark brings the row forward and is not kept for the release
	quietClaim   bool // claiming a unit that is not due does not leave it due
	late         bool // a mark is kept for the release and does not bring the row forward
	claimForgets bool // a claim takes the row's instant away, as a queue does that deletes what it hands out
}

type step struct {
	does string
	to   machineState
	bad  string // why this step must not be possible
}

func (m *machine) clock(s machineState, n int) uint8 { return s.now + m.ahead[n] }

// accepts says whether a statement that carries this lease touches the row.
func (m *machine) accepts(r wakeRow, node int, fence uint8) bool {
	owner := r.owner == uint8(node+1)
	switch {
	case m.noFence:
		return owner
	case m.noOwner:
		return r.fence == fence
	}
	return owner && r.fence == fence
}

func (m *machine) claim(r wakeRow, node int, until uint8) wakeRow {
	if !m.sameFence || r.fence == 0 {
		r.fence++
	}
	r.owner, r.until, r.marked = uint8(node+1), until, never
	r.since = never
	if m.claimForgets {
		r.next = never
	}
	return r
}

func (m *machine) start() machineState {
	var s machineState
	for u := range s.rows {
		s.rows[u] = wakeRow{next: never, marked: never, owed: never, since: never}
	}
	return s
}

// steps are all that can happen next.
func (m *machine) steps(s machineState) []step {
	var out []step
	if s.now < m.horizon {
		to := s
		to.now++
		out = append(out, step{does: "tick", to: to})
	}
	for u := range m.units {
		for _, at := range []uint8{s.now, s.now + 1} {
			to := s
			to.rows[u] = m.mark(s.rows[u], at)
			out = append(out, step{does: fmt.Sprintf("mark %d at %d", u, at), to: to})
		}
	}
	for n := range m.nodes {
		out = append(out, m.claims(s, n)...)
		for u := range m.units {
			out = append(out, m.works(s, n, u)...)
		}
		to := s
		to.nodes[n] = machineNode{}
		if to != s {
			out = append(out, step{does: fmt.Sprintf("kill %d", n), to: to})
		}
	}
	return out
}

func (m *machine) mark(r wakeRow, at uint8) wakeRow {
	if !m.late {
		r.next = min(r.next, at)
	}
	if !m.marksNext {
		r.marked = min(r.marked, at)
	}
	r.owed, r.since = min(r.owed, at), min(r.since, at)
	return r
}

// claims are the steps of a node that looks for work, and of a command that wants one unit now.
func (m *machine) claims(s machineState, n int) []step {
	var out []step
	me := s.nodes[n]
	if !me.busy {
		to := s
		at := m.clock(s, n)
		to.nodes[n].busy, to.nodes[n].at = true, at
		for u := range m.units {
			r := s.rows[u]
			to.nodes[n].picked[u] = r.until <= at && r.next <= at && r.fence < m.fences
		}
		if to.nodes[n].picked != me.picked {
			out = append(out, step{does: fmt.Sprintf("%d selects", n), to: to})
		}
	} else {
		to, bad := s, ""
		for u := range m.units {
			r := s.rows[u]
			free := r.until <= me.at && r.next <= me.at
			if !me.picked[u] || !free && !m.noRepeat || r.fence >= m.fences {
				continue
			}
			if r.until > me.at {
				bad = fmt.Sprintf("node %d takes unit %d away from a lease that lasts by its own clock", n, u)
			}
			to.rows[u] = m.claim(r, n, me.at+lifeTime)
			to.nodes[n].held[u][to.rows[u].fence]++
		}
		to.nodes[n].busy, to.nodes[n].at, to.nodes[n].picked = false, 0, [maxUnits]bool{}
		out = append(out, step{does: fmt.Sprintf("%d updates", n), to: to, bad: bad})
	}
	for u := range m.units {
		r, at := s.rows[u], m.clock(s, n)
		if r.until > at || r.fence >= m.fences {
			continue
		}
		to := s
		r.owed = min(r.owed, at) // who asked is promised that it is looked at, whatever becomes of the process
		if !m.quietClaim {
			r.next = min(r.next, at)
		}
		to.rows[u] = m.claim(r, n, at+lifeTime)
		to.nodes[n].held[u][to.rows[u].fence]++
		out = append(out, step{does: fmt.Sprintf("%d claims %d now", n, u), to: to})
	}
	return out
}

// works are the steps of a node with a lease that it holds, or thinks it does.
func (m *machine) works(s machineState, n, u int) []step {
	var out []step
	for f := uint8(1); f <= maxFence; f++ {
		if s.nodes[n].held[u][f] == 0 {
			continue
		}
		to := s
		if r := &to.rows[u]; m.accepts(*r, n, f) {
			r.until = m.clock(s, n) + lifeTime
		} else {
			to.nodes[n].held[u][f]-- // it learns that it lost it
		}
		out = append(out, step{does: fmt.Sprintf("%d renews %d/%d", n, u, f), to: to})
		for _, next := range []uint8{s.now + 1, never} {
			to := s
			to.nodes[n].held[u][f]--
			if r := &to.rows[u]; m.accepts(*r, n, f) {
				r.owner, r.until, r.next = 0, 0, next
				if !m.forgetful {
					r.next = min(next, r.marked)
				}
				r.owed, r.marked, r.since = min(next, r.since), never, never
			}
			out = append(out, step{does: fmt.Sprintf("%d releases %d/%d until %d", n, u, f, next), to: to})
			// A renewal that was under way when the lease was released arrives after it.
			late := to
			if r := &late.rows[u]; m.accepts(*r, n, f) {
				r.until = m.clock(s, n) + lifeTime
				out = append(out, step{does: fmt.Sprintf("%d releases %d/%d, and a late renewal arrives", n, u, f), to: late})
			}
		}
	}
	return out
}

// wrong is what must never be.
func (m *machine) wrong(s machineState) string {
	furthest := uint8(0)
	for n := range m.nodes {
		furthest = max(furthest, m.clock(s, n))
	}
	for u, r := range s.rows[:m.units] {
		writers := 0
		for n := range m.nodes {
			for f := uint8(1); f <= maxFence; f++ {
				if m.accepts(r, n, f) {
					writers += int(s.nodes[n].held[u][f])
				}
			}
		}
		switch {
		case writers > 1:
			return fmt.Sprintf("writes of %d works on unit %d are accepted", writers, u)
		case r.owner == 0 && r.until != 0:
			return fmt.Sprintf("unit %d is leased to nobody until %d", u, r.until)
		case r.next > r.owed:
			return fmt.Sprintf("unit %d was to be looked at by %d and sleeps until %d", u, r.owed, r.next)
		case r.until > furthest+lifeTime:
			// With the line before: once its time has come and this has passed, every living node's claim takes the unit.
			return fmt.Sprintf("unit %d is leased until %d, at %d", u, r.until, s.now)
		}
	}
	return ""
}

// explore looks at every state that can be reached. It returns how many there are, how many steps lead between them, and the
// shortest way to something that must not be.
func (m *machine) explore() (states, steps int, way []string) {
	type from struct {
		state int
		does  string
	}
	first := m.start()
	seen := map[machineState]bool{first: true}
	queue, came := []machineState{first}, []from{{}}
	back := func(i int, last ...string) []string {
		for ; i > 0; i = came[i].state {
			last = append([]string{came[i].does}, last...)
		}
		return last
	}
	for i := 0; i < len(queue); i++ {
		for _, st := range m.steps(queue[i]) {
			steps++
			if st.bad != "" {
				return len(queue), steps, back(i, st.does, st.bad)
			}
			if seen[st.to] {
				continue
			}
			if bad := m.wrong(st.to); bad != "" {
				return len(queue), steps, back(i, st.does, bad)
			}
			seen[st.to] = true
			queue, came = append(queue, st.to), append(came, from{i, st.does})
		}
	}
	return len(queue), steps, nil
}

func TestTheClaimProtocolHoldsInEveryOrder(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]machine{
		"two nodes, one unit":                      {nodes: 2, units: 1, horizon: 4, fences: 3},
		"two nodes, one unit, clocks apart":        {nodes: 2, units: 1, horizon: 4, fences: 3, ahead: [maxNodes]uint8{0, 1}},
		"two nodes, one unit, clocks a life apart": {nodes: 2, units: 1, horizon: 3, fences: 3, ahead: [maxNodes]uint8{0, lifeTime + 1}},
		"three nodes, one unit":                    {nodes: 3, units: 1, horizon: 3, fences: 2, ahead: [maxNodes]uint8{0, 1, 0}},
		"two nodes, two units":                     {nodes: 2, units: 2, horizon: 1, fences: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			states, steps, way := m.explore()
			if way != nil {
				t.Errorf("it goes wrong:\n\t%s", strings.Join(way, "\n\t"))
			}
			if states < 1000 {
				t.Errorf("only %d states were looked at", states)
			}
			t.Logf("%d states, %d steps", states, steps)
		})
	}
}

func TestPlantedBugsOfTheClaimProtocolAreFound(t *testing.T) {
	t.Parallel()
	for name, bug := range map[string]struct {
		machine machine
		want    string
	}{
		"the predicate is not repeated":            {machine{noRepeat: true}, "takes unit 0 away from a lease that lasts"},
		"the fence is not looked at":               {machine{noFence: true}, "writes of 2 works on unit 0 are accepted"},
		"a claim does not raise the fence":         {machine{sameFence: true}, "writes of 2 works on unit 0 are accepted"},
		"the owner is not looked at":               {machine{noOwner: true}, "unit 0 is leased to nobody"},
		"a release does not look at marks":         {machine{forgetful: true}, "sleeps until"},
		"a mark is not kept for the release":       {machine{marksNext: true}, "sleeps until"},
		"a claim before its time leaves it asleep": {machine{quietClaim: true}, "was to be looked at by 0 and sleeps"},
		"a claim takes the instant away":           {machine{claimForgets: true}, "sleeps until 100"},
		"a mark does not bring the row forward":    {machine{late: true}, "was to be looked at by 0 and sleeps"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := bug.machine
			m.nodes, m.units, m.horizon, m.fences = 2, 1, 3, 3
			_, _, way := m.explore()
			if len(way) == 0 || !strings.Contains(way[len(way)-1], bug.want) {
				t.Fatalf("found %q, want %q", way, bug.want)
			}
			t.Log(strings.Join(way, "; "))
		})
	}
}
