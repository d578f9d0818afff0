package apply

import (
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Progress is how far a run came.
type Progress struct {
	Done, Total int
	Result      Result
}

// Result is what became of one operation.
type Result struct {
	Op    cardea.Operation
	State string // store.OpSent, OpConfirmed, OpFailed, OpSkipped, or OpSending when nobody can tell
	Why   string
	Class cardea.Class // of what stood in its way, "" = nothing did, or it was not sent
}

// Report is what became of a changeset.
type Report struct {
	Results   []Result
	Issues    []cardea.Issue
	Sent      int // answered well
	Confirmed int // and read back
	Skipped   int
	Failed    int
	// Open are operations whose outcome is not known or not read back: the next run begins with them.
	Open int
	// GaveWay says that the run ended early, for something more urgent: what it did not send is still to be done.
	GaveWay bool
	// Look is when the first of them has to show at the door system, 0 = none waits for that.
	Look cardea.Instant
}

// result notes what became of an operation; a later note replaces an earlier one.
func (r *run) result(op cardea.Operation, state, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	res := Result{Op: op, State: state, Why: why}
	if i, ok := r.at[op.Key]; ok {
		r.rep.Results[i] = res
		return
	}
	r.at[op.Key] = len(r.rep.Results)
	r.rep.Results = append(r.rep.Results, res)
	if r.Progress != nil {
		r.Progress(Progress{Done: len(r.rep.Results), Total: r.total, Result: res})
	}
}

// because notes the class of what stood in an operation's way.
func (r *run) because(op cardea.Operation, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, ok := r.at[op.Key]; ok {
		r.rep.Results[i].Class = cardea.ClassOf(err)
	}
}

func (r *run) issue(i cardea.Issue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rep.Issues = append(r.rep.Issues, i)
}

// sent returns the operations that were answered well and wait to be read back.
func (r *run) sent() []cardea.Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []cardea.Operation
	for _, res := range r.rep.Results {
		if res.State == store.OpSent {
			out = append(out, res.Op)
		}
	}
	return out
}

// report counts.
func (r *run) report() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rep.GaveWay = r.Turn.Over()
	r.rep.Sent, r.rep.Confirmed, r.rep.Skipped, r.rep.Failed, r.rep.Open = 0, 0, 0, 0, 0
	for _, res := range r.rep.Results {
		switch res.State {
		case store.OpConfirmed:
			r.rep.Sent++
			r.rep.Confirmed++
		case store.OpSent:
			r.rep.Sent++
			r.rep.Open++
		case store.OpSending:
			r.rep.Open++
		case store.OpFailed:
			r.rep.Failed++
		case store.OpSkipped:
			r.rep.Skipped++
		}
	}
	return r.rep
}

// failure is the issue of an operation that failed.
func failure(op cardea.Operation, err error) cardea.Issue {
	what := map[cardea.Verb]string{
		cardea.VerbCreate: "the account could not be made",
		cardea.VerbAdd:    "the person could not be put into the group",
		cardea.VerbRetime: "the times could not be changed",
		cardea.VerbRemove: "the access could not be taken away",
		cardea.VerbClean:  "an expired entry could not be cleaned away",
	}[op.Verb]
	if what == "" {
		what = "the step could not be done"
	}
	return cardea.Issue{
		Code: "op-failed", Person: op.Person, Account: op.Account, Group: op.Group,
		Text: fmt.Sprintf("%s; it is tried again in the next run: %v", what, err),
	}
}
