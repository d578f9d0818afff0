package desk_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// tokens is a desk without connections, whose clock the test moves.
func tokens(s *store.Store, at *cardea.Instant, log *slog.Logger) *desk.Desk {
	return desk.New(desk.Config{Store: s, Now: func() time.Time { return at.Time() }, Log: log})
}

func create(t *testing.T, d *desk.Desk, name string, life time.Duration, scopes ...desk.Scope) string {
	t.Helper()
	_, text, err := d.CreateToken(t.Context(), name, scopes, life, "olga")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func refused(t *testing.T, d *desk.Desk, what, text string) {
	t.Helper()
	if token, err := d.Admit(t.Context(), text); cardea.ClassOf(err) != cardea.Auth || token.Name != "" {
		t.Errorf("%s: %v, %v", what, token, err)
	}
}

func TestATokenMayWhatItWasMadeForUntilItExpires(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := start
		d := tokens(s, &now, nil)
		text := create(t, d, "app", 90*24*time.Hour, desk.ScopePassesCode, desk.ScopePassesRead, desk.ScopePassesCode)
		if !regexp.MustCompile(`^cardea_[A-Za-z0-9_-]{43}$`).MatchString(text) {
			t.Errorf("the token is %q", text)
		}
		want := desk.Token{
			Name: "app", Scopes: []desk.Scope{desk.ScopePassesCode, desk.ScopePassesRead}, Made: start, By: "olga",
			Expires: start.Add(90 * 24 * time.Hour),
		}
		got, err := d.Admit(t.Context(), text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		if !got.May(desk.ScopePassesRead) || got.May(desk.ScopeRead) || got.May("") || (desk.Token{}).May(desk.ScopeRead) {
			t.Error("scopes are not those it was made for")
		}
		now = want.Expires - 1
		if _, err := d.Admit(t.Context(), text); err != nil {
			t.Errorf("an instant before it expires: %v", err)
		}
		now = want.Expires
		refused(t, d, "expired", text)
	})
}

func TestARevokedTokenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := start
		d, other := tokens(s, &now, nil), tokens(s, &now, nil)
		text, neighbour := create(t, d, "app", 0, desk.ScopeRead), create(t, d, "board", 0, desk.ScopeRead)
		if text == neighbour {
			t.Fatal("two tokens are the same")
		}
		if _, err := other.Admit(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if err := d.RevokeToken(t.Context(), "app", "olga"); err != nil {
			t.Fatal(err)
		}
		refused(t, d, "revoked", text)
		refused(t, other, "revoked, at another process", text)
		again := create(t, d, "app", 0, desk.ScopeRead)
		refused(t, d, "revoked, when another has its name", text)
		for _, good := range []string{again, neighbour} {
			if _, err := other.Admit(t.Context(), good); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestNothingButTheWholeTokenIsAdmitted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := start
		d := tokens(s, &now, nil)
		text := create(t, d, "app", 0, desk.ScopeRead)
		other := desk.New(desk.Config{Store: s, Workspace: "other", Now: func() time.Time { return now.Time() }})
		refused(t, other, "of another workspace", text)
		kept, err := s.In("default").APITokens(t.Context())
		if err != nil || len(kept) != 1 {
			t.Fatal(kept, err)
		}
		altered := []byte(text)
		altered[20] ^= 1
		for _, bad := range []string{
			"", "app", "cardea_", text[:len(text)-1], text + "x", " " + text, strings.ToUpper(text), strings.TrimPrefix(text, "cardea_"),
			kept[0].Hash, "cardea_" + kept[0].Hash, "cardea_" + kept[0].Hash[:43], string(altered),
		} {
			refused(t, d, bad, bad)
		}
	})
}

