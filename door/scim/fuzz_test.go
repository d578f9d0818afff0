package scim

import (
	"encoding/json"
	"testing"

	"github.com/cardea-access/cardea"
)

// FuzzPages walks a list of two pages of any bytes: whatever a server sends, the walk ends, counts each row once, and calls
// nothing whole that is not.
func FuzzPages(f *testing.F) {
	f.Add([]byte(`{"totalResults":2,"Resources":[{"id":"a"},{"id":"b"}]}`), []byte(`{"totalResults":2}`), 2)
	f.Add([]byte(`{"totalResults":2,"Resources":[{"id":"a"}]}`), []byte(`{"totalResults":2,"Resources":[{"id":"a"}]}`), 1)
	f.Add([]byte(`{"totalResults":1,"resources":[{"ID":7}],"itemsPerPage":-1}`), []byte(`{"Resources":[null,[],{}]}`), 1)
	f.Add([]byte(`{"totalResults":"9","Resources":{}}`), []byte(`[]`), 100)
	f.Fuzz(func(t *testing.T, first, second []byte, count int) {
		if count < 1 || count > largestPage {
			t.Skip()
		}
		w := newWalk(count)
		in := cardea.NewIntake(cardea.Scope{}, nil)
		p := in.Open(cardea.KindAccount)
		for _, raw := range [][]byte{first, second} {
			a, ok := answerOf(raw)
			if !ok {
				return
			}
			before := w.start
			rows, m, more := w.take(a)
			if len(rows) > len(a.rows) || w.start != before+len(a.rows) {
				t.Fatalf("%d rows became %d, from %d to %d", len(a.rows), len(rows), before, w.start)
			}
			records := make([]cardea.Record, len(rows))
			for i := range rows {
				records[i] = cardea.Account{}
			}
			p.Add(records, m)
			if more && len(rows) == 0 {
				t.Fatal("a page with nothing new leads on")
			}
			if !more {
				break
			}
		}
		if e := p.Close(); e.Grade() == cardea.Complete && (w.total < 0 || w.got != w.total) {
			t.Errorf("%d of %d rows pass for the whole", w.got, w.total)
		}
	})
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{
		`{"id":"u","userName":"a@x.test","active":"True","emails":[{"value":"b@x.test","primary":true},"c@x.test"],"roles":["admin"]}`,
		`{"id":"g","displayName":"G","members":[{"value":"u"},{"value":"k","type":"Group"},{"$ref":"../Users/v"},"w",null]}`,
		`{"id":"g","displayName":"G","members":{"value":"u"},"meta":{"version":"W/\"1\"","location":"https://x.test/Groups/g"}}`,
		`{"ID":7,"Members":null}`, `{"id":".."}`, `{"id":"\u0000"}`, `[]`, `null`, `{"id":{"a":1}}`, `{"id":"x","members":[{"value":{}}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := &System{groups: map[string]bool{}, hosts: map[string]bool{}}
		if a, bad := accountOf(raw); bad == nil && !usable(string(a.ID)) {
			t.Errorf("%s gave account %q", raw, a.ID)
		}
		if g, bad := groupOf(raw); bad == nil && (!usable(string(g.ID)) || g.Name == "") {
			t.Errorf("%s gave group %+v", raw, g)
		}
		v := s.viewOf(raw)
		for _, m := range v.members {
			if !usable(m.id) || v.says != some {
				t.Errorf("%s gave member %q of a group that says %d", raw, m.id, v.says)
			}
		}
		if !json.Valid(raw) && len(v.broken) == 0 {
			t.Errorf("%s is no JSON but was read", raw)
		}
	})
}

func FuzzQuoted(f *testing.F) {
	for _, s := range []string{"a", `a"b`, `a\`, "a\nb", "<&>", "\xff", `" or id pr or id eq "`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal([]byte(quoted(s)), &back); err != nil {
			t.Fatalf("%q is written as %s: %v", s, quoted(s), err)
		}
		for _, o := range (change{remove: []string{s}, by: wayFilter}).operations(false) {
			if o.Path == "members" {
				t.Errorf("%q empties the group", s)
			}
		}
		for _, o := range (change{remove: []string{s}, by: wayValue}).operations(true) {
			if rows, ok := o.Value.([]json.RawMessage); !ok || len(rows) == 0 {
				t.Errorf("%q empties the group", s)
			}
		}
	})
}

func TestWordsOfAdministration(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"admin": true, "Org Admin": true, "ROLE_ADMIN": true, "groupAdministrator": true, "superadmin": true, "Owner": true,
		"badminton": false, "homeowner": false, "member": false, "": false, "Employee": false,
	} {
		if administrates(word) != want {
			t.Errorf("%q: %v", word, !want)
		}
	}
}
