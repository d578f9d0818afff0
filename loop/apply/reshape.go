package apply

import (
	"context"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// reshape brings an edge to another window or to other attributes. It is resumable, so that it may be repeated whatever
// became of it.
func (r *run) reshape(ctx context.Context, op cardea.Operation) error {
	shape := r.shaper(op)
	if shape == nil {
		return r.fail(ctx, op, cardea.Errorf(cardea.Rejected, "the door system cannot %s an entry", op.Verb))
	}
	ops, err := r.sending(ctx, []cardea.Operation{op})
	if err != nil || len(ops) == 0 {
		return err
	}
	return r.resume(ctx, shape, op)
}

// shaper is the ability that an operation needs, nil when the door system lacks it.
func (r *run) shaper(op cardea.Operation) func(ctx context.Context, was, now cardea.Edge) (string, error) {
	if op.Verb == cardea.VerbReprofile {
		if s, can := r.System.(door.Profiled); can {
			return s.Reprofile
		}
		return nil
	}
	if s, can := r.System.(door.Timed); can {
		return s.Retime
	}
	return nil
}

// resume sends a change of an edge until it went through.
func (r *run) resume(
	ctx context.Context, shape func(ctx context.Context, was, now cardea.Edge) (string, error), op cardea.Operation,
) error {
	was := cardea.Edge{Group: op.Group, Account: op.Account}
	if op.Was != nil {
		was = *op.Was
	}
	now := r.edge(op)
	for attempt := 1; ; attempt++ {
		ref, err := shape(ctx, was, now)
		switch {
		case err == nil:
			now.Ref = ref
			return r.well(ctx, op, &now)
		case ctx.Err() != nil:
			return fmt.Errorf("stopped: %w", ctx.Err())
		case !repeats(err):
			return r.fail(ctx, op, err)
		case attempt == r.attempts():
			// It may stand half done: it stays in flight, and the next run resumes it before anything else.
			return r.fail(ctx, op, cardea.Errorf(cardea.Unknown, "the change may be half done: %w", err))
		}
		if err := r.wait(ctx, attempt, asked(err)); err != nil {
			return err
		}
	}
}
