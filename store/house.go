package store

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// HouseRecords returns the records of a kind that a house connection holds, sorted by id.
func (w *Workspace) HouseRecords(ctx context.Context, connection string, kind cardea.Kind) ([]cardea.Record, error) {
	rows, err := w.s.queries().HouseRecords(ctx, gen.HouseRecordsParams{
		WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind),
	})
	if err != nil {
		return nil, classed("reading the records of "+connection, err)
	}
	out := make([]cardea.Record, len(rows))
	for i, b := range rows {
		if out[i], err = record(kind, b); err != nil {
			return nil, err
		}
	}
	sortRecords(out)
	return out, nil
}

// HouseRecord returns one record of a house connection, and whether it is there.
func (w *Workspace) HouseRecord(ctx context.Context, connection string, k cardea.Key) (cardea.Record, bool, error) {
	rows, err := w.s.queries().HouseRecord(ctx, gen.HouseRecordParams{
		WorkspaceID: w.id, Connection: clean(connection), Kind: string(k.Kind), ID: clean(k.ID),
	})
	if err != nil || len(rows) == 0 {
		return nil, false, classed("reading a record of "+connection, err)
	}
	r, err := record(k.Kind, rows[0])
	return r, err == nil, err
}

// SaveHouse puts and drops records of a house connection in one transaction, with one audit line of who did what. Records
// that are there already are replaced, dropping what is not there is a success, and a record that is both dropped and put
// is put. It marks no wake row: who wants the records read soon, does. Errors: Rejected for a record without an id, of no
// kind of a space system, or without Options.Now; NotFound when the connection is not saved.
func (w *Workspace) SaveHouse(
	ctx context.Context, connection string, put []cardea.Record, drop []cardea.Key, who, what string,
) error {
	at, err := w.s.clock()
	if err != nil {
		return err
	}
	rows, err := houseBulk(put)
	if err != nil {
		return err
	}
	gone, err := keyBulk(drop)
	if err != nil {
		return err
	}
	name := clean(connection)
	return w.write(ctx, "saving records of "+connection, nil, func(q *gen.Queries) error {
		if err := each(gone, nil, func(b string) error {
			return q.DropHouse(ctx, gen.DropHouseParams{WorkspaceID: w.id, Connection: name, Bulk: b})
		}); err != nil {
			return err
		}
		if err := each(rows, nil, func(b string) error {
			return q.PutHouse(ctx, gen.PutHouseParams{WorkspaceID: w.id, Connection: name, ChangedAt: int64(at), Bulk: b})
		}); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, what, houseDetail(connection, put, drop))
	})
}

func houseBulk(records []cardea.Record) ([]string, error) {
	type row struct {
		keyRow

		Body string `json:"b"`
	}
	rows := make([]row, len(records))
	for i, r := range records {
		k := r.Key()
		if !slices.Contains(cardea.Kinds, k.Kind) {
			return nil, noKind(k.Kind)
		}
		if k.ID == "" {
			return nil, cardea.Errorf(cardea.Rejected, "a %s has no id: give it one", k.Kind)
		}
		b, err := body(r)
		if err != nil {
			return nil, err
		}
		rows[i] = row{keyRow{string(k.Kind), clean(k.ID)}, b}
	}
	return bulk(rows, func(r row) keyRow { return r.keyRow })
}

// namedRecords is up to how many records the audit log names one by one; of an import it tells how many.
const namedRecords = 20

// houseDetail is what the audit log says of a change to our own records: which, or how many of what, never their bodies.
func houseDetail(connection string, put []cardea.Record, drop []cardea.Key) any {
	out := struct {
		Connection string              `json:"connection"`
		Put        map[cardea.Kind]int `json:"put,omitempty"`
		Dropped    map[cardea.Kind]int `json:"dropped,omitempty"`
		Records    []cardea.Key        `json:"records,omitempty"`
	}{Connection: connection, Put: map[cardea.Kind]int{}, Dropped: map[cardea.Kind]int{}}
	for _, r := range put {
		out.Put[r.Key().Kind]++
	}
	for _, k := range drop {
		out.Dropped[k.Kind]++
	}
	if len(put)+len(drop) <= namedRecords {
		for _, r := range put {
			out.Records = append(out.Records, r.Key())
		}
		out.Records = append(out.Records, drop...)
	}
	return out
}
