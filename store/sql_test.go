package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// everyWorkspace are the queries that look at the wake rows of all workspaces: who works is not who owns.
var everyWorkspace = []string{"ClaimDue", "LookAgain", "NextFree", "NextWake", "PullBudgets", "WrittenAhead"}

var (
	sqlComment = regexp.MustCompile(`(?m)--.*$`)
	sqlString  = regexp.MustCompile(`'[^']*'`)
	sqlToken   = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)?|\$\d+|[(),=;]|<>`)
	sqlName    = regexp.MustCompile(`-- name: (\w+)`)
)

// tables reads the names of the tables from the migrations.
func tables(t *testing.T) []string {
	t.Helper()
	var out []string
	files := ok(filepath.Glob("migrations/*.sql"))
	for _, f := range files {
		for _, m := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(string(ok(os.ReadFile(f))), -1) {
			out = append(out, m[1])
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d tables were found", len(out))
	}
	return out
}

// texts returns every SQL text among the strings of the package and of the generated code.
func texts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files := append(ok(filepath.Glob("*.go")), ok(filepath.Glob("internal/gen/*.go"))...)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed := ok(parser.ParseFile(token.NewFileSet(), f, nil, 0))
		ast.Inspect(parsed, func(n ast.Node) bool {
			lit, isLit := n.(*ast.BasicLit)
			if !isLit || lit.Kind != token.STRING {
				return true
			}
			text := ok(strconv.Unquote(lit.Value))
			if regexp.MustCompile(`(?i)\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b`).MatchString(text) {
				name := f + ": " + text
				if m := sqlName.FindStringSubmatch(text); m != nil {
					name = m[1]
				}
				out[name] = text
			}
			return true
		})
	}
	return out
}

// unscoped names the first table that a text touches without saying of which workspace.
//
// A table is touched where its name follows FROM, JOIN, INTO or UPDATE; lists of tables are not taken at all. An INSERT must
// begin its columns with workspace_id; every other touch needs an "alias.workspace_id = $n" of its own, or one without
// alias.
func unscoped(text string, tables []string) string {
	text = sqlString.ReplaceAllString(sqlComment.ReplaceAllString(text, ""), "''")
	words := sqlToken.FindAllString(text, -1)
	is := func(i int, w string) bool { return i >= 0 && i < len(words) && strings.EqualFold(words[i], w) }
	at := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	scoped := func(alias string) bool {
		for i := range words {
			if strings.EqualFold(words[i], alias+".workspace_id") && is(i+1, "=") && strings.HasPrefix(at(i+2), "$") {
				return true
			}
		}
		return false
	}
	if commaJoin(words) {
		return "a list of tables"
	}
	bare := 0 // unqualified "workspace_id = $n"
	for i := range words {
		if is(i, "workspace_id") && is(i+1, "=") && strings.HasPrefix(at(i+2), "$") {
			bare++
		}
	}
	for i, w := range words {
		if !slices.Contains(tables, strings.ToLower(w)) {
			continue
		}
		switch {
		case is(i-1, "INTO"):
			open := at(i+1) == "("
			if !open || !is(i+2, "workspace_id") {
				return w
			}
		case is(i-1, "FROM"), is(i-1, "JOIN"), is(i-1, "UPDATE"):
			alias := at(i + 1)
			if strings.EqualFold(alias, "AS") {
				alias = at(i + 2)
			}
			if scoped(alias) || scoped(w) {
				continue
			}
			if bare == 0 {
				return w
			}
			bare--
		}
	}
	return ""
}

// commaJoin says whether a FROM is followed by tables with commas between them.
func commaJoin(words []string) bool {
	ends := []string{"WHERE", "GROUP", "ORDER", "ON", "UNION", "LIMIT", "SELECT", "RETURNING"}
	for i, w := range words {
		if !strings.EqualFold(w, "FROM") {
			continue
		}
		depth := 0
		for _, v := range words[i+1:] {
			if v == "(" {
				depth++
			}
			if v == ")" {
				depth--
			}
			if depth < 0 || depth == 0 && slices.Contains(ends, strings.ToUpper(v)) {
				break
			}
			if depth == 0 && v == "," {
				return true
			}
		}
	}
	return false
}

func TestEveryQueryNamesItsWorkspace(t *testing.T) {
	t.Parallel()
	all, names := texts(t), tables(t)
	if len(all) < 80 {
		t.Errorf("only %d SQL texts were found", len(all))
	}
	for name, text := range all {
		if slices.Contains(everyWorkspace, name) {
			continue
		}
		if table := unscoped(text, names); table != "" {
			t.Errorf("%s touches %s without its workspace:\n%s", name, table, text)
		}
	}
}

func TestTheQueryCheckFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT id FROM fact WHERE connection = $1":                                                          "fact",
		"SELECT id FROM fact WHERE workspace_id = $1":                                                        "",
		"SELECT id FROM fact WHERE workspace_id <> $1":                                                       "fact",
		"SELECT f.id FROM fact f JOIN link l ON l.person = f.id WHERE f.workspace_id = $1":                   "link",
		"SELECT f.id FROM fact f, link l WHERE f.workspace_id = $1":                                          "a list of tables",
		"SELECT f.id FROM json_each($1) j, fact f WHERE f.workspace_id = $1":                                 "a list of tables",
		"SELECT f.id FROM fact f CROSS JOIN link l WHERE f.workspace_id = $1 AND l.workspace_id = $1":        "",
		"DELETE FROM edge WHERE workspace_id = $1 AND account IN (SELECT id FROM account WHERE shut)":        "account",
		"UPDATE run SET detail = $1 WHERE id = $2":                                                           "run",
		"UPDATE run SET detail = 'workspace_id = $1' WHERE id = $2 -- workspace_id = $1":                     "run",
		"INSERT INTO run (id) VALUES ($1)":                                                                   "run",
		"INSERT INTO run (workspace_id, id) VALUES ($1, $2)":                                                 "",
		"WITH x (id) AS (SELECT id FROM fact) SELECT l.* FROM x CROSS JOIN link l WHERE l.workspace_id = $1": "fact",
	} {
		if got := unscoped(text, tables(t)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestQueriesAreTheSameTextForBothEngines keeps out what one of the engines, or the house, does not take.
func TestQueriesAreTheSameTextForBothEngines(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`(?i)\b(LIKE|ILIKE|ANY|ARRAY|NOW|SKIP LOCKED|FOR UPDATE|SERIAL|STRPOS|INSTR|RETURNING \*)\b|::|\?`)
	for name, text := range texts(t) {
		plain := sqlString.ReplaceAllString(sqlComment.ReplaceAllString(text, ""), "''")
		if m := banned.FindString(plain); m != "" {
			t.Errorf("%s uses %s", name, m)
		}
	}
}

func TestGeneratedCodeHasEveryQuery(t *testing.T) {
	t.Parallel()
	var written, generated []string
	for _, f := range ok(filepath.Glob("query/*.sql")) {
		for _, m := range sqlName.FindAllStringSubmatch(string(ok(os.ReadFile(f))), -1) {
			written = append(written, m[1])
		}
	}
	for _, f := range ok(filepath.Glob("internal/gen/*.sql.go")) {
		for _, m := range sqlName.FindAllStringSubmatch(string(ok(os.ReadFile(f))), -1) {
			generated = append(generated, m[1])
		}
	}
	slices.Sort(written)
	slices.Sort(generated)
	if !slices.Equal(written, generated) {
		t.Errorf("query/*.sql has %v, internal/gen %v: run sqlc generate", written, generated)
	}
}
