package object_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

func of(t *testing.T, raw string) object.Fields {
	t.Helper()
	f, ok := object.Of(json.RawMessage(raw))
	if !ok {
		t.Fatalf("%s is an object", raw)
	}
	return f
}

func TestAFieldOfAnotherShapeIsToldFromOneThatIsAbsent(t *testing.T) {
	t.Parallel()
	f := of(t, `{"n":7,"q":"7","zero":0,"s":"x","null":null,"o":{"a":"b"},"l":[{"a":"c"}],"yes":true}`)
	for _, c := range []struct {
		what string
		read func(name string) bool
		well string // these are as they should be, or absent
		not  string
	}{
		{"ID", func(n string) bool { _, ok := f.ID(n); return ok }, "n", "q zero s null o gone"},
		{"LooseID", func(n string) bool { _, ok := f.LooseID(n); return ok }, "n q", "zero s null o gone"},
		{"Text", func(n string) bool { _, ok := f.Text(n); return ok }, "s q null gone", "n o l yes"},
		{"Loose", func(n string) bool { _, ok := f.Loose(n); return ok }, "s n null gone", "o l yes"},
		{"Flag", func(n string) bool { _, ok := f.Flag(n, false); return ok }, "yes null gone", "s n o"},
		{"Objects", func(n string) bool { _, ok := f.Objects(n); return ok }, "l null gone", "s n o"},
	} {
		for name := range strings.FieldsSeq(c.well) {
			if !c.read(name) {
				t.Errorf("%s(%s) is false", c.what, name)
			}
		}
		for name := range strings.FieldsSeq(c.not) {
			if c.read(name) {
				t.Errorf("%s(%s) is true", c.what, name)
			}
		}
	}
	if s, _ := f.Object("o").Text("a"); s != "b" || f.Object("s") != nil {
		t.Errorf("the object holds %q", s)
	}
	if on, ok := f.Flag("gone", true); !on || !ok {
		t.Error("an absent flag is what it is taken for")
	}
	for _, raw := range []string{`null`, `[]`, `7`, ``} {
		if _, ok := object.Of(json.RawMessage(raw)); ok {
			t.Errorf("%q is no object", raw)
		}
	}
}

func TestAFlawedRowIsKeptWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	p := cardea.NewIntake(cardea.Scope{}, nil).Open(cardea.KindAccount)
	(&object.Flaw{Why: "no name", Who: []cardea.Key{{Kind: cardea.KindAccount, ID: "7"}}}).Note(p, json.RawMessage(`{"id":7,"password":"hush"}`))
	bad := p.BadOnes()
	if len(bad) != 1 || bad[0].Why != "no name" || strings.Contains(bad[0].Raw, "hush") || bad[0].Who[0].ID != "7" {
		t.Errorf("%+v", bad)
	}
}