func TestATokenIsMadeOnlyOfWhatThereIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := start
		d := tokens(s, &now, nil)
		all := []desk.Scope{desk.ScopeRead}
		for what, c := range map[string]struct {
			name   string
			scopes []desk.Scope
			life   time.Duration
		}{
			"no name": {"", all, 0}, "a space": {"my app", all, 0}, "an escape": {"app\x1b[2J", all, 0},
			"too long":     {strings.Repeat("a", 65), all, 0},
			"a dash first": {"-app", all, 0}, "a line": {"app\n", all, 0}, "no scope": {"app", nil, 0},
			"no such scope": {"app", []desk.Scope{"passes:read", "admin"}, 0}, "all of it": {"app", []desk.Scope{"*"}, 0},
			"over": {"app", all, -1},
		} {
			if _, text, err := d.CreateToken(t.Context(), c.name, c.scopes, c.life,
				"olga"); cardea.ClassOf(err) != cardea.Rejected || text != "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		create(t, d, "app", 0, desk.ScopeRead)
		if _, text, err := d.CreateToken(t.Context(), "app", all, 0, "olga"); cardea.ClassOf(err) != cardea.Conflict || text != "" ||
			!strings.Contains(err.Error(), "revoke it first") {
			t.Errorf("the same name again: %v", err)
		}
		if list, err := d.Tokens(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestItIsKnownToTheMinuteWhenATokenWasUsed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := start
		d := tokens(s, &now, nil)
		text := create(t, d, "app", 0, desk.ScopeRead)
		used := func(after time.Duration, ask bool) cardea.Instant {
			t.Helper()
			now = start.Add(after)
			if ask {
				if _, err := d.Admit(t.Context(), text); err != nil {
					t.Fatal(err)
				}
			}
			list, err := d.Tokens(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return list[0].LastUsed
		}
		if got := used(0, false); got != 0 {
			t.Errorf("before it was used: %s", got)
		}
		if got := used(time.Hour, true); got != start.Add(time.Hour) {
			t.Errorf("after an hour: %s", got)
		}
		if got := used(time.Hour+59*time.Second, true); got != start.Add(time.Hour) {
			t.Errorf("within the minute it was written again: %s", got)
		}
		if got := used(time.Hour+time.Minute, true); got != start.Add(time.Hour+time.Minute) {
			t.Errorf("a minute later it was not written: %s", got)
		}
		refused(t, d, "another", "cardea_"+strings.Repeat("a", 43))
		if got := used(2*time.Hour, false); got != start.Add(time.Hour+time.Minute) {
			t.Errorf("a token that was refused counts as used: %s", got)
		}
	})
}

// TestNobodyReadsATokenFromTheDatabaseOrTheLog looks for its text in everything that is kept and told.
func TestNobodyReadsATokenFromTheDatabaseOrTheLog(t *testing.T) {
	t.Parallel()
	look := func(t *testing.T, s *store.Store, everything func() string) {
		t.Helper()
		now := start
		var log bytes.Buffer
		d := tokens(s, &now, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		text := create(t, d, "app-of-the-members", 0, desk.ScopeRead)
		if _, err := d.Admit(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if err := d.RevokeToken(t.Context(), "app-of-the-members", "olga"); err != nil {
			t.Fatal(err)
		}
		refused(t, d, "revoked", text)
		kept := everything()
		if !strings.Contains(kept, "app-of-the-members") {
			t.Fatal("what is kept was not looked at")
		}
		secret := strings.TrimPrefix(text, "cardea_")
		for i := 0; i+12 <= len(secret); i++ {
			if part := secret[i : i+12]; strings.Contains(kept, part) || strings.Contains(log.String(), part) {
				t.Fatalf("a part of the token, %q, is kept or told", part)
			}
		}
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn, schema := storetest.DSN(t), storetest.Schema(t)
		look(t, opened(t, dsn, schema), func() string { return dump(t, dsn, schema) })
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		look(t, opened(t, "sqlite:"+filepath.Join(dir, "cardea.db"), ""), func() string {
			var all strings.Builder
			entries, err := os.ReadDir(dir)
			for _, e := range entries {
				b, err := os.ReadFile(filepath.Join(dir, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				all.Write(b)
			}
			if err != nil {
				t.Fatal(err)
			}
			return all.String()
		})
	})
}

func opened(t *testing.T, dsn, schema string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, store.Options{Key: storetest.Key, Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// dump is every row of every table of a schema.
func dump(t *testing.T, dsn, schema string) string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	column := func(query string, args ...any) []string {
		rows, err := db.QueryContext(t.Context(), query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var out []string
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				t.Fatal(err)
			}
			out = append(out, one)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	var all []string
	for _, table := range column("SELECT table_name FROM information_schema.tables WHERE table_schema = $1", schema) {
		all = append(all, column(`SELECT CAST(x AS TEXT) FROM "`+schema+`"."`+table+`" x`)...)
	}
	return strings.Join(all, "\n")
}
