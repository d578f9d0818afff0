package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// IssueRow is an open issue. Cause names it across reads and runs.
type IssueRow struct {
	Cause  string
	Source string
	Issue  cardea.Issue
	Opened cardea.Instant
	Seen   cardea.Instant // the last time it was found
}

// SaveIssues says what is the matter according to one source: one open issue for each cause, those of the source that
// are not named any more are closed. What it is about names a cause, not the text.
func (w *Workspace) SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error {
	type row struct {
		Body string `json:"b"`
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
		keys, rows = append(keys, key), append(rows, row{b})
	}
	chunks, err := objects(len(rows), func(i int) (string, any) { return keys[i], rows[i] })
	if err != nil {
		return err
	}
	return w.write(ctx, "keeping the issues of "+source, nil, func(q *gen.Queries) error {
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
		return each(chunks, nil, func(b string) error {
			return q.PutIssues(ctx, gen.PutIssuesParams{WorkspaceID: w.id, Source: clean(source), At: int64(at), Bulk: b})
		})
	})
}

// Issues returns the open ones, oldest first.
func (w *Workspace) Issues(ctx context.Context) ([]IssueRow, error) {
	rows, err := w.s.queries().OpenIssues(ctx, w.id)
	if err != nil {
		return nil, classed("reading the issues", err)
	}
	out := make([]IssueRow, len(rows))
	for i, r := range rows {
		out[i] = IssueRow{
			Cause: r.CauseKey, Source: r.Source, Opened: cardea.Instant(r.OpenedAt), Seen: cardea.Instant(r.SeenAt),
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
