package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// told are the parts of the rule book's sections 1 to 4 that a space system like OfficeRnD can state. Each has a scenario.
var told = []string{
	"PLAN", "RESOURCE", "FLOOR", "LOCATION", "HOLDER", "BOOKING", "DAYPASS", // 1
	"ORDER", "UNION", "SCOPE", // 2
	"ENDDAY", "ZONE", "START", // 3
	"EXCLUSIVE", "STAFF", "NEVER-DELETE", "PROFILE", "MAILS", "LINK", "CAUSES", // 4
}

// unsaid are codes of the root package that no OfficeRnD record and no run against Kisi can bring about, and why.
var unsaid = map[string]string{
	string(cardea.RulePass):        "OfficeRnD's passes are day passes",
	string(cardea.RuleUnit):        "OfficeRnD rents out no units: TestStorageSiteIsKeptInStep tells it of our own space system",
	string(cardea.RulePushed):      "OfficeRnD pushes nothing: TestMatrix tells it of Nexudus",
	string(cardea.CauseAdopted):    "it removes nothing",
	string(cardea.CauseLocked):     "OfficeRnD cannot lock anybody: TestStorageSiteIsKeptInStep does",
	string(cardea.CauseBlocked):    "an operator's word is no record: TestABlockPassesEveryHold tells it",
	string(cardea.RuleBlock):       "an operator's word is no record: TestExplainSaysWhoIsBlocked tells it",
	string(cardea.CauseUndone):     "a person's word is no record: TestUndoRestoresWhatARunDid tells it",
	string(cardea.CauseLeaving):    "a person's word is no record: TestLeavingRemovesWhatIsOursThroughItAlone tells it",
	string(cardea.CauseHandedOver): "a person's word is no record: TestHandingOverWritesNothing tells it",
	string(cardea.CauseProfile):    "it removes nothing: TestANameFollows tells it",
	string(cardea.CauseGate):       "OfficeRnD has no gate of passes",
	string(cardea.NoPass):          "OfficeRnD has no gate of passes: TestNexudusPassGate tells it",
	string(cardea.IsPaused):        "OfficeRnD pauses no agreement: TestEveryNexudusSwitchBothWays tells it",
	string(cardea.CauseStale):      "a setting of a group: TestWhatExpiresInSilenceGoesThroughTheBrake tells it",
}

// codes are the constants of a type of the root package.
func codes(t *testing.T, typ string) []string {
	t.Helper()
	var out []string
	for _, file := range []string{"grant.go", "changeset.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), "../../"+file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typ {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok {
						s, err := strconv.Unquote(lit.Value)
						if err != nil {
							t.Fatal(err)
						}
						out = append(out, s)
					}
				}
			}
			return true
		})
	}
	if len(out) < 5 {
		t.Fatalf("only %v were found of type %s", out, typ)
	}
	return out
}

func TestEveryRuleVerdictAndCauseHasAScenario(t *testing.T) {
	t.Parallel()
	all := scenarios(t)
	rules, verdicts, causes, parts := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range all {
		for _, r := range s.Rules {
			parts[r] = true
			if !slices.Contains(told, r) {
				t.Errorf("%s: %s is no part of the rule book that is told here", s.file, r)
			}
		}
		for _, one := range s.Steps {
			for _, e := range one.Explain {
				for _, w := range append([]wantWord{{e.Rule, e.Verdict, e.Record}}, e.Also...) {
					rules[string(w.Rule)], verdicts[string(w.Verdict)] = true, true
				}
			}
			changes := one.Among
			if one.Changes != nil {
				changes = append(slices.Clone(changes), *one.Changes...)
			}
			for _, c := range changes {
				causes[string(c.Cause)] = true
			}
		}
	}
	for typ, has := range map[string]map[string]bool{"Rule": rules, "Verdict": verdicts, "Cause": causes} {
		for _, code := range codes(t, typ) {
			why, cannot := unsaid[code]
			switch {
			case cannot && has[code]:
				t.Errorf("%s %s has a scenario after all: take it out of the list (%s)", typ, code, why)
			case !cannot && !has[code]:
				t.Errorf("%s %s has no scenario", strings.ToLower(typ), code)
			}
		}
	}
	for _, part := range told {
		if !parts[part] {
			t.Errorf("no scenario names %s among its rules", part)
		}
	}
}
