package kinnovis

import (
	"encoding/json"
	"testing"

	"github.com/cardea-access/cardea"
)

func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		`{"id":"loc_1","name":"Vienna","timezone":"Europe/Vienna"}`, roomOf("unit_1", `"A",{"id":3}`), guestOf("cus_1"),
		rented("b", "cus_1", inUnit1), rented("b", "cus_1", `"units":[{"id":{"id":1},"move_in_date":"2026-01-01"},2]`),
		`{"id":{"id":{"id":1}}}`, `{"id":1e9}`, `[]`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, c := range []collection{locations, unitTypes, units, customers, bookings} {
			rec, err := c.decode(raw)
			if err == nil && (rec.Key().Kind != c.kind || !isID(rec.Key().ID)) {
				t.Fatalf("%s: %+v", c.path, rec)
			}
			if shown := redacted(raw); json.Valid(raw) && len(shown) > 0 && shown[0] == '{' && !json.Valid(shown) {
				t.Fatalf("%s", shown)
			}
			c.enough(raw)
		}
		stays, err := staysOf(raw)
		seen := map[cardea.Key]bool{}
		for _, rec := range assigned("b", stays) {
			if err != nil || seen[rec.Key()] {
				t.Fatalf("%+v %v", rec, err)
			}
			seen[rec.Key()] = true
		}
	})
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(`{"units":[{"id":1}],"meta":{"pagination":{"count":1,"page":1,"pages":1,"next":null}}}`))
	f.Add([]byte(`{"data":[],"meta":{"pagination":{"count":-1,"next":"https://x.test/?page=2"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body, units)
		if err != nil {
			if cardea.ClassOf(err) != cardea.Retry {
				t.Fatal(err)
			}
			return
		}
		if p.More && p.Ended || p.Total < 0 || p.Rows == nil {
			t.Fatalf("%+v", p)
		}
		if said := p.Said(0); said && p.More == p.Ended {
			t.Fatalf("%+v", p)
		}
		if _, id := decodeOne(body, units); id != "" && !isID(id) {
			t.Fatalf("%q", id)
		}
	})
}
