package kisi

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/cardea-access/cardea"
)

func FuzzRange(f *testing.F) {
	for _, s := range []string{"0-99/1234", "10-19/15", "*/0", "*/7", "0-/1", "-1-2/3", "5-4/9", "0-99999999999/1", ""} {
		f.Add(s, 0, 100, 100)
	}
	f.Fuzz(func(t *testing.T, said string, offset, limit, rows int) {
		if offset < 0 || offset > maxOffset || limit < 1 || limit > otherLimit || rows < 0 || rows > limit {
			t.Skip()
		}
		m, next := judge(http.Header{rangeName: {said}}, offset, limit, rows)
		if m.More && next <= offset {
			t.Errorf("%q at %d with %d rows leads back to %d", said, offset, rows, next)
		}
		if m.Counted && !m.Short && !m.More && offset+rows < m.Total {
			t.Errorf("%q at %d with %d rows of %d passes for the whole", said, offset, rows, m.Total)
		}
	})
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{
		`{"id":7,"email":"a@x.test","name":"A","access_enabled":true,"scim_access_enabled":true,
			"metadata":{"cardea_person":"r/person:1"}}`,
		`{"id":7,"name":"G","place_id":3,"place":{"id":3,"name":"London"}}`,
		`{"id":7,"role_id":"group_basic","applies_to_type":"Group","applies_to_id":5,"assignee_type":"User","assignee_id":6,
			"valid_from":"2026-11-23T09:00:00Z","valid_until":null}`,
		`{"id":7,"role_id":"group_basic","group_id":5,"user_id":6}`,
		`{"id":7.5}`, `{"id":"7"}`, `[]`, `null`,
		`{"id":7,"assignee_type":"Team","assignee_id":1,"applies_to_type":"Place","role_id":"x"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, bad := accountOf(raw); bad == nil {
			if _, err := vendorID(string(a.ID)); err != nil {
				t.Errorf("%s gave account %q", raw, a.ID)
			}
		}
		if g, bad := groupOf(raw); bad == nil {
			if _, err := vendorID(string(g.ID)); err != nil || g.Name == "" {
				t.Errorf("%s gave group %+v", raw, g)
			}
		}
		a, bad := assignmentOf(raw)
		if bad != nil {
			for _, k := range bad.Who {
				if k.Kind != cardea.KindEdge {
					t.Errorf("%s is about %s", raw, k)
				}
			}
			return
		}
		if a.on == onGroup && a.edge.Foreign == "" {
			_, err1 := vendorID(string(a.edge.Account))
			_, err2 := vendorID(string(a.edge.Group))
			_, err3 := vendorID(a.edge.Ref)
			if err1 != nil || err2 != nil || err3 != nil || a.role != roleBasic {
				t.Errorf("%s gave the plain edge %+v", raw, a.edge)
			}
		}
		if !json.Valid(raw) {
			t.Errorf("%s is no JSON but was read", raw)
		}
	})
}
