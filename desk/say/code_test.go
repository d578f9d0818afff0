package say

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// codes are the values of every constant of a type of the root package, read from its source: a code that is added
// there without words here fails a test.
func codes(t *testing.T, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob("../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of the root package: %v", err)
	}
	var out []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok {
					continue
				}
				if id, ok := v.Type.(*ast.Ident); !ok || id.Name != typeName {
					continue
				}
				for _, value := range v.Values {
					lit, ok := value.(*ast.BasicLit)
					if !ok {
						t.Fatalf("%s: a %s that is no literal", name, typeName)
					}
					text, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, text)
				}
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("the root package has no %s", typeName)
	}
	return out
}

func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for typeName, known := range map[string]func(string) bool{
		"Verdict":  func(s string) bool { _, ok := verdicts[cardea.Verdict(s)]; return ok },
		"Rule":     func(s string) bool { _, ok := rules[cardea.Rule(s)]; return ok },
		"Cause":    func(s string) bool { _, ok := causes[cardea.Cause(s)]; return ok },
		"HoldCode": func(s string) bool { _, ok := holds[cardea.HoldCode(s)]; return ok },
		"Verb":     func(s string) bool { _, ok := verbs[cardea.Verb(s)]; return ok },
		"Kind":     func(s string) bool { _, ok := kinds[cardea.Kind(s)]; return ok },
		"Grade":    func(s string) bool { _, ok := grades[cardea.Grade(s)]; return ok },
	} {
		for _, code := range codes(t, typeName) {
			if !known(code) {
				t.Errorf("%s %q has no words", typeName, code)
			}
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	for v, w := range verdicts {
		if w.Short == "" || w.Text == "" || (w.Mend == "") != (v == cardea.Yes) {
			t.Errorf("verdict %q: every no says what would change it: %+v", v, w)
		}
	}
	for h, w := range holds {
		if w.Short == "" || w.Text == "" || !strings.HasSuffix(w.Mend, ".") {
			t.Errorf("hold %q says what releases it: %+v", h, w)
		}
	}
	for c, w := range causes {
		if w.Short == "" || !strings.HasPrefix(w.Text, "because ") {
			t.Errorf("cause %q begins with because: %+v", c, w)
		}
	}
}

func TestEveryRuleNamesItsRecord(t *testing.T) {
	t.Parallel()
	for _, r := range codes(t, "Rule") {
		got := subject(cardea.Rule(r), "“x”", "")
		if !strings.HasPrefix(got, "the ") || !strings.Contains(got, "“x”") {
			t.Errorf("rule %s tells its record as %q", r, got)
		}
	}
}

func TestUnknownCodesAreToldAsThemselves(t *testing.T) {
	t.Parallel()
	for _, got := range []string{
		Verdict("new\x1b[31m").Short, Cause("odd").Text, Hold("odd").Text, Verb("odd").Text, Rule("ODD").Short, StateWord("odd").Short,
		OutcomeWord("odd").Text, Record(cardea.Key{Kind: "odd", ID: "1"}),
	} {
		if !strings.Contains(strings.ToLower(got), "odd") && got != "new [31m" {
			t.Errorf("an unknown code became %q", got)
		}
	}
}
