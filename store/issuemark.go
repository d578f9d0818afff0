package store

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// IssueMark is what a person does about an open issue. What is nil stays as it is.
type IssueMark struct {
	Owner *string // '' gives it back
	Note  *string // '' takes it away
	// Drop says that it is fine as it is: it is not told again while it says the same. False takes that back.
	Drop *bool
}

// MarkIssue keeps what a person does about an open issue, with an audit line. NotFound when no open issue has the cause.
func (w *Workspace) MarkIssue(ctx context.Context, cause string, m IssueMark, who string, at cardea.Instant) error {
	cause = clean(cause)
	return w.write(ctx, "marking an issue", nil, func(q *gen.Queries) error {
		for _, step := range []struct {
			is     bool
			what   string
			detail string
			do     func() (int64, error)
		}{
			{m.Owner != nil, "take issue", deref(m.Owner), func() (int64, error) {
				return q.OwnIssue(ctx, gen.OwnIssueParams{WorkspaceID: w.id, CauseKey: cause, Owner: clean(deref(m.Owner))})
			}},
			{m.Note != nil, "note on issue", deref(m.Note), func() (int64, error) {
				return q.NoteIssue(ctx, gen.NoteIssueParams{WorkspaceID: w.id, CauseKey: cause, Note: clean(deref(m.Note))})
			}},
			{m.Drop != nil && *m.Drop, "drop issue", "", func() (int64, error) {
				return q.DropIssue(ctx, gen.DropIssueParams{WorkspaceID: w.id, CauseKey: cause})
			}},
			{m.Drop != nil && !*m.Drop, "undrop issue", "", func() (int64, error) {
				return q.UndropIssue(ctx, gen.UndropIssueParams{WorkspaceID: w.id, CauseKey: cause})
			}},
		} {
			if !step.is {
				continue
			}
			n, err := step.do()
			if err != nil {
				return err
			}
			if n == 0 {
				return cardea.Errorf(cardea.NotFound, "that issue is not open any more")
			}
			if err := w.note(ctx, q, at, who, step.what, map[string]string{"issue": cause, "text": step.detail}); err != nil {
				return err
			}
		}
		return nil
	})
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
