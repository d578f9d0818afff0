package scim

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

func vendorOf(t testing.TB, switches map[string]string) *Vendor {
	t.Helper()
	d := &twin.Document{Name: "w"}
	entries, err := d.Open([]byte(`scim:
  users:
    - {id: ana, userName: ana@x.test, emails: [ana@x.test, home@y.test], name: {familyName: Alves}}
    - {id: ben, userName: ben@x.test}
  groups:
    - {id: floor, displayName: Floor, members: [ana, ben]}
`))
	if err != nil {
		t.Fatal(err)
	}
	w, err := ParseWorld(d, entries[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	v, err := New(w, twin.Options{Now: func() time.Time { return at }, Anchor: at})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.switches.Set(switches); err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever a PATCH says, it is refused as the RFC has it or leaves a resource that can be shown;
// what is stored is not touched.
func FuzzPatch(f *testing.F) {
	for _, s := range []string{
		`[{"op":"add","path":"emails","value":{"value":"n@x.test","primary":true}}]`,
		`[{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x.test"}]`,
		`[{"op":"remove","path":"members[value eq \"ana\"]"},{"op":"remove","path":"members","value":[{"value":"ben"}]}]`,
		`[{"op":"add","value":{"members":[{"value":"ana"}],"active":false,"name":{"givenName":"A"}}}]`,
		`[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value","value":"x"}]`,
	} {
		f.Add([]byte(s))
	}
	v := vendorOf(f, map[string]string{"ids": "word", "remove_form": "both"})
	f.Fuzz(func(t *testing.T, data []byte) {
		var list any
		if json.Unmarshal(data, &list) != nil {
			return
		}
		operations, err := v.operations(row{"schemas": []any{patchURN}, "Operations": list})
		for _, k := range []*kind{users, groups} {
			old := v.state.all(k)[0]
			before, next := twin.Clone(old.attrs), old.copy()
			for _, o := range operations {
				if err == nil {
					err = v.apply(k, next, o)
				}
			}
			if err == nil {
				err = v.check(k, next, old, false)
			}
			var r *refusalError
			if err != nil && !errors.As(err, &r) {
				t.Fatalf("%s: %v", data, err)
			}
			if !same(old, &resource{attrs: before, members: old.members}) {
				t.Fatalf("%s changed what is stored", data)
			}
			if _, jerr := answer.Encode(next.attrs); jerr != nil {
				t.Fatalf("%s: %v", data, jerr)
			}
		}
	})
}

func TestReferencesAreWordsMailsOrNames(t *testing.T) {
	t.Parallel()
	v := vendorOf(t, nil)
	for ref, want := range map[string]int64{
		"ana": 1, "ANA@x.test": 1, "home@y.test": 1, "ben@x.test": 2, "group:floor": 3, "group:FLOOR": 3, "nobody": 0, "floor": 0,
	} {
		if m, err := v.state.member(ref); m.n != want || (err == nil) != (want != 0) {
			t.Errorf("%s: %d %v, want %d", ref, m.n, err, want)
		}
	}
}

func TestPatchChangesAttributes(t *testing.T) {
	t.Parallel()
	const ext = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`
	const home, first = `"type":"work","value":"home@y.test"`, `"type":"work","value":"ana@x.test"`
	v := vendorOf(t, map[string]string{"user_name_case": "fold"})
	for operation, wanted := range map[string]string{ // what the attribute that it names is then, or the error's scimType
		`{"op":"add","path":"title","value":"Guide"}`:                       `{"title":"Guide"}`,
		`{"op":"replace","path":"title","value":null}`:                      `{}`,
		`{"op":"add","path":"name.givenName","value":"Ana"}`:                `{"name":{"familyName":"Alves","givenName":"Ana"}}`,
		`{"op":"replace","path":"name","value":{"givenName":"Ana"}}`:        `{"name":{"familyName":"Alves","givenName":"Ana"}}`,
		`{"op":"remove","path":"name.familyName"}`:                          `{"name":{}}`,
		`{"op":"remove","path":"name"}`:                                     `{}`,
		`{"op":"add","path":"roles","value":[{"value":"a"},{"value":"a"}]}`: `{"roles":[{"value":"a"}]}`,
		`{"op":"replace","path":"emails","value":[{"value":"n"}]}`:          `{"emails":[{"value":"n"}]}`,
		`{"op":"replace","path":"emails","value":[]}`:                       `{}`,
		`{"op":"remove","path":"emails[value co \"test\"]"}`:                `{}`,
		`{"op":"remove","path":"emails[value sw \"ana\"]"}`:                 `{"emails":[{"primary":false,` + home + `}]}`,
		`{"op":"remove","path":"emails.type"}`:                              "invalidPath",
		`{"op":"replace","path":"emails.type","value":"x"}`:                 "invalidPath",
		`{"op":"replace","path":"emails[value eq \"x\"].type","value":"x"}`: "noTarget",
		`{"op":"replace","path":"emails[primary eq true]","value":{"value":"n"}}`: `{"emails":[{"value":"n"},` +
			`{"primary":false,"type":"work","value":"home@y.test"}]}`,
		`{"op":"add","path":` + ext + `:manager.value","value":"9"}`:              `{` + ext + `":{"manager":{"value":"9"}}}`,
		`{"op":"add","path":` + ext + `:department","value":7}`:                   "invalidValue",
		`{"op":"remove","path":` + ext + `:department"}`:                          `{}`,
		`{"op":"replace","path":"active","value":"nope"}`:                         "invalidValue",
		`{"op":"replace","path":"userName","value":""}`:                           "invalidValue",
		`{"op":"replace","path":"userName","value":"BEN@x.test"}`:                 "uniqueness",
		`{"op":"replace","path":"meta.created","value":"2026-11-23T09:00:00Z"}`:   "mutability",
		`{"op":"replace","path":"emails[type eq \"work\"].primary","value":true}`: "invalidValue",
		`{"op":"replace","path":"emails[value sw \"home\"].primary","value":true}`: `{"emails":[{"primary":false,` + first + `},` +
			`{"primary":true,"type":"work","value":"home@y.test"}]}`,
	} {
		var one any
		if err := json.Unmarshal([]byte(operation), &one); err != nil {
			t.Fatal(err)
		}
		operations, err := v.operations(row{"schemas": []any{patchURN}, "Operations": []any{one}})
		if err != nil {
			t.Errorf("%s: %v", operation, err)
			continue
		}
		old := v.state.all(users)[0]
		next := old.copy()
		p, perr := parsePath(operations[0].path, users)
		if err = v.apply(users, next, operations[0]); err == nil {
			err = v.check(users, next, old, false)
		}
		name, got := p.to.def.name, ""
		if p.to.holder != "" {
			name = p.to.holder
		}
		if r, is := errors.AsType[*refusalError](err); is {
			got = r.scimType
		} else if value, there := next.attrs[name]; there {
			text, err := answer.Encode(row{name: value})
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		} else {
			got = "{}"
		}
		if perr != nil || got != wanted {
			t.Errorf("%s: %s, want %s", operation, got, wanted)
		}
	}
}
