package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestForeignBytesAreScrubbedAtTheBorder(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		dirty := "a\x00b\xff\xfec\\u0000"
		clean := "ab\ufffd\ufffdc\\u0000"
		read(t, w, space, cardea.Person{ID: dirty, Name: dirty, Team: dirty, Email: dirty}, cardea.Team{ID: dirty, Name: "T"})
		d := ok(w.DirectoryOf(ctx, space, []cardea.Key{{Kind: cardea.KindPerson, ID: dirty}}))
		if len(d.People) != 1 || len(d.Teams) != 1 {
			t.Fatalf("the closure is %+v", d)
		}
		same(t, "person", d.People[0], cardea.Person{ID: clean, Name: clean, Team: clean, Email: clean})
		for id := range ok(w.FactStates(ctx, space, cardea.KindPerson)) {
			same(t, "id", id, clean)
		}
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, Accounts: []cardea.Account{{ID: cardea.AccountID(dirty), Name: dirty}},
			Groups: []cardea.Group{{ID: "1", Name: dirty}},
			Edges:  []cardea.Edge{{Group: "1", Account: cardea.AccountID(dirty), Ref: dirty}},
		}, nil))
		same(t, "account", ok(w.DoorState(ctx, doors)).Accounts, []cardea.Account{{ID: cardea.AccountID(clean), Name: clean}})
		must(t, w.Note(ctx, noon, dirty, dirty, dirty))
		must(t, w.VerifyAudit(ctx))
		must(t, w.SaveConnection(ctx, store.Connection{
			Name: dirty, Side: store.SideDoor, System: "kisi", Settings: json.RawMessage(`{"a":"\u0000b\\u0000"}`),
		}))
	})
}

func TestCleanTextAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal(store.WithoutNUL(b), &back); err != nil {
			t.Fatalf("%s: %v", store.WithoutNUL(b), err)
		}
		if c := store.Clean(s); c != back {
			t.Fatalf("column %q, body %q", c, back)
		}
	})
}

func FuzzScrubbedJSONStaysJSON(f *testing.F) {
	for _, s := range []string{`"\u0000"`, `"\\u0000"`, `"\\\u0000"`, `{"\u0000":1}`, `"\ud800\u0000"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		out := store.WithoutNUL([]byte(store.Clean(string(b))))
		var v any
		if err := json.Unmarshal(out, &v); err != nil {
			t.Fatalf("%q became %q: %v", b, out, err)
		}
		again, err := json.Marshal(v)
		if err != nil || strings.Contains(strings.ReplaceAll(string(again), `\\`, ""), `\u0000`) || !utf8.Valid(out) {
			t.Fatalf("%q became %q: %v", b, again, err)
		}
	})
}

func TestFoldedEmailsMeet(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ana@X.Test ": "ana@x.test", "ana@bücher.test": "ana@xn--bcher-kva.test", "ANA@BÜCHER.test": "ana@xn--bcher-kva.test",
		"": "", "ana": "", "@x.test": "", "ana@": "", "ana@x.test.": "ana@x.test",
	} {
		if got := store.FoldEmail(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestBulkRowsAreCutAndEachKeyTravelsOnce(t *testing.T) {
	t.Parallel()
	rows := make([]string, 2500)
	for i := range rows {
		rows[i] = strings.Repeat("x", i%1200)
	}
	chunks := ok(store.Bulk(rows, func(s string) string { return s }))
	n, seen := 0, map[string]bool{}
	for _, c := range chunks {
		var m map[string]string
		must(t, json.Unmarshal([]byte(c), &m))
		if len(m) > 1000 {
			t.Errorf("a chunk has %d rows", len(m))
		}
		for _, v := range m {
			n, seen[v] = n+1, true
		}
	}
	if len(chunks) != 2 || n != 1200 || len(seen) != 1200 {
		t.Errorf("%d chunks, %d rows, %d different", len(chunks), n, len(seen))
	}
}
