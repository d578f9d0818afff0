package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// IssueRow is an issue. Cause names it across reads and runs.
type IssueRow struct {
	Cause  string
	Source string
	Issue  cardea.Issue
	Opened cardea.Instant // the first time
	Seen   cardea.Instant // the last time it was found
	Closed cardea.Instant // 0 = open
	Times  int            // how many looks found it
	// Reopened counts how often it came back after it was closed, ReopenedAt is the last time.
	Reopened   int
	ReopenedAt cardea.Instant
	Owner      string // who took it
	Note       string
	Dropped    bool // a person said it is fine: it is not told while it says the same
}

// memory is how long after it was closed an issue is the same one when its cause comes back.
const memory = 14 * 24 * time.Hour

// SaveIssues says what is the matter according to one source: one open issue for each cause, those of the source that
// are not named any more are closed. What it is about names a cause, not the text. A cause that comes back within 14 days
// is the issue that it was, with its owner and its note.
func (w *Workspace) SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error {
	return w.saveIssues(ctx, source, is, at, true)
}

// AddIssues is SaveIssues for who looked at a part only: what is not named stays open.
func (w *Workspace) AddIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error {
	if len(is) == 0 {
		return nil
	}
	return w.saveIssues(ctx, source, is, at, false)
}

func (w *Workspace) saveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant, whole bool) error {
	type row struct {
		Body  string `json:"b"`
		Facts string `json:"f"`
	}
	named := map[string]bool{}
	var keys []string
	var rows []row
	for _, i := range is {
		key := causeKey(source, i)
		if named[key] {
			continue
		}
		b, err := body(i)
		if err != nil {
			return err
		}
		named[key] = true
		keys, rows = append(keys, key), append(rows, row{b, digest(b)})
	}
	chunks, err := objects(len(rows), func(i int) (string, any) { return keys[i], rows[i] })
	if err != nil {
		return err
	}
	return w.write(ctx, "keeping the issues of "+source, nil, func(q *gen.Queries) error {
		if whole {
			open, err := q.OpenIssueKeys(ctx, gen.OpenIssueKeysParams{WorkspaceID: w.id, Source: clean(source)})
			if err != nil {
				return err
			}
			over, err := set(slices.DeleteFunc(open, func(k string) bool { return named[k] }))
			if err := each(over, err, func(b string) error {
				return q.CloseIssues(ctx, gen.CloseIssuesParams{WorkspaceID: w.id, ClosedAt: int64(at), Bulk: b})
			}); err != nil {
				return err
			}
		}
		return each(chunks, nil, func(b string) error {
			if err := q.ReopenIssues(ctx, gen.ReopenIssuesParams{
				WorkspaceID: w.id, At: int64(at), Since: max(int64(at.Add(-memory)), 0), Bulk: b,
			}); err != nil {
				return err
			}
			return q.PutIssues(ctx, gen.PutIssuesParams{WorkspaceID: w.id, Source: clean(source), At: int64(at), Bulk: b})
		})
	})
}

// Issues returns the open ones, oldest first, without those that a person dropped.
func (w *Workspace) Issues(ctx context.Context) ([]IssueRow, error) {
	rows, err := w.s.queries().OpenIssues(ctx, w.id)
	if err != nil {
		return nil, classed("reading the issues", err)
	}
	return issueRows(rows, func(r gen.OpenIssuesRow) gen.InboxRow { return gen.InboxRow(r) })
}

// Inbox returns all that are open, dropped ones too, and those that were closed at since or later; oldest first.
func (w *Workspace) Inbox(ctx context.Context, since cardea.Instant) ([]IssueRow, error) {
	rows, err := w.s.queries().Inbox(ctx, gen.InboxParams{WorkspaceID: w.id, Since: int64(since)})
	if err != nil {
		return nil, classed("reading the issues", err)
	}
	return issueRows(rows, func(r gen.InboxRow) gen.InboxRow { return r })
}

func issueRows[R any](rows []R, as func(R) gen.InboxRow) ([]IssueRow, error) {
	out := make([]IssueRow, len(rows))
	for i, row := range rows {
		r := as(row)
		out[i] = IssueRow{
			Cause: r.CauseKey, Source: r.Source, Opened: cardea.Instant(r.OpenedAt), Seen: cardea.Instant(r.SeenAt),
			Closed: cardea.Instant(r.ClosedAt), Times: int(r.Seen), Reopened: int(r.Reopened),
			ReopenedAt: cardea.Instant(r.ReopenedAt), Owner: r.Owner, Note: r.Note, Dropped: r.Dropped != "",
		}
		if err := json.Unmarshal([]byte(r.Body), &out[i].Issue); err != nil {
			return nil, cardea.Errorf(cardea.Unknown, "a stored issue cannot be read: %w", err)
		}
	}
	slices.SortFunc(out, func(a, b IssueRow) int {
		return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.Issue.Code, b.Issue.Code), cmp.Compare(a.Cause, b.Cause))
	})
	return out, nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func causeKey(source string, i cardea.Issue) string {
	record := ""
	if i.Record != nil {
		record = i.Record.String()
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		source, i.Code, string(i.Person), string(i.Account), string(i.Group), record,
	}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
