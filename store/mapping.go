package store

import (
	"context"
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Mapping is what the mappings of one integration are, as the desk writes them. Version counts how often they were saved.
type Mapping struct {
	Integration string
	Version     int64
	Body        json.RawMessage
	At          cardea.Instant
	By          string
}

// Mapping returns what was saved for an integration; Version 0 and no body when nothing ever was.
func (w *Workspace) Mapping(ctx context.Context, integration string) (Mapping, error) {
	m := Mapping{Integration: integration}
	rows, err := w.s.queries().Mapping(ctx, gen.MappingParams{WorkspaceID: w.id, Integration: clean(integration)})
	if err != nil || len(rows) == 0 {
		return m, classed("reading the mappings of "+integration, err)
	}
	m.Version, m.Body = rows[0].Version, json.RawMessage(rows[0].Body)
	m.At, m.By = cardea.Instant(rows[0].SavedAt), rows[0].SavedBy
	return m, nil
}

// SaveMapping saves the mappings of an integration over the version that m names, keeps what its names were resolved to, marks the
// units, and writes the audit log with what was done, all in one transaction. Conflict when another version is there by now;
// NotFound when the integration is not saved.
func (w *Workspace) SaveMapping(ctx context.Context, m Mapping, names map[string]string, marks []Mark, what any) error {
	text, err := raw(m.Body, "{}")
	if err != nil {
		return err
	}
	chunks, err := resolvedBulk(names)
	if err != nil {
		return err
	}
	integration := clean(m.Integration)
	return w.write(ctx, "saving the mappings of "+m.Integration, nil, func(q *gen.Queries) error {
		n, err := q.PutMapping(ctx, gen.PutMappingParams{
			WorkspaceID: w.id, Integration: integration, Was: m.Version, Body: text, SavedAt: int64(m.At), SavedBy: clean(m.By),
		})
		if err == nil && n == 0 {
			err = cardea.Errorf(cardea.Conflict, "somebody else saved the mappings of %s meanwhile: look again at what yours would do",
				m.Integration)
		}
		if err != nil {
			return err
		}
		if err := each(chunks, nil, func(b string) error {
			return q.PutResolved(ctx, gen.PutResolvedParams{WorkspaceID: w.id, Integration: integration, Bulk: b})
		}); err != nil {
			return err
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		return w.note(ctx, q, m.At, m.By, "mappings", what)
	})
}
