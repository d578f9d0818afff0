package store_test

import (
	"path/filepath"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestADatabaseOfBeforeIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	schema := storetest.Schema(t)
	for _, dsn := range []string{storetest.DSN(t), "sqlite:" + filepath.Join(t.TempDir(), "x.db")} {
		ctx := t.Context()
		s := ok(store.Open(ctx, dsn, store.Options{Schema: schema}))
		w := s.In("default")
		furnish(t, w)
		must(t, s.MigrateDown(ctx, schema, 1))
		if _, err := w.DoorState(ctx, doors); err == nil {
			t.Errorf("%s: the tables are not of before", s.Engine())
		}
		must(t, s.Tamper(ctx, `INSERT INTO door_group (workspace_id, door, id, name, place, edges_at, seen_read)
			VALUES ('default', 'kisi', 'g1', 'Group g1', 'HQ', 0, 1)`))
		must(t, s.Tamper(ctx, `INSERT INTO edge (workspace_id, door, group_id, account, ref, valid_from, valid_until, alien, seen_read)
			VALUES ('default', 'kisi', 'g1', 'a', 'g1a', $1, $2, '', 1)`, int64(cardea.Always), int64(cardea.Never)))
		must(t, s.MigrateUp(ctx, schema))
		d := ok(w.DoorState(ctx, doors))
		same(t, s.Engine()+" groups", d.Groups, []cardea.Group{grp("g1")})
		same(t, s.Engine()+" edges", d.Edges, []cardea.Edge{edgeOf("g1", "a")})
		same(t, s.Engine()+" records", len(ok(w.HouseRecords(ctx, space, cardea.KindPerson))), 0)
		must(t, s.Close())
	}
}

func TestTablesOfANewerProgramAreRefused(t *testing.T) {
	t.Parallel()
	schema := storetest.Schema(t)
	for _, dsn := range []string{storetest.DSN(t), "sqlite:" + filepath.Join(t.TempDir(), "x.db")} {
		s := ok(store.Open(t.Context(), dsn, store.Options{Schema: schema}))
		must(t, s.Tamper(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, $1)", true))
		must(t, s.Close())
		_, err := store.Open(t.Context(), dsn, store.Options{Schema: schema})
		wantClass(t, err, cardea.Rejected)
	}
}
