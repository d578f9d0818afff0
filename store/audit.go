package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// AuditLine is one line of the audit log. Hash covers the line and the hash before it.
type AuditLine struct {
	N      int64
	At     cardea.Instant
	Who    string
	What   string
	Detail json.RawMessage
	Prev   string
	Hash   string
}

// Audit returns the n newest lines, newest first.
func (w *Workspace) Audit(ctx context.Context, n int) ([]AuditLine, error) {
	rows, err := w.s.queries().LastAudit(ctx, gen.LastAuditParams{WorkspaceID: w.id, Most: int64(n)})
	if err != nil {
		return nil, classed("reading the audit log", err)
	}
	out := make([]AuditLine, len(rows))
	for i, r := range rows {
		out[i] = auditLine(r)
	}
	return out, nil
}

// VerifyAudit walks the whole log and returns an error that names the first broken line.
func (w *Workspace) VerifyAudit(ctx context.Context) error {
	return w.snapshot(ctx, "verifying the audit log", func(q *gen.Queries) error {
		head, err := q.AuditHead(ctx, w.id)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var last AuditLine
		for {
			rows, err := q.AuditFrom(ctx, gen.AuditFromParams{WorkspaceID: w.id, After: last.N, Most: chunk})
			if err != nil {
				return err
			}
			for _, r := range rows {
				l := auditLine(r)
				if err := l.follows(w.id, last); err != nil {
					return err
				}
				last = l
			}
			if len(rows) < chunk {
				break
			}
		}
		if last.N != head.AuditN || last.Hash != head.AuditHash {
			return cardea.Errorf(cardea.Rejected, "the audit log ends at line %d, but %d were written: line %d is missing or changed",
				last.N, head.AuditN, min(last.N+1, head.AuditN))
		}
		return nil
	})
}

// Note appends a line. Detail is marshalled to JSON; nil is no detail.
func (w *Workspace) Note(ctx context.Context, at cardea.Instant, who, what string, detail any) error {
	return w.write(ctx, "writing the audit log", nil, func(q *gen.Queries) error {
		return w.note(ctx, q, at, who, what, detail)
	})
}

// note appends a line as the last act of a transaction: it takes the workspace's row.
func (w *Workspace) note(ctx context.Context, q *gen.Queries, at cardea.Instant, who, what string, detail any) error {
	text := ""
	if detail != nil {
		var err error
		if text, err = body(detail); err != nil {
			return err
		}
	}
	head, err := q.NextAudit(ctx, w.id)
	if err != nil {
		return err
	}
	l := AuditLine{
		N: head.AuditN, At: at, Who: clean(who), What: clean(what), Detail: json.RawMessage(text), Prev: head.AuditHash,
	}
	l.Hash = l.hash(w.id)
	if err := q.AddAudit(ctx, gen.AddAuditParams{
		WorkspaceID: w.id, N: l.N, At: int64(l.At), Who: l.Who, What: l.What, Detail: text, Prev: l.Prev, Hash: l.Hash,
	}); err != nil {
		return err
	}
	return q.SetAuditHead(ctx, gen.SetAuditHeadParams{WorkspaceID: w.id, AuditHash: l.Hash})
}

// follows says why the line is not the one that was written after prev.
func (l AuditLine) follows(workspace string, prev AuditLine) error {
	switch {
	case l.N != prev.N+1:
		return cardea.Errorf(cardea.Rejected, "the audit log is broken: line %d is missing", prev.N+1)
	case l.Prev != prev.Hash:
		return cardea.Errorf(cardea.Rejected, "the audit log is broken: line %d does not follow line %d", l.N, prev.N)
	case l.Hash != l.hash(workspace):
		return cardea.Errorf(cardea.Rejected, "the audit log is broken: line %d was changed", l.N)
	}
	return nil
}

// hash covers every field with its length, so that no text can move from one field into the next.
func (l AuditLine) hash(workspace string) string {
	h := sha256.New()
	for _, s := range []string{
		workspace, strconv.FormatInt(l.N, 10), strconv.FormatInt(int64(l.At), 10), l.Who, l.What, string(l.Detail), l.Prev,
	} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func auditLine(r gen.Audit) AuditLine {
	l := AuditLine{N: r.N, At: cardea.Instant(r.At), Who: r.Who, What: r.What, Prev: r.Prev, Hash: r.Hash}
	if r.Detail != "" {
		l.Detail = json.RawMessage(r.Detail)
	}
	return l
}
