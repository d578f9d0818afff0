package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Collection says how the last read of one collection went. Zero instants are "never".
type Collection struct {
	Kind         cardea.Kind
	Grade        cardea.Grade
	Why          string         // what is missing, "" when complete
	At           cardea.Instant // the last read
	CompleteAt   cardea.Instant // the last complete one
	SuspectSince cardea.Instant // 0 = not suspect
	Records      int            // of the last complete read
}

// FactState is what a merge must know of a record without its body.
type FactState struct {
	Hash         string         // of FactHash
	MissingSince cardea.Instant // first complete read without it, 0 = there
	GoneAt       cardea.Instant // 0 = not gone
	GoneCause    cardea.Cause
	Unsure       bool
}

// Collections returns the connection's collections, sorted by kind.
func (w *Workspace) Collections(ctx context.Context, connection string) ([]Collection, error) {
	rows, err := w.s.queries().Collections(ctx, gen.CollectionsParams{WorkspaceID: w.id, Connection: clean(connection)})
	if err != nil {
		return nil, classed("reading the collections of "+connection, err)
	}
	out := make([]Collection, len(rows))
	for i, r := range rows {
		out[i] = Collection{
			Kind: cardea.Kind(r.Kind), Grade: cardea.Grade(r.Grade), Why: r.Why, At: cardea.Instant(r.ReadAt),
			CompleteAt: cardea.Instant(r.CompleteAt), SuspectSince: cardea.Instant(r.SuspectSince), Records: int(r.Records),
		}
	}
	slices.SortFunc(out, func(a, b Collection) int { return cmp.Compare(a.Kind, b.Kind) })
	return out, nil
}

// FactStates returns the state of every record of a kind by id, gone ones too.
func (w *Workspace) FactStates(ctx context.Context, connection string, kind cardea.Kind) (map[string]FactState, error) {
	rows, err := w.s.queries().FactStates(ctx, gen.FactStatesParams{
		WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind),
	})
	if err != nil {
		return nil, classed("reading what is known of "+connection, err)
	}
	out := make(map[string]FactState, len(rows))
	for _, r := range rows {
		out[r.ID] = FactState{
			Hash: r.Hash, MissingSince: cardea.Instant(r.MissingSince), GoneAt: cardea.Instant(r.GoneAt),
			GoneCause: cardea.Cause(r.GoneCause), Unsure: r.Unsure,
		}
	}
	return out, nil
}

// Facts returns the bodies of the keys that are there, gone ones too, sorted by kind and id.
func (w *Workspace) Facts(ctx context.Context, connection string, keys []cardea.Key) ([]cardea.Record, error) {
	var out []cardea.Record
	chunks, err := keyBulk(keys)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().Facts(ctx, gen.FactsParams{WorkspaceID: w.id, Connection: clean(connection), Bulk: b})
		if err != nil {
			return classed("reading records of "+connection, err)
		}
		for _, r := range rows {
			rec, err := record(cardea.Kind(r.Kind), r.Body)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	sortRecords(out)
	return out, err
}

func sortRecords(rs []cardea.Record) {
	slices.SortFunc(rs, func(a, b cardea.Record) int { return compareKeys(a.Key(), b.Key()) })
}

// FactHash is the hash that FactState holds: equal when the bodies are.
func FactHash(r cardea.Record) (string, error) {
	b, err := body(r)
	return hashOf(b), err
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:16])
}

type keyRow struct {
	Kind string `json:"k"`
	ID   string `json:"i"`
}

func keyBulk(keys []cardea.Key) ([]string, error) {
	rows := make([]keyRow, len(keys))
	for i, k := range keys {
		rows[i] = keyRow{string(k.Kind), clean(k.ID)}
	}
	return bulk(rows, func(r keyRow) keyRow { return r })
}

func compareKeys(a, b cardea.Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// record reads a body by its kind.
func record(k cardea.Kind, body string) (cardea.Record, error) {
	switch k {
	case cardea.KindPerson, cardea.KindVisitor:
		return decode[cardea.Person](k, body)
	case cardea.KindTeam:
		return decode[cardea.Team](k, body)
	case cardea.KindLocation:
		return decode[cardea.Location](k, body)
	case cardea.KindFloor:
		return decode[cardea.Floor](k, body)
	case cardea.KindResource:
		return decode[cardea.Resource](k, body)
	case cardea.KindPlan:
		return decode[cardea.Plan](k, body)
	case cardea.KindAgreement:
		return decode[cardea.Agreement](k, body)
	case cardea.KindAssignment:
		return decode[cardea.Assignment](k, body)
	case cardea.KindBooking:
		return decode[cardea.Booking](k, body)
	case cardea.KindPass:
		return decode[cardea.Pass](k, body)
	case cardea.KindGroup, cardea.KindAccount, cardea.KindEdge, cardea.KindPush:
	}
	return nil, noKind(k)
}

func noKind(k cardea.Kind) error {
	return cardea.Errorf(cardea.Rejected, "%q is no kind of record of a space system", k)
}

func decode[T cardea.Record](k cardea.Kind, body string) (cardea.Record, error) {
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return nil, cardea.Errorf(cardea.Unknown, "a stored %s cannot be read: %w", k, err)
	}
	return v, nil
}
