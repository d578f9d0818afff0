package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// issueCodes are the codes of all issues that the house can tell: those that stand where an issue is made, and those that are
// handed to a function which makes one.
func issueCodes(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"emergency": "door/opentech", "lockdown": "door/opentech"} // named by their routes
	byRoom := map[string][]*ast.File{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(filepath.ToSlash(path), "../")
		switch {
		case err != nil:
			return err
		case d.IsDir() && (rel == "console" || rel == "bench" || rel == "sandbox" || rel == "tools" || d.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		byRoom[filepath.Dir(rel)] = append(byRoom[filepath.Dir(rel)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := func(e ast.Expr, consts map[string]string) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			s, _ := strconv.Unquote(e.Value)
			return s
		case *ast.Ident:
			return consts[e.Name]
		}
		return ""
	}
	for room, fs := range byRoom {
		consts, makers := map[string]string{}, map[string]int{} // function -> which argument is the code
		each := func(do func(ast.Node) bool) {
			for _, f := range fs {
				ast.Inspect(f, do)
			}
		}
		each(func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) {
						consts[name.Name] = text(v.Values[i], nil)
					}
				}
			}
			return true
		})
		maker := func(name string, params *ast.FieldList, body ast.Node) {
			at := map[string]int{}
			n := 0
			for _, p := range params.List {
				for _, id := range p.Names {
					at[id.Name] = n
					n++
				}
			}
			ast.Inspect(body, func(n ast.Node) bool {
				if id, ok := codeOf(n).(*ast.Ident); ok {
					if i, is := at[id.Name]; is {
						makers[name] = i
					}
				}
				return true
			})
		}
		each(func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Body != nil {
					maker(n.Name.Name, n.Type.Params, n.Body)
				}
			case *ast.AssignStmt:
				if lit, ok := n.Rhs[0].(*ast.FuncLit); ok {
					if id, ok := n.Lhs[0].(*ast.Ident); ok {
						maker(id.Name, lit.Type.Params, lit.Body)
					}
				}
			}
			return true
		})
		each(func(n ast.Node) bool {
			if code := text(codeOf(n), consts); code != "" {
				out[code] = room
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if i, is := makers[name]; is && i < len(call.Args) {
				if code := text(call.Args[i], consts); code != "" && !strings.Contains(code, " ") {
					out[code] = room
				}
			}
			return true
		})
	}
	return out
}

// codeOf is what an issue that is made here has for its code, nil when none is.
func codeOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CompositeLit:
		name := ""
		switch typ := n.Type.(type) {
		case *ast.SelectorExpr:
			name = typ.Sel.Name
		case nil: // within []cardea.Issue{{...}}
			name = "Issue"
		}
		if name != "Issue" {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "Code" {
					return kv.Value
				}
			}
		}
	case *ast.AssignStmt:
		if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && sel.Sel.Name == "Code" && len(n.Rhs) == 1 {
			if lit, ok := n.Rhs[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				return lit
			}
		}
	}
	return nil
}

func TestEveryIssueHasAMend(t *testing.T) {
	t.Parallel()
	codes := issueCodes(t)
	for _, sure := range []string{ // one of each way in which issues are made
		"unconfirmed", "revocation-unconfirmed", "account-gone", "dangling", "group-own-times", "unit-number-twice", "no-patch", "brake",
	} {
		if codes[sure] == "" {
			t.Errorf("the search for codes does not find %s", sure)
		}
	}
	for code, room := range codes {
		mend := desk.Mend(cardea.Issue{Code: code, Person: "rnd/person:ana", Group: "5"}, "5f0c2a91", "kisi", "london")
		if mend == "" {
			t.Errorf("nobody is told what to type about %s (%s): add it to mends.go", code, room)
		}
		if strings.ContainsAny(mend, "{}") || mend != "" && !strings.HasPrefix(mend, "cardea ") && !strings.HasPrefix(mend, "http") {
			t.Errorf("the mend of %s is no command line: %q", code, mend)
		}
	}
}

func TestAMendIsACommandLineThatAShellTakes(t *testing.T) {
	t.Parallel()
	i := cardea.Issue{Code: "cannot-be-given", Person: "rnd/person:o'neil x", Group: "5"}
	if got, want := desk.Mend(i, "", "kisi", ""), `cardea explain --person 'rnd/person:o'\''neil x' --group id:5`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := desk.Mend(cardea.Issue{Code: "unconfirmed"}, "", "kisi", ""); got != "cardea sync" {
		t.Errorf("got %q", got)
	}
}
