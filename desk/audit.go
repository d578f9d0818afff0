package desk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
)

// AuditEntry is one line of the audit log: who did what, and when. Hash covers the line and the hash of the line before, Prev.
type AuditEntry struct {
	N      int64           `json:"n"`
	At     cardea.Instant  `json:"at"`
	Who    string          `json:"who"`
	What   string          `json:"what"`
	Detail json.RawMessage `json:"detail,omitempty"`
	Prev   string          `json:"prev"`
	Hash   string          `json:"hash"`
}

// AuditQuery says which lines are wanted. Empty fields ask for everything.
type AuditQuery struct {
	Since cardea.Instant
	Who   string
	What  string
	Most  int // newest ones
}

// auditPage is how many lines are looked through at first; a search that finds too few looks through more.
const auditPage = 1024

// Audit returns the newest lines that are asked for, oldest first. Nothing is checked: see CheckAudit.
func (d *Desk) Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error) {
	for page := auditPage; ; page *= 4 {
		lines, err := d.ws.Audit(ctx, page)
		if err != nil {
			return nil, err //nolint:wrapcheck // the store says what it did
		}
		found := []AuditEntry{}
		for _, l := range lines {
			if l.At < q.Since || q.Who != "" && l.Who != q.Who || q.What != "" && l.What != q.What {
				continue
			}
			if found = append(found, AuditEntry(l)); len(found) == q.Most {
				break
			}
		}
		if len(lines) < page || len(found) == q.Most || lines[len(lines)-1].At < q.Since {
			slices.Reverse(found)
			return found, nil
		}
	}
}

// AuditCheck is what a look at the whole audit log found.
type AuditCheck struct {
	Lines int64      `json:"lines"`
	Last  AuditEntry `json:"last"`
}

// CheckAudit walks the whole audit log. Errors: Rejected when a line is missing or was changed, which it names. A log of which
// somebody wrote all anew from some line on is whole too: known is the hash of a line that was noted elsewhere before and has to
// be in it still, empty = none was.
func (d *Desk) CheckAudit(ctx context.Context, known string) (AuditCheck, error) {
	if err := d.ws.VerifyAudit(ctx); err != nil {
		return AuditCheck{}, err //nolint:wrapcheck // the store names the line
	}
	last, err := d.ws.Audit(ctx, 1)
	if err != nil || len(last) == 0 && known == "" {
		return AuditCheck{}, err //nolint:wrapcheck // the store says what it did
	}
	has := known == ""
	for page := auditPage; !has; page *= 4 {
		lines, err := d.ws.Audit(ctx, page)
		if err != nil {
			return AuditCheck{}, err //nolint:wrapcheck // the store says what it did
		}
		for _, l := range lines {
			has = has || l.Hash == known
		}
		if !has && len(lines) < page {
			return AuditCheck{}, cardea.Errorf(cardea.Rejected, "the audit log has no line with the hash %s: it was written anew since that was "+
				"noted, or is that of another database", known)
		}
	}
	return AuditCheck{Lines: last[0].N, Last: AuditEntry(last[0])}, nil
}
