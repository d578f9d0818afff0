package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// APIToken is what is known of a token of the API. Its text is not: only whoever holds the token has that.
type APIToken struct {
	Hash     string // SHA-256 of the text, in hex
	Name     string // no two that are not revoked have the same
	Scopes   []string
	Made     cardea.Instant
	By       string
	Expires  cardea.Instant // Never = it does not
	LastUsed cardea.Instant // 0 = it was not; coarse, see UseAPIToken
	Revoked  cardea.Instant // 0 = it is not
}

// AddAPIToken keeps a token, with a line in the audit log. Errors: Conflict when one of the name is there that is not revoked.
func (w *Workspace) AddAPIToken(ctx context.Context, t APIToken) error {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the scopes of a token cannot be written as JSON: %w", err)
	}
	return w.write(ctx, "keeping a token", nil, func(q *gen.Queries) error {
		if err := q.AddAPIToken(ctx, gen.AddAPITokenParams{
			WorkspaceID: w.id, Hash: clean(t.Hash), Name: clean(t.Name), Scopes: clean(string(scopes)), MadeAt: int64(t.Made),
			MadeBy: clean(t.By), ExpiresAt: int64(t.Expires),
		}); err != nil {
			return err
		}
		return w.note(ctx, q, t.Made, t.By, "token created", struct {
			Token   string         `json:"token"`
			Scopes  []string       `json:"scopes"`
			Expires cardea.Instant `json:"expires"`
		}{t.Name, t.Scopes, t.Expires})
	})
}

// APITokens returns every token, revoked ones too, by name and age.
func (w *Workspace) APITokens(ctx context.Context) ([]APIToken, error) {
	rows, err := w.s.queries().APITokens(ctx, w.id)
	if err != nil {
		return nil, classed("reading the tokens", err)
	}
	out := make([]APIToken, len(rows))
	for i, r := range rows {
		if out[i], err = apiToken(gen.APITokenRow(r)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b APIToken) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Made, b.Made), cmp.Compare(a.Hash, b.Hash))
	})
	return out, nil
}

// APIToken returns the token of a hash, also one that expired or was revoked. Errors: NotFound.
func (w *Workspace) APIToken(ctx context.Context, hash string) (APIToken, error) {
	rows, err := w.s.queries().APIToken(ctx, gen.APITokenParams{WorkspaceID: w.id, Hash: clean(hash)})
	if err != nil {
		return APIToken{}, classed("looking up a token", err)
	}
	if len(rows) == 0 {
		return APIToken{}, cardea.Errorf(cardea.NotFound, "there is no such token")
	}
	return apiToken(rows[0])
}

// UseAPIToken notes that a token was used at an instant, unless a use after another instant is noted already.
func (w *Workspace) UseAPIToken(ctx context.Context, hash string, at, after cardea.Instant) error {
	err := w.s.writing().UseAPIToken(ctx, gen.UseAPITokenParams{
		WorkspaceID: w.id, Hash: clean(hash), At: int64(at), After: int64(after),
	})
	return classed("noting that a token was used", err)
}

// RevokeAPIToken ends the token of a name, with a line in the audit log. Errors: NotFound when none is called so that is not
// revoked.
func (w *Workspace) RevokeAPIToken(ctx context.Context, name, who string, at cardea.Instant) error {
	return w.write(ctx, "revoking a token", nil, func(q *gen.Queries) error {
		n, err := q.RevokeAPIToken(ctx, gen.RevokeAPITokenParams{WorkspaceID: w.id, Name: clean(name), At: int64(at)})
		if err != nil {
			return err
		}
		if n == 0 {
			return cardea.Errorf(cardea.NotFound, "there is no token %q that is not revoked: cardea token list names them", name)
		}
		return w.note(ctx, q, at, who, "token revoked", map[string]string{"token": name})
	})
}

func apiToken(r gen.APITokenRow) (APIToken, error) {
	out := APIToken{
		Hash: r.Hash, Name: r.Name, Made: cardea.Instant(r.MadeAt), By: r.MadeBy, Expires: cardea.Instant(r.ExpiresAt),
		LastUsed: cardea.Instant(r.LastUsedAt), Revoked: cardea.Instant(r.RevokedAt),
	}
	if err := json.Unmarshal([]byte(r.Scopes), &out.Scopes); err != nil {
		return out, cardea.Errorf(cardea.Rejected, "what token %s may do cannot be read: revoke it and make another: %w", r.Name, err)
	}
	return out, nil
}
