package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Integration is one space connection and one door connection, with everything said about the pair.
type Integration struct {
	Name     string
	Space    string          // connection
	Door     string          // connection
	Settings json.RawMessage // nothing reads back as {}
	Managed  string          // "file" when the configuration file names it
}

// SaveIntegration makes or changes an integration. NotFound when a connection of it is not there.
func (w *Workspace) SaveIntegration(ctx context.Context, i Integration) error {
	settings, err := raw(i.Settings, "{}")
	if err != nil {
		return err
	}
	p := gen.PutIntegrationParams{
		WorkspaceID: w.id, Name: clean(i.Name), Space: clean(i.Space), Door: clean(i.Door), Settings: settings,
		Managed: clean(i.Managed),
	}
	return w.write(ctx, "saving the integration "+i.Name, nil, func(q *gen.Queries) error { return q.PutIntegration(ctx, p) })
}

// Integrations returns all of them, sorted by name.
func (w *Workspace) Integrations(ctx context.Context) ([]Integration, error) {
	rows, err := w.s.queries().Integrations(ctx, w.id)
	if err != nil {
		return nil, classed("reading the integrations", err)
	}
	out := make([]Integration, len(rows))
	for i, r := range rows {
		out[i] = Integration{
			Name: r.Name, Space: r.Space, Door: r.Door, Settings: json.RawMessage(r.Settings), Managed: r.Managed,
		}
	}
	slices.SortFunc(out, func(a, b Integration) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Resolved returns the ids that names of the integration's configuration were resolved to, by kind + "\x00" + name.
func (w *Workspace) Resolved(ctx context.Context, integration string) (map[string]string, error) {
	rows, err := w.s.queries().Resolved(ctx, gen.ResolvedParams{WorkspaceID: w.id, Integration: clean(integration)})
	if err != nil {
		return nil, classed("reading the resolved names of "+integration, err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Kind+"\x00"+r.Name] = r.ID
	}
	return out, nil
}

// SaveResolved adds to what Resolved returns; a name that is there already gets the new id.
func (w *Workspace) SaveResolved(ctx context.Context, integration string, m map[string]string) error {
	chunks, err := resolvedBulk(m)
	return w.write(ctx, "keeping the resolved names of "+integration, nil, func(q *gen.Queries) error {
		return each(chunks, err, func(b string) error {
			return q.PutResolved(ctx, gen.PutResolvedParams{WorkspaceID: w.id, Integration: clean(integration), Bulk: b})
		})
	})
}

func resolvedBulk(m map[string]string) ([]string, error) {
	type row struct {
		Kind string `json:"k"`
		Name string `json:"n"`
		ID   string `json:"i"`
	}
	rows := make([]row, 0, len(m))
	for k, id := range m {
		kind, name, ok := strings.Cut(k, "\x00")
		if !ok {
			return nil, noShelf(k)
		}
		rows = append(rows, row{clean(kind), clean(name), clean(id)})
	}
	return bulk(rows, func(r row) [2]string { return [2]string{r.Kind, r.Name} })
}

func noShelf(name string) error {
	return cardea.Errorf(cardea.Rejected, "the resolved name %q has no kind before it", name)
}

// SavePolicy keeps what was said of one group, Ours included, as given.
func (w *Workspace) SavePolicy(ctx context.Context, door string, p cardea.Policy) error {
	keep, err := body(p.Keep)
	if err != nil {
		return err
	}
	return w.write(ctx, "saving the policy of a group", nil, func(q *gen.Queries) error {
		return q.PutPolicy(ctx, gen.PutPolicyParams{
			WorkspaceID: w.id, Door: clean(door), GroupID: clean(string(p.Group)), Mode: string(p.Mode), Keep: keep, Ours: p.Ours,
		})
	})
}

// Policies returns the policies of a door connection's groups. A group that was approved before anything was said of it
// is exclusive, as by default.
func (w *Workspace) Policies(ctx context.Context, door string) (map[cardea.GroupID]cardea.Policy, error) {
	rows, err := w.s.queries().Policies(ctx, gen.PoliciesParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, classed("reading the policies of "+door, err)
	}
	out := make(map[cardea.GroupID]cardea.Policy, len(rows))
	for _, r := range rows {
		p := cardea.Policy{Group: cardea.GroupID(r.GroupID), Mode: cardea.Mode(r.Mode), Ours: r.Ours}
		if err := json.Unmarshal([]byte(r.Keep), &p.Keep); err != nil {
			return nil, cardea.Errorf(cardea.Unknown, "the keep-list of the group %s cannot be read: %w", r.GroupID, err)
		}
		out[p.Group] = p
	}
	return out, nil
}
